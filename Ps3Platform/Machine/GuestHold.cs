using System.Collections.Concurrent;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Machine.Turns;

namespace Ps3Platform.Machine;

/// <summary>Counts the devices that hold the guest. All members except <see cref="Post"/> are for the machine's thread.</summary>
internal sealed class GuestHold(MachineThread thread) : IGuestHold
{
    private readonly ConcurrentQueue<Action> _posted = new();
    private volatile int _holds;

    /// <summary>True while a device holds the guest, so that no thread may get a turn.</summary>
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

    /// <summary>Runs the posted actions.</summary>
    public void RunPosted()
    {
        while (_posted.TryDequeue(out Action? action))
            action();
    }
}
