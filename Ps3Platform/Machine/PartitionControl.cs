using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine;

/// <summary>How the partition has ended, if it has: lv1 and the system manager say so, the machine's loop reads it.</summary>
internal sealed class PartitionControl(PpuCore ppe) : IPartitionControl
{
    /// <summary>Null while the partition runs. The first end counts.</summary>
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
        // The thread that asked must not run on: its hypercall is the last thing of its turn, and there is no next one.
        foreach (PpuThread thread in ppe.Threads)
            thread.EndTurn();
    }
}
