using System.Runtime.InteropServices;

namespace CellPpe.Core;

/// <summary>
/// The host's pages behind guest memory: large ones where it gives any, and fresh ones instead of cleared ones, so that giving out
/// hundreds of MiB takes no longer than giving out one.
/// </summary>
internal static unsafe partial class HostPages
{
    /// <summary>What a large page is on the hosts that this asks: x86-64 and ARM64 with pages of 4 KB.</summary>
    public const ulong LargeSize = 2 << 20;

    // MADV_HUGEPAGE of Linux, the same on all its architectures that have it.
    private const int AdviseLarge = 14;

    // MADV_DONTNEED: a private anonymous range reads as zero afterwards, and the host has its pages back (madvise(2)).
    private const int AdviseDrop = 4;

    /// <summary>
    /// Asks for large pages behind a range that will be used from end to end. Guest memory is read through the host's own translation
    /// after the guest's, and with small pages that misses for every working set above some megabytes. An advice: it changes nothing but speed.
    /// </summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="bytes">How long it is.</param>
    public static void PreferLarge(void* start, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
            _ = Advise(start, bytes, AdviseLarge);
    }

    /// <summary>
    /// Makes a range of an anonymous mapping zero. Whole large pages are given back to the host, which makes fresh ones when they are
    /// touched again; what is left at both ends is cleared, so that no large page is broken up. Where the host has no such call
    /// everything is cleared.
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

    /// <summary>Gives the whole large pages of a range back to the host. Its bytes mean nothing until <see cref="Zero"/>.</summary>
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
