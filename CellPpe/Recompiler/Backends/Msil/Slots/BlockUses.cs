using CellPpe.Recompiler.Backends.Msil.Emit;

namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>How the values of a block are used: what is worth a temporary, and for how long it is wanted.</summary>
internal sealed class BlockUses
{
    // Beyond this, computing a value again behind every exit costs more than a register for it.
    private const int MostRecomputed = 12;

    private readonly RegionEmitter _region;
    private readonly IrBlock _block;
    private readonly int[] _uses;
    private readonly int[] _writes;
    private readonly int[] _weight;
    private readonly int[] _asDouble;

    // Values that only their block's end notes, and nobody makes.
    private readonly bool[] _owed;

    // For each value, the last instruction at which code for it may be emitted.
    private readonly int[] _needed;

    public BlockUses(RegionEmitter region, IrBlock block, AccessGroups groups)
    {
        (_region, _block) = (region, block);
        int count = block.Instructions.Count;
        (_uses, _writes, _weight, _asDouble) = (new int[count], new int[count], new int[count], new int[count]);
        _owed = new bool[count];
        _needed = new int[count];
        Count();
        FindNeeded(groups);
    }

    /// <summary>Whether anything takes the value.</summary>
    public bool IsUsed(int index) => _uses[index] + _writes[index] > 0;

    /// <summary>Whether code for the value may be emitted behind an instruction.</summary>
    public bool IsNeededBehind(IrValue value, int index) => _needed[value.Index] > index;

    /// <summary>Whoever uses it wants a double: one conversion where it is made, none where it is used.</summary>
    public bool IsDouble(int index) => _asDouble[index] > 0 && _asDouble[index] == _uses[index] + _writes[index];

    /// <summary>Whether a pure value is made where it stands, and kept; else it is where it is used.</summary>
    public bool WantsTemporary(int index)
    {
        if (_owed[index] && _uses[index] == 0)
            return false;
        if (_uses[index] == 0)
            return _weight[index] > MostRecomputed && _writes[index] > 0;
        return _uses[index] > 1 || _writes[index] > 0 || JoinsVectors(_block.Instructions[index]);
    }

    private void Count()
    {
        for (int index = 0; index < _uses.Length; index++)
        {
            IrInstruction insn = _block.Instructions[index];
            int weight = 1;
            for (int number = 0; number < IrInstruction.MaxOperands; number++)
            {
                if (insn.Operand(number) is not { Exists: true } operand)
                    continue;
                (insn.Op == IrOp.WriteSlot ? _writes : _uses)[operand.Index]++;
                weight += _weight[operand.Index];
                if (WantsDouble(insn, number))
                    _asDouble[operand.Index]++;
            }

            if (insn.Op == IrOp.WriteSlot && _region.Fields.Has(_region.Table.NumberOf(insn.Slot)))
                _owed[insn.A.Index] = true;

            // What is kept in a temporary weighs nothing; whether it will be is not known yet, so this errs on the heavy side.
            _weight[index] = insn.Op is IrOp.Constant or IrOp.ReadSlot ? 0 : insn.IsPure ? Math.Min(weight, 1000) : 0;
        }
    }

    // Users stand behind what they use: one walk from the end.
    private void FindNeeded(AccessGroups groups)
    {
        int end = _needed.Length;
        for (int index = end - 1; index >= 0; index--)
        {
            IrInstruction insn = _block.Instructions[index];
            bool later = insn is { Op: IrOp.WriteSlot, Slot.IsField: true } || insn.IsSeenByLoadsOnly
                || insn.Op is IrOp.ExitIf or IrOp.Exit;
            int when = later ? end : insn.IsPure && !WantsTemporary(index) ? _needed[index] : index;
            for (int number = 0; number < IrInstruction.MaxOperands; number++)
            {
                if (insn.Operand(number) is { Exists: true } operand)
                    _needed[operand.Index] = Math.Max(_needed[operand.Index], when);
            }

            if (groups.Of(index) is { } group && group.Leader == index)
                _needed[group.Base.Index] = Math.Max(_needed[group.Base.Index], index);
        }
    }

    private bool WantsDouble(in IrInstruction insn, int operand) => insn.Op switch
    {
        IrOp.WriteSlot => _region.Guest.IsFloat(insn.Slot),
        IrOp.Call => insn.Helper!.FastPath is { } quick && operand < quick.Compute.GetParameters().Length,
        _ => false,
    };

    // Put off until its result is used, it would keep several vectors alive instead of one.
    private bool JoinsVectors(in IrInstruction insn)
    {
        if (insn.Op != IrOp.Call || insn.Type != IrType.V128)
            return false;
        int vectors = 0;
        for (int number = 0; number < IrInstruction.MaxOperands; number++)
        {
            if (insn.Operand(number) is { Exists: true } operand && _block[operand] is { Type: IrType.V128, Op: not IrOp.VectorOf })
                vectors++;
        }

        return vectors > 1;
    }
}
