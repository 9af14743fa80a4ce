namespace CellPpe.Ppe.State;

/// <summary>The Vector Status and Control Register: NJ (non-Java, bit 15) and SAT (saturation, bit 31), numbered from the left.</summary>
public struct Vscr
{
    /// <summary>Non-Java mode: denormal operands and results are flushed to zero.</summary>
    public const uint Nj = 1u << 16;

    /// <summary>Sticky: some element saturated.</summary>
    public const uint Sat = 1u;

    /// <summary>The whole register; all other bits are zero.</summary>
    public uint Value;
}
