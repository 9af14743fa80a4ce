using CellPpe.Core.Stops;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace CellPpe.Ppe.Interpreter;

/// <summary>What stands in the place of the handler of an instruction with a breakpoint.</summary>
internal static unsafe class PpuStopHandler
{
    /// <summary>
    /// Leaves the loop before the instruction, or runs it: decoded instructions are those of a page of host memory, and breakpoints are
    /// a thread's, at effective addresses.
    /// </summary>
    public static PpuDecodedInsn* Run(PpuContext* c, PpuDecodedInsn* i)
    {
        PpuThread thread = c->Thread;
        ulong address = c->AddressOf(i);
        if (thread.Points is not { } points || !points.BreaksAt(address))
            return thread.Shared.Code.HandlerOf(i)(c, i);
        points.Found(StopCause.Breakpoint, address);
        return c->Stop(i);
    }
}
