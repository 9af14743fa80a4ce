namespace CellPpe.Recompiler;

/// <summary>Where in guest code something happens that may leave the block.</summary>
/// <param name="Address">The guest instruction's address.</param>
/// <param name="Instructions">Guest instructions begun since the block was entered, this one included.</param>
public readonly record struct IrSite(ulong Address, int Instructions);
