using CellPpe.Core.Isa;

namespace CellPpe.Ppe.Isa;

/// <summary>What the table says of one instruction.</summary>
/// <remarks>Op is its number; for the rest see <see cref="InstructionRow"/>.</remarks>
public sealed record PpuInstructionInfo(
    PpuOp Op, string Mnemonic, uint Mask, uint Value, string Assembly, string Section, string Flags, OperandField[] Fields)
    : InstructionRow(Mnemonic, Mask, Value, Assembly, Section, Flags, Fields);

/// <summary>The instruction table: encodings stand here once, and everything else asks it.</summary>
public static partial class PpuTable
{
    private static readonly PpuInstructionInfo[] Rows = Create();

    /// <summary>All instructions, indexed by <see cref="PpuOp"/>; the first is <see cref="PpuOp.Invalid"/>.</summary>
    public static IReadOnlyList<PpuInstructionInfo> Instructions => Rows;

    /// <summary>What the table says of an instruction.</summary>
    public static PpuInstructionInfo Info(PpuOp operation) => Rows[(int)operation];
}
