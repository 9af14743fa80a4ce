using System.Globalization;

using CellPpe.Core.Isa;

namespace CellPpe.Ppe.Isa;

/// <summary>How operands of a PPE's instructions are written: the raw form of GNU's tools.</summary>
internal sealed class PpuDialect() : AssemblyDialect<PpuInstructionInfo>(PpuTable.Instructions.Skip(1), mnemonicWidth: 7)
{
    protected override string WriteOperand(PpuInstructionInfo row, OperandField field, long value, ulong address) =>
        IsTarget(field) ? $"0x{(IsAbsolute(row) ? (ulong)value : address + (ulong)value):x}"
        : Prefix(field) + value.ToString(CultureInfo.InvariantCulture);

    protected override long ReadOperand(string text, PpuInstructionInfo row, OperandField field, string operand, ulong address)
    {
        long value = Number(text, operand, Prefix(field));
        return IsTarget(field) && !IsAbsolute(row) ? value - (long)address : value;
    }

    private static bool IsTarget(OperandField field) => field.Name is "li" or "bd";

    // ba, bla, bca, bcla: AA says that the field is the target itself.
    private static bool IsAbsolute(PpuInstructionInfo row) => row.Field("aa") is { } aa && (row.Value & aa.Mask) != 0;

    private static string Prefix(OperandField field) => field.Name switch
    {
        "rt" or "rs" or "ra" or "rb" => "r",
        "vrt" or "vrs" or "vra" or "vrb" or "vrc" => "v",
        "frt" or "frs" or "fra" or "frb" or "frc" => "f",
        "bf" or "bfa" => "cr",
        _ => "",
    };
}
