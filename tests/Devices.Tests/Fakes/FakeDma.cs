using System.Buffers.Binary;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;

namespace Devices.Tests.Fakes;

/// <summary>A DMA region of 1 MiB at bus address 0x80000000; the last 64 KiB can be read but not written.</summary>
internal sealed class FakeDma : IDmaPort
{
    public const uint Start = 0x8000_0000;
    public const uint Size = 1 << 20;
    public const uint ReadOnlyStart = Start + Size - (64 << 10);

    private readonly byte[] _bytes = new byte[Size];

    public int Reads { get; private set; }

    public DmaFault Read(IoAddress address, Span<byte> destination)
    {
        Reads++;
        if (!Contains(address, destination.Length))
            return DmaFault.Unmapped;
        _bytes.AsSpan((int)(address.Value - Start), destination.Length).CopyTo(destination);
        return DmaFault.None;
    }

    public DmaFault Write(IoAddress address, ReadOnlySpan<byte> source)
    {
        if (!Contains(address, source.Length))
            return DmaFault.Unmapped;
        if (address.Value + (ulong)source.Length > ReadOnlyStart)
            return DmaFault.Protection;
        source.CopyTo(_bytes.AsSpan((int)(address.Value - Start)));
        return DmaFault.None;
    }

    /// <summary>Its memory begins at partition address 0.</summary>
    public bool Reaches(IoAddress address, ulong size, LparAddress start, ulong length) =>
        Contains(address, (int)size) && address.Value - Start < start.Value + length && start.Value < address.Value - Start + size;

    public Span<byte> At(uint address, int length) => _bytes.AsSpan((int)(address - Start), length);

    public uint Word(uint address) => BinaryPrimitives.ReadUInt32BigEndian(At(address, 4));

    public void SetWord(uint address, uint value) => BinaryPrimitives.WriteUInt32BigEndian(At(address, 4), value);

    /// <summary>Writes a descriptor the card owns.</summary>
    public void SetDescriptor(uint address, uint buffer, uint size, uint next, uint command)
    {
        At(address, 32).Clear();
        SetWord(address, buffer);
        SetWord(address + 0x04, size);
        SetWord(address + 0x08, next);
        SetWord(address + 0x0c, command);
    }

    private static bool Contains(IoAddress address, int length) =>
        address.Value >= Start && address.Value <= Start + Size && (ulong)length <= Start + (ulong)Size - address.Value;
}
