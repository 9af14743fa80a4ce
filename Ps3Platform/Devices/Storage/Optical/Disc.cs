namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>A kind of disc by its MMC profile number (MMC-5, 5.3.1).</summary>
public enum DiscProfile : ushort
{
    /// <summary>No medium.</summary>
    None = 0,

    /// <summary>CD-ROM.</summary>
    Cd = 0x0008,

    /// <summary>DVD-ROM.</summary>
    Dvd = 0x0010,

    /// <summary>BD-ROM.</summary>
    Bd = 0x0040,
}

/// <summary>What follows from the size of a disc.</summary>
public static class Disc
{
    /// <summary>Bytes of a sector.</summary>
    public const uint SectorSize = 2048;

    /// <summary>Sectors of the largest disc, a BDXL of four layers (128 GB).</summary>
    public const uint MostSectors = 62_500_864;

    // A CD of 99 minutes, the longest its addresses can name, and a DVD of two layers.
    private const uint MostCdSectors = 99 * 60 * 75;
    private const uint MostDvdSectors = 4_173_824;

    /// <summary>The profile of a disc with a number of sectors; 0: no medium.</summary>
    public static DiscProfile ProfileOf(uint sectors) => sectors switch
    {
        0 => DiscProfile.None,
        <= MostCdSectors => DiscProfile.Cd,
        <= MostDvdSectors => DiscProfile.Dvd,
        _ => DiscProfile.Bd,
    };

    /// <summary>Why bytes of this length are no disc, as a clause with the way out; null: they are one.</summary>
    public static string? ProblemOf(ulong length) => length switch
    {
        < SectorSize => $"has {length} bytes, less than one sector of {SectorSize}; give an image of a whole disc",
        > (ulong)MostSectors * SectorSize =>
            $"has {length} bytes, and the largest disc {(ulong)MostSectors * SectorSize}; give it as --disk",
        _ => null,
    };
}
