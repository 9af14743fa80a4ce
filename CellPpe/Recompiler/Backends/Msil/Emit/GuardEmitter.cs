using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

using CellPpe.Recompiler.Backends.Msil.Slots;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>
/// Emits runs of guarded operations of one block: the host's operations, and one look at what they take from outside. A run can be left as
/// if it had not begun: slots in locals have been saved before it, and those in the state struct are written behind the look only.
/// </summary>
internal sealed class GuardEmitter
{
    // A longer one keeps too much alive.
    private const int MostOperations = 96;

    private readonly IrBlock _block;
    private readonly RegionCode _code;
    private readonly ExpressionEmitter _values;

    // For each instruction of a run, the first one behind it; else 0.
    private readonly int[] _ends;

    // The first operation of the run that begins at an instruction.
    private readonly Dictionary<int, IrGuard> _guards = [];

    // What is known of values; what comes behind a look has passed it.
    private readonly Dictionary<int, IrRange> _ranges = [];
    private readonly Dictionary<IrSlot, (IrValue Value, LocalBuilder? Local)> _written = [];

    // By value, which of its words the block puts elsewhere; found when first asked for.
    private Dictionary<int, int>? _wordsUsed;

    // Values of the present run in the form that its operations take.
    private readonly Dictionary<int, LocalBuilder> _formed = [];

    // Operands that are still to be looked at.
    private readonly List<LocalBuilder> _toLookAt = [];
    private IrRangeCheck? _look;
    private LocalBuilder? _highest;
    private LocalBuilder? _smallness;

    public GuardEmitter(IrBlock block, RegionCode code, ExpressionEmitter values, Func<IrInstruction, bool> ends)
    {
        _block = block;
        _code = code;
        _values = values;
        _ends = new int[block.Instructions.Count];
        (int start, int load) = (-1, -1);
        int operations = 0;
        for (int index = 0; index < _ends.Length; index++)
        {
            IrInstruction insn = block.Instructions[index];
            IrGuard? guard = insn.Helper?.Guard;
            bool over = ends(insn);
            if (start >= 0 && (over || (guard is not null && operations == MostOperations)))
            {
                Array.Fill(_ends, index, start, index - start);
                // A load inside is no beginning of the next.
                (start, load) = (-1, -1);
            }

            if (over)
                load = -1;
            else if (load < 0 && insn.Op == IrOp.LoadVector)
                load = index;
            if (guard is null)
                continue;
            if (start < 0)
            {
                (start, load, operations) = (load < 0 ? index : load, -1, 0);
                _guards[start] = guard;
            }

            operations++;
        }
    }

    /// <summary>
    /// Whether a run begins at an instruction: its first operation, or the first load on the way there, so that what registers hold on the
    /// way need not be saved.
    /// </summary>
    public bool BeginsAt(int index) => _guards.ContainsKey(index);

    /// <summary>True between a run's beginning and the look at it.</summary>
    public bool IsRunning => _look is not null;

    /// <summary>Where the present run ends.</summary>
    public int End { get; private set; }

    /// <summary>Where a run ends that would begin at an instruction.</summary>
    public int EndOf(int index) => _ends[index];

    /// <summary>Where to go from the present run when something is not as hoped.</summary>
    public Label SideExit { get; private set; }

    private ILGenerator Il => _code.Il;

    /// <summary>Begins a run at an instruction.</summary>
    public void Begin(int index, Label sideExit)
    {
        _look = _guards[index].Check;
        SideExit = sideExit;
        End = _ends[index];
        _highest = null;
        _smallness = null;
    }

    /// <summary>Emits an operation of the run; the local holds its result.</summary>
    public LocalBuilder Emit(int index, in IrInstruction insn, ProgramPoint now)
    {
        IrGuard guard = insn.Helper!.Guard!;
        var operands = new LocalBuilder[insn.Helper.Parameters.Length];
        var ranges = new IrRange[operands.Length];
        for (int number = 0; number < operands.Length; number++)
        {
            operands[number] = _values.Localize(insn.Operand(number), now);
            ranges[number] = RangeOf(insn.Operand(number), operands[number], now);
        }

        IrRange range = guard.RangeOf(ranges);
        if (!range.Fits(_look!.Limit))
        {
            // What was computed may have grown too far: it is looked at itself.
            for (int number = 0; number < operands.Length; number++)
                ranges[number] = ranges[number].Fits(_look.Ordinary) ? ranges[number] : LookAt(insn.Operand(number), operands[number]);
            range = guard.RangeOf(ranges);
        }

        _ranges[index] = range;
        return guard.Form is { } form ? Compute(index, insn, guard.Compute, form, operands) : Compute(guard.Compute, operands);
    }

    /// <summary>Emits an operation four times at once; the local holds the pack of results.</summary>
    /// <param name="pack">The four.</param>
    /// <param name="operands">Packs.</param>
    /// <param name="spread">The pack that holds a value four times, or null.</param>
    public LocalBuilder Emit(VectorPack pack, LocalBuilder[] operands, Func<IrValue, LocalBuilder?> spread)
    {
        IrGuard guard = _block.Instructions[pack.First].Helper!.Guard!;
        var ranges = new IrRange[operands.Length];
        for (int number = 0; number < operands.Length; number++)
            ranges[number] = RangeOf(pack.Operands[number], operands[number], spread);
        IrRange range = guard.RangeOf(ranges);
        if (!range.Fits(_look!.Limit))
        {
            for (int number = 0; number < operands.Length; number++)
                ranges[number] = ranges[number].Fits(_look.Ordinary) ? ranges[number]
                    : LookAt(pack.Operands[number].Lanes, operands[number]);
            range = guard.RangeOf(ranges);
        }

        foreach (int lane in pack.Lanes)
            _ranges[lane] = range;
        _code.Helpers.Emit(guard.Compute, operands);
        return Store(guard.Form!.Type);
    }

    private IrRange RangeOf(PackOperand operand, LocalBuilder local, Func<IrValue, LocalBuilder?> spread)
    {
        if (Array.TrueForAll(operand.Lanes, lane => _ranges.ContainsKey(lane.Index)))
            return operand.Lanes.Select(lane => _ranges[lane.Index]).Aggregate(static (one, other) => one.Or(other));
        if (!operand.IsCommon)
            return LookAt(operand.Lanes, local);
        // Four different ones are looked at together.
        IrValue value = operand.Lanes[0];
        (IrValue whole, LocalBuilder place) = WholeOf(value) is { Exists: true } source && spread(source) is { } made ? (source, made)
            : (value, local);
        if (!_ranges.TryGetValue(whole.Index, out IrRange known))
        {
            _code.Helpers.Emit(PackArithmetic.Lane(0), [place]);
            known = LookAt(whole, Store(typeof(Vector128<byte>)));
        }

        return _ranges[value.Index] = known;
    }

    private IrRange LookAt(IrValue[] lanes, LocalBuilder pack)
    {
        Gather(pack);
        foreach (IrValue lane in lanes)
            _ranges[lane.Index] = _look!.Ordinary;
        return _look!.Ordinary;
    }

    private LocalBuilder Compute(MethodInfo compute, LocalBuilder[] operands)
    {
        _code.Helpers.Emit(compute, operands);
        return Store(typeof(Vector128<byte>));
    }

    private LocalBuilder Compute(int index, in IrInstruction insn, MethodInfo compute, IrForm form, LocalBuilder[] operands)
    {
        var formed = new LocalBuilder[operands.Length];
        for (int number = 0; number < operands.Length; number++)
        {
            int value = insn.Operand(number).Index;
            if (!_formed.TryGetValue(value, out LocalBuilder? local))
            {
                _code.Helpers.Emit(form.Of, [operands[number]]);
                _formed[value] = local = Store(form.Type);
            }

            formed[number] = local;
        }

        _code.Helpers.Emit(compute, formed);
        _formed[index] = Store(form.Type);
        _code.Helpers.Emit(form.Back, [_formed[index]]);
        return Store(typeof(Vector128<byte>));
    }

    private LocalBuilder Store(Type type)
    {
        LocalBuilder local = _code.Temporary(type);
        Il.Emit(OpCodes.Stloc, local);
        return local;
    }

    /// <summary>A slot in the state struct gets a value, behind the look.</summary>
    public void Write(IrSlot slot, IrValue value, ProgramPoint now)
    {
        if (_values.IsKept(value, now))
        {
            _written[slot] = (value, null);
            return;
        }

        // What it is made of may change before it is written.
        _values.Emit(value, now);
        _written[slot] = (value, Store(typeof(Vector128<byte>)));
    }

    /// <summary>Whether a write to a slot is done again before the run is over, in which nothing sees slots.</summary>
    public bool IsOverwritten(int index)
    {
        for (int other = index + 1; IsRunning && other < End; other++)
        {
            if (_block.Instructions[other].Op == IrOp.WriteSlot && _block.Instructions[other].Slot == _block.Instructions[index].Slot)
                return true;
        }

        return false;
    }

    /// <summary>A slot's local gets another value: what it holds is kept, if it is still to be looked at.</summary>
    public void BeforeChange(LocalBuilder local)
    {
        if (!_toLookAt.Contains(local))
            return;
        Il.Emit(OpCodes.Ldloc, local);
        LocalBuilder kept = Store(local.LocalType);
        for (int index = 0; index < _toLookAt.Count; index++)
        {
            if (_toLookAt[index] == local)
                _toLookAt[index] = kept;
        }
    }

    /// <summary>Emits the look at the run, which is over.</summary>
    /// <returns>What is to be written to the state struct: a local, or a value that is kept.</returns>
    public (IrSlot Slot, IrValue Value, LocalBuilder? Local)[] Finish()
    {
        if (_toLookAt.Count > 0)
            Look();
        if (_highest is not null)
        {
            _code.Helpers.Emit(_look!.IsOrdinary, [_highest, _smallness!]);
            Il.Emit(OpCodes.Brfalse, SideExit);
        }

        _look = null;
        (IrSlot, IrValue, LocalBuilder?)[] written = [.. _written.Select(static one => (one.Key, one.Value.Value, one.Value.Local))];
        _written.Clear();
        _formed.Clear();
        return written;
    }

    // What consists of a vector's words needs no look of its own, if all its words are used: one that is not may be anything.
    private IrRange RangeOf(IrValue value, LocalBuilder local, ProgramPoint now)
    {
        if (_ranges.TryGetValue(value.Index, out IrRange known))
            return known;
        return WholeOf(value) is { Exists: true } whole && _values.TemporaryOf(whole, now) is { } place
            ? _ranges[value.Index] = RangeOf(whole, place, now)
            : LookAt(value, local);
    }

    // The vector that a value consists of words of, if all its words are used.
    private IrValue WholeOf(IrValue value)
    {
        IrInstruction insn = _block[value];
        return insn.Helper?.Source is { } source && source(_block, insn).Whole is { Exists: true } whole && WordsUsed(whole) == IrWords.All
            ? whole : default;
    }

    private int WordsUsed(IrValue whole)
    {
        if (_wordsUsed is null)
        {
            _wordsUsed = [];
            foreach (IrInstruction insn in _block.Instructions)
            {
                if (insn.Helper?.Source is { } source && source(_block, insn) is { Whole.Exists: true } some)
                    _wordsUsed[some.Whole.Index] = _wordsUsed.GetValueOrDefault(some.Whole.Index) | some.Words;
            }
        }

        return _wordsUsed.GetValueOrDefault(whole.Index);
    }

    private IrRange LookAt(IrValue value, LocalBuilder local)
    {
        _toLookAt.Add(local);
        if (_toLookAt.Count == _look!.Together)
            Look();
        return _ranges[value.Index] = _look.Ordinary;
    }

    private void Look()
    {
        LocalBuilder operand = _toLookAt[0];
        if (_look!.Join is { } join)
        {
            // At a run's end there may be fewer than are looked at together: the last one stands for those.
            while (_toLookAt.Count < _look.Together)
                _toLookAt.Add(_toLookAt[^1]);
            _code.Helpers.Emit(join, _toLookAt.ToArray());
            operand = Store(join.ReturnType);
        }

        _toLookAt.Clear();
        Gather(operand);
    }

    private void Gather(LocalBuilder operand)
    {
        Gather(ref _highest, operand, _look!.Highest);
        Gather(ref _smallness, operand, _look.UnderflowMeasure);
    }

    private void Gather(ref LocalBuilder? into, LocalBuilder operand, MethodInfo measure)
    {
        _code.Helpers.Emit(measure, [operand]);
        if (into is not null)
        {
            Il.Emit(OpCodes.Ldloc, into);
            Il.Emit(OpCodes.Call, _look!.Max);
        }

        into ??= _code.Temporary(_look!.Words);
        Il.Emit(OpCodes.Stloc, into);
    }
}
