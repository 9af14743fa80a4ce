namespace CellPpe.Ppe.Isa;

/// <summary>
/// Encodes assembly text by the table: the raw form <see cref="PpuDisassembler"/> writes, without simplified mnemonics.
/// Registers may be written with or without their letters, numbers in decimal or as 0x..., branch targets as addresses.
/// </summary>
public static class PpuAssembler
{
    private static readonly PpuDialect Dialect = new();

    /// <summary>One instruction, to stand at <paramref name="address"/>. Reserved fields are zero.</summary>
    /// <exception cref="FormatException">The text is no instruction of a PPE, or an operand does not fit.</exception>
    public static uint Assemble(string text, ulong address = 0) => Dialect.Read(text, address);

    /// <summary>
    /// A program of one instruction a line, to stand at <paramref name="address"/>; blank lines and '#' comments are skipped.
    /// </summary>
    /// <exception cref="FormatException">A line is no instruction of a PPE, or an operand does not fit.</exception>
    public static uint[] AssembleLines(string lines, ulong address = 0) => Dialect.ReadLines(lines, address);
}
