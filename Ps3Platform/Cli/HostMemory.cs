using System.Runtime.InteropServices;

using CellPpe.Core;

namespace Ps3Platform.Cli;

/// <summary>How much of a guest's memory the host has really given it.</summary>
internal static unsafe partial class HostMemory
{
    /// <summary>Counts the bytes of the guest's block that are resident. False where the host cannot tell.</summary>
    public static bool TryGetResident(GuestMemory memory, out ulong bytes)
    {
        bytes = 0;
        // mincore(2): one byte a page, its lowest bit set when the page is resident. Other systems have other bits, or no such call.
        if (!OperatingSystem.IsLinux())
            return false;
        ulong pageSize = (ulong)Environment.SystemPageSize;
        // The block is aligned to 4 KB; with larger host pages it may begin inside one.
        var start = (nuint)memory.HostBase & ~(nuint)(pageSize - 1);
        nuint length = (nuint)memory.HostBase + (nuint)memory.Capacity - start;
        byte[] pages = new byte[((ulong)length + pageSize - 1) / pageSize];
        fixed (byte* vector = pages)
        {
            if (MemoryInCore((void*)start, length, vector) != 0)
                return false;
        }

        bytes = (ulong)pages.LongCount(static page => (page & 1) != 0) * pageSize;
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mincore")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MemoryInCore(void* address, nuint length, byte* vector);
}
