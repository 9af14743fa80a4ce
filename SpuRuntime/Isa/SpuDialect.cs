using System.Globalization;

using CellPpe.Core.Isa;

namespace SpuRuntime.Isa;

/// <summary>How operands of an SPU's instructions are written: as GNU's tools do.</summary>
internal sealed class SpuDialect() : AssemblyDialect<SpuInstructionInfo>(SpuTable.Instructions.Skip(1), mnemonicWidth: 7)
{
    // Addresses are those of a 256 KB local store.
    private const uint AddressMask = 0x3ffff;

    protected override string WriteOperand(SpuInstructionInfo row, OperandField field, long value, ulong address) => field.Name switch
    {
        "rel" or "ro" => $"0x{((uint)address + (uint)value) & AddressMask:x}",
        "abs" => $"0x{(uint)value & AddressMask:x}",
        "i18" or "type" => $"0x{value:x}",
        "i8" => Text(ScaleBias(row.Op) - value),
        _ => Prefix(field) + Text(value),
    };

    protected override long ReadOperand(string text, SpuInstructionInfo row, OperandField field, string operand, ulong address)
    {
        long value = Number(text, operand, Prefix(field));
        return field.Name switch
        {
            "rel" or "ro" => Around(value - (long)address, field),
            "abs" => Around(value, field),
            "i8" => ScaleBias(row.Op) - value,
            _ => value,
        };
    }

    // The scale of a conversion is this number minus its I8 field.
    internal static int ScaleBias(SpuOp operation) => operation is SpuOp.Csflt or SpuOp.Cuflt ? 155 : 173;

    // The upper half of local store is also the place of negative addresses.
    private static long Around(long value, OperandField field)
    {
        long range = (1L << field.Width) * field.Scale;
        if (range <= AddressMask)
            range = AddressMask + 1;
        value &= range - 1;
        return value >= range / 2 ? value - range : value;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Prefix(OperandField field) => field.Name switch
    {
        "rt" or "ra" or "rb" or "rc" => "$",
        "ca" => "$ch",
        "sa" => "$sp",
        _ => "",
    };
}
