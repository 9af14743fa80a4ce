namespace Ps3Platform.Devices.Storage;

/// <summary>A region of a storage device: what the repository says of it.</summary>
/// <param name="Id">The id that hypercalls name it by.</param>
/// <param name="Start">First block.</param>
/// <param name="Size">Blocks.</param>
/// <param name="IsAccessible">The partition may read and write it.</param>
public readonly record struct StorageRegion(ulong Id, ulong Start, ulong Size, bool IsAccessible)
{
    /// <summary>The repository's nodes of a device with regions.</summary>
    public static IReadOnlyList<(string Path, ulong Value)> Nodes(
        ulong port, ulong blockSize, ulong blocks, IReadOnlyList<StorageRegion> regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        return
        [
            ("port", port), ("blk_size", blockSize), ("n_blocks", blocks), ("n_regs", (ulong)regions.Count),
            .. regions.SelectMany(static (region, index) => new[]
            {
                ($"region{index}/id", region.Id), ($"region{index}/start", region.Start), ($"region{index}/size", region.Size),
            }),
        ];
    }
}
