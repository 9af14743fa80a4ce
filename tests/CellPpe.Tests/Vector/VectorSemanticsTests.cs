using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.Interpreter;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Vector;

/// <summary>
/// Every vector instruction word of the corpus, as GNU as encoded it, decodes to its mnemonic, and its interpreter handler
/// leaves in VRT, VSCR and CR what the reference leaves there, and changes no other vector register.
/// </summary>
public sealed unsafe class VectorSemanticsTests : IDisposable
{
    private const int Vrt = 2;
    private const int Vra = 3;
    private const int Vrb = 4;
    private const int Vrc = 5;

    private static readonly nint[] Handlers = PpuHandlers.CreateTable();

    private readonly PpuContext* _context = (PpuContext*)NativeMemory.AlignedAlloc((nuint)sizeof(PpuContext), 64);

    public VectorSemanticsTests() => NativeMemory.Clear(_context, (nuint)sizeof(PpuContext));

    public void Dispose() => NativeMemory.AlignedFree(_context);

    public static TheoryData<string> Texts() => [.. VectorCorpus.Entries.Keys];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Leaves_what_the_reference_leaves(string text)
    {
        VectorEntry entry = VectorCorpus.Entries[text];
        PpuOp operation = PpuDecoder.Decode(entry.Word);
        Assert.Equal(entry.Mnemonic, PpuTable.Info(operation).Mnemonic);

        for (int index = 0; index < entry.Outcomes.Count; index++)
        {
            VectorOutcome expected = entry.Outcomes[index];
            Run(operation, entry.Word, entry.Operands[index]);

            ref PpuState state = ref _context->State;
            string about = $"{text} #{index}";
            // Estimates have tests of their own: their results need not equal the reference's.
            if (!VectorOperationTests.IsEstimate(entry.Mnemonic))
                Assert.True(
                    state.Vr[Vrt] == expected.Result, $"{about}: expected {Masks.Show(expected.Result)}, got {Masks.Show(state.Vr[Vrt])}");
            // QEMU keeps the reserved bits mtvscr writes; here they read as zero.
            Assert.True(state.Vscr.Value == (expected.Vscr & (Vscr.Nj | Vscr.Sat)),
                $"{about}: VSCR is {state.Vscr.Value:x}, not {expected.Vscr:x}");
            Assert.True(
                state.CrValue == (0xffff_ff0f | (expected.Cr6 << 4)), $"{about}: CR is {state.CrValue:x8}, CR6 should be {expected.Cr6:x}");
            Assert.Equal(entry.Operands[index].A, state.Vr[Vra]);
            Assert.Equal(entry.Operands[index].B, state.Vr[Vrb]);
            Assert.Equal(entry.Operands[index].C, state.Vr[Vrc]);
        }
    }

    [Fact]
    public void Every_vector_instruction_needs_msr_vec()
    {
        foreach (VectorEntry entry in VectorCorpus.Entries.Values)
        {
            PpuDecodedInsn instruction = Prepare(PpuDecoder.Decode(entry.Word), entry.Word, entry.Operands[0]);
            _context->State.Msr = 0;
            _context->PageBase = &instruction;

            Assert.True(instruction.Handler(_context, &instruction) == null, entry.Text);
            Assert.Equal(Vectors.VectorUnavailable, _context->ExitVector);
            Assert.Equal(Vector128<byte>.AllBitsSet, _context->State.Vr[Vrt]);
        }
    }

    private void Run(PpuOp operation, uint word, in VectorOperands operands)
    {
        PpuDecodedInsn instruction = Prepare(operation, word, operands);
        Assert.True(instruction.Handler(_context, &instruction) == &instruction + 1);
    }

    // VRT and CR are all ones beforehand, as in the C program that made the vectors.
    private PpuDecodedInsn Prepare(PpuOp operation, uint word, in VectorOperands operands)
    {
        ref PpuState state = ref _context->State;
        state.Msr = Msr.Vec;
        state.Vscr.Value = operands.Vscr;
        state.CrValue = 0xffff_ffff;
        state.Vr[Vrt] = Vector128<byte>.AllBitsSet;
        state.Vr[Vra] = operands.A;
        state.Vr[Vrb] = operands.B;
        state.Vr[Vrc] = operands.C;
        return new PpuDecodedInsn
        {
            Handler = (delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)Handlers[(int)operation],
            Word = word,
        };
    }
}
