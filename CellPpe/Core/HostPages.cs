using System.Runtime.InteropServices;

namespace CellPpe.Core;

/// <summary>Large pages of the host, where it gives any.</summary>
internal static unsafe partial class HostPages
{
    /// <summary>What a large page is on the hosts that this asks: x86-64 and ARM64 with pages of 4 KB.</summary>
    public const ulong LargeSize = 2 << 20;

    // MADV_HUGEPAGE of Linux, the same on all its architectures that have it.
    private const int AdviseLarge = 14;

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

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
