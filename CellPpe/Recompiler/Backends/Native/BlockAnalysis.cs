namespace CellPpe.Recompiler.Backends.Native;

/// <summary>
/// What the emitter must know of a block before it begins: which values are the same, which are constants, which are needed
/// and where they are needed last. Two walks and no copy, because compiling shall cost about as much as a few hundred
/// interpreted instructions.
/// </summary>
internal sealed class BlockAnalysis
{
    private const int None = -1;
    private const int StateBytes = 4096;

    // By state offset: the value a slot is known to hold, and whether it is written again; valid in the present epoch.
    private readonly int[] _holds = new int[StateBytes];
    private readonly int[] _holdsEpoch = new int[StateBytes];
    private readonly int[] _rewritten = new int[StateBytes];
    private int[] _same = new int[1024];
    private int[] _last = new int[1024];
    private bool[] _isConstant = new bool[1024];
    private ulong[] _constants = new ulong[1024];
    private int _epoch;

    /// <summary>The value that stands for a value.</summary>
    public int Resolve(IrValue value) => _same[value.Index];

    /// <summary>True when a value is known.</summary>
    public bool IsConstant(int value) => _isConstant[value];

    /// <summary>A known value.</summary>
    public ulong ConstantOf(int value) => _constants[value];

    /// <summary>The last instruction that uses a value; -1 when none does: then it need not be made.</summary>
    public int LastUse(int value) => _last[value];

    /// <summary>True when the instruction must be emitted.</summary>
    public bool IsNeeded(int index) => _last[index] != None;

    public void Run(ReadOnlySpan<IrInstruction> block)
    {
        if (block.Length > _same.Length)
        {
            int size = 2 * block.Length;
            (_same, _last, _isConstant, _constants) = (new int[size], new int[size], new bool[size], new ulong[size]);
        }

        Forward(block);
        Backward(block);
    }

    private void Forward(ReadOnlySpan<IrInstruction> block)
    {
        _epoch++;
        for (int index = 0; index < block.Length; index++)
        {
            ref readonly IrInstruction insn = ref block[index];
            _same[index] = index;
            _isConstant[index] = false;
            switch (insn.Op)
            {
                case IrOp.Constant:
                    (_isConstant[index], _constants[index]) = (true, insn.Immediate);
                    break;
                case IrOp.ReadSlot:
                    if (_holdsEpoch[insn.Slot.Offset] == _epoch)
                        _same[index] = _holds[insn.Slot.Offset];
                    else
                        Hold(insn.Slot.Offset, index);
                    break;
                case IrOp.WriteSlot:
                    // A narrow slot may give back less than was written.
                    if (insn.Slot.Bytes >= 8 || insn.Slot.IsField)
                        Hold(insn.Slot.Offset, Resolve(insn.A));
                    else
                        _holdsEpoch[insn.Slot.Offset] = 0;
                    break;
                case IrOp.Call when insn.Helper!.State is { } state:
                    _holdsEpoch[state.Offset] = 0;
                    break;
                case IrOp.Perform:
                    _epoch++;
                    break;
                default:
                    if (insn.Op.IsArithmetic)
                        Fold(index, insn);
                    break;
            }
        }
    }

    private void Hold(int offset, int value)
    {
        _holds[offset] = value;
        _holdsEpoch[offset] = _epoch;
    }

    private void Fold(int index, in IrInstruction insn)
    {
        int a = Resolve(insn.A);
        int b = insn.B.Exists ? Resolve(insn.B) : a;
        int c = insn.C.Exists ? Resolve(insn.C) : a;
        if (!_isConstant[a] || !_isConstant[b] || !_isConstant[c])
            return;
        _isConstant[index] = true;
        _constants[index] = IrArithmetic.Evaluate(insn.Op, insn.Immediate, _constants[a], _constants[b], _constants[c]);
    }

    private void Backward(ReadOnlySpan<IrInstruction> block)
    {
        _epoch++;
        Array.Fill(_last, None, 0, block.Length);
        for (int index = block.Length - 1; index >= 0; index--)
        {
            ref readonly IrInstruction insn = ref block[index];
            if (insn.Op.MayLeave)
            {
                _epoch++;
            }
            else if (insn.Op == IrOp.WriteSlot)
            {
                if (_rewritten[insn.Slot.Offset] == _epoch)
                    continue;
                _rewritten[insn.Slot.Offset] = _epoch;
            }
            else if (insn is { Op: IrOp.Call, Helper.State: { } state })
            {
                _rewritten[state.Offset] = 0;
            }
            else if (_last[index] == None || _same[index] != index || _isConstant[index])
            {
                continue;
            }
            else if (insn.Op == IrOp.ReadSlot)
            {
                _rewritten[insn.Slot.Offset] = 0;
            }

            if (_last[index] == None)
                _last[index] = index;
            Use(block, insn, index);
        }
    }

    private void Use(ReadOnlySpan<IrInstruction> block, in IrInstruction insn, int index)
    {
        if (WordRotation.TryFind(block, this, insn, out WordRotation rotation))
        {
            Use(rotation.Source, index);
            return;
        }

        if (insn.Op is IrOp.ExitIf or IrOp.Select)
        {
            var condition = Condition.Of(block, this, insn.A);
            Use(condition.Left, index);
            Use(condition.Right, index);
        }
        else
        {
            Use(insn.A, index);
        }

        Use(insn.B, index);
        Use(insn.C, index);
        Use(insn.D, index);
    }

    private void Use(IrValue value, int index)
    {
        if (value.Exists)
            Use(_same[value.Index], index);
    }

    private void Use(int value, int index)
    {
        if (value >= 0 && _last[value] == None)
            _last[value] = index;
    }
}
