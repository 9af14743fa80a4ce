using System.Globalization;

using CellPpe.Ppe.Isa;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Passes;

using Differential.Tests.Guest;

using Xunit.Abstractions;

namespace Differential.Tests;

/// <summary>
/// Interpreter against intermediate representation. PS3_DIFF_BLOCKS sets how many random blocks run, PS3_DIFF_SEED the first
/// one's seed: a failure is run again alone with its seed and one block.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int SampleOfBlocks = 4000;
    private const int CasesPerInstruction = 32;

    [Fact]
    public void Random_blocks_do_the_same_on_every_engine()
    {
        int blocks = Setting("PS3_DIFF_BLOCKS", SampleOfBlocks);
        int seed = Setting("PS3_DIFF_SEED", 1);
        output.WriteLine($"{blocks} blocks from seed {seed}");
        using var comparison = new Comparison(PassPipeline.Standard(verify: true));

        for (int number = 0; number < blocks; number++)
            Check(CaseGenerator.Sequence(seed + number), comparison);
        output.WriteLine(
            $"{comparison.Instructions.Run} of {comparison.Instructions.InCases} instructions were reached, {comparison.NativeUnits} "
            + $"cases were native code");
        // Blocks that all fault at their first instruction would prove nothing.
        Assert.True(blocks < SampleOfBlocks || comparison.Instructions.Run > comparison.Instructions.InCases / 2);
    }

    [Fact]
    public void Every_instruction_alone_does_the_same_on_every_engine()
    {
        int seed = Setting("PS3_DIFF_SEED", 1);
        int cases = Math.Max(CasesPerInstruction, Setting("PS3_DIFF_BLOCKS", SampleOfBlocks) / PpuTable.Instructions.Count);
        var neverCompleted = new List<string>();
        using var comparison = new Comparison(PassPipeline.Standard(verify: true));

        foreach (PpuInstructionInfo info in PpuTable.Instructions.Skip(1))
        {
            bool completed = false;
            for (int number = 0; number < cases; number++)
            {
                Check(CaseGenerator.Single(seed + number, info.Op), comparison);
                completed |= comparison.Completed;
            }

            if (!completed)
                neverCompleted.Add(info.Mnemonic);
        }

        // An instruction that was only ever seen to fault is not tested.
        Assert.Empty(neverCompleted);
    }

    [Fact]
    public void Words_that_are_no_instruction_take_the_same_interrupt()
    {
        using var comparison = new Comparison(PassPipeline.Standard(verify: true));

        Check(CaseGenerator.Single(1, PpuOp.Addi) with { Words = [0] }, comparison);
        Check(CaseGenerator.Single(2, PpuOp.Addi) with { Words = [Asm.Addi(3, 0, 1), 0xffff_ffff] }, comparison);
    }

    [Fact]
    public void A_wrong_pass_is_found_and_its_case_shrinks_to_one_instruction()
    {
        using var comparison = new Comparison(new WrongPass());
        bool Fails(GuestCase guestCase) => comparison.Difference(guestCase) is not null;
        GuestCase found = Enumerable.Range(1, 1000).Select(CaseGenerator.Sequence).First(Fails);

        GuestCase shrunk = Shrinker.Shrink(found, Fails);

        Assert.Single(shrunk.Words);
        string report = Shrinker.Report(shrunk, comparison);
        Assert.Contains(PpuTable.Info(PpuDecoder.Decode(shrunk.Words[0])).Mnemonic, report, StringComparison.Ordinal);
        Assert.Contains($"seed {found.Seed}", report, StringComparison.Ordinal);
    }

    private static void Check(GuestCase guestCase, Comparison comparison)
    {
        if (comparison.Difference(guestCase) is null)
            return;
        GuestCase shrunk = Shrinker.Shrink(guestCase, candidate => comparison.Difference(candidate) is not null);
        Assert.Fail(Shrinker.Report(shrunk, comparison));
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value
        : otherwise;

    /// <summary>Takes every exclusive or for an inclusive one.</summary>
    private sealed class WrongPass : IIrPass
    {
        public IrBlock Run(IrBlock block)
        {
            var wrong = new IrBlock(block.Address);
            foreach (IrInstruction insn in block.Instructions)
                wrong.AppendAsIs(insn.Op == IrOp.Xor ? insn with { Op = IrOp.Or } : insn);
            return wrong;
        }
    }
}
