using System.Runtime.InteropServices;

using CellPpe.Core;

namespace Ps3Platform.Cli.Session;

/// <summary>The resident part of a guest's memory, by use.</summary>
/// <param name="Ram">Bytes of the partition's own memory.</param>
/// <param name="Video">Bytes of GPU memory that the guest has allocated.</param>
/// <param name="Other">Bytes of the rest of the block: local stores, and memory that the guest has released.</param>
internal readonly record struct ResidentMemory(ulong Ram, ulong Video, ulong Other);

/// <summary>Measures how much of a guest's memory the host has committed.</summary>
internal static unsafe partial class HostMemory
{
    /// <summary>Counts the bytes of the guest's block that are resident. False where the host cannot tell.</summary>
    public static bool TryGetResident(GuestMemory memory, out ResidentMemory resident)
    {
        resident = default;
        // mincore(2): one byte per page, whose lowest bit is set when the page is resident. Other systems differ or have no such call.
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

        ulong Count(ReadOnlySpan<byte> some)
        {
            ulong count = 0;
            foreach (byte page in some)
                count += page & 1u;
            return count * pageSize;
        }

        // One block holds the partition's memory, GPU memory and local stores; the regions tell them apart.
        ulong ram = 0, video = 0;
        foreach (MemoryRegion region in memory.Regions.Where(static region => region.Device is null))
        {
            ulong first = ((ulong)memory.HostBase + region.HostOffset - start) / pageSize;
            ulong last = ((ulong)memory.HostBase + region.HostOffset + region.Size - start + pageSize - 1) / pageSize;
            ulong bytes = Count(pages.AsSpan((int)first, (int)(last - first)));
            switch (region.Name)
            {
                // The names that lv1's memory service and the GPU give them.
                case "boot memory" or "allocated memory":
                    ram += bytes;
                    break;
                case "GPU DDR":
                    video += bytes;
                    break;
            }
        }

        ulong all = Count(pages);
        resident = new ResidentMemory(ram, video, all - Math.Min(all, ram + video));
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mincore")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MemoryInCore(void* address, nuint length, byte* vector);
}
