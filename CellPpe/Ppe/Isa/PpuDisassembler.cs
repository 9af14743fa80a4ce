using System.Globalization;
using System.Text;

using CellPpe.Core.Isa;

namespace CellPpe.Ppe.Isa;

/// <summary>Writes instructions as assembly text, in the raw form GNU objdump prints with <c>-M raw</c>: no simplified mnemonics.</summary>
public static class PpuDisassembler
{
    /// <summary>One instruction. Branch targets are computed from <paramref name="address"/>.</summary>
    public static string Disassemble(uint word, ulong address)
    {
        InstructionInfo info = PpuTable.Info(PpuDecoder.Decode(word));
        if (info.Op == PpuOp.Invalid)
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
            bool zeroForm = assembly.AsSpan(end).StartsWith("|0");
            Append(text, field, zeroForm, field.Extract(word), address, info.Has("aa") || info.Mnemonic.EndsWith('a'));
            at = zeroForm ? end + 2 : end;
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, OperandField field, bool zeroForm, long value, ulong address, bool mayBeAbsolute)
    {
        string number = value.ToString(CultureInfo.InvariantCulture);
        text.Append(field.Name switch
        {
            "ra" when zeroForm && value == 0 => "0",
            "rt" or "rs" or "ra" or "rb" => "r" + number,
            "vrt" or "vrs" or "vra" or "vrb" or "vrc" => "v" + number,
            "frt" or "frs" or "fra" or "frb" or "frc" => "f" + number,
            "bf" or "bfa" => "cr" + number,
            "li" or "bd" => $"0x{(mayBeAbsolute && IsAbsolute(text) ? (ulong)value : address + (ulong)value):x}",
            _ => number,
        });
    }

    // ba, bla, bca, bcla: the mnemonic already stands at the start of the text.
    private static bool IsAbsolute(StringBuilder text)
    {
        string mnemonic = text.ToString().Split(' ')[0];
        return mnemonic.EndsWith('a');
    }
}
