using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;

namespace Lv1Hypervisor.Services;

/// <summary>SPE calls of a partition without SPEs: none can be constructed, so no id is known.</summary>
internal sealed class SpeCalls : ISpeCalls
{
    public Lv1Status ConstructLogicalSpe(
        ILogicalPpeThread caller, ulong shift0, ulong shift1, ulong shift2, ulong shift3, ulong shift4, ulong vasId, ulong type,
        out ulong priv2, out ulong problem, out ulong localStore, out ulong context, out ulong shadow, out ulong speId)
    {
        priv2 = problem = localStore = context = shadow = speId = 0;
        return Lv1Status.ResourceShortage;
    }

    public Lv1Status DestructLogicalSpe(ILogicalPpeThread caller, ulong speId) => Lv1Status.NoEntry;

    public Lv1Status EnableLogicalSpe(ILogicalPpeThread caller, ulong speId, ulong resourceId) => Lv1Status.NoEntry;

    public Lv1Status DisableLogicalSpe(ILogicalPpeThread caller, ulong speId, ulong zero) => Lv1Status.NoEntry;

    public Lv1Status SetSpeInterruptMask(ILogicalPpeThread caller, ulong speId, ulong interruptClass, ulong mask) => Lv1Status.NoEntry;

    public Lv1Status ClearSpeInterruptStatus(
        ILogicalPpeThread caller, ulong speId, ulong interruptClass, ulong bits, ulong zero) => Lv1Status.NoEntry;

    public Lv1Status GetSpeInterruptStatus(ILogicalPpeThread caller, ulong speId, ulong interruptClass, out ulong status)
    {
        status = 0;
        return Lv1Status.NoEntry;
    }

    public Lv1Status GetSpeIrqOutlet(ILogicalPpeThread caller, ulong speId, ulong interruptClass, out ulong outlet)
    {
        outlet = 0;
        return Lv1Status.NoEntry;
    }

    public Lv1Status SetSpePrivilegeStateArea1Register(ILogicalPpeThread caller, ulong speId, ulong offset, ulong value) =>
        Lv1Status.NoEntry;

    public Lv1Status SetSpeTransitionNotifier(ILogicalPpeThread caller, ulong speId, ulong mask, ulong outlet) => Lv1Status.NoEntry;
}
