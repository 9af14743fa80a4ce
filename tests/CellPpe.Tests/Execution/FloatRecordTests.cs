using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Tests.FloatingPoint;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>
/// The corpus has each floating-point instruction with Rc = 0 or with Rc = 1. The other form must do the same, and the form
/// with Rc = 1 copies FX, FEX, VX and OX to CR field 1 (Book I 4.6).
/// </summary>
public abstract unsafe class FloatRecordTests(PpuEngine engine) : IDisposable
{
    private const int SampleStep = 16;
    private const uint CrBefore = 0x5a5a_5a5a;

    private readonly TestMachine _machine = new(engine);

    /// <summary>Instructions that are compared here with their sibling of the corpus, with the number of comparisons.</summary>
    public static IReadOnlyDictionary<string, int> Covered { get; } = Siblings().ToDictionary(
        static pair => pair.Mnemonic, static pair => (pair.Group.Vectors.Count + SampleStep - 1) / SampleStep);

    private ref PpuState State => ref _machine.State;

    public static TheoryData<string> Mnemonics() => [.. Covered.Keys];

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Mnemonics))]
    public void Recording_changes_CR_field_1_alone(string mnemonic)
    {
        FloatVectorGroup group = Siblings().Single(pair => pair.Mnemonic == mnemonic).Group;
        for (int index = 0; index < group.Vectors.Count; index += SampleStep)
        {
            PpuState plain = Run(group.Word & ~1u, group.Vectors[index]);
            PpuState recorded = Run(group.Word | 1, group.Vectors[index]);

            Assert.Equal(plain.Fpr[4], recorded.Fpr[4]);
            Assert.Equal(plain.Fpscr.Value, recorded.Fpscr.Value);
            Assert.Equal(CrBefore, plain.CrValue);
            Assert.Equal((CrBefore & 0xf0ff_ffff) | (recorded.Fpscr.Value >> 28 << 24), recorded.CrValue);
        }
    }

    private static IEnumerable<(string Mnemonic, FloatVectorGroup Group)> Siblings()
    {
        HashSet<string> known = [.. FloatVectorCorpus.Groups.Select(static group => group.Mnemonic)];
        foreach (FloatVectorGroup group in FloatVectorCorpus.Groups.DistinctBy(static group => group.Mnemonic))
        {
            PpuInstructionInfo other = PpuTable.Info(PpuDecoder.Decode(group.Word ^ 1));
            if (other.Has("rc") && !known.Contains(other.Mnemonic))
                yield return (other.Mnemonic, group);
        }
    }

    // Enabled exceptions stay unseen: MSR.FE0 and FE1 are 0.
    private PpuState Run(uint word, FloatVector vector)
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Fp);
        State.Fpscr.Value = Fpscr.Summarize(vector.Fpscr);
        State.CrValue = CrBefore;
        State.Fpr[4] = FloatVector.TargetBefore;
        for (int index = 0; index < vector.Operands.Length; index++)
            State.Fpr[1 + index] = vector.Operands[index];
        _machine.Load([word]);
        State.Nia = TestMachine.Code;
        _machine.Step();
        Assert.Equal(TestMachine.Code + 4, State.Nia);
        return State;
    }
}
