using System.Buffers.Binary;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Gelic;

/// <summary>The owner of a descriptor, or how it ended: bits 31:28 of dmac_cmd_status (devices.md 3.1).</summary>
internal enum DescriptorState : uint
{
    /// <summary>Transmit: done. Receive: the frame was longer than the buffer.</summary>
    Complete = 0x0000_0000,
    ProtectionError = 0x2000_0000,
    FrameEnd = 0x4000_0000,
    CardOwned = 0xa000_0000,
}

/// <summary>One 32-byte descriptor as the guest left it in memory.</summary>
internal readonly struct GelicDescriptor
{
    public const int Size = 32;

    public const uint StateMask = 0xf000_0000;
    public const uint FrameTail = 0x0004_0000;
    public const uint ChecksumMask = 0x0003_0000;
    public const uint TcpChecksum = 0x0002_0000;
    public const uint UdpChecksum = 0x0003_0000;
    public const uint ChainEnd = 0x0000_0002;

    private const uint NextOffset = 0x08;
    private const uint CommandOffset = 0x0c;
    private const uint ResultOffset = 0x10;

    private GelicDescriptor(IoAddress address, ReadOnlySpan<byte> raw)
    {
        Address = address;
        Buffer = new IoAddress(BinaryPrimitives.ReadUInt32BigEndian(raw));
        BufferSize = BinaryPrimitives.ReadUInt32BigEndian(raw[4..]);
        Command = BinaryPrimitives.ReadUInt32BigEndian(raw[12..]);
    }

    public IoAddress Address { get; }

    public IoAddress Buffer { get; }

    public uint BufferSize { get; }

    /// <summary>dmac_cmd_status.</summary>
    public uint Command { get; }

    public bool IsCardOwned => (Command & StateMask) == (uint)DescriptorState.CardOwned;

    public bool IsFrameTail => (Command & FrameTail) != 0;

    /// <summary>Descriptors are 32-byte aligned and live in the 32-bit bus space, so two of them never overlap.</summary>
    public static bool IsValidAddress(IoAddress address) => address.Value is not 0 and <= uint.MaxValue && address.Value % Size == 0;

    public static bool TryRead(IDmaPort dma, IoAddress address, out GelicDescriptor descriptor)
    {
        Span<byte> raw = stackalloc byte[Size];
        if (!IsValidAddress(address) || dma.Read(address, raw) != DmaFault.None)
        {
            descriptor = default;
            return false;
        }

        descriptor = new GelicDescriptor(address, raw);
        return true;
    }

    /// <summary>
    /// Reads the link to the next descriptor again. The guest appends while the DMA runs, so that the link is final only after the data of
    /// this descriptor is done (devices.md 3.2).
    /// </summary>
    public bool TryReadNext(IDmaPort dma, out IoAddress next)
    {
        Span<byte> raw = stackalloc byte[4];
        bool ok = dma.Read(Address + NextOffset, raw) == DmaFault.None;
        next = new IoAddress(ok ? BinaryPrimitives.ReadUInt32BigEndian(raw) : 0);
        return ok;
    }

    /// <summary>Writes the results (sizes, status, error), and last the command word that gives the descriptor back.</summary>
    public bool TryComplete(
        IDmaPort dma, DescriptorState state, bool chainEnd, uint resultSize, uint validSize, uint dataStatus, uint dataError = 0)
    {
        Span<byte> results = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(results, resultSize);
        BinaryPrimitives.WriteUInt32BigEndian(results[4..], validSize);
        BinaryPrimitives.WriteUInt32BigEndian(results[8..], dataStatus);
        BinaryPrimitives.WriteUInt32BigEndian(results[12..], dataError);

        Span<byte> command = stackalloc byte[4];
        uint kept = Command & ~(StateMask | ChainEnd);
        BinaryPrimitives.WriteUInt32BigEndian(command, kept | (uint)state | (chainEnd ? ChainEnd : 0));
        return dma.Write(Address + ResultOffset, results) == DmaFault.None
            && dma.Write(Address + CommandOffset, command) == DmaFault.None;
    }
}
