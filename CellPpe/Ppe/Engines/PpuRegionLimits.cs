namespace CellPpe.Ppe.Engines;

/// <summary>How much goes into one region.</summary>
/// <param name="Instructions">Guest instructions.</param>
/// <param name="BlockInstructions">Guest instructions of one block: what is pending at an exit grows with it.</param>
/// <param name="Pages">Pages of guest code.</param>
/// <param name="FollowsRegions">Whether it takes in what is compiled already as part of other regions.</param>
internal sealed record PpuRegionLimits(int Instructions, int BlockInstructions, int Pages, bool FollowsRegions)
{
    /// <summary>What is hot: soon compiled, and once.</summary>
    public static PpuRegionLimits Small { get; } = new(60, 32, 4, false);

    /// <summary>What stays hot: calls stay inside, at the price of code that is there several times.</summary>
    public static PpuRegionLimits Large { get; } = new(200, 32, 8, true);
}
