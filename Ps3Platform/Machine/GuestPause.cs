using System.Diagnostics;

using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Machine;

/// <summary>
/// Stops a machine from outside and continues it: no hardware thread and no SPE runs, guest time stands still, and every device takes
/// nothing from the host. To be used on the machine's thread (<see cref="Ps3Machine.Post"/>), or between two runs.
/// </summary>
public sealed class GuestPause
{
    private readonly GuestHold _hold;
    private readonly IReadOnlyList<IDevice> _devices;
    private TimeSpan _stoppedBefore;
    private long _stoppedAt;

    internal GuestPause(GuestHold hold, IReadOnlyList<IDevice> devices)
    {
        _hold = hold;
        _devices = devices;
    }

    /// <summary>True between <see cref="Stop"/> and <see cref="Continue"/>.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Host time between all calls of <see cref="Stop"/> and <see cref="Continue"/> so far.</summary>
    public TimeSpan StoppedTime => IsStopped ? _stoppedBefore + Stopwatch.GetElapsedTime(_stoppedAt) : _stoppedBefore;

    /// <summary>True while a device lets the guest wait for the host, such as a disk whose file system is full.</summary>
    public bool IsHeldByDevice => _hold.Holds > (IsStopped ? 1 : 0);

    /// <summary>Stops the guest. Without effect on one that is stopped.</summary>
    public void Stop()
    {
        if (IsStopped)
            return;
        IsStopped = true;
        _stoppedAt = Stopwatch.GetTimestamp();
        _hold.Hold();
        foreach (IDevice device in _devices)
            device.Stop();
    }

    /// <summary>Lets the guest run on. Without effect on one that is not stopped.</summary>
    public void Continue()
    {
        if (!IsStopped)
            return;
        _stoppedBefore = StoppedTime;
        IsStopped = false;
        foreach (IDevice device in _devices)
            device.Continue();
        _hold.Release();
    }
}
