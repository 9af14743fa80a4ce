using CellPpe.Core;
using CellPpe.Core.Ports;
using Ps3Platform.Devices.Gpu.Mapping;

namespace Ps3Platform.Devices.Gpu;

/// <summary>
/// The blit of lv1_gpu_context_attribute 0x601: copies a rectangle of 4-byte pixels from partition memory, addressed through the
/// context's I/O map, into the context's own GPU memory (devices.md 5.2). All four arguments come from the guest.
/// </summary>
internal readonly record struct FramebufferBlit
{
    private const ulong WaitForCompletion = 1UL << 32;
    private const uint BytesPerPixel = 4;

    private ulong Target { get; init; }

    private ulong Source { get; init; }

    private uint RowBytes { get; init; }

    private uint Rows { get; init; }

    private uint TargetPitch { get; init; }

    private uint SourcePitch { get; init; }

    /// <summary>Bytes from the first to the last written one; at most 2^48, so that no sum below overflows.</summary>
    private ulong TargetLength => ((ulong)(Rows - 1) * TargetPitch) + RowBytes;

    private ulong SourceLength => ((ulong)(Rows - 1) * SourcePitch) + RowBytes;

    /// <summary>Parses the arguments. False when they do not describe a rectangle.</summary>
    public static bool TryParse(ulong offset, ulong source, ulong size, ulong pitch, out FramebufferBlit blit)
    {
        uint targetPitch = (uint)pitch;
        uint sourcePitch = pitch >> 32 == 0 ? targetPitch : (uint)(pitch >> 32);
        blit = new FramebufferBlit
        {
            Target = offset,
            Source = source,
            RowBytes = ((uint)(size >> 16) & 0xffff) * BytesPerPixel,
            Rows = (uint)size & 0xffff,
            TargetPitch = targetPitch,
            SourcePitch = sourcePitch,
        };
        return (size & ~(WaitForCompletion | uint.MaxValue)) == 0
            && blit.RowBytes != 0 && blit.Rows != 0
            && targetPitch >= blit.RowBytes && sourcePitch >= blit.RowBytes
            && (targetPitch | sourcePitch | offset | source) % BytesPerPixel == 0;
    }

    /// <summary>Checks both rectangles, then copies line by line. The copy ends early if the guest has released the memory.</summary>
    public Lv1Status Copy(GuestMemory memory, GpuContext context)
    {
        MemoryRegion ddr = context.Allocation.Region;
        if (Target > ddr.Size || TargetLength > ddr.Size - Target || !context.IoMap.IsMapped(Source, SourceLength))
            return Lv1Status.IllegalParameterValue;
        LparAddress start = ddr.Start + Target;
        if (!memory.TrySlice(start, TargetLength, RegionAccess.Write, out Span<byte> target))
            return Lv1Status.AccessViolation;

        Lv1Status status = Lv1Status.Success;
        for (uint row = 0; row < Rows && status == Lv1Status.Success; row++)
        {
            Span<byte> line = target.Slice((int)((ulong)row * TargetPitch), (int)RowBytes);
            if (!TryReadRow(memory, context.IoMap, Source + ((ulong)row * SourcePitch), line))
                status = Lv1Status.AccessViolation;
        }

        memory.NotifyWritten(start, TargetLength);
        return status;
    }

    /// <summary>
    /// Fills a buffer with the pixels that the same blit would now write to a part of the target, given by its offset in the context's
    /// memory. Does not change guest memory; pixels that cannot be read are left unchanged.
    /// </summary>
    public void Preview(GuestMemory memory, GpuContext context, ulong start, Span<byte> piece)
    {
        ulong end = start + (ulong)piece.Length;
        ulong first = start > Target ? (start - Target) / TargetPitch : 0;
        for (ulong row = first; row < Rows && Target + (row * TargetPitch) < end; row++)
        {
            ulong rowStart = Target + (row * TargetPitch);
            ulong from = Math.Max(rowStart, start);
            ulong to = Math.Min(rowStart + RowBytes, end);
            if (from < to)
                TryReadRow(memory, context.IoMap, Source + (row * SourcePitch) + (from - rowStart),
                    piece[(int)(from - start)..(int)(to - start)]);
        }
    }

    /// <summary>Copies one line, which may span pages that are not contiguous. False when a page is no longer mapped to memory.</summary>
    private static bool TryReadRow(GuestMemory memory, GpuIoMap map, ulong source, Span<byte> line)
    {
        while (!line.IsEmpty)
        {
            if (!map.TryTranslate(source, out LparAddress address, out ulong run))
                return false;
            int length = (int)Math.Min(run, (ulong)line.Length);
            if (!memory.TrySlice(address, (ulong)length, RegionAccess.Read, out Span<byte> bytes))
                return false;
            bytes.CopyTo(line);
            line = line[length..];
            source += (ulong)length;
        }

        return true;
    }
}
