using System.Globalization;
using System.Text;

namespace CellPpe.Core.Isa;

/// <summary>
/// Reads and writes instructions as assembly text by a table's assembly column; each core defines how operands are written.
/// Registers may be read with or without their letters, numbers in decimal or as 0x..., branch targets as addresses.
/// </summary>
/// <typeparam name="TRow">The core's rows.</typeparam>
public abstract class AssemblyDialect<TRow>
    where TRow : InstructionRow
{
    private const string WordDirective = ".long";

    // Behind a base register: register 0 stands for the number zero.
    private const string OrZero = "|0";

    private readonly Dictionary<string, TRow> _byMnemonic;
    private readonly int _mnemonicWidth;

    /// <param name="rows">All instructions.</param>
    /// <param name="mnemonicWidth">Columns of a mnemonic, before the blank in front of the operands.</param>
    protected AssemblyDialect(IEnumerable<TRow> rows, int mnemonicWidth)
    {
        _byMnemonic = rows.ToDictionary(static row => row.Mnemonic, StringComparer.Ordinal);
        _mnemonicWidth = mnemonicWidth;
    }

    /// <summary>Assembles one instruction at <paramref name="address"/>. Reserved fields are zero.</summary>
    /// <exception cref="FormatException">The text is no instruction, or an operand does not fit.</exception>
    public uint Read(string text, ulong address)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Trim().Split((char[]?)null, 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            throw new FormatException("no instruction");
        string operands = parts.Length > 1 ? parts[1].Replace(" ", "", StringComparison.Ordinal) : "";
        if (parts[0] == WordDirective)
            return (uint)Number(text, operands);
        if (!_byMnemonic.TryGetValue(parts[0], out TRow? row))
            throw new FormatException($"'{text}': no instruction {parts[0]}");
        return row.Value | ReadOperands(text, row, operands, address);
    }

    /// <summary>Assembles a program at <paramref name="address"/>, one instruction per line, without blank lines and '#' comments.</summary>
    /// <exception cref="FormatException">A line is no instruction, or an operand does not fit.</exception>
    public uint[] ReadLines(string lines, ulong address)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var words = new List<uint>();
        foreach (string line in lines.Split('\n', ';'))
        {
            string code = line.Split('#')[0].Trim();
            if (code.Length > 0)
                words.Add(Read(code, address + (4 * (ulong)words.Count)));
        }

        return [.. words];
    }

    /// <summary>The assembly text of an instruction at <paramref name="address"/>.</summary>
    public string Write(TRow row, uint word, ulong address)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Assembly.Length == 0)
            return row.Mnemonic;
        var text = new StringBuilder(row.Mnemonic.PadRight(_mnemonicWidth)).Append(' ');
        string assembly = row.Assembly.Replace(", ", ",", StringComparison.Ordinal);
        for (int at = 0; at < assembly.Length;)
        {
            if (!char.IsAsciiLetterLower(assembly[at]))
            {
                text.Append(assembly[at++]);
                continue;
            }

            int end = EndOfName(assembly, at);
            OperandField field = FieldOf(row, assembly[at..end]);
            bool orZero = assembly.AsSpan(end).StartsWith(OrZero);
            long value = field.Extract(word);
            text.Append(orZero && value == 0 ? "0" : WriteOperand(row, field, value, address));
            at = orZero ? end + OrZero.Length : end;
        }

        return text.ToString();
    }

    /// <summary>The text for an undecodable word.</summary>
    public static string WriteWord(uint word) => $"{WordDirective} 0x{word:x8}";

    /// <summary>How a field's value is written.</summary>
    protected abstract string WriteOperand(TRow row, OperandField field, long value, ulong address);

    /// <summary>The field's value that an operand's text stands for.</summary>
    /// <param name="text">The whole line, for messages.</param>
    /// <param name="row">Its instruction.</param>
    /// <param name="field">The operand's field.</param>
    /// <param name="operand">Its text.</param>
    /// <param name="address">The instruction's address.</param>
    protected abstract long ReadOperand(string text, TRow row, OperandField field, string operand, ulong address);

    /// <summary>Parses the number of an operand, after the letters of a register if there are any.</summary>
    protected static long Number(string text, string operand, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(operand);
        string number = prefix.Length > 0 && operand.StartsWith(prefix, StringComparison.Ordinal) ? operand[prefix.Length..] : operand;
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

    // Walks the row's assembly column and the operand text side by side.
    private uint ReadOperands(string text, TRow row, string operands, ulong address)
    {
        string syntax = row.Assembly.Replace(" ", "", StringComparison.Ordinal).Replace(OrZero, "", StringComparison.Ordinal);
        uint word = 0;
        int at = 0;
        for (int index = 0; index < syntax.Length;)
        {
            if (!char.IsAsciiLetterLower(syntax[index]))
            {
                if (at >= operands.Length || operands[at] != syntax[index])
                    throw new FormatException($"'{text}': '{syntax[index]}' expected; operands are {row.Assembly}");
                at++;
                index++;
                continue;
            }

            int end = EndOfName(syntax, index);
            int stop = end < syntax.Length ? operands.IndexOf(syntax[end], at) : operands.Length;
            if (stop <= at)
                throw new FormatException($"'{text}': operands are {row.Assembly}");
            OperandField field = FieldOf(row, syntax[index..end]);
            word |= Insert(text, field, ReadOperand(text, row, field, operands[at..stop], address));
            at = stop;
            index = end;
        }

        return at == operands.Length ? word : throw new FormatException($"'{text}': operands are {row.Assembly}");
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

    private static OperandField FieldOf(TRow row, string name) =>
        row.Field(name) ?? throw new InvalidOperationException($"{row.Mnemonic}: operand {name} is no field of its format");

    private static int EndOfName(string syntax, int start)
    {
        int end = start;
        while (end < syntax.Length && char.IsAsciiLetterOrDigit(syntax[end]))
            end++;
        return end;
    }
}
