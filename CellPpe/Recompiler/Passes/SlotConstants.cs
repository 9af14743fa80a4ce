namespace CellPpe.Recompiler.Passes;

/// <summary>
/// Carries constants from block to block of a region: a slot that holds the same constant on every way into a block is read as that
/// constant. Compilers make constants before a loop and leave them in registers.
/// </summary>
public sealed class SlotConstants
{
    private readonly IrRegion _region;
    private readonly IReadOnlySet<int>[] _ways;

    // What is known at each block's start; null: no way there is known yet.
    private readonly KnownSlots<Known>?[] _before;

    private SlotConstants(IrRegion region, IReadOnlySet<int>[] ways)
    {
        _region = region;
        _ways = ways;
        _before = new KnownSlots<Known>?[region.Blocks.Count];
    }

    /// <summary>Propagates constants.</summary>
    /// <param name="region">The region.</param>
    /// <param name="passes">What is run on a block that has been given constants.</param>
    /// <returns>The region with constants, or the same one if there are none to propagate.</returns>
    public static IrRegion Run(IrRegion region, IIrPass passes)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentNullException.ThrowIfNull(passes);
        const int MostAttempts = 6;
        HashSet<int>[] ways = [.. Enumerable.Range(0, region.Blocks.Count).Select(number => region.Successors(number).ToHashSet())];
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            // A computed branch with a constant target may stay inside, which it did not before: what was known where it goes was
            // perhaps not true of that way.
            IrRegion propagated = Run(region, ways, passes);
            bool more = false;
            for (int number = 0; number < ways.Length; number++)
            {
                foreach (int next in propagated.Successors(number))
                    more |= ways[number].Add(next);
            }

            if (!more)
                return propagated;
        }

        return region;
    }

    private static IrRegion Run(IrRegion region, IReadOnlySet<int>[] ways, IIrPass passes)
    {
        // What a block makes of constants may be constant, for the blocks behind it.
        const int MostRounds = 3;
        for (int round = 0; round < MostRounds; round++)
        {
            var constants = new SlotConstants(region, ways);
            constants.Flow();
            IrBlock[] blocks =
                [.. region.Blocks.Select((block, number) => constants.Given(block, number) is { } given ? passes.Run(given) : block)];
            if (blocks.SequenceEqual(region.Blocks))
                break;
            region = region.With(blocks);
        }

        return region;
    }

    private void Flow()
    {
        var work = new Queue<int>();
        foreach (int entry in _region.Entries)
        {
            var known = new KnownSlots<Known>();
            foreach (IrAssumption assumed in _region.Assumed.GetValueOrDefault(entry, []))
                known.Learn(assumed.Slot, new Known(true, assumed.High, assumed.Low));
            _before[entry] = known;
            work.Enqueue(entry);
        }

        while (work.TryDequeue(out int number))
        {
            foreach ((int next, KnownSlots<Known> known) in Ends(number))
            {
                if (Meet(next, known))
                    work.Enqueue(next);
            }
        }
    }

    private bool Meet(int block, KnownSlots<Known> known)
    {
        if (_before[block] is { } before)
            return before.KeepCommon(known);
        _before[block] = known;
        return true;
    }

    // For each way out of a block that stays inside: where to, and what is known there. Each exit counts for all ways of its block.
    private IEnumerable<(int Next, KnownSlots<Known> Known)> Ends(int number)
    {
        IrBlock block = _region.Blocks[number];
        var known = new KnownSlots<Known>(_before[number]!);
        foreach (IrInstruction insn in block.Instructions)
        {
            known.Pass(insn);
            // What a narrow slot keeps of a number may be less.
            if (insn.Op == IrOp.WriteSlot && insn.Slot.Bytes >= 8 && Known.Of(block, insn.A) is { } constant)
                known.Learn(insn.Slot, constant);
            if (insn.Op is not (IrOp.Exit or IrOp.ExitIf))
                continue;
            foreach (int next in _ways[number])
                yield return (next, new KnownSlots<Known>(known));
        }
    }

    // The block with constants for what it reads first; null when it reads none.
    private IrBlock? Given(IrBlock block, int number)
    {
        if (_before[number] is not { IsEmpty: false } before)
            return null;
        var known = new KnownSlots<Known>(before);
        var copy = new BlockCopy(block);
        bool any = false;
        for (int index = 0; index < block.Instructions.Count; index++)
        {
            IrInstruction insn = block.Instructions[index];
            if (insn.Op == IrOp.ReadSlot && known.TryGet(insn.Slot, out Known constant))
            {
                copy.Replace(index, constant.In(copy.Target));
                any = true;
                continue;
            }

            copy.Copy(index);
            known.Pass(insn);
        }

        return any ? copy.Target : null;
    }

    // A number, or a vector of two.
    private readonly record struct Known(bool IsVector, ulong High, ulong Low)
    {
        public static Known? Of(IrBlock block, IrValue value)
        {
            if (block.TryConstant(value, out ulong number))
                return new Known(false, 0, number);
            IrInstruction insn = block[value];
            return insn.Op == IrOp.VectorOf && block.TryConstant(insn.A, out ulong high) && block.TryConstant(insn.B, out ulong low)
                ? new Known(true, high, low)
                : null;
        }

        public IrValue In(IrBlock block) =>
            IsVector ? block.Binary(IrOp.VectorOf, block.Constant(High), block.Constant(Low)) : block.Constant(Low);
    }
}
