using CellPpe.Core;
using CellPpe.Core.Ports;

using Ps3Platform.Machine.Turns;

namespace Ps3Platform.Machine.Spes;

/// <summary>
/// An interrupt of an SPE on its way to lv1: straight through on the machine's own thread, posted from the SPE's. What is posted
/// is "look again", once for any number of changes, so that an SPE cannot fill the queue; the level is what it is then.
/// </summary>
internal sealed class SpeInterruptLine : IInterruptLine
{
    private readonly MachineThread _thread;
    private readonly EventQueue _events;
    private readonly IInterruptLine _outlet;
    private readonly Action _apply;

    // Written in the order the SPE decides on it, which its own lock gives.
    private volatile bool _level;
    private int _posted;
    private int _edges;

    public SpeInterruptLine(MachineThread thread, EventQueue events, IInterruptLine outlet)
    {
        _thread = thread;
        _events = events;
        _outlet = outlet;
        _apply = Apply;
    }

    public void SetLevel(bool asserted)
    {
        _level = asserted;
        Forward();
    }

    public void Raise()
    {
        Interlocked.Exchange(ref _edges, 1);
        Forward();
    }

    private void Forward()
    {
        if (_thread.IsInside)
            Apply();
        else if (Interlocked.Exchange(ref _posted, 1) == 0)
            _events.Post(_apply);
    }

    private void Apply()
    {
        // First: a change from now on posts again.
        Interlocked.Exchange(ref _posted, 0);
        if (Interlocked.Exchange(ref _edges, 0) != 0)
            _outlet.Raise();
        _outlet.SetLevel(_level);
    }
}
