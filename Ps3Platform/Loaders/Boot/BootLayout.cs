using CellPpe.Core;
using Ps3Platform.Loaders.DeviceTree;

namespace Ps3Platform.Loaders.Boot;

/// <summary>Chooses the addresses of kernel, device tree, initrd and os-area copy in boot memory. See README.md for the picture.</summary>
public static class BootLayout
{
    // 64 KiB: the largest page a kernel may use for ordinary memory, so that it can free the whole initrd.
    private const ulong Alignment = 64 << 10;

    // The wrapper's heap begins after the wrapper and ends at 16 MiB (ps3.c, platform_init). After a larger image its size
    // wraps around and the heap has no end; it holds copies of the tree, for which 1 MiB is enough.
    private const ulong WrapperHeapEnd = 16 << 20;
    private const ulong WrapperHeapBytes = 1 << 20;

    /// <summary>Arranges everything.</summary>
    /// <exception cref="BootException">It does not fit, or cannot be combined.</exception>
    /// <exception cref="ImageFormatException">The device tree given is damaged.</exception>
    public static BootPlan Arrange(BootImage image, BootRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Threads, 2);
        MemoryRange osArea = PlaceOsArea(image, request);
        return image.Kind == BootImageKind.Vmlinux ? ArrangeKernel(image, request, osArea) : ArrangeFlat(image, request, osArea);
    }

    private static BootPlan ArrangeKernel(BootImage image, BootRequest request, MemoryRange osArea)
    {
        // The tree's length does not depend on the initrd's address, so a draft measures it.
        byte[] draft = MakeTree(request, request.Initrd is null ? null : default(MemoryRange), osArea);
        var tree = new MemoryRange(new LparAddress(AlignUp(image.End.Value)), (ulong)draft.Length);
        CheckRoom(tree, osArea, request, "device tree", "a smaller kernel");

        MemoryRange? initrd = request.Initrd is null ? null : PlaceInitrd(request, request.Initrd, tree.End.Value, osArea);
        var segments = new List<BootSegment>(
            image.Segments) { new("device tree", tree.Start, MakeTree(request, initrd, osArea), tree.Size) };
        AddInitrdAndOsArea(segments, request, initrd, osArea);
        return new BootPlan
        {
            Segments = segments,
            Threads = ThreadsOf(image with { Thread0 = image.Thread0 with { R3 = tree.Start.Value } }, request),
            OsArea = osArea,
            DeviceTree = tree,
            Initrd = initrd,
            Warnings = image.Warnings,
        };
    }

    private static BootPlan ArrangeFlat(BootImage image, BootRequest request, MemoryRange osArea)
    {
        if (request.DeviceTree is not null)
            throw new BootException(
                $"{image.File.Name} brings its own device tree, so --dtb has no effect; leave it out, or boot the vmlinux instead.");

        MemoryRange? initrd = request.Initrd is null
            ? null
            : PlaceInitrd(request, request.Initrd, Math.Max(WrapperHeapEnd, image.End.Value + WrapperHeapBytes), osArea);
        var segments = new List<BootSegment>(image.Segments);
        segments.AddRange(WrapperEdits.Make(image, request.CommandLine, initrd));
        AddInitrdAndOsArea(segments, request, initrd, osArea);
        return new BootPlan
        {
            Segments = segments,
            Threads = ThreadsOf(image, request),
            OsArea = osArea,
            Initrd = initrd,
            Warnings = image.Warnings,
        };
    }

    private static byte[] MakeTree(BootRequest request, MemoryRange? initrd, MemoryRange osArea)
    {
        if (request.DeviceTree is null)
        {
            return FlatDeviceTree.Write(Ps3DeviceTree.Build(new Ps3DeviceTreeOptions
            {
                BootMemorySize = request.BootMemorySize,
                Threads = request.AnnouncedThreads ?? request.Threads,
                CommandLine = request.CommandLine,
                Initrd = initrd,
                // Linux allocates from the top of memory before it reads the os-area; without this its first
                // allocations overwrite the copy.
                Reserved = [osArea],
            }));
        }

        DeviceTreeDocument document = FlatDeviceTree.Read(request.DeviceTree);
        Ps3DeviceTree.CompleteMemory(request.DeviceTree.Name, document.Root, request.BootMemorySize);
        Ps3DeviceTree.SetChosen(document.Root, request.CommandLine, initrd);
        return FlatDeviceTree.Write(
            document with { Reservations = [.. document.Reservations, new DeviceTreeReservation(osArea.Start.Value, osArea.Size)] });
    }

    private static MemoryRange PlaceOsArea(BootImage image, BootRequest request)
    {
        ulong top = request.BootMemorySize;
        if (top < 1 << 20)
            throw new BootException($"Boot memory of {top} bytes is too small for any guest; raise --memory.");
        var range = new MemoryRange(request.OsAreaAddress ?? new LparAddress(top - OsArea.Bytes), OsArea.Bytes);
        if (range.Start.Value > top - OsArea.Bytes || range.Start.Value % GuestMemory.PageSize != 0)
            throw new BootException(
                $"The os-area copy at {range} must lie on a page inside boot memory (0x{top:x}), because Linux reads it there.");
        foreach (BootSegment segment in image.Segments)
        {
            if (segment.Range.End.Value > top || segment.Range.Overlaps(range))
                throw new BootException(
                    $"The kernel ({segment.Range}) does not fit in {InMiB(top)} boot memory next to the os-area copy ({range}): use "
                    + $"--memory or a smaller kernel.");
        }

        return range;
    }

    private static MemoryRange PlaceInitrd(BootRequest request, ImageFile initrd, ulong lowest, MemoryRange osArea)
    {
        if (initrd.Bytes.IsEmpty)
            throw new BootException($"The initrd {initrd.Name} is empty; leave out --initrd, or give a cpio archive or file system image.");
        var range = new MemoryRange(new LparAddress(AlignUp(lowest)), (ulong)initrd.Bytes.Length);
        CheckRoom(range, osArea, request, "initrd", "a smaller initrd");
        return range;
    }

    private static void CheckRoom(MemoryRange range, MemoryRange osArea, BootRequest request, string what, string way)
    {
        if (range.End.Value <= request.BootMemorySize && !range.Overlaps(osArea))
            return;
        throw new BootException(
            $"{what} of {InMiB(range.Size)} does not fit in {InMiB(request.BootMemorySize)} boot memory next to the kernel, which ends at "
            + $"0x{range.Start.Value:x}, and the os-area copy at {osArea}: use --memory or {way}.");
    }

    private static void AddInitrdAndOsArea(List<BootSegment> segments, BootRequest request, MemoryRange? initrd, MemoryRange osArea)
    {
        if (initrd is { } range)
            segments.Add(new BootSegment("initrd", range.Start, request.Initrd!.Bytes, range.Size));
        segments.Add(new BootSegment("os-area copy", osArea.Start, request.OsAreaCopy ?? request.OsArea.Write(), osArea.Size));
    }

    private static List<ThreadEntry> ThreadsOf(BootImage image, BootRequest request)
    {
        var threads = new List<ThreadEntry> { image.Thread0 };
        if (request.Threads == 2 && image.Thread1 is not null)
            threads.Add(image.Thread1);
        return threads;
    }

    private static ulong AlignUp(ulong value) => (value + Alignment - 1) & ~(Alignment - 1);

    private static string InMiB(ulong bytes) => bytes < 1 << 20 ? $"{bytes >> 10} KiB" : $"{bytes >> 20} MiB";
}
