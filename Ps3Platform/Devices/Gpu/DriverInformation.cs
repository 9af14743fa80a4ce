using System.Buffers.Binary;
using CellPpe.Core;

namespace Ps3Platform.Devices.Gpu;

/// <summary>
/// The driver information block of a context (devices.md 5.3). It is in guest memory and the guest may write all of it, so
/// the GPU reads back nothing but the interrupt mask.
/// </summary>
internal sealed class DriverInformation(GuestMemory memory, LparAddress block)
{
    /// <summary>Bytes of the block.</summary>
    public const ulong Size = 128 << 10;

    /// <summary>Drivers refuse any other version.</summary>
    private const uint DriverVersion = 0x211;

    private const uint GpuVersion = 0x4756_0002;
    private const uint CoreFrequency = 500_000_000;
    private const uint MemoryFrequency = 650_000_000;

    private const ulong Heads = 0x10b8;
    private const ulong HeadStride = 0x40;
    private const ulong HeadTime = 0x00;
    private const ulong HeadOffset = 0x0c;
    private const ulong HeadVblankCount = 0x30;
    private const ulong InterruptOutlet = 0x12b8;
    private const ulong InterruptMask = 0x12c0;
    private const ulong VideoCause = 0x12c4;

    /// <summary>The interrupt causes that the guest has enabled.</summary>
    public uint Mask => memory.TryReadUInt32(block + InterruptMask, out uint mask) ? mask : 0;

    /// <summary>Fills in a fresh, zeroed block.</summary>
    public void Initialize(ulong memorySize, uint channel, uint outlet)
    {
        Span<byte> head = stackalloc byte[0x18];
        BinaryPrimitives.WriteUInt32BigEndian(head, DriverVersion);
        BinaryPrimitives.WriteUInt32BigEndian(head[0x04..], GpuVersion);
        BinaryPrimitives.WriteUInt32BigEndian(head[0x08..], (uint)memorySize);
        BinaryPrimitives.WriteUInt32BigEndian(head[0x0c..], channel);
        BinaryPrimitives.WriteUInt32BigEndian(head[0x10..], CoreFrequency);
        BinaryPrimitives.WriteUInt32BigEndian(head[0x14..], MemoryFrequency);
        memory.TryWrite(block, head);
        memory.TryWriteUInt32(block + InterruptOutlet, outlet);
    }

    /// <summary>Publishes a head's last vertical blank.</summary>
    public void WriteVblank(int head, ulong timeBase, ulong count, uint offset)
    {
        LparAddress start = block + (Heads + (HeadStride * (ulong)head));
        memory.TryWriteUInt64(start + HeadTime, timeBase);
        memory.TryWriteUInt32(start + HeadOffset, offset);
        memory.TryWriteUInt64(start + HeadVblankCount, count);
    }

    /// <summary>Publishes the causes that the guest has not fetched yet.</summary>
    public void WriteCauses(uint causes) => memory.TryWriteUInt32(block + VideoCause, causes);
}
