namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>
/// Floating-point slots that hold nothing but single-precision numbers while a region runs: it is entered only if they do then, and
/// everything that it writes to them is one. Their locals are floats, so that a chain of operations pays for no conversion.
/// </summary>
/// <remarks>
/// A slot is one of them if the host can do at least one operation on it as a float. They never hold a NaN, which the host would not
/// keep as it is: what loads one is left to the interpreter.
/// </remarks>
internal sealed class SingleSlots
{
    private readonly IrRegion _region;
    private readonly RegionGuest _guest;
    private readonly HashSet<IrSlot> _slots = [];

    /// <param name="region">The region.</param>
    /// <param name="guest">The guest's part.</param>
    public SingleSlots(IrRegion region, RegionGuest guest)
    {
        (_region, _guest) = (region, guest);
        FindUsed();
        bool changed = _slots.Count > 0;
        while (changed)
            changed = _slots.RemoveWhere(IsSpoilt) > 0;
    }

    /// <summary>Whether there are any.</summary>
    public bool Any => _slots.Count > 0;

    /// <summary>Whether a slot is one of them.</summary>
    public bool Has(IrSlot slot) => _slots.Contains(slot);

    /// <summary>Whether a value of a block is certainly a single-precision number.</summary>
    public bool IsSingle(IrBlock block, IrValue value)
    {
        IrInstruction insn = block[value];
        return insn.Op switch
        {
            IrOp.ReadSlot => Has(insn.Slot),
            IrOp.Call => insn.Helper!.FastPath is { IsSingle: true } || IsLoad(block, value.Index),
            IrOp.Xor or IrOp.And => IsSign(block, insn) && IsSingle(block, insn.A),
            _ => false,
        };
    }

    /// <summary>
    /// Whether an instruction makes a single-precision number of what has just been loaded, and nothing was written in between.
    /// </summary>
    public static bool IsLoad(IrBlock block, int index)
    {
        IrInstruction insn = block.Instructions[index];
        if (insn.Op != IrOp.Call || insn.Helper!.Single != IrSingleImage.Taken
            || block[insn.A] is not { Op: IrOp.Load, Immediate: sizeof(float) })
            return false;
        for (int between = insn.A.Index + 1; between < index; between++)
        {
            if (block.Instructions[between].Op == IrOp.WriteSlot || block.Instructions[between].MayLeave)
                return false;
        }

        return true;
    }

    /// <summary>Whether an operation turns a number's sign over, or takes it away.</summary>
    public static bool IsSign(IrBlock block, in IrInstruction insn)
    {
        const ulong Sign = 1UL << 63;
        return block.TryConstant(insn.B, out ulong mask) && mask == (insn.Op == IrOp.Xor ? Sign : ~Sign);
    }

    private void FindUsed()
    {
        foreach (IrBlock block in _region.Blocks)
        {
            foreach (IrInstruction insn in block.Instructions)
            {
                if (insn.Op == IrOp.Perform && insn.Routine!.Writes is null)
                {
                    // It may write every slot.
                    _slots.Clear();
                    return;
                }

                if (insn.Op == IrOp.Call && insn.Helper!.FastPath is { Singles: not null })
                    AddOperands(block, insn);
                if (insn.Op == IrOp.WriteSlot && _guest.IsFloat(insn.Slot)
                    && block[insn.A] is { Op: IrOp.Call, Helper.FastPath.Singles: not null })
                    _slots.Add(insn.Slot);
            }
        }
    }

    private void AddOperands(IrBlock block, in IrInstruction insn)
    {
        for (int number = 0; number < insn.Helper!.FastPath!.Singles!.Compute.GetParameters().Length; number++)
        {
            if (block[insn.Operand(number)] is { Op: IrOp.ReadSlot } operand && _guest.IsFloat(operand.Slot))
                _slots.Add(operand.Slot);
        }
    }

    private bool IsSpoilt(IrSlot slot)
    {
        foreach (IrBlock block in _region.Blocks)
        {
            foreach (IrInstruction insn in block.Instructions)
            {
                if (insn.Op == IrOp.WriteSlot && insn.Slot == slot && !IsSingle(block, insn.A))
                    return true;
                if (insn is { Op: IrOp.Perform, Routine.Writes: { } writes } && writes(insn).Contains(slot))
                    return true;
            }
        }

        return false;
    }
}
