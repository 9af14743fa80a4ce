using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Tests.Vector;

/// <summary>Operands of one run: three registers and VSCR.</summary>
public readonly record struct VectorOperands(Vector128<byte> A, Vector128<byte> B, Vector128<byte> C, uint Vscr);

/// <summary>What the reference left in VRT, VSCR and CR field 6.</summary>
public readonly record struct VectorOutcome(Vector128<byte> Result, uint Vscr, uint Cr6);

/// <summary>One instruction word (VRT = 2, VRA = 3, VRB = 4, VRC = 5) and its outcome for each set of operands.</summary>
public sealed record VectorEntry(string Text, uint Word, IReadOnlyList<VectorOperands> Operands, IReadOnlyList<VectorOutcome> Outcomes)
{
    /// <summary>The mnemonic, with its '.' if it records.</summary>
    public string Mnemonic => Text.Split(' ')[0];

    /// <summary>The last operand, for an instruction that has an immediate field.</summary>
    public int Immediate => int.Parse(Text.Split(',')[^1], CultureInfo.InvariantCulture);
}

/// <summary>The reference outcomes in vectors/vmx-qemu.txt.gz; vectors/README.md tells the format and how to rebuild it.</summary>
public static class VectorCorpus
{
    private static readonly Lazy<IReadOnlyDictionary<string, VectorEntry>> Loaded = new(() => Load());

    /// <summary>Every entry by its text.</summary>
    public static IReadOnlyDictionary<string, VectorEntry> Entries => Loaded.Value;

    private static Dictionary<string, VectorEntry> Load([CallerFilePath] string thisFile = "")
    {
        using FileStream file = File.OpenRead(Path.Combine(Path.GetDirectoryName(thisFile)!, "vectors", "vmx-qemu.txt.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var pools = new Dictionary<string, List<VectorOperands>>();
        var entries = new Dictionary<string, VectorEntry>();
        List<VectorOperands> pool = [];
        List<VectorOutcome>? outcomes = null;
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            switch (parts[0])
            {
                case "@":
                    pools[parts[1]] = pool = [];
                    outcomes = null;
                    break;
                case "=":
                    outcomes = [];
                    string text = string.Join(' ', parts[3..]);
                    entries.Add(text, new VectorEntry(text, Number(parts[2]), pools[parts[1]], outcomes));
                    break;
                default:
                    if (outcomes is null)
                        pool.Add(new VectorOperands(Register(parts[0]), Register(parts[1]), Register(parts[2]), Number(parts[3])));
                    else
                        outcomes.Add(new VectorOutcome(Register(parts[0]), Number(parts[1]), Number(parts[2])));
                    break;
            }
        }

        return entries;
    }

    private static uint Number(string text) => uint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // The text is the register as one number, most significant digit first.
    private static Vector128<byte> Register(string text)
    {
        UInt128 value = UInt128.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return Unsafe.BitCast<UInt128, Vector128<byte>>(value);
    }
}
