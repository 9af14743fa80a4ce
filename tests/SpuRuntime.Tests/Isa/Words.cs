using System.Text.RegularExpressions;

using CellPpe.Core.Isa;

using SpuRuntime.Isa;

namespace SpuRuntime.Tests.Isa;

/// <summary>Instruction words made from the table.</summary>
internal static partial class Words
{
    /// <summary>Every instruction but <see cref="SpuOp.Invalid"/>.</summary>
    public static IEnumerable<SpuInstructionInfo> Instructions => SpuTable.Instructions.Skip(1);

    /// <summary>The fields an instruction's assembly names, in that order.</summary>
    public static IReadOnlyList<OperandField> Operands(SpuInstructionInfo info) =>
        [.. OperandName().Matches(info.Assembly).Select(match => info.Field(match.Value)!)];

    /// <summary>A word with random operands and reserved fields of zero.</summary>
    public static uint Random(SpuInstructionInfo info, Random random)
    {
        uint operands = Operands(info).Aggregate(0u, static (mask, field) => mask | field.Mask);
        return info.Value | ((uint)random.NextInt64(1L << 32) & operands);
    }

    [GeneratedRegex("[a-z][a-z0-9]*")]
    private static partial Regex OperandName();
}
