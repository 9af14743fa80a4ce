using CellPpe.Core;
using CellPpe.Core.Ports;

using Ps3Platform.Machine.Turns;

namespace Ps3Platform.Machine.Spes;

/// <summary>
/// Passes an SPE's interrupt to lv1: directly on the machine's own thread, by a post from the SPE's host thread. The posted action
/// reads the current level, and is posted once for any number of changes, so that an SPE cannot fill the queue.
/// </summary>
internal sealed class SpeInterruptLine : IInterruptLine
{
    private readonly MachineThread _thread;
    private readonly EventQueue _events;
    private readonly IInterruptLine _outlet;
    private readonly Action _apply;

    // Written under the SPE's own lock, so in the order of the changes.
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
        // Cleared before the level is read, so that a later change posts again.
        Interlocked.Exchange(ref _posted, 0);
        if (Interlocked.Exchange(ref _edges, 0) != 0)
            _outlet.Raise();
        _outlet.SetLevel(_level);
    }
}
