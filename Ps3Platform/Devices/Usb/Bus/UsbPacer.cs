using CellPpe.Core;

namespace Ps3Platform.Devices.Usb.Bus;

/// <summary>
/// Decides when a controller scans its schedules: each frame while something moves, rarely while all endpoints refuse, and not at all
/// while there is nothing. A late scan finds the same state, because frame numbers come from the clock.
/// </summary>
internal sealed class UsbPacer
{
    /// <summary>Time base ticks of a frame: 1 ms.</summary>
    public const ulong Frame = IMachineClock.Frequency / 1000;

    /// <summary>Time base ticks of a microframe: 125 us.</summary>
    public const ulong Microframe = Frame / 8;

    private readonly EventQueue _events;
    private readonly IMachineClock _clock;
    private readonly Action _scan;
    private readonly Action _onDue;
    private ulong _due = ulong.MaxValue;
    private ulong _queued = ulong.MaxValue;

    /// <param name="events">The machine's events.</param>
    /// <param name="clock">Guest time.</param>
    /// <param name="scan">Scans the schedules, and sets the time of the next scan.</param>
    public UsbPacer(EventQueue events, IMachineClock clock, Action scan)
    {
        _events = events;
        _clock = clock;
        _scan = scan;
        _onDue = OnDue;
    }

    /// <summary>Guest time, in ticks of the time base.</summary>
    public ulong Now => _clock.TimeBase;

    /// <summary>A scan is due.</summary>
    public bool IsRunning => _due != ulong.MaxValue;

    /// <summary>Requests a scan at a time, or before.</summary>
    public void ScanAt(ulong time)
    {
        _due = Math.Min(_due, time);
        Queue();
    }

    /// <summary>No scan is due.</summary>
    public void Stop() => _due = ulong.MaxValue;

    // An earlier event that is already queued serves for a later due time too. So a guest that starts and stops a controller repeatedly
    // queues one event a frame, and not one for each start.
    private void Queue()
    {
        if (_due >= _queued)
            return;
        _queued = _due;
        _events.Schedule(_due, _onDue);
    }

    private void OnDue()
    {
        _queued = ulong.MaxValue;
        if (_clock.TimeBase < _due)
        {
            if (IsRunning)
                Queue();
            return;
        }

        _due = ulong.MaxValue;
        _scan();
    }
}
