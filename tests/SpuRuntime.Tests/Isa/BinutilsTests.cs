using System.Globalization;
using System.Text.RegularExpressions;

using SpuRuntime.Isa;

using Xunit;

namespace SpuRuntime.Tests.Isa;

/// <summary>A second opinion on every row of the table: GNU's assembler and disassembler for the SPU.</summary>
public sealed partial class BinutilsTests(GnuTools tools) : IClassFixture<GnuTools>
{
    /// <summary>Random words that an instruction is tested with.</summary>
    public const int WordsPerInstruction = 40;

    /// <summary>GNU as does not accept D and E together, nor operands of hbrp and nop, although objdump prints them.</summary>
    public static bool IsRefused(SpuInstructionInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return (info.Mnemonic.EndsWith("de", StringComparison.Ordinal) && info.Has("e")) || info.Op is SpuOp.Hbrp or SpuOp.Nop;
    }

    // GNU as refuses invalid operands: immediates beyond their element, undefined scales.
    private static bool AsTakes(uint word)
    {
        SpuInstructionInfo info = SpuTable.Info(SpuDecoder.DecodeAny(word));
        if (IsRefused(info))
            return false;
        if (info.Mnemonic.EndsWith("bi", StringComparison.Ordinal) && info.Field("i10") is { } immediate)
            return immediate.Extract(word) is >= -128 and <= 255;
        if (info.Field("i8") is { } scale)
            return SpuDialect.ScaleBias(info.Op) - scale.Extract(word) is >= 0 and <= 127;
        // GNU as accepts counts of 0 to 127, or of -32 to 31; the disassembler prints -64 to 63.
        return info.Op switch
        {
            SpuOp.Shlhi or SpuOp.Shli or SpuOp.Shlqbyi => info.Field("i7")!.Extract(word) >= 0,
            SpuOp.Rothmi or SpuOp.Rotmahi or SpuOp.Rotqmbyi => info.Field("i7")!.Extract(word) is >= -32 and <= 31,
            _ => true,
        };
    }

    [SkippableFact]
    public void Objdump_prints_what_the_disassembler_prints()
    {
        uint[] words = Sample(3);
        string[] theirs = Objdump(words);
        Assert.Equal(words.Length, theirs.Length);

        var differences = new List<string>();
        for (int index = 0; index < words.Length; index++)
        {
            string ours = Plain(SpuDisassembler.Disassemble(words[index], 4 * (uint)index));
            // objdump does not print a stop's type.
            if (ours.StartsWith("stop ", StringComparison.Ordinal))
                ours = "stop";
            if (ours != theirs[index])
                differences.Add($"{words[index]:x8}: '{ours}', objdump '{theirs[index]}'");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {words.Length}:\n{string.Join('\n', differences.Take(100))}");
    }

    [SkippableFact]
    public void As_encodes_our_text_as_the_same_words()
    {
        uint[] words = [.. Sample(4).Where(AsTakes)];
        string source = tools.FileName("words.s");
        string[] lines = [.. words.Select(
            static (word, index) => Absolute().Replace(SpuDisassembler.Disassemble(word, 4 * (uint)index), RelativeToSection))];
        File.WriteAllLines(source, [".text", "origin:", .. lines]);
        string image = tools.FileName("words.bin");
        tools.Run("as", "-o", tools.FileName("words.o"), source);
        tools.Run("ld", "-Ttext=0", "-e", "0", "-o", tools.FileName("words.elf"), tools.FileName("words.o"));
        tools.Run("objcopy", "-O", "binary", "-j", ".text", tools.FileName("words.elf"), image);
        byte[] bytes = File.ReadAllBytes(image);

        var differences = new List<string>();
        for (int index = 0; index < words.Length; index++)
        {
            uint theirs = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4 * index));
            if (theirs != words[index])
                differences.Add($"{lines[index]}: {words[index]:x8}, as {theirs:x8}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {words.Length}:\n{string.Join('\n', differences.Take(100))}");
    }

    private static uint[] Sample(int seed)
    {
        var random = new Random(seed);
        return [.. Words.Instructions.SelectMany(info => Enumerable.Range(0, WordsPerInstruction).Select(_ => Words.Random(info, random)))];
    }

    // Lines of objdump -d: "   4:\t34 00 00 05 \tlqd\t$5,0($0)\t# comment"; addresses are followed by symbols.
    private string[] Objdump(uint[] words)
    {
        string file = tools.FileName("dump.bin");
        File.WriteAllBytes(file, [.. words.SelectMany(static word => BitConverter.GetBytes(word).Reverse())]);
        tools.Run("objcopy", "-I", "binary", "-O", "elf32-spu", "-B", "spu", file, tools.FileName("dump.o"));
        string output = tools.Output("objdump", "-D", "-z", tools.FileName("dump.o"));
        return [.. output.Split('\n').Where(static line => Line().IsMatch(line)).Select(static line => line.Split('\t'))
            .Select(static columns => Plain(Symbol().Replace(string.Join(' ', columns[2..]).Split('#')[0], "")))];
    }

    private static string Plain(string text) => Blanks().Replace(text.Replace("0x", "", StringComparison.Ordinal), " ").Trim();

    // as takes a number for an offset where it expects a label.
    private static string RelativeToSection(Match match) =>
        "origin+"
            + uint.Parse(match.Value[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<=^(?:br|hb|lqr|stqr)[a-z]*\s.*)0x[0-9a-f]+")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"^\s*[0-9a-f]+:\t")]
    private static partial Regex Line();

    [GeneratedRegex(@" <[^>]*>")]
    private static partial Regex Symbol();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
