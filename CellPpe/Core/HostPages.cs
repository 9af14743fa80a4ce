using System.Runtime.InteropServices;

namespace CellPpe.Core;

/// <summary>
/// The host's pages behind guest memory: large pages where the host has them, and fresh pages instead of cleared ones, so that
/// allocating hundreds of MiB takes no longer than allocating one.
/// </summary>
internal static unsafe partial class HostPages
{
    /// <summary>Size of a large page, in bytes, on the supported hosts: x86-64, and ARM64 with 4 KB pages.</summary>
    public const ulong LargeSize = 2 << 20;

    // MADV_HUGEPAGE of Linux, the same on all its architectures that have it.
    private const int AdviseLarge = 14;

    // MADV_DONTNEED: the host takes back the pages, and a private anonymous range reads as zero afterwards (madvise(2)).
    private const int AdviseDrop = 4;

    /// <summary>
    /// Advises the host to use large pages for a range that will be used completely. Each guest access is also translated by the host,
    /// and with small pages the host's TLB misses for every working set above some megabytes. The advice affects speed only.
    /// </summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="bytes">How long it is.</param>
    public static void PreferLarge(void* start, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
            _ = Advise(start, bytes, AdviseLarge);
    }

    /// <summary>
    /// Makes a range of an anonymous mapping zero. Whole large pages are returned to the host, which supplies fresh ones at the next
    /// access. The rest at both ends is cleared, so that no large page is split. On a host without such a call, the whole range is
    /// cleared.
    /// </summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="bytes">How long it is.</param>
    public static void Zero(byte* start, nuint bytes)
    {
        if (!TryDrop(start, bytes, out byte* dropped, out nuint length))
        {
            NativeMemory.Clear(start, bytes);
            return;
        }

        NativeMemory.Clear(start, (nuint)(dropped - start));
        NativeMemory.Clear(dropped + length, bytes - (nuint)(dropped - start) - length);
    }

    /// <summary>Returns the whole large pages of a range to the host. Its contents are undefined until <see cref="Zero"/>.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="bytes">How long it is.</param>
    public static void GiveBack(byte* start, nuint bytes) => _ = TryDrop(start, bytes, out _, out _);

    private static bool TryDrop(byte* start, nuint bytes, out byte* dropped, out nuint length)
    {
        dropped = (byte*)(((nuint)start + (nuint)(LargeSize - 1)) & ~(nuint)(LargeSize - 1));
        nuint before = (nuint)(dropped - start);
        length = bytes > before ? (bytes - before) & ~(nuint)(LargeSize - 1) : 0;
        return length != 0 && OperatingSystem.IsLinux() && Advise(dropped, length, AdviseDrop) == 0;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
