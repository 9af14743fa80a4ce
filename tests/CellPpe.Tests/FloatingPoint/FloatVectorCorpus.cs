using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>One run of an instruction on the reference: what it was given, and what it left.</summary>
/// <param name="Fpscr">FPSCR before; FEX and VX are made from the other bits.</param>
/// <param name="Operands">Registers in the manual's order: FRA, FRC, FRB, as far as the instruction has them.</param>
/// <param name="Result">The target register, or the memory stored to.</param>
/// <param name="FpscrAfter">FPSCR after.</param>
/// <param name="Cr">CR after, which was 0 before; for instructions that write it.</param>
public sealed record FloatVector(uint Fpscr, ulong[] Operands, ulong Result, uint FpscrAfter, uint? Cr)
{
    /// <summary>What stands in the target register before, and stays where the write is suppressed.</summary>
    public const ulong TargetBefore = 0xdead_beef_cafe_f00d;
}

/// <summary>All runs of one instruction word (FRT = 4, FRA = 1, FRB = 2, FRC = 3).</summary>
public sealed record FloatVectorGroup(string Mnemonic, uint Word, IReadOnlyList<FloatVector> Vectors);

/// <summary>The reference vectors in vectors/float-qemu.txt.gz; vectors/README.md tells the format and how to rebuild it.</summary>
public static class FloatVectorCorpus
{
    private static readonly Lazy<IReadOnlyList<FloatVectorGroup>> Loaded = new(() => Load());

    /// <summary>Every group, in the order of the file.</summary>
    public static IReadOnlyList<FloatVectorGroup> Groups => Loaded.Value;

    private static List<FloatVectorGroup> Load([CallerFilePath] string thisFile = "")
    {
        using FileStream file = File.OpenRead(Path.Combine(Path.GetDirectoryName(thisFile)!, "vectors", "float-qemu.txt.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        List<FloatVectorGroup> groups = [];
        List<FloatVector> vectors = [];
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            switch (parts[0])
            {
                case "#":
                    break;
                case "=":
                    vectors = [];
                    groups.Add(new FloatVectorGroup(parts[1], (uint)Number(parts[2]), vectors));
                    break;
                default:
                    vectors.Add(Parse(parts));
                    break;
            }
        }

        return groups;
    }

    // fpscr operand... result fpscr [cr]: 32-bit numbers have eight digits, registers sixteen.
    private static FloatVector Parse(string[] parts)
    {
        int result = Array.FindLastIndex(parts, static part => part.Length == 16);
        uint? cr = parts.Length > result + 2 ? (uint)Number(parts[result + 2]) : null;
        return new FloatVector(
            (uint)Number(parts[0]), [.. parts[1..result].Select(Number)], Number(parts[result]),
            (uint)Number(parts[result + 1]), cr);
    }

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
