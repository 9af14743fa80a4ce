using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>The calls for logical SPEs: construct, map, enable, interrupts, destruct (lv1-calls.md 8, spe.md).</summary>
internal sealed class SpeCalls : ISpeCalls
{
    private const ulong NormalType = 0;
    private const ulong IsolationType = 2;
    private const ulong SmallPageShift = 12;
    private const ulong MediumPageShift = 16;
    private const ulong AllStatuses = 0xf;

    private readonly ISpePool? _pool;
    private readonly GuestMemory _memory;
    private readonly LparAddressAllocator _addresses;
    private readonly OutletTable _outlets;
    private readonly AddressSpaceCalls _addressSpaces;
    private readonly Func<IInterruptLine, IInterruptLine> _lineOf;

    // By id. Ids are not reused, so that a stale id cannot name another SPE.
    private readonly Dictionary<ulong, PartitionSpe> _spes = [];
    private ulong _lastId;

    /// <param name="pool">The machine's SPEs; null when it has none.</param>
    /// <param name="memory">The memory that the areas are mapped into.</param>
    /// <param name="addresses">Allocates the areas' addresses.</param>
    /// <param name="outlets">Creates the interrupt outlets.</param>
    /// <param name="addressSpaces">The address spaces by which the SPEs translate.</param>
    /// <param name="lineOf">Wraps an outlet's line so that an SPE's own host thread may drive it.</param>
    public SpeCalls(
        ISpePool? pool, GuestMemory memory, LparAddressAllocator addresses, OutletTable outlets, AddressSpaceCalls addressSpaces,
        Func<IInterruptLine, IInterruptLine> lineOf)
    {
        _pool = pool;
        _memory = memory;
        _addresses = addresses;
        _outlets = outlets;
        _addressSpaces = addressSpaces;
        _lineOf = lineOf;
        outlets.Destroyed += ForgetNotifier;
    }

    public Lv1Status ConstructLogicalSpe(
        ILogicalPpeThread caller, ulong shift0, ulong shift1, ulong shift2, ulong shift3, ulong shift4, ulong vasId, ulong type,
        out ulong priv2, out ulong problem, out ulong localStore, out ulong context, out ulong shadow, out ulong speId)
    {
        priv2 = problem = localStore = context = shadow = speId = 0;
        if (!IsPageShift(shift0) || !IsPageShift(shift1) || !IsPageShift(shift2) || !IsPageShift(shift3) || !IsPageShift(shift4))
            return Lv1Status.IllegalParameterValue;
        // Registers of the isolation type are accessed by separate calls, which are not provided (spe.md 8).
        if (type != NormalType)
            return type == IsolationType ? Lv1Status.NotImplemented : Lv1Status.IllegalParameterValue;
        if (!_addressSpaces.TryGet(vasId, out ulong selected, out IPageTable table))
            return Lv1Status.NoEntry;
        if (TryConstruct(selected, table.Walker, (int)shift4) is not { } made)
            return Lv1Status.ResourceShortage;
        _addressSpaces.AddUser(selected);
        _spes.Add(made.Id, made);
        (priv2, problem) = (made.Areas.Privilege2.Value, made.Areas.Problem.Value);
        (localStore, context, shadow) = (made.Areas.LocalStore.Value, made.Areas.Context.Value, made.Areas.Shadow.Value);
        speId = made.Id;
        return Lv1Status.Success;
    }

    public Lv1Status DestructLogicalSpe(ILogicalPpeThread caller, ulong speId)
    {
        if (!_spes.TryGetValue(speId, out PartitionSpe? spe))
            return Lv1Status.NoEntry;
        if (spe.IsEnabled)
            return Lv1Status.WrongState;
        _spes.Remove(speId);
        _addressSpaces.RemoveUser(spe.VasId);
        Dismantle(spe);
        return Lv1Status.Success;
    }

    public Lv1Status EnableLogicalSpe(ILogicalPpeThread caller, ulong speId, ulong resourceId)
    {
        if (!_spes.TryGetValue(speId, out PartitionSpe? spe) || resourceId >= (ulong)_pool!.Count)
            return Lv1Status.NoEntry;
        if (spe.IsEnabled)
            return Lv1Status.WrongState;
        foreach (PartitionSpe other in _spes.Values)
        {
            if (other.Resource == resourceId)
                return Lv1Status.Busy;
        }

        spe.Resource = resourceId;
        spe.Spe.SelectAddressSpace(spe.Table);
        spe.Spe.Enable();
        spe.Notify(SpeExecution.Executed);
        return Lv1Status.Success;
    }

    public Lv1Status DisableLogicalSpe(ILogicalPpeThread caller, ulong speId, ulong zero)
    {
        Lv1Status status = FindEnabled(speId, out PartitionSpe spe);
        if (status != Lv1Status.Success)
            return status;
        if (zero != 0)
            return Lv1Status.IllegalParameterValue;
        spe.Spe.Disable();
        spe.Spe.SelectAddressSpace(null);
        spe.Resource = null;
        spe.Notify(SpeExecution.Unexecutable);
        return Lv1Status.Success;
    }

    public Lv1Status SetSpeInterruptMask(ILogicalPpeThread caller, ulong speId, ulong interruptClass, ulong mask)
    {
        Lv1Status status = FindEnabled(speId, out PartitionSpe spe);
        if (status != Lv1Status.Success)
            return status;
        if (interruptClass >= PartitionSpe.Classes)
            return Lv1Status.IllegalParameterValue;
        spe.Spe.SetInterruptMask((SpeInterruptClass)interruptClass, mask);
        return Lv1Status.Success;
    }

    public Lv1Status ClearSpeInterruptStatus(ILogicalPpeThread caller, ulong speId, ulong interruptClass, ulong bits, ulong zero)
    {
        Lv1Status status = FindEnabled(speId, out PartitionSpe spe);
        if (status != Lv1Status.Success)
            return status;
        if (interruptClass >= PartitionSpe.Classes || zero != 0)
            return Lv1Status.IllegalParameterValue;
        spe.Spe.ClearInterruptStatus((SpeInterruptClass)interruptClass, bits);
        return Lv1Status.Success;
    }

    public Lv1Status GetSpeInterruptStatus(ILogicalPpeThread caller, ulong speId, ulong interruptClass, out ulong status)
    {
        status = 0;
        Lv1Status found = FindEnabled(speId, out PartitionSpe spe);
        if (found != Lv1Status.Success)
            return found;
        if (interruptClass >= PartitionSpe.Classes)
            return Lv1Status.IllegalParameterValue;
        status = spe.Spe.GetInterruptStatus((SpeInterruptClass)interruptClass);
        return Lv1Status.Success;
    }

    public Lv1Status GetSpeIrqOutlet(ILogicalPpeThread caller, ulong speId, ulong interruptClass, out ulong outlet)
    {
        outlet = 0;
        if (!_spes.TryGetValue(speId, out PartitionSpe? spe))
            return Lv1Status.NoEntry;
        if (interruptClass >= PartitionSpe.Classes)
            return Lv1Status.IllegalParameterValue;
        outlet = spe.Outlets[interruptClass].Number;
        return Lv1Status.Success;
    }

    public Lv1Status SetSpePrivilegeStateArea1Register(ILogicalPpeThread caller, ulong speId, ulong offset, ulong value)
    {
        Lv1Status status = FindEnabled(speId, out PartitionSpe spe);
        return status == Lv1Status.Success ? spe.Spe.SetPrivilege1Register(offset, value) : status;
    }

    public Lv1Status SetSpeTransitionNotifier(ILogicalPpeThread caller, ulong speId, ulong mask, ulong outlet)
    {
        if (!_spes.TryGetValue(speId, out PartitionSpe? spe))
            return Lv1Status.NoEntry;
        if (mask > AllStatuses)
            return Lv1Status.IllegalParameterValue;
        if (mask == 0)
        {
            spe.Notifier = null;
            return Lv1Status.Success;
        }

        if (!_outlets.TryGet(outlet, out Outlet? port))
            return Lv1Status.NoEntry;
        if (port.Kind != OutletKind.EventPort)
            return Lv1Status.TypeMismatch;
        spe.Notifier = (port, mask);
        return Lv1Status.Success;
    }

    // The page sizes with which guests map SPE areas: 4 KiB, and 64 KiB in kernels with 64 KiB pages (spe.md 1).
    private static bool IsPageShift(ulong shift) => shift is SmallPageShift or MediumPageShift;

    private PartitionSpe? TryConstruct(ulong vasId, IPageTableWalker table, int shadowShift)
    {
        var areas = new SpeAreas(_memory, _addresses);
        if (_pool is null || areas.TryAddLocalStore() is not { } localStore || _pool.TryTake(localStore) is not { } spe)
        {
            areas.Unmap();
            return null;
        }

        var made = new PartitionSpe(++_lastId, spe, vasId, table, areas);
        if (areas.TryMapRegisters(spe, shadowShift) && TryConnect(made))
            return made;
        Dismantle(made);
        return null;
    }

    private bool TryConnect(PartitionSpe spe)
    {
        for (int index = 0; index < PartitionSpe.Classes; index++)
        {
            if (_outlets.Create(OutletKind.Spe, $"SPE {spe.Spe.Number} class {index}") is not { } outlet)
                return false;
            spe.Outlets[index] = outlet;
            spe.Spe.ConnectInterrupt((SpeInterruptClass)index, _lineOf(outlet));
        }

        return true;
    }

    private void Dismantle(PartitionSpe spe)
    {
        for (int index = 0; index < PartitionSpe.Classes; index++)
        {
            spe.Spe.ConnectInterrupt((SpeInterruptClass)index, null);
            if (spe.Outlets[index] is { } outlet)
                _outlets.Destroy(outlet);
        }

        spe.Areas.Unmap();
        _pool!.Return(spe.Spe);
    }

    private Lv1Status FindEnabled(ulong speId, out PartitionSpe spe)
    {
        if (!_spes.TryGetValue(speId, out PartitionSpe? found))
        {
            spe = null!;
            return Lv1Status.NoEntry;
        }

        spe = found;
        return found.IsEnabled ? Lv1Status.Success : Lv1Status.WrongState;
    }

    private void ForgetNotifier(Outlet outlet)
    {
        foreach (PartitionSpe spe in _spes.Values)
        {
            if (spe.Notifier?.Port == outlet)
                spe.Notifier = null;
        }
    }
}
