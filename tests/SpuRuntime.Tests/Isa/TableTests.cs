using SpuRuntime.Isa;

using Xunit;

namespace SpuRuntime.Tests.Isa;

/// <summary>The table is consistent: words to text and back.</summary>
public sealed class TableTests
{
    [Fact]
    public void The_table_has_every_instruction_of_the_manual()
    {
        string[] bare = [.. Words.Instructions.Select(static info => info.Mnemonic).Except(Suffixed)];

        // Table A-1 lists 199 mnemonics.
        Assert.Equal(ManualMnemonics.All.Order(StringComparer.Ordinal), bare.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_opcode_decodes_to_the_one_row_that_matches_it()
    {
        var random = new Random(1);
        for (uint opcode = 0; opcode < 2048; opcode++)
        {
            for (int round = 0; round < 64; round++)
            {
                uint word = (opcode << 21) | (uint)random.Next(1 << 21);
                SpuOp[] matching = [.. Words.Instructions.Where(info => (word & info.Mask) == info.Value).Select(static info => info.Op)];

                Assert.True(matching.Length <= 1, $"{word:x8}: {string.Join(", ", matching)}");
                Assert.Equal(matching.FirstOrDefault(), SpuDecoder.DecodeAny(word));
            }
        }
    }

    [Fact]
    public void Optional_instructions_are_invalid_on_a_cell()
    {
        foreach (SpuInstructionInfo info in Words.Instructions)
            Assert.Equal(info.Has("optional") ? SpuOp.Invalid : info.Op, SpuDecoder.Decode(info.Value));
        Assert.Equal(
            ["dfceq", "dfcgt", "dfcmeq", "dfcmgt", "dftsv"],
            Words.Instructions.Where(static info => info.Has("optional")).Select(static info => info.Mnemonic).Order(
                StringComparer.Ordinal));
    }

    [Fact]
    public void Text_assembles_to_the_word_it_was_made_from()
    {
        var random = new Random(2);
        foreach (SpuInstructionInfo info in Words.Instructions)
        {
            for (int round = 0; round < 200; round++)
            {
                uint word = Words.Random(info, random);
                uint address = (uint)random.Next(1 << 16) * 4;
                string text = SpuDisassembler.Disassemble(word, address);

                uint again = SpuAssembler.Assemble(text, address);

                // Hints may name addresses beyond the ends of local store by more than one field value.
                Assert.True(again == word || SpuDisassembler.Disassemble(again, address) == text, $"{word:x8} '{text}' {again:x8}");
            }
        }
    }

    [Theory]
    [InlineData("il $3,40000", "16")]
    [InlineData("lqd $3,8($4)", "16")]
    [InlineData("frob $3", "no instruction frob")]
    [InlineData("a $3,$4", "operands are")]
    [InlineData("ai $3,$4,x", "is no number")]
    public void Bad_text_is_refused_with_what_is_wrong(string text, string says)
    {
        FormatException refused = Assert.Throws<FormatException>(() => SpuAssembler.Assemble(text));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    private static readonly string[] Suffixed =
    [
        .. from name in (string[])["bi", "iret", "bisled", "bisl", "biz", "binz", "bihz", "bihnz"] from bits in (
            string[])["d", "e", "de"] select name + bits,
        "hbrp", "syncc",
    ];
}
