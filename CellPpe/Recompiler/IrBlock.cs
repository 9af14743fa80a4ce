using System.Runtime.InteropServices;

namespace CellPpe.Recompiler;

/// <summary>
/// A straight run of guest code in single-assignment form, with exits on the way and one at its end. Instructions are
/// appended in order; constants fold as they are appended. Built by one thread, then read only.
/// </summary>
/// <param name="address">Where the guest code begins.</param>
public sealed class IrBlock(ulong address)
{
    private readonly List<IrInstruction> _instructions = [];
    private readonly Dictionary<ulong, IrValue> _constants = [];

    /// <summary>Where the guest code begins.</summary>
    public ulong Address => address;

    /// <summary>The guest instruction being appended; it goes into everything that may leave the block.</summary>
    public IrSite Site { get; set; }

    /// <summary>The instructions so far.</summary>
    public IReadOnlyList<IrInstruction> Instructions => _instructions;

    /// <summary>The same, without copying them.</summary>
    internal ReadOnlySpan<IrInstruction> Span => CollectionsMarshal.AsSpan(_instructions);

    /// <summary>True once the last instruction is there; nothing more can be appended.</summary>
    public bool IsTerminated => _instructions.Count > 0 && _instructions[^1].Op == IrOp.Exit;

    /// <summary>The instruction that makes a value.</summary>
    public IrInstruction this[IrValue value] => _instructions[value.Index];

    /// <summary>Appends an instruction, or finds a simpler value for it.</summary>
    public IrValue Append(in IrInstruction instruction)
    {
        if (instruction.Op == IrOp.Constant)
            return Constant(instruction.Immediate);
        IrValue folded = IrFolding.TryFold(this, instruction);
        return folded.Exists ? folded : AppendAsIs(instruction);
    }

    /// <summary>Appends an instruction as it is, for tests and passes that want exactly that.</summary>
    /// <exception cref="InvalidOperationException">The block has its last instruction already.</exception>
    public IrValue AppendAsIs(in IrInstruction instruction)
    {
        if (IsTerminated)
            throw new InvalidOperationException($"block 0x{Address:x}: {instruction.Op} after the last exit");
        _instructions.Add(instruction);
        return new IrValue(_instructions.Count - 1);
    }

    /// <summary>A number; the same one each time it is asked for.</summary>
    public IrValue Constant(ulong value)
    {
        if (!_constants.TryGetValue(value, out IrValue known))
            _constants[value] = known = AppendAsIs(new IrInstruction(IrOp.Constant) { Immediate = value });
        return known;
    }

    /// <summary>True when a value is a constant of this block.</summary>
    public bool TryConstant(IrValue value, out ulong constant)
    {
        constant = 0;
        if (!value.Exists || this[value] is not { Op: IrOp.Constant } insn)
            return false;
        constant = insn.Immediate;
        return true;
    }

    /// <summary>An operation over one value, with a width where it takes one.</summary>
    public IrValue Unary(IrOp op, IrValue a, int width = 0) => Append(new IrInstruction(op) { A = a, Immediate = (ulong)width });

    /// <summary>An operation over two values, with a width where it takes one.</summary>
    public IrValue Binary(IrOp op, IrValue a, IrValue b, int width = 0) =>
        Append(new IrInstruction(op) { A = a, B = b, Immediate = (ulong)width });

    /// <summary>A choice: the second value where the first is not zero, else the third.</summary>
    public IrValue Select(IrValue condition, IrValue whenNotZero, IrValue whenZero) =>
        Append(new IrInstruction(IrOp.Select) { A = condition, B = whenNotZero, C = whenZero });

    /// <summary>Reads a place of the state.</summary>
    public IrValue Read(IrSlot slot) => Append(new IrInstruction(IrOp.ReadSlot) { Slot = slot });

    /// <summary>Writes a place of the state.</summary>
    public void Write(IrSlot slot, IrValue value) => Append(new IrInstruction(IrOp.WriteSlot) { Slot = slot, A = value });

    /// <summary>Loads 1, 2, 4 or 8 bytes.</summary>
    public IrValue Load(IrValue location, int bytes) =>
        Append(new IrInstruction(IrOp.Load) { A = location, Immediate = (ulong)bytes, Site = Site });

    /// <summary>Stores 1, 2, 4 or 8 bytes.</summary>
    public void Store(IrValue location, IrValue value, int bytes) =>
        Append(new IrInstruction(IrOp.Store) { A = location, B = value, Immediate = (ulong)bytes, Site = Site });

    /// <summary>Any other access; the operation says what the operands are.</summary>
    public IrValue Access(IrOp op, IrValue a, IrValue b = default, IrValue c = default) =>
        Append(new IrInstruction(op) { A = a, B = b, C = c, Site = Site });

    /// <summary>Keeps accesses before and behind it apart.</summary>
    public void Barrier(StorageBarrier kind) => Append(new IrInstruction(IrOp.Barrier) { Immediate = (ulong)kind, Site = Site });

    /// <summary>Applies a helper.</summary>
    public IrValue Call(IrHelper helper, IrValue a, IrValue b = default, IrValue c = default, IrValue d = default) =>
        // Equal pure calls are one, wherever they stand.
        Append(new IrInstruction(IrOp.Call) { Helper = helper, A = a, B = b, C = c, D = d, Site = helper.MaySideExit ? Site : default });

    /// <summary>Runs a routine in the middle of the block.</summary>
    public void Perform(IrRoutine routine, uint word) =>
        Append(new IrInstruction(IrOp.Perform) { Routine = routine, Immediate = word, Site = Site });

    /// <summary>Leaves for another guest address: always, or if the condition is not zero.</summary>
    public void GoTo(IrValue target, IrValue condition = default) => Leave(IrExit.Next, condition, target);

    /// <summary>Leaves: always, or if the condition is not zero.</summary>
    public void Leave(IrExit exit, IrValue condition = default, IrValue target = default)
    {
        bool decided = TryConstant(condition, out ulong taken);
        if (decided && taken == 0)
            return;
        Append(decided || !condition.Exists
            ? new IrInstruction(IrOp.Exit) { A = target, Exit = exit, Site = Site }
            : new IrInstruction(IrOp.ExitIf) { A = condition, B = target, Exit = exit, Site = Site });
    }
}
