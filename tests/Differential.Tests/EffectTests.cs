using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;

using Differential.Tests.Guest;

namespace Differential.Tests;

/// <summary>The effect analysis against the blocks the same instructions become.</summary>
public sealed class EffectTests
{
    private const ulong EverythingOn = Msr.Sf | Msr.Fp | Msr.Vec | Msr.Fe0 | Msr.Fe1;

    [Fact]
    public void Effects_are_what_the_block_reads_and_writes()
    {
        foreach (PpuInstructionInfo info in PpuTable.Instructions.Skip(1))
        {
            for (int seed = 0; seed < 4; seed++)
            {
                uint word = CaseGenerator.Single(seed, info.Op).Words[0];
                IrBlock block = PpuIrTranslation.Translate(0x1000, [word], new PpuIrMode(EverythingOn));
                PpuEffects effects = EffectMachine.Of(word);

                if ((effects.Actions & PpuActions.WholeState) != 0)
                {
                    Assert.Contains(block.Instructions, static insn => insn.Op == IrOp.Perform || insn.Exit?.Kind == IrExitKind.Between);
                    continue;
                }

                Assert.Equal(
                    (info.Mnemonic, Registers.SetOf(Slots(block, IrOp.ReadSlot))), (info.Mnemonic, WithoutMode(effects.Reads, info)));
                Assert.Equal((info.Mnemonic, Registers.SetOf(Slots(block, IrOp.WriteSlot))), (info.Mnemonic, effects.Writes));
                Assert.Equal(Accesses(block, PpuActions.Load), effects.Actions & PpuActions.Load);
                Assert.Equal(Accesses(block, PpuActions.Store), effects.Actions & PpuActions.Store);
            }
        }
    }

    [Fact]
    public void Update_forms_read_and_write_their_base()
    {
        PpuEffects effects = EffectMachine.Of(Asm.Stwu(rs: 4, ra: 3, si: 8));

        Assert.Equal(0x18u, effects.Reads.Gpr);
        Assert.Equal(0x08u, effects.Writes.Gpr);
        Assert.Equal(PpuActions.Store, effects.Actions);
    }

    [Fact]
    public void String_moves_may_touch_everything() =>
        Assert.Equal(PpuRegisterSet.All, EffectMachine.Of(Asm.Lswx(rt: 3, ra: 4, rb: 5)).Writes);

    // A helper with a state slot reads and may write it.
    private static IEnumerable<IrSlot> Slots(IrBlock block, IrOp op) => block.Instructions
        .Where(insn => insn.Op == op).Select(static insn => insn.Slot)
        .Concat(block.Instructions.Where(static insn => insn.Helper?.State is not null).Select(static insn => insn.Helper!.State!.Value));

    // The block is made for one mode, so that it need not read MSR.
    private static PpuRegisterSet WithoutMode(PpuRegisterSet reads, PpuInstructionInfo info) =>
        info.Op == PpuOp.Mfmsr ? reads : reads with { Places = reads.Places & ~PpuPlaces.Msr };

    private static PpuActions Accesses(IrBlock block, PpuActions kind) => block.Instructions.Any(insn => kind == PpuActions.Load
        ? insn.Op is IrOp.Load or IrOp.LoadVector or IrOp.LoadVectorIf
        : insn.Op is IrOp.Store or IrOp.StoreVector or IrOp.StoreBytes)
        ? kind
        : PpuActions.None;
}
