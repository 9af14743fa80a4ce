using Ps3Platform.Machine.Turns;
using System.Collections.Concurrent;

using Ps3Platform.Devices.Storage;

namespace Ps3Platform.Machine;

/// <summary>Counts who lets the guest stand still. On the machine's thread, but for <see cref="Post"/>.</summary>
internal sealed class GuestHold(MachineThread thread) : IGuestHold
{
    private readonly ConcurrentQueue<Action> _posted = new();
    private volatile int _holds;

    /// <summary>True while no thread shall get a turn.</summary>
    public bool IsHeld => _holds > 0;

    /// <summary>How many hold.</summary>
    public int Holds => _holds;

    /// <inheritdoc/>
    public void Hold() => _holds++;

    /// <inheritdoc/>
    public void Release() => _holds--;

    /// <inheritdoc/>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        thread.Wake();
    }

    /// <summary>Runs what was posted.</summary>
    public void RunPosted()
    {
        while (_posted.TryDequeue(out Action? action))
            action();
    }
}
