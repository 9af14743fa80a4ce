namespace CellPpe.Recompiler;

/// <summary>What a value is.</summary>
public enum IrType
{
    /// <summary>No value: the instruction is there for its effect.</summary>
    None,

    /// <summary>A 64-bit number; comparisons yield 0 or 1 of it.</summary>
    I64,

    /// <summary>A 128-bit register image as one number in host order: its leftmost byte is host byte 15.</summary>
    V128,
}
