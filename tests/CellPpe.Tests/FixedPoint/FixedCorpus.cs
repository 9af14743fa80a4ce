using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace CellPpe.Tests.FixedPoint;

/// <summary>One register or run of memory bytes, by its name in the file, and its value as text.</summary>
public readonly record struct NamedValue(string Name, string Text);

/// <summary>One instruction (or a pair), the rows it ran on, and what each run changed.</summary>
public sealed record FixedEntry(
    string Text, uint[] Words, IReadOnlyList<NamedValue[]> Rows, IReadOnlyList<NamedValue[]> Changes)
{
    /// <summary>The mnemonics it consists of.</summary>
    public IEnumerable<string> Mnemonics => Text.Split(';').Select(static text => text.Split(' ')[0]);
}

/// <summary>The reference's runs in vectors/; vectors/README.md tells the format and how to rebuild them.</summary>
public sealed class FixedCorpus
{
    private static readonly Lazy<FixedCorpus> Loaded64 = new(static () => Load("fixed64-qemu.txt.gz"));
    private static readonly Lazy<FixedCorpus> Loaded32 = new(static () => Load("fixed32-qemu.txt.gz"));

    private readonly Dictionary<string, FixedEntry> _entries = [];

    /// <summary>64-bit mode.</summary>
    public static FixedCorpus Bits64 => Loaded64.Value;

    /// <summary>32-bit mode.</summary>
    public static FixedCorpus Bits32 => Loaded32.Value;

    /// <summary>State before every run, unless its row says otherwise.</summary>
    public NamedValue[] Initial { get; private set; } = [];

    /// <summary>Every entry by its text.</summary>
    public IReadOnlyDictionary<string, FixedEntry> Entries => _entries;

    /// <summary>A number of the file.</summary>
    public static ulong Number(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static FixedCorpus Load(string name, [CallerFilePath] string thisFile = "")
    {
        using FileStream file = File.OpenRead(Path.Combine(Path.GetDirectoryName(thisFile)!, "vectors", name));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var corpus = new FixedCorpus();
        var pools = new Dictionary<string, List<NamedValue[]>>();
        List<NamedValue[]> rows = [];
        List<NamedValue[]> changes = [];
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            switch (parts[0])
            {
                case "*":
                    corpus.Initial = Values(parts);
                    break;
                case "@":
                    pools[parts[1]] = rows = [];
                    break;
                case "+":
                    rows.Add(Values(parts));
                    break;
                case "=":
                    changes = [];
                    string text = string.Join(' ', parts[3..]);
                    uint[] words = [.. parts[2].Split(',').Select(static word => (uint)Number(word))];
                    corpus._entries.Add(text, new FixedEntry(text, words, pools[parts[1]], changes));
                    break;
                case "-":
                    changes.Add(Values(parts));
                    break;
            }
        }

        return corpus;
    }

    private static NamedValue[] Values(string[] parts) =>
        [.. parts.Skip(1).Select(static part => part.Split('='))
            .Select(static pair => new NamedValue(pair[0], pair.Length > 1 ? pair[1] : ""))];
}
