using System.Globalization;
using System.Text;

using CellPpe.Core.Isa;

namespace SpuRuntime.Isa;

/// <summary>Writes instructions as assembly text in GNU syntax, as GNU objdump prints them but for symbols and comments.</summary>
public static class SpuDisassembler
{
    /// <summary>One instruction. Targets relative to the instruction are computed from <paramref name="address"/>.</summary>
    public static string Disassemble(uint word, uint address)
    {
        InstructionInfo info = SpuTable.Info(SpuDecoder.DecodeAny(word));
        if (info.Op == SpuOp.Invalid)
            return $".long 0x{word:x8}";
        if (info.Assembly.Length == 0)
            return info.Mnemonic;
        var text = new StringBuilder(info.Mnemonic.PadRight(7)).Append(' ');
        string assembly = info.Assembly.Replace(", ", ",", StringComparison.Ordinal);
        for (int at = 0; at < assembly.Length;)
        {
            if (!char.IsAsciiLetterLower(assembly[at]))
            {
                text.Append(assembly[at++]);
                continue;
            }

            int end = at;
            while (end < assembly.Length && char.IsAsciiLetterOrDigit(assembly[end]))
                end++;
            OperandField field = info.Field(assembly[at..end])
                ?? throw new InvalidOperationException($"{info.Mnemonic}: operand {assembly[at..end]} is no field of its format");
            text.Append(Operand(info, field, field.Extract(word), address));
            at = end;
        }

        return text.ToString();
    }

    private static string Operand(InstructionInfo info, OperandField field, long value, uint address)
    {
        string number = value.ToString(CultureInfo.InvariantCulture);
        return field.Name switch
        {
            "rt" or "ra" or "rb" or "rc" => "$" + number,
            "ca" => "$ch" + number,
            "sa" => "$sp" + number,
            "rel" or "ro" => $"0x{(address + (uint)value) & SpuOperands.AddressMask:x}",
            "abs" => $"0x{(uint)value & SpuOperands.AddressMask:x}",
            "i18" or "type" => $"0x{value:x}",
            "i8" => (SpuOperands.ScaleBias(info.Op) - value).ToString(CultureInfo.InvariantCulture),
            _ => number,
        };
    }
}
