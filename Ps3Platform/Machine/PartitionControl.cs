using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine;

/// <summary>Holds how the partition has ended, if it has. lv1 and the system manager set it, and the machine's loop reads it.</summary>
internal sealed class PartitionControl(PpuCore ppe) : IPartitionControl
{
    /// <summary>Null while the partition runs. The first end that is reported stays.</summary>
    public RunOutcome? Ended { get; private set; }

    /// <inheritdoc/>
    public void End(PartitionEnd how, string reason)
    {
        RunEnd end = how switch
        {
            PartitionEnd.PowerOff => RunEnd.PowerOff,
            PartitionEnd.Restart => RunEnd.Restart,
            _ => RunEnd.Panic,
        };
        End(new RunOutcome(end, reason));
    }

    /// <summary>Ends the partition for a reason of the machine's own.</summary>
    public void End(RunOutcome outcome)
    {
        Ended ??= outcome;
        // The calling thread must not run on: its hypercall ends its turn, and the machine gives it no other turn.
        foreach (PpuThread thread in ppe.Threads)
            thread.EndTurn();
    }
}
