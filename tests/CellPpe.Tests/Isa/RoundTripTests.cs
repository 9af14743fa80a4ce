using System.Reflection;

using CellPpe.Core.Isa;
using CellPpe.Ppe.Isa;

using Xunit;

namespace CellPpe.Tests.Isa;

/// <summary>Everything generated from the table is consistent: fields, typed assembler, decoder, disassembler, text assembler.</summary>
public sealed class RoundTripTests
{
    private const int Seed = 970;
    private const int WordsPerInstruction = 40;
    private const ulong Address = 0x1_0000_0000;

    [Fact]
    public void Fields_insert_what_they_extract()
    {
        var random = new Random(Seed);
        foreach (PpuInstructionInfo info in Words.Instructions)
        {
            foreach (OperandField field in info.Fields)
            {
                uint word = Words.Bits(random);
                Assert.Equal(word & field.Mask, field.Insert(field.Extract(word)));
            }
        }
    }

    [Fact]
    public void Fields_refuse_what_does_not_fit()
    {
        OperandField immediate = PpuTable.Info(PpuOp.Addi).Field("si")!;
        OperandField displacement = PpuTable.Info(PpuOp.Ld).Field("ds")!;
        Assert.Throws<ArgumentOutOfRangeException>(() => immediate.Insert(0x8000));
        Assert.Throws<ArgumentOutOfRangeException>(() => immediate.Insert(-0x8001));
        Assert.Throws<ArgumentOutOfRangeException>(() => displacement.Insert(2));
        Assert.Equal(0xfffcu, displacement.Insert(-4));
    }

    [Fact]
    public void Typed_methods_put_operands_where_the_fields_are()
    {
        var random = new Random(Seed);
        foreach (PpuInstructionInfo info in Words.Instructions)
        {
            MethodInfo method = typeof(Asm).GetMethod(info.Op.ToString())!;
            ParameterInfo[] parameters = method.GetParameters();
            for (int count = 0; count < WordsPerInstruction; count++)
            {
                uint word = Words.Random(info, random);
                object[] operands = [.. parameters.Select(parameter => (object)(int)info.Field(parameter.Name!)!.Extract(word))];
                Assert.Equal(word, (uint)method.Invoke(null, operands)!);
            }
        }
    }

    [Fact]
    public void Disassembled_text_assembles_to_the_same_word()
    {
        var random = new Random(Seed);
        foreach (PpuInstructionInfo info in Words.Instructions)
        {
            for (int count = 0; count < WordsPerInstruction; count++)
            {
                uint word = Words.Random(info, random);
                string text = PpuDisassembler.Disassemble(word, Address);
                Assert.Equal(info.Mnemonic, text.Split(' ')[0]);
                uint again = PpuAssembler.Assemble(text, Address);
                Assert.True(word == again, $"{text}: {word:x8} became {again:x8}");
            }
        }
    }

    [Fact]
    public void A_word_that_is_no_instruction_keeps_its_bits()
    {
        string text = PpuDisassembler.Disassemble(0, Address);
        Assert.Equal(".long 0x00000000", text);
        Assert.Equal(0u, PpuAssembler.Assemble(text, Address));
    }

    [Theory]
    [InlineData("addi r3,r0,5", 0x3860_0005u)]
    [InlineData("addi 3, 0, -1", 0x3860_ffffu)]
    [InlineData("ld r3,-8(r1)", 0xe861_fff8u)]
    [InlineData("bc 12,2,0x1010", 0x4182_0010u)]
    [InlineData("bla 0x2000", 0x4800_2003u)]
    [InlineData("or. r31,r31,r31", 0x7fff_fb79u)]
    [InlineData("sc 1", 0x4400_0022u)]
    [InlineData("vaddubm v1,v2,v3", 0x1022_1800u)]
    [InlineData("fmadd. f1,f2,f3,f4", 0xfc22_20fbu)]
    public void Known_text_gives_known_words(string text, uint word) => Assert.Equal(word, PpuAssembler.Assemble(text, 0x1000));

    [Theory]
    [InlineData("")]
    [InlineData("addx r1,r2,r3")]
    [InlineData("addi r3,r0")]
    [InlineData("addi r3,r0,5,6")]
    [InlineData("addi r32,r0,5")]
    [InlineData("addi r3,r0,32768")]
    [InlineData("lwz r3,4[r1]")]
    [InlineData("ld r3,2(r1)")]
    [InlineData("ori r3,r3,-1")]
    [InlineData("b 0x1001")]
    public void Text_that_is_no_instruction_is_refused(string text) =>
        Assert.Throws<FormatException>(() => PpuAssembler.Assemble(text, 0x1000));
}
