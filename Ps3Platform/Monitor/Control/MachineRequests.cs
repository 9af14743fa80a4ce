using Ps3Platform.Machine;

namespace Ps3Platform.Monitor.Control;

/// <summary>
/// Brings what host threads want of a machine to its thread, and the results back. It outlives the machine: what a machine had no time for
/// is done by the next.
/// </summary>
internal sealed class MachineRequests
{
    private readonly Lock _gate = new();
    private readonly Queue<IRequest> _waiting = new();
    private readonly Action _serve;
    private Ps3Machine? _machine;
    private bool _isClosed;

    public MachineRequests() => _serve = Serve;

    private interface IRequest
    {
        void Run(Ps3Machine machine);

        void Refuse();
    }

    /// <summary>Runs something on the machine's thread and waits for it.</summary>
    /// <exception cref="MonitorException">The machine has ended, or <paramref name="ask"/> throws it.</exception>
    public T Ask<T>(Func<Ps3Machine, T> ask)
    {
        var request = new Request<T>(ask);
        lock (_gate)
        {
            if (_isClosed)
                throw Ended();
            _waiting.Enqueue(request);
            _machine?.Post(_serve);
        }

        return request.Result.GetAwaiter().GetResult();
    }

    /// <summary>Runs something on the machine's thread, if there is a machine. Nobody waits for it. From any thread.</summary>
    public void Tell(Action<Ps3Machine> tell)
    {
        lock (_gate)
        {
            if (_machine is { } machine)
                machine.Post(() => tell(machine));
        }
    }

    /// <summary>The machine that runs from now on; null: there is none until the next call.</summary>
    public void Attach(Ps3Machine? machine)
    {
        lock (_gate)
        {
            _machine = machine;
            if (_waiting.Count > 0)
                machine?.Post(_serve);
        }
    }

    /// <summary>There will be no machine any more: whatever waits is refused.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            while (_waiting.TryDequeue(out IRequest? request))
                request.Refuse();
        }
    }

    private static MonitorException Ended() => new("The machine has ended.");

    private void Serve()
    {
        while (true)
        {
            IRequest? request;
            Ps3Machine? machine;
            lock (_gate)
            {
                machine = _machine;
                if (machine is null || !_waiting.TryDequeue(out request))
                    return;
            }

            request.Run(machine);
        }
    }

    private sealed class Request<T>(Func<Ps3Machine, T> ask) : IRequest
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _done.Task;

        public void Run(Ps3Machine machine)
        {
            try
            {
                _done.SetResult(ask(machine));
            }
            catch (MonitorException e)
            {
                _done.SetException(e);
            }
        }

        public void Refuse() => _done.SetException(Ended());
    }
}
