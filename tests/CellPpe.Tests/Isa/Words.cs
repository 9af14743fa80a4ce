using System.Text.RegularExpressions;

using CellPpe.Core.Isa;
using CellPpe.Ppe.Isa;

namespace CellPpe.Tests.Isa;

/// <summary>Instruction words made from the table.</summary>
internal static partial class Words
{
    /// <summary>Every instruction but <see cref="PpuOp.Invalid"/>.</summary>
    public static IEnumerable<PpuInstructionInfo> Instructions => PpuTable.Instructions.Skip(1);

    /// <summary>The fields an instruction's assembly names, in that order.</summary>
    public static IReadOnlyList<OperandField> Operands(PpuInstructionInfo info) =>
        [.. OperandName().Matches(info.Assembly).Select(match => info.Field(match.Value)!)];

    /// <summary>A word with random operands and reserved fields of zero.</summary>
    public static uint Random(PpuInstructionInfo info, Random random)
    {
        uint operands = Operands(info).Aggregate(0u, static (mask, field) => mask | field.Mask);
        return info.Value | (Bits(random) & operands);
    }

    /// <summary>Thirty-two random bits.</summary>
    public static uint Bits(Random random) => (uint)random.NextInt64(1L << 32);

    [GeneratedRegex("[a-z][a-z0-9]*")]
    private static partial Regex OperandName();
}
