using System.Threading.Channels;

using Ps3Platform.Devices.Usb.Input;

namespace Ps3Platform.Screens.Input;

/// <summary>
/// Brings keys and movements of the pointer from any thread to the guest, in order. Who gives more than the machine takes has to wait, so
/// that nothing grows and nothing is lost; without a machine they are dropped.
/// </summary>
public sealed class InputQueue
{
    private const int Longest = 256;

    private readonly Channel<Action<InputRouter>> _actions = Channel.CreateBounded<Action<InputRouter>>(
        new BoundedChannelOptions(Longest) { SingleReader = false });
    private readonly Lock _gate = new();
    private readonly Action _apply;
    private InputRouter? _router;
    private Action<Action>? _post;
    private bool _isPosted;

    /// <summary>A queue without a machine.</summary>
    public InputQueue() => _apply = Apply;

    /// <summary>What is given goes to this machine from now on.</summary>
    /// <param name="router">What takes it there.</param>
    /// <param name="post">Has its thread run an action soon; from any thread.</param>
    public void Connect(InputRouter router, Action<Action> post)
    {
        lock (_gate)
            (_router, _post) = (router, post);
        Post();
    }

    /// <summary>The machine does not run any more. On its thread.</summary>
    public void Disconnect()
    {
        lock (_gate)
        {
            (_router, _post) = (null, null);
            // What was posted to it may never run.
            _isPosted = false;
            Drop();
        }
    }

    /// <summary>Gives one action. Completes when there is room for it.</summary>
    public async ValueTask GiveAsync(Action<InputRouter> action, CancellationToken cancel)
    {
        bool isConnected;
        lock (_gate)
            isConnected = _router is not null;
        if (!isConnected)
            return;
        await _actions.Writer.WriteAsync(action, cancel).ConfigureAwait(false);
        Post();
    }

    private void Post()
    {
        // With the lock held: nothing is posted to a machine that has been disconnected.
        lock (_gate)
        {
            if (_post is null)
                Drop();
            else if (!_isPosted && _actions.Reader.Count > 0)
            {
                _isPosted = true;
                _post(_apply);
            }
        }
    }

    // On the machine's thread. No more than fit in, so that the machine goes on even if more come all the time.
    private void Apply()
    {
        InputRouter? router;
        lock (_gate)
        {
            _isPosted = false;
            router = _router;
        }

        for (int i = 0; i < Longest && _actions.Reader.TryRead(out Action<InputRouter>? action); i++)
        {
            if (router is not null)
                action(router);
        }

        Post();
    }

    private void Drop()
    {
        while (_actions.Reader.TryRead(out _))
        {
        }
    }
}
