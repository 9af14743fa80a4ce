using System.Globalization;

using CellPpe.Core.Isa;

namespace CellPpe.Ppe.Isa;

/// <summary>
/// Encodes assembly text by the table: the raw form <see cref="PpuDisassembler"/> writes, without simplified mnemonics.
/// Registers may be written with or without their letters, numbers in decimal or as 0x..., branch targets as addresses.
/// </summary>
public static class PpuAssembler
{
    private const string WordDirective = ".long";

    private static readonly Dictionary<string, InstructionInfo> ByMnemonic =
        PpuTable.Instructions.Skip(1).ToDictionary(static info => info.Mnemonic, StringComparer.Ordinal);

    /// <summary>One instruction, to stand at <paramref name="address"/>. Reserved fields are zero.</summary>
    /// <exception cref="FormatException">The text is no instruction of a PPE, or an operand does not fit.</exception>
    public static uint Assemble(string text, ulong address = 0)
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
    public static uint[] AssembleLines(string lines, ulong address = 0)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var words = new List<uint>();
        foreach (string line in lines.Split('\n', ';'))
        {
            string code = line.Split('#')[0].Trim();
            if (code.Length > 0)
                words.Add(Assemble(code, address + (4 * (ulong)words.Count)));
        }

        return [.. words];
    }

    // Walks the row's assembly column ("rt, si(ra|0)") and the operand text side by side.
    private static uint Operands(string text, InstructionInfo info, string operands, ulong address)
    {
        string syntax = info.Assembly.Replace(" ", "", StringComparison.Ordinal).Replace("|0", "", StringComparison.Ordinal);
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
            long value = Value(text, field.Name, operands[at..stop]);
            if (field.Name is "li" or "bd" && !IsAbsolute(info))
                value -= (long)address;
            word |= Insert(text, field, value);
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

    // ba, bla, bca, bcla: AA says that the field is the target itself.
    private static bool IsAbsolute(InstructionInfo info) =>
        info.Field("aa") is { } aa && (info.Value & aa.Mask) != 0;

    private static long Value(string text, string field, string operand)
    {
        string prefix = field switch
        {
            "rt" or "rs" or "ra" or "rb" => "r",
            "vrt" or "vrs" or "vra" or "vrb" or "vrc" => "v",
            "frt" or "frs" or "fra" or "frb" or "frc" => "f",
            "bf" or "bfa" => "cr",
            _ => "",
        };
        bool named = prefix.Length > 0 && operand.StartsWith(prefix, StringComparison.Ordinal);
        return Number(text, named ? operand[prefix.Length..] : operand);
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
