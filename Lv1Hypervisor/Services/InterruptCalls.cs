using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>Bitmaps, plugs, outlets and event ports (lv1-calls.md 6, irq-and-time.md).</summary>
internal sealed class InterruptCalls : IInterruptCalls
{
    private readonly LparMemory _memory;
    private readonly OutletTable _outlets;
    private readonly IReadOnlyList<IrqPlugs> _plugs;
    private readonly Dictionary<ulong, IIoInterruptSource> _ioSources = [];
    private readonly Dictionary<ulong, Outlet> _ioOutlets = [];

    public InterruptCalls(LparMemory memory, OutletTable outlets, IReadOnlyList<IrqPlugs> plugs)
    {
        _memory = memory;
        _outlets = outlets;
        _plugs = plugs;
        outlets.Destroyed += ReleaseIoOutlet;
    }

    public void AttachIoInterrupt(ulong interruptId, IIoInterruptSource source) => _ioSources.Add(interruptId, source);

    public Lv1Status ConfigureIrqStateBitmap(ILogicalPpeThread caller, ulong ppeId, ulong thread, ulong address)
    {
        if (!TryFindThread(ppeId, thread, out IrqPlugs plugs))
            return Lv1Status.IllegalParameterValue;
        if (address == 0)
        {
            plugs.SetBlock(null);
            return Lv1Status.Success;
        }

        // A 64-byte block at a multiple of 64 does not cross a page.
        if (address % IrqPlugs.BlockSize != 0)
            return Lv1Status.AlignmentError;
        if (!_memory.IsUsable(new LparAddress(address), IrqPlugs.BlockSize, RegionAccess.ReadWrite))
            return Lv1Status.AccessViolation;
        plugs.SetBlock(new LparAddress(address));
        return Lv1Status.Success;
    }

    public Lv1Status ConnectIrqPlugExt(ILogicalPpeThread caller, ulong ppeId, ulong thread, ulong plug, ulong outlet, ulong zero)
    {
        if (!TryFindThread(ppeId, thread, out IrqPlugs plugs) || plug >= IrqPlugs.Count)
            return Lv1Status.IllegalParameterValue;
        return _outlets.TryGet(outlet, out Outlet? source) ? plugs.Connect((int)plug, source) : Lv1Status.NoEntry;
    }

    public Lv1Status DisconnectIrqPlugExt(ILogicalPpeThread caller, ulong ppeId, ulong thread, ulong plug)
    {
        if (!TryFindThread(ppeId, thread, out IrqPlugs plugs) || plug >= IrqPlugs.Count)
            return Lv1Status.IllegalParameterValue;
        return plugs.Disconnect((int)plug);
    }

    public Lv1Status EndOfInterruptExt(ILogicalPpeThread caller, ulong ppeId, ulong thread, ulong plug)
    {
        if (!TryFindThread(ppeId, thread, out IrqPlugs plugs) || plug >= IrqPlugs.Count)
            return Lv1Status.IllegalParameterValue;
        plugs.EndOfInterrupt((int)plug);
        return Lv1Status.Success;
    }

    public Lv1Status DidUpdateInterruptMask(ILogicalPpeThread caller, ulong ppeId, ulong thread)
    {
        if (!TryFindThread(ppeId, thread, out IrqPlugs plugs))
            return Lv1Status.IllegalParameterValue;
        plugs.MaskChanged();
        return Lv1Status.Success;
    }

    public Lv1Status ConstructEventReceivePort(ILogicalPpeThread caller, out ulong outlet)
    {
        Outlet? made = _outlets.Create(OutletKind.EventPort, "event port");
        outlet = made?.Number ?? 0;
        return made is null ? Lv1Status.ResourceShortage : Lv1Status.Success;
    }

    public Lv1Status DestructEventReceivePort(ILogicalPpeThread caller, ulong outlet) => Destroy(outlet, OutletKind.EventPort);

    public Lv1Status SendEventLocally(ILogicalPpeThread caller, ulong outlet)
    {
        if (!_outlets.TryGet(outlet, out Outlet? port))
            return Lv1Status.NoEntry;
        if (port.Kind != OutletKind.EventPort)
            return Lv1Status.TypeMismatch;
        port.Raise();
        return Lv1Status.Success;
    }

    public Lv1Status ConstructIoIrqOutlet(ILogicalPpeThread caller, ulong interruptId, out ulong outlet)
    {
        outlet = 0;
        if (!_ioSources.TryGetValue(interruptId, out IIoInterruptSource? source))
            return Lv1Status.NoEntry;
        if (_ioOutlets.ContainsKey(interruptId))
            return Lv1Status.DuplicateEntry;
        Outlet? made = _outlets.Create(OutletKind.IoInterrupt, "I/O interrupt");
        if (made is null)
            return Lv1Status.ResourceShortage;
        _ioOutlets.Add(interruptId, made);
        source.ConnectInterrupt(made);
        outlet = made.Number;
        return Lv1Status.Success;
    }

    public Lv1Status DestructIoIrqOutlet(ILogicalPpeThread caller, ulong outlet) => Destroy(outlet, OutletKind.IoInterrupt);

    public Lv1Status DetectPendingInterrupts(
        ILogicalPpeThread caller, ulong zero, out ulong pending0, out ulong pending1, out ulong pending2, out ulong pending3)
    {
        IrqPlugs plugs = _plugs[caller.ThreadId];
        (pending0, pending1, pending2, pending3) = (plugs.Pending(0), plugs.Pending(1), plugs.Pending(2), plugs.Pending(3));
        return Lv1Status.Success;
    }

    // The forms without "_ext" act on the calling thread (irq-and-time.md 10.5).
    public Lv1Status EndOfInterrupt(ILogicalPpeThread caller, ulong plug) =>
        EndOfInterruptExt(caller, Lpar.PpeId, (ulong)caller.ThreadId, plug);

    public Lv1Status ConnectIrqPlug(ILogicalPpeThread caller, ulong plug, ulong outlet) =>
        ConnectIrqPlugExt(caller, Lpar.PpeId, (ulong)caller.ThreadId, plug, outlet, 0);

    public Lv1Status DisconnectIrqPlug(ILogicalPpeThread caller, ulong plug) =>
        DisconnectIrqPlugExt(caller, Lpar.PpeId, (ulong)caller.ThreadId, plug);

    private bool TryFindThread(ulong ppeId, ulong thread, out IrqPlugs plugs)
    {
        bool exists = ppeId == Lpar.PpeId && thread < Lpar.ThreadCount;
        plugs = exists ? _plugs[(int)thread] : _plugs[0];
        return exists;
    }

    private Lv1Status Destroy(ulong outlet, OutletKind kind)
    {
        if (!_outlets.TryGet(outlet, out Outlet? found))
            return Lv1Status.NoEntry;
        if (found.Kind != kind)
            return Lv1Status.TypeMismatch;
        _outlets.Destroy(found);
        return Lv1Status.Success;
    }

    private void ReleaseIoOutlet(Outlet outlet)
    {
        foreach ((ulong id, Outlet made) in _ioOutlets)
        {
            if (made != outlet)
                continue;
            _ioOutlets.Remove(id);
            _ioSources[id].ConnectInterrupt(null);
            return;
        }
    }
}
