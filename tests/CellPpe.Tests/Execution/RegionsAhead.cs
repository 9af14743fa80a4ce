using CellPpe.Core;
using CellPpe.Ppe;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Regions;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace CellPpe.Tests.Execution;

/// <summary>
/// Compiles what a thread is about to run, without waiting for it to be hot, so that a test of a few instructions tests compiled code.
/// </summary>
internal sealed unsafe class RegionsAhead(PpuCore core)
{
    private readonly PpuRegionPlanner _planner = new(core.Shared, core.Regions!);
    private int _numbers = -1;

    /// <summary>Installs a region, of at most the limit's instructions, at the thread's next address.</summary>
    public void Compile(PpuThread thread, long instructions)
    {
        ulong address = thread.State.Nia & thread.Context->ModeMask;
        RegionCache regions = core.Regions!;
        regions.Settle();
        // The fetch that the run begins with; where it faults there is nothing to compile.
        if (!thread.Storage.TryFetch(address))
            return;
        PpuDecodedInsn* insn = PpuLoop.Lookup(thread.Context, address);
        if (!core.Code.IsInterpreted(insn))
            return;
        Decode(thread.Context, insn);
        int most = (int)Math.Min(instructions, PpuRegionLimits.Small.Instructions);
        if (_planner.Plan(thread.Context, insn, new PpuRegionLimits(most, most, 1, true)) is not { } plan)
            return;
        Assert(regions.Compiler.TryAdd(new PpuRegion(_numbers--, plan)));
        long failures = regions.Compiler.Work.Failures;
        regions.Settle();
        Assert(failures == 0);
    }

    // The planner includes only instructions that have run. Here it must also include those that will run.
    private void Decode(PpuContext* context, PpuDecodedInsn* insn)
    {
        byte* host = context->PageHost + (((byte*)insn - (byte*)context->PageBase) / 4);
        for (byte* end = context->PageHost + GuestMemory.PageSize; host < end; host += 4, insn++)
        {
            if (core.Code.IsDecoded(insn))
                continue;
            core.Code.Decode(insn, host);
            if (PpuDecoder.Decode(insn->Word) != PpuOp.Invalid)
                continue;
            core.Code.Forget(insn);
            return;
        }
    }

    private static void Assert(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException("a region was not compiled");
    }
}
