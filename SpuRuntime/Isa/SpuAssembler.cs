using System.Globalization;

using CellPpe.Core.Isa;

namespace SpuRuntime.Isa;

/// <summary>
/// Encodes assembly text by the table: the form <see cref="SpuDisassembler"/> writes. Registers may be written with or without
/// their letters, numbers in decimal or as 0x..., branch targets as addresses.
/// </summary>
public static class SpuAssembler
{
    private const string WordDirective = ".long";

    private static readonly Dictionary<string, InstructionInfo> ByMnemonic =
        SpuTable.Instructions.Skip(1).ToDictionary(static info => info.Mnemonic, StringComparer.Ordinal);

    /// <summary>One instruction, to stand at <paramref name="address"/>. Reserved fields are zero.</summary>
    /// <exception cref="FormatException">The text is no instruction of an SPU, or an operand does not fit.</exception>
    public static uint Assemble(string text, uint address = 0)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Trim().Split((char[]?)null, 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            throw new FormatException("no instruction");
        string operands = parts.Length > 1 ? parts[1].Replace(" ", "", StringComparison.Ordinal) : "";
        if (parts[0] == WordDirective)
            return (uint)Number(text, operands);
        if (!ByMnemonic.TryGetValue(parts[0], out InstructionInfo? info))
            throw new FormatException($"'{text}': no instruction {parts[0]}");
        return info.Value | Operands(text, info, operands, address);
    }

    /// <summary>A program of one instruction a line, to stand at <paramref name="address"/>; blank lines and '#' comments are skipped.</summary>
    public static uint[] AssembleLines(string lines, uint address = 0)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var words = new List<uint>();
        foreach (string line in lines.Split('\n', ';'))
        {
            string code = line.Split('#')[0].Trim();
            if (code.Length > 0)
                words.Add(Assemble(code, address + (4 * (uint)words.Count)));
        }

        return [.. words];
    }

    // Walks the row's assembly column ("rt, i10(ra)") and the operand text side by side.
    private static uint Operands(string text, InstructionInfo info, string operands, uint address)
    {
        string syntax = info.Assembly.Replace(" ", "", StringComparison.Ordinal);
        uint word = 0;
        int at = 0;
        for (int index = 0; index < syntax.Length;)
        {
            if (!char.IsAsciiLetterLower(syntax[index]))
            {
                if (at >= operands.Length || operands[at] != syntax[index])
                    throw new FormatException($"'{text}': '{syntax[index]}' expected; operands are {info.Assembly}");
                at++;
                index++;
                continue;
            }

            int end = index;
            while (end < syntax.Length && char.IsAsciiLetterOrDigit(syntax[end]))
                end++;
            int stop = end < syntax.Length ? operands.IndexOf(syntax[end], at) : operands.Length;
            if (stop <= at)
                throw new FormatException($"'{text}': operands are {info.Assembly}");
            OperandField field = info.Field(syntax[index..end])
                ?? throw new InvalidOperationException($"{info.Mnemonic}: operand {syntax[index..end]} is no field of its format");
            word |= Insert(text, field, Value(text, info, field, operands[at..stop], address));
            at = stop;
            index = end;
        }

        return at == operands.Length ? word : throw new FormatException($"'{text}': operands are {info.Assembly}");
    }

    private static uint Insert(string text, OperandField field, long value)
    {
        try
        {
            return field.Insert(value);
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            throw new FormatException($"'{text}': {wrong.Message}", wrong);
        }
    }

    private static long Value(string text, InstructionInfo info, OperandField field, string operand, uint address)
    {
        string prefix = field.Name switch
        {
            "rt" or "ra" or "rb" or "rc" => "$",
            "ca" => "$ch",
            "sa" => "$sp",
            _ => "",
        };
        bool named = prefix.Length > 0 && operand.StartsWith(prefix, StringComparison.Ordinal);
        long value = Number(text, named ? operand[prefix.Length..] : operand);
        return field.Name switch
        {
            "rel" or "ro" => Around(value - address, field),
            "abs" => Around(value, field),
            "i8" => SpuOperands.ScaleBias(info.Op) - value,
            _ => value,
        };
    }

    // The upper half of local store is also the place of negative addresses.
    private static long Around(long value, OperandField field)
    {
        long range = (1L << field.Width) * field.Scale;
        if (range <= SpuOperands.AddressMask)
            range = SpuOperands.AddressMask + 1;
        value &= range - 1;
        return value >= range / 2 ? value - range : value;
    }

    private static long Number(string text, string number)
    {
        bool negative = number.StartsWith('-');
        string digits = negative ? number[1..] : number;
        bool hexadecimal = digits.StartsWith("0x", StringComparison.Ordinal);
        if (!ulong.TryParse(
            hexadecimal ? digits[2..] : digits, hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            throw new FormatException($"'{text}': '{number}' is no number");
        }

        return negative ? -(long)value : (long)value;
    }
}
