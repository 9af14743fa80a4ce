using CellPpe.Ppe.Isa;

using Xunit;

namespace CellPpe.Tests.Isa;

/// <summary>Every word is one instruction or none, and the decoder agrees with the table read row by row.</summary>
public sealed class DecoderTests
{
    private const int Seed = 20061111;

    [Fact]
    public void No_two_rows_match_the_same_word()
    {
        PpuInstructionInfo[] rows = [.. Words.Instructions];
        for (int left = 0; left < rows.Length; left++)
        {
            for (int right = left + 1; right < rows.Length; right++)
            {
                Assert.True(
                    ((rows[left].Value ^ rows[right].Value) & rows[left].Mask & rows[right].Mask) != 0,
                    $"{rows[left].Mnemonic} and {rows[right].Mnemonic} share a word");
            }
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x03ff_f800u)]
    [InlineData(0x0155_5000u)]
    [InlineData(0x02aa_a800u)]
    public void All_values_of_the_opcode_fields_decode_as_the_table_says(uint operands)
    {
        ILookup<uint, PpuInstructionInfo> byPrimary = Words.Instructions.ToLookup(static info => info.Value >> 26);
        for (uint primary = 0; primary < 64; primary++)
        {
            for (uint low = 0; low < 0x800; low++)
            {
                uint word = (primary << 26) | operands | low;
                Assert.Equal(Match(byPrimary[primary], word), PpuDecoder.Decode(word));
            }
        }
    }

    [Fact]
    public void Random_words_decode_as_the_table_says()
    {
        var random = new Random(Seed);
        ILookup<uint, PpuInstructionInfo> byPrimary = Words.Instructions.ToLookup(static info => info.Value >> 26);
        for (int count = 0; count < 200_000; count++)
        {
            uint word = Words.Bits(random);
            Assert.Equal(Match(byPrimary[word >> 26], word), PpuDecoder.Decode(word));
        }
    }

    [Fact]
    public void Reserved_fields_are_ignored()
    {
        // Book I 1.8.2: a reserved field of a defined instruction is ignored by the processor.
        var random = new Random(Seed);
        foreach (PpuInstructionInfo info in Words.Instructions)
        {
            for (int count = 0; count < 50; count++)
                Assert.Equal(info.Op, PpuDecoder.Decode(info.Value | (Words.Bits(random) & ~info.Mask)));
        }
    }

    [Theory]
    [InlineData(0x0000_0000u)] // reserved to be illegal for ever (Book I 1.8.1)
    [InlineData(0x7c00_03a6u + 0x54u)] // no such extended opcode
    [InlineData(0x0400_0000u)] // primary opcode 1
    [InlineData(0xec00_0034u)] // frsqrtes, which a PPE does not have
    [InlineData(0xfc00_0030u)] // fre, which a PPE does not have
    public void Words_a_PPE_does_not_have_are_invalid(uint word) => Assert.Equal(PpuOp.Invalid, PpuDecoder.Decode(word));

    private static PpuOp Match(IEnumerable<PpuInstructionInfo> rows, uint word) =>
        rows.SingleOrDefault(info => (word & info.Mask) == info.Value)?.Op ?? PpuOp.Invalid;
}
