using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>Ids, time, and the end of the partition (lv1-calls.md 5).</summary>
internal sealed class PartitionCalls(
    IMachineClock clock, IPartitionControl control, IReadOnlyList<IrqPlugs> plugs, FirmwareVersion firmware) : IPartitionCalls
{
    // DABRX: breakpoint translation ignored, hypervisor, kernel, user (Book III 6.1.4; the hypervisor's bit is lv1's own).
    private const ulong DabrxAllowed = 8 | 2 | 1;

    public Lv1Status GetLogicalPpeId(ILogicalPpeThread caller, out ulong ppeId)
    {
        ppeId = Lpar.PpeId;
        return Lv1Status.Success;
    }

    public Lv1Status GetLogicalPartitionId(ILogicalPpeThread caller, out ulong lparId)
    {
        lparId = Lpar.Id;
        return Lv1Status.Success;
    }

    public Lv1Status Pause(ILogicalPpeThread caller, ulong mode)
    {
        if (mode > 1)
            return Lv1Status.IllegalParameterValue;
        // The thread returns at once when an interrupt is already pending, so its request must be up to date.
        plugs[caller.ThreadId].RefreshRequest();
        caller.Pause(mode == 0 ? PpeWait.InterruptOrDecrementer : PpeWait.Interrupt);
        return Lv1Status.Success;
    }

    public Lv1Status ShutdownLogicalPartition(ILogicalPpeThread caller, ulong command)
    {
        control.End(PartitionEnd.Panic, $"lv1_shutdown_logical_partition(0x{command:x})");
        return Lv1Status.Success;
    }

    public Lv1Status Panic(ILogicalPpeThread caller, ulong how)
    {
        control.End(how == 1 ? PartitionEnd.Restart : PartitionEnd.Panic, $"lv1_panic({how})");
        return Lv1Status.Success;
    }

    public Lv1Status GetVersionInfo(ILogicalPpeThread caller, out ulong version, out ulong detail)
    {
        version = firmware.Packed;
        detail = 0;
        return Lv1Status.Success;
    }

    public Lv1Status GetRtc(ILogicalPpeThread caller, out ulong seconds, out ulong timeBase)
    {
        seconds = clock.RtcSeconds;
        timeBase = clock.TimeBase;
        return Lv1Status.Success;
    }

    public Lv1Status SetDabr(ILogicalPpeThread caller, ulong dabr, ulong dabrx)
    {
        if (dabrx == 0 || (dabrx & ~DabrxAllowed) != 0)
            return Lv1Status.IllegalParameterValue;
        caller.SetDataBreakpoint(dabr, dabrx);
        return Lv1Status.Success;
    }
}
