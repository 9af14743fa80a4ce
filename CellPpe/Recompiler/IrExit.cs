namespace CellPpe.Recompiler;

/// <summary>Why a block is left.</summary>
public enum IrExitKind
{
    /// <summary>Guest code goes on at a known or computed address.</summary>
    Next,

    /// <summary>An interrupt or exception is taken at this instruction.</summary>
    Interrupt,

    /// <summary>A routine runs between this block and the next, for this instruction.</summary>
    Between,

    /// <summary>An access faulted or a routine left: the host has already noted how to go on. In no <see cref="IrExit"/>.</summary>
    Host,
}

/// <summary>How a block is left.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Code">Which interrupt, in the guest's numbers.</param>
/// <param name="Status">What the interrupt reports, in the guest's bits.</param>
/// <param name="Routine">What runs between.</param>
/// <param name="Word">The instruction word the routine works on.</param>
public sealed record IrExit(IrExitKind Kind, uint Code = 0, ulong Status = 0, IrRoutine? Routine = null, uint Word = 0)
{
    /// <summary>Going on at an address.</summary>
    public static IrExit Next { get; } = new(IrExitKind.Next);
}
