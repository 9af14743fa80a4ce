using CellPpe.Core.Isa;

namespace SpuRuntime.Isa;

/// <summary>What the table says of one instruction.</summary>
/// <remarks>Op is its number; for the rest see <see cref="InstructionRow"/>.</remarks>
public sealed record SpuInstructionInfo(
    SpuOp Op, string Mnemonic, uint Mask, uint Value, string Assembly, string Section, string Flags, OperandField[] Fields)
    : InstructionRow(Mnemonic, Mask, Value, Assembly, Section, Flags, Fields);

/// <summary>The instruction table: encodings stand here once, and everything else asks it.</summary>
public static partial class SpuTable
{
    private static readonly SpuInstructionInfo[] Rows = Create();

    /// <summary>All instructions, indexed by <see cref="SpuOp"/>; the first is <see cref="SpuOp.Invalid"/>.</summary>
    public static IReadOnlyList<SpuInstructionInfo> Instructions => Rows;

    /// <summary>What the table says of an instruction.</summary>
    public static SpuInstructionInfo Info(SpuOp operation) => Rows[(int)operation];
}
