using System.Runtime.Intrinsics;

using CellPpe.Ppe.Interpreter;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Semantics;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>The vectors' instruction words, decoded by the table and run by their semantics.</summary>
public sealed unsafe class FloatSemanticsTests
{
    [Fact]
    public void Every_word_decodes_to_its_mnemonic()
    {
        foreach (FloatVectorGroup group in FloatVectorCorpus.Groups)
            Assert.Equal(group.Mnemonic, PpuTable.Info(PpuDecoder.Decode(group.Word)).Mnemonic);
    }

    [Theory]
    [InlineData(0xfc17048e)] // mffscrni, which glibc tries
    [InlineData(0xfc18048e)] // mffsl
    public void Later_forms_of_mffs_are_plain_mffs(uint word) => Assert.Equal(PpuOp.Mffs, PpuDecoder.Decode(word));

    [Fact]
    public void Semantics_name_the_right_arithmetic_and_registers()
    {
        foreach (FloatVectorGroup group in FloatVectorCorpus.Groups)
        {
            if (!FloatInstructions.ByMnemonic.TryGetValue(group.Mnemonic, out FloatInstruction? instruction))
                continue;

            foreach (FloatVector vector in group.Vectors)
            {
                FloatOutcome expected = instruction(vector.Fpscr, vector.Operands);

                PpuState state = Execute(group, vector);

                Assert.Equal(expected.Target, state.Fpr[4]);
                Assert.Equal(expected.Fpscr, state.Fpscr.Value);
                Assert.Equal(expected.CrField << 24, state.CrValue);
            }
        }
    }

    [Theory]
    [InlineData("fneg")]
    [InlineData("fabs")]
    [InlineData("fnabs")]
    [InlineData("fmr")]
    [InlineData("fsel")]
    [InlineData("mffs.")]
    [InlineData("mcrfs")]
    [InlineData("mtfsfi.")]
    [InlineData("mtfsf.")]
    [InlineData("mtfsb0.")]
    [InlineData("mtfsb1.")]
    public void Moves_are_as_the_reference(string mnemonic)
    {
        foreach (FloatVectorGroup group in FloatVectorCorpus.Groups.Where(group => group.Mnemonic == mnemonic))
        {
            foreach (FloatVector vector in group.Vectors)
            {
                PpuState state = Execute(group, vector);

                (uint fpscr, uint cr) = KnownDifferences.AsManual(group, vector);
                string text = $"{mnemonic} {group.Word:x8} FPSCR {vector.Fpscr:x8}: ";
                ulong result = mnemonic == "mffs." ? vector.Result | KnownDifferences.UpperWordOfMffs : vector.Result;
                Assert.Equal(
                    $"{text}{result:x16} {fpscr:x8} {cr:x8}",
                    $"{text}{state.Fpr[4]:x16} {state.Fpscr.Value:x8} {state.CrValue:x8}");
            }
        }
    }

    [Fact]
    public void Rc_copies_FX_FEX_VX_OX_to_CR1()
    {
        PpuState state = default;
        state.Fpr[1] = 0x7ff0_0000_0000_0000;
        state.Fpr[2] = 0xfff0_0000_0000_0000;

        state = Execute(Asm.FaddDot(frt: 4, fra: 1, frb: 2), state);

        Assert.Equal(Fpscr.Fx | Fpscr.Vx | Fpscr.VxIsi, state.Fpscr.Value & (Fpscr.Exceptions | 0xf000_0000));
        Assert.Equal(0b1010, state.Cr[1]);
    }

    // The operands are FRA, FRC, FRB as far as the instruction has them: the word says which.
    private static PpuState Execute(FloatVectorGroup group, FloatVector vector)
    {
        PpuState state = default;
        state.Fpscr.Value = Fpscr.Summarize(vector.Fpscr);
        state.Fpr[4] = FloatVector.TargetBefore;
        int operand = 0;
        string assembly = PpuTable.Info(PpuDecoder.Decode(group.Word)).Assembly;
        foreach ((string name, int register) in (ReadOnlySpan<(string, int)>)[("fra", 1), ("frc", 3), ("frb", 2)])
        {
            if (assembly.Contains(name, StringComparison.Ordinal))
                state.Fpr[register] = vector.Operands[operand++];
        }

        return Execute(group.Word, state);
    }

    private static PpuState Execute(uint word, PpuState state)
    {
        state.Msr = Msr.Fp;
        PpuContext context = default;
        context.State = state;
        PpuDecodedInsn instruction = default;
        instruction.Word = word;
        var machine = new PpuInterpreterMachine(&context, &instruction);
        Assert.True(PpuDispatch<PpuInterpreterMachine, ulong, Vector128<byte>>.Execute(
            ref machine, PpuDecoder.Decode(word), word));
        return context.State;
    }
}
