using System.Buffers.Binary;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>Virtual UART ports 0..2 and the one interrupt they share (lv1-calls.md 13, devices.md 7).</summary>
internal sealed class VirtualUartCalls : IVirtualUartCalls
{
    public const int PortCount = 3;

    private const int BitmapSize = 32;
    private const ulong MaskBits =
        VirtualUartPort.InterruptTransmit | VirtualUartPort.InterruptReceive | VirtualUartPort.InterruptDisconnect;

    private readonly GuestMemory _memory;
    private readonly LparMemory _partition;
    private readonly OutletTable _outlets;
    private readonly VirtualUartPort[] _ports = new VirtualUartPort[PortCount];

    // Guest writes are copied here before the peer gets them, because the peer may send, and so change guest memory, while it receives.
    private readonly byte[] _outgoing = new byte[VirtualUartPort.BufferSize];
    private LparAddress _bitmap;
    private Outlet? _outlet;

    public VirtualUartCalls(GuestMemory memory, LparMemory partition, OutletTable outlets)
    {
        _memory = memory;
        _partition = partition;
        _outlets = outlets;
        for (int i = 0; i < PortCount; i++)
            _ports[i] = new VirtualUartPort(RefreshInterrupt);
    }

    private enum Parameter : ulong
    {
        TransmitTrigger,
        ReceiveTrigger,
        InterruptMask,
        ReceiveBufferSize,
        ReceiveWaiting,
        TransmitBufferSize,
        TransmitQueued,
        InterruptStatus,
    }

    /// <exception cref="ArgumentOutOfRangeException">There is no such port.</exception>
    public IVirtualUartPort Attach(int port, IVirtualUartPeer peer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(port, PortCount);
        _ports[port].Attach(peer);
        return _ports[port];
    }

    public Lv1Status ReadVirtualUart(ILogicalPpeThread caller, ulong port, ulong buffer, ulong bytes, out ulong bytesRead)
    {
        bytesRead = 0;
        if (port >= PortCount)
            return Lv1Status.NoEntry;
        VirtualUartPort uart = _ports[port];
        ulong count = Math.Min(bytes, (ulong)uart.Waiting);
        if (count == 0)
            return Lv1Status.Success;
        if (!_memory.TrySlice(new LparAddress(buffer), count, RegionAccess.Write, out Span<byte> destination))
            return Lv1Status.AccessViolation;
        uart.Take(destination);
        _memory.NotifyWritten(new LparAddress(buffer), count);
        bytesRead = count;
        RefreshInterrupt();
        return Lv1Status.Success;
    }

    public Lv1Status WriteVirtualUart(ILogicalPpeThread caller, ulong port, ulong buffer, ulong bytes, out ulong bytesWritten)
    {
        bytesWritten = 0;
        if (port >= PortCount)
            return Lv1Status.NoEntry;
        VirtualUartPort uart = _ports[port];
        int count = (int)Math.Min(bytes, (ulong)uart.Room);
        if (count == 0)
            return Lv1Status.Success;
        Span<byte> data = _outgoing.AsSpan(0, count);
        if (!_memory.TryRead(new LparAddress(buffer), data))
            return Lv1Status.AccessViolation;
        uart.Put(data);
        bytesWritten = (ulong)count;
        RefreshInterrupt();
        return Lv1Status.Success;
    }

    public Lv1Status SetVirtualUartParam(ILogicalPpeThread caller, ulong port, ulong parameter, ulong value)
    {
        if (port >= PortCount)
            return Lv1Status.NoEntry;
        VirtualUartPort uart = _ports[port];
        switch ((Parameter)parameter)
        {
            case Parameter.TransmitTrigger when value <= VirtualUartPort.BufferSize:
                uart.TransmitTrigger = value;
                break;
            case Parameter.ReceiveTrigger when value <= VirtualUartPort.BufferSize:
                uart.ReceiveTrigger = value;
                break;
            case Parameter.InterruptMask when (value & ~MaskBits) == 0:
                uart.Mask = value;
                break;
            default:
                return Lv1Status.IllegalParameterValue;
        }

        RefreshInterrupt();
        return Lv1Status.Success;
    }

    public Lv1Status GetVirtualUartParam(ILogicalPpeThread caller, ulong port, ulong parameter, out ulong value)
    {
        value = 0;
        if (port >= PortCount)
            return Lv1Status.NoEntry;
        VirtualUartPort uart = _ports[port];
        switch ((Parameter)parameter)
        {
            case Parameter.TransmitTrigger:
                value = uart.TransmitTrigger;
                break;
            case Parameter.ReceiveTrigger:
                value = uart.ReceiveTrigger;
                break;
            case Parameter.InterruptMask:
                value = uart.Mask;
                break;
            case Parameter.ReceiveBufferSize or Parameter.TransmitBufferSize:
                value = VirtualUartPort.BufferSize;
                break;
            case Parameter.ReceiveWaiting:
                value = (ulong)uart.Waiting;
                break;
            case Parameter.TransmitQueued:
                value = (ulong)uart.Queued;
                break;
            case Parameter.InterruptStatus:
                value = uart.Status;
                break;
            default:
                return Lv1Status.IllegalParameterValue;
        }

        return Lv1Status.Success;
    }

    /// <summary>True when the range overlaps the bitmap of ports, which changes when a port's interrupt condition changes.</summary>
    public bool MayStore(LparAddress start, ulong length) =>
        _outlet is not null && start.Value < _bitmap.Value + BitmapSize && _bitmap.Value < start.Value + length;

    public Lv1Status ConfigureVirtualUartIrq(ILogicalPpeThread caller, ulong address, out ulong outlet)
    {
        outlet = 0;
        if (_outlet is not null)
            return Lv1Status.WrongState;
        if (address % BitmapSize != 0)
            return Lv1Status.AlignmentError;
        if (!_partition.IsUsable(new LparAddress(address), BitmapSize, RegionAccess.ReadWrite))
            return Lv1Status.AccessViolation;
        Outlet? made = _outlets.Create(OutletKind.VirtualUart, "virtual UART");
        if (made is null)
            return Lv1Status.ResourceShortage;
        _outlet = made;
        _bitmap = new LparAddress(address);
        RefreshInterrupt();
        outlet = made.Number;
        return Lv1Status.Success;
    }

    public Lv1Status DeconfigureVirtualUartIrq(ILogicalPpeThread caller)
    {
        if (_outlet is not { } outlet)
            return Lv1Status.WrongState;
        _outlet = null;
        _outlets.DestroyLeavingPlug(outlet);
        return Lv1Status.Success;
    }

    // Linux's handler loops until the bitmap is 0, and calls BUG() on a bit without a driver: the bits must be correct whenever a
    // call returns (devices.md 7).
    private void RefreshInterrupt()
    {
        if (_outlet is not { } outlet)
            return;
        ulong pending = 0;
        for (int i = 0; i < PortCount; i++)
        {
            if ((_ports[i].Status & _ports[i].Mask) != 0)
                pending |= PowerBits.Mask64(i);
        }

        Span<byte> bitmap = stackalloc byte[BitmapSize];
        bitmap.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bitmap, pending);
        _memory.TryWrite(_bitmap, bitmap);
        outlet.SetLevel(pending != 0);
    }
}
