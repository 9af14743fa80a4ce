using CellPpe.Core.Isa;

namespace SpuRuntime.Isa;

/// <summary>What the table says of one instruction.</summary>
/// <param name="Op">Its number.</param>
/// <param name="Mnemonic">Its name in the manual, with GNU's suffixes for feature bits.</param>
/// <param name="Mask">Bits that are fixed.</param>
/// <param name="Value">What they are fixed to.</param>
/// <param name="Assembly">Operands in assembly order: "rt, i10(ra)".</param>
/// <param name="Section">The group whose semantics it belongs to.</param>
/// <param name="Flags">See spu.isa.</param>
/// <param name="Fields">The fields of its format, whether or not this row uses them.</param>
public sealed record InstructionInfo(
    SpuOp Op, string Mnemonic, uint Mask, uint Value, string Assembly, string Section, string Flags, OperandField[] Fields)
{
    private readonly HashSet<string> _flags = [.. Flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>True when the table gives the instruction this flag.</summary>
    public bool Has(string flag) => _flags.Contains(flag);

    /// <summary>The field of that name, or null.</summary>
    public OperandField? Field(string name) => Array.Find(Fields, field => field.Name == name);
}

/// <summary>The instruction table: encodings stand here once, and everything else asks it.</summary>
public static partial class SpuTable
{
    private static readonly InstructionInfo[] Rows = Create();

    /// <summary>All instructions, indexed by <see cref="SpuOp"/>; the first is <see cref="SpuOp.Invalid"/>.</summary>
    public static IReadOnlyList<InstructionInfo> Instructions => Rows;

    /// <summary>What the table says of an instruction.</summary>
    public static InstructionInfo Info(SpuOp operation) => Rows[(int)operation];
}
