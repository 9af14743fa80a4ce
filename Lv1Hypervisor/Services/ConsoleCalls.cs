using System.Buffers.Binary;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;

namespace Lv1Hypervisor.Services;

/// <summary>The undocumented debug console (lv1-calls.md 15): up to 32 bytes per call, in registers. It has no input.</summary>
internal sealed class ConsoleCalls(Action<ReadOnlySpan<byte>>? sink) : IConsoleCalls
{
    private const ulong MaxBytes = 32;
    private const int MaxConsoles = 32;

    // One bit per console id.
    private uint _open;

    public Lv1Status ConsoleOpen(
        ILogicalPpeThread caller, ulong id, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5, ulong a6)
    {
        if (id >= MaxConsoles)
            return Lv1Status.IllegalParameterValue;
        if (IsOpen(id))
            return Lv1Status.DuplicateEntry;
        _open |= 1u << (int)id;
        return Lv1Status.Success;
    }

    public Lv1Status ConsoleClose(ILogicalPpeThread caller, ulong id)
    {
        if (!IsOpen(id))
            return Lv1Status.NoEntry;
        _open &= ~(1u << (int)id);
        return Lv1Status.Success;
    }

    public Lv1Status ConsoleWrite(
        ILogicalPpeThread caller, ulong id, ulong count, ulong data0, ulong data1, ulong data2, ulong data3, out ulong bytesWritten)
    {
        bytesWritten = 0;
        if (!IsOpen(id))
            return Lv1Status.NoEntry;
        if (count > MaxBytes)
            return Lv1Status.IllegalParameterValue;
        Span<byte> bytes = stackalloc byte[(int)MaxBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, data0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], data1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], data2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], data3);
        sink?.Invoke(bytes[..(int)count]);
        bytesWritten = count;
        return Lv1Status.Success;
    }

    public Lv1Status ConsoleRead(
        ILogicalPpeThread caller, ulong id, out ulong count, out ulong data0, out ulong data1, out ulong data2, out ulong data3)
    {
        count = data0 = data1 = data2 = data3 = 0;
        return IsOpen(id) ? Lv1Status.Success : Lv1Status.NoEntry;
    }

    public Lv1Status ConsoleFlush(ILogicalPpeThread caller, ulong id) => IsOpen(id) ? Lv1Status.Success : Lv1Status.NoEntry;

    private bool IsOpen(ulong id) => id < MaxConsoles && (_open & (1u << (int)id)) != 0;
}
