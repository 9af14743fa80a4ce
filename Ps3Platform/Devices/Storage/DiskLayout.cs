namespace Ps3Platform.Devices.Storage;

/// <summary>
/// Where the regions of a disk are. They are those of a console whose disk was formatted for OtherOS (repository.md 3.3): the whole disk,
/// the system's, the game data's, and the last one, OtherOS's, which is the back end. Only that one is accessible.
/// </summary>
/// <param name="OtherOsBlocks">Blocks of the back end.</param>
internal sealed record DiskLayout(ulong OtherOsBlocks)
{
    public const ulong WholeDisk = 0;
    public const ulong OtherOs = 3;

    // Seen on a console: region 3 starts here, and region 2 has this size; eight blocks lie between regions (chosen).
    private const ulong OtherOsStart = 57_168_648;
    private const ulong GameDataSize = 4_194_296;
    private const ulong Gap = 8;
    private const ulong GameDataStart = OtherOsStart - Gap - GameDataSize;

    public ulong TotalBlocks => OtherOsStart + OtherOsBlocks;

    public IReadOnlyList<StorageRegion> Regions =>
    [
        new(WholeDisk, 0, TotalBlocks, IsAccessible: false),
        new(1, Gap, GameDataStart - (2 * Gap), IsAccessible: false),
        new(2, GameDataStart, GameDataSize, IsAccessible: false),
        new(OtherOs, OtherOsStart, OtherOsBlocks, IsAccessible: true),
    ];
}
