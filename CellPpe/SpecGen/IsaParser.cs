using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CellPpe.SpecGen;

/// <summary>Reads *.isa text. A pure function from text to a table and its errors.</summary>
internal sealed class IsaParser
{
    // Bits that make one row several mnemonics, in the order their suffixes are written.
    // oe rc lk aa are the PPE's; d e (disable, enable interrupts), p (prefetch) and c (channels) the SPU's.
    private static readonly (string Flag, string Suffix)[] VariantFlags =
        [("oe", "o"), ("rc", "."), ("lk", "l"), ("aa", "a"), ("d", "d"), ("e", "e"), ("p", "p"), ("c", "c")];

    private const string ArchitectureLine = "architecture ";

    private readonly List<IsaError> _errors = [];
    private readonly List<IsaRow> _rows = [];
    private readonly Dictionary<string, IsaFormat> _formats = [];
    private IsaTarget _target = IsaTarget.Ppu;
    private string _section = "";
    private string _file = "";
    private int _line;

    /// <summary>The flags that make one row several instructions, in the order their values are passed on.</summary>
    public static IEnumerable<string> Variants => VariantFlags.Select(static variant => variant.Flag);

    public static IsaTable Parse(IEnumerable<(string File, string Text)> files)
    {
        var parser = new IsaParser();
        // Formats may be used by every file, so they are read first.
        var all = files.ToList();
        foreach ((string file, string text) in all)
            parser.ReadLines(file, text, static line => line.StartsWith("@", StringComparison.Ordinal));
        foreach ((string file, string text) in all)
            parser.ReadLines(file, text, static line => !line.StartsWith("@", StringComparison.Ordinal));
        return parser.Finish();
    }

    private void ReadLines(string file, string text, Func<string, bool> wanted)
    {
        _file = file;
        _line = 0;
        foreach (string raw in text.Split('\n'))
        {
            _line++;
            string line = raw.TrimEnd();
            if (line.Length == 0 || line[0] == '#' || !wanted(line))
                continue;
            if (line[0] == '@')
                ReadFormat(line);
            else if (line[0] == '=')
                _section = line.Substring(1).Trim();
            else if (line.StartsWith(ArchitectureLine, StringComparison.Ordinal))
                ReadArchitecture(line.Substring(ArchitectureLine.Length).Trim());
            else
                ReadRow(line);
        }
    }

    private void ReadArchitecture(string name)
    {
        if (IsaTarget.Named(name) is { } target)
            _target = target;
        else
            Error($"no architecture '{name}'");
    }

    private void ReadFormat(string line)
    {
        string[] parts = line.Split([' '], StringSplitOptions.RemoveEmptyEntries);
        var fields = ImmutableArray.CreateBuilder<IsaField>();
        foreach (string part in parts.Skip(1))
        {
            Match match = Regex.Match(part, @"^([a-z][a-z0-9]*)=(s?)([0-9,-]+)(?:\*(\d+))?$");
            if (!match.Success)
            {
                Error($"field '{part}' is not name=[s]first-last[,first-last][*scale]");
                continue;
            }

            var ranges = match.Groups[3].Value.Split(',').Select(static range =>
            {
                string[] ends = range.Split('-');
                int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
                int last = ends.Length > 1 ? int.Parse(ends[1], CultureInfo.InvariantCulture) : first;
                return new BitRange(first, last);
            }).ToImmutableArray();
            int scale = match.Groups[4].Success ? int.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture) : 1;
            fields.Add(new IsaField(match.Groups[1].Value, match.Groups[2].Value == "s", ranges, scale));
        }

        var format = new IsaFormat(parts[0].Substring(1), fields.ToImmutable());
        if (_formats.ContainsKey(format.Name))
            Error($"format @{format.Name} is declared twice");
        _formats[format.Name] = format;
    }

    private void ReadRow(string line)
    {
        Match match = Regex.Match(line, @"^(\S+)\s+([01.\- ]+?)\s+@(\w+)(?:\s{2,}(.*?))?(?:\s{2,}(.*))?$");
        if (!match.Success)
        {
            Error($"row '{line}' is not: name  encoding  @FORMAT  assembly  flags");
            return;
        }

        string bits = match.Groups[2].Value.Replace(" ", "");
        if (bits.Length != 32)
        {
            Error($"{match.Groups[1].Value}: the encoding has {bits.Length} bits, not 32");
            return;
        }

        if (!_formats.TryGetValue(match.Groups[3].Value, out IsaFormat? format))
        {
            Error($"{match.Groups[1].Value}: format @{match.Groups[3].Value} is not declared");
            return;
        }

        uint mask = 0;
        uint value = 0;
        uint dots = 0;
        for (int bit = 0; bit < 32; bit++)
        {
            uint one = 0x8000_0000u >> bit;
            if (bits[bit] is '0' or '1')
                mask |= one;
            if (bits[bit] == '1')
                value |= one;
            if (bits[bit] == '.')
                dots |= one;
        }

        uint fields = format.Fields.Aggregate(0u, static (all, field) => all | field.Mask);
        if ((dots & ~fields) != 0)
            Error($"{match.Groups[1].Value}: '.' at a bit that no field of @{format.Name} covers (mask {dots & ~fields:x8})");
        if (_section.Length == 0)
            Error($"{match.Groups[1].Value}: stands before the first section line");

        var flags = match.Groups[5].Value.Split([' '], StringSplitOptions.RemoveEmptyEntries).ToImmutableArray();
        string assembly = match.Groups[4].Value.Trim();
        if (assembly == "-")
            assembly = "";
        foreach (Match operand in Regex.Matches(assembly, "[a-z][a-z0-9]*"))
        {
            if (format.Field(operand.Value) is null)
                Error($"{match.Groups[1].Value}: operand '{operand.Value}' is no field of @{format.Name}");
        }

        _rows.Add(new IsaRow(match.Groups[1].Value, mask, value, format, assembly, flags, _section, _file, _line));
    }

    private IsaTable Finish()
    {
        var instructions = ImmutableArray.CreateBuilder<IsaInstruction>();
        foreach (IsaRow row in _rows)
            Expand(row, instructions);
        CheckOverlaps(instructions);
        return new IsaTable(
            _target, [.. _formats.Values], [.. _rows], instructions.ToImmutable(), [.. _errors]);
    }

    private void Expand(IsaRow row, ImmutableArray<IsaInstruction>.Builder instructions)
    {
        var present = VariantFlags.Where(variant => row.Has(variant.Flag)).ToArray();
        for (int choice = 0; choice < 1 << present.Length; choice++)
        {
            uint mask = row.Mask;
            uint value = row.Value;
            string suffix = "";
            var chosen = ImmutableArray.CreateBuilder<bool>();
            for (int index = 0; index < present.Length; index++)
            {
                bool on = (choice & (1 << index)) != 0;
                IsaField? field = row.Format.Field(present[index].Flag);
                if (field is null)
                {
                    _errors.Add(
                        new IsaError(row.File, row.Line, $"{row.Mnemonic}: @{row.Format.Name} has no field '{present[index].Flag}'"));
                    return;
                }

                mask |= field.Mask;
                if (on)
                {
                    value |= field.Mask;
                    suffix += present[index].Suffix;
                }

                chosen.Add(on);
            }

            // A bit that is reserved, but not ignored in this form.
            if (row.Has("oe-not-rc") && suffix == ".")
                mask |= row.Format.Field("oe")?.Mask ?? 0;
            instructions.Add(new IsaInstruction(row, row.Mnemonic + suffix, mask, value, chosen.ToImmutable()));
        }
    }

    private void CheckOverlaps(ImmutableArray<IsaInstruction>.Builder instructions)
    {
        IsaInstruction[] all = [.. instructions];
        for (int left = 0; left < all.Length; left++)
        {
            for (int right = left + 1; right < all.Length; right++)
            {
                if (((all[left].Value ^ all[right].Value) & all[left].Mask & all[right].Mask) == 0)
                {
                    _errors.Add(new IsaError(
                        all[right].Row.File, all[right].Row.Line,
                        $"{all[right].Mnemonic} matches words that {all[left].Mnemonic} matches"));
                }
            }
        }

        foreach (var twice in instructions.GroupBy(static instruction => instruction.Identifier).Where(static group => group.Count() > 1))
        {
            IsaInstruction second = twice.Last();
            _errors.Add(new IsaError(second.Row.File, second.Row.Line, $"{second.Mnemonic} is declared twice"));
        }
    }

    private void Error(string message) => _errors.Add(new IsaError(_file, _line, message));
}
