namespace CellPpe.Core.Isa;

/// <summary>One row of an instruction table, of either core.</summary>
/// <param name="Mnemonic">Its name in the manual.</param>
/// <param name="Mask">Bits that are fixed.</param>
/// <param name="Value">The value of the fixed bits.</param>
/// <param name="Assembly">Operands in assembly order: "rt, ra|0, si", "rt, i10(ra)".</param>
/// <param name="Section">The chapter whose semantics it belongs to.</param>
/// <param name="Flags">Flags, explained at the head of the table.</param>
/// <param name="Fields">The fields of its format, whether or not this row uses them.</param>
public abstract record InstructionRow(
    string Mnemonic, uint Mask, uint Value, string Assembly, string Section, string Flags, OperandField[] Fields)
{
    private readonly HashSet<string> _flags = [.. Flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>True when the table gives the instruction this flag.</summary>
    public bool Has(string flag) => _flags.Contains(flag);

    /// <summary>The field of that name, or null.</summary>
    public OperandField? Field(string name) => Array.Find(Fields, field => field.Name == name);
}
