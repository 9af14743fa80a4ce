using System.Runtime.Intrinsics;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Execution.Translation;

namespace SpuRuntime.Execution.Regions;

/// <summary>
/// Finds what a region may assume where it is entered in the midst of loops: that registers with indices of shuffles hold the
/// constants which the region itself makes elsewhere, before the loops, or what they held when it was planned. A shuffle by a constant
/// is one host instruction, and says which words it moves.
/// </summary>
internal static class EntryMasks
{
    private const int MostMade = 8;

    /// <summary>The region with assumptions, if there are any to be made.</summary>
    public static IrRegion Assume(IrRegion region, SpuRegionPlan plan)
    {
        // Those that the region does not write are compiled as the constants they were: they are compared at every entry.
        IrAssumption[] held = [.. plan.PlainMasks.Zip(plan.MaskValues, static (register, value) => Holds(SpuIrSlots.Gpr(register), value))];
        IrAssumption[] made = [.. Masks(region).Select(slot => Made(region, slot)).OfType<IrAssumption>().Take(MostMade)];
        if (held.Length + made.Length == 0)
            return region;
        bool[][] wanted = [.. made.Select(mask => Wanted(region, mask.Slot))];
        return region.Assuming(region.Entries.ToDictionary(
            static entry => entry, entry => (IrAssumption[])[.. held, .. made.Where((_, number) => wanted[number][entry])]));
    }

    private static IrAssumption Holds(IrSlot slot, Vector128<byte> value) =>
        new(slot, value.AsUInt64().GetElement(1), value.AsUInt64().GetElement(0));

    private static IEnumerable<IrSlot> Masks(IrRegion region)
    {
        IEnumerable<IrInstruction> indices = region.Blocks.SelectMany(static block => block.Instructions
            .Where(static insn => insn.Op == IrOp.Call
                && (insn.Helper == SpuIrTernary<ShuffleBytes>.Helper || insn.Helper == SpuIrTernary<ShufflePlainBytes>.Helper))
            .Select(insn => block[insn.C]));
        return indices.Where(static value => value.Op == IrOp.ReadSlot).Select(static value => value.Slot).Distinct();
    }

    // Null where the region does not write the slot, or writes anything but one constant. What only loads see stands for nothing:
    // where one of them leaves the region, the region is entered again through the check of what it assumes.
    private static IrAssumption? Made(IrRegion region, IrSlot slot)
    {
        IrAssumption? made = null;
        foreach (IrBlock block in region.Blocks)
        {
            foreach (IrInstruction insn in block.Instructions)
            {
                if (insn.Op != IrOp.WriteSlot || insn.Slot != slot || insn.IsSeenByLoadsOnly)
                    continue;
                if (block[insn.A] is not { Op: IrOp.VectorOf } vector || !block.TryConstant(vector.A, out ulong high)
                    || !block.TryConstant(vector.B, out ulong low))
                    return null;
                var constant = new IrAssumption(slot, high, low);
                if (made is not null && made != constant)
                    return null;
                made = constant;
            }
        }

        return made;
    }

    // For each block, whether something behind its start reads the slot before it is written.
    private static bool[] Wanted(IrRegion region, IrSlot slot)
    {
        var wanted = new bool[region.Blocks.Count];
        var writes = new bool[region.Blocks.Count];
        for (int number = 0; number < wanted.Length; number++)
        {
            IReadOnlyList<IrInstruction> instructions = region.Blocks[number].Instructions;
            // Reads of what was written before are no reads any more.
            wanted[number] = instructions.Any(insn => insn.Op == IrOp.ReadSlot && insn.Slot == slot);
            writes[number] = instructions.Any(insn => insn.Op == IrOp.WriteSlot && insn.Slot == slot);
        }

        bool more;
        do
        {
            more = false;
            for (int number = wanted.Length - 1; number >= 0; number--)
            {
                if (wanted[number] || writes[number] || !region.Successors(number).Any(next => wanted[next]))
                    continue;
                wanted[number] = true;
                more = true;
            }
        }
        while (more);
        return wanted;
    }
}
