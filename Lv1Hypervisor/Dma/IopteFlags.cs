using CellPpe.Core;

namespace Lv1Hypervisor.Dma;

/// <summary>The flag bits of an I/O page table entry, as map_device_dma_region and put_iopte take them.</summary>
internal static class IopteFlags
{
    private const ulong Write = 1UL << 63;
    private const ulong Read = 1UL << 62;

    // W, R, M (coherent), the two strict-order bits, H (hint) and an 11-bit I/O id.
    private const ulong Known = 0xf800_0000_0000_0fff;

    /// <summary>False when the flags hold unknown bits or allow neither direction.</summary>
    public static bool TryParse(ulong flags, out RegionAccess access)
    {
        access = ((flags & Read) != 0 ? RegionAccess.Read : 0) | ((flags & Write) != 0 ? RegionAccess.Write : 0);
        return (flags & ~Known) == 0 && access != RegionAccess.None;
    }
}
