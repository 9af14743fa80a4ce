using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>
/// Emits runs of guarded operations of one block: the host's operations, and one look at all of them. What a run writes goes to the
/// slots' locals only behind that look, so that the run can be left as if it had not begun.
/// </summary>
internal sealed class GuardEmitter
{
    // A longer one keeps too much alive.
    private const int MostOperations = 96;

    private readonly RegionCode _code;
    private readonly ExpressionEmitter _values;

    // For each instruction of a run, the first one behind it; else 0.
    private readonly int[] _ends;

    // Values known to be ordinary: what comes behind a look has passed it.
    private readonly HashSet<int> _ordinary = [];
    private readonly Dictionary<int, LocalBuilder> _written = [];
    private IrGuard? _guard;
    private LocalBuilder? _operands;
    private LocalBuilder? _results;
    private bool _anyOperand;

    public GuardEmitter(IrBlock block, RegionCode code, ExpressionEmitter values, Func<IrInstruction, bool> ends)
    {
        _code = code;
        _values = values;
        _ends = new int[block.Instructions.Count];
        int start = -1;
        int operations = 0;
        for (int index = 0; index < _ends.Length; index++)
        {
            IrInstruction insn = block.Instructions[index];
            bool guarded = insn.Helper?.Guard is not null;
            if (start >= 0 && (ends(insn) || (guarded && operations == MostOperations)))
            {
                Array.Fill(_ends, index, start, index - start);
                start = -1;
            }

            if (!guarded)
                continue;
            operations = start < 0 ? 1 : operations + 1;
            start = start < 0 ? index : start;
        }
    }

    /// <summary>True between a run's first operation and the look at it.</summary>
    public bool IsRunning => _guard is not null;

    /// <summary>Where the present run ends.</summary>
    public int End { get; private set; }

    /// <summary>Where to go from the present run when something is not as hoped.</summary>
    public Label Miss { get; private set; }

    private ILGenerator Il => _code.Il;

    /// <summary>The greater numbers of two vectors, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Greater(Vector128<uint> left, Vector128<uint> right) => Vector128.Max(left, right);

    /// <summary>Begins a run at an instruction.</summary>
    public void Begin(int index, IrGuard guard, Label miss)
    {
        _guard = guard;
        Miss = miss;
        End = _ends[index];
        _operands = _code.Temporary(typeof(Vector128<uint>));
        _results = null;
        _anyOperand = false;
    }

    /// <summary>Emits an operation of the run; the local holds its result.</summary>
    public LocalBuilder Emit(int index, in IrInstruction insn, Moment now)
    {
        IrGuard guard = insn.Helper!.Guard!;
        var operands = new LocalBuilder[insn.Helper.Parameters.Length];
        for (int number = 0; number < operands.Length; number++)
        {
            operands[number] = _values.Localize(insn.Operand(number), now);
            if (!_ordinary.Add(insn.Operand(number).Index))
                continue;
            Il.Emit(OpCodes.Ldloc, operands[number]);
            Il.Emit(OpCodes.Call, guard.Operand);
            Gather(_operands!, !_anyOperand);
            _anyOperand = true;
        }

        LocalBuilder result = _code.Temporary(typeof(Vector128<byte>));
        foreach (LocalBuilder operand in operands)
            Il.Emit(OpCodes.Ldloc, operand);
        Il.Emit(OpCodes.Call, guard.Compute);
        Il.Emit(OpCodes.Stloc, result);
        Il.Emit(OpCodes.Ldloc, result);
        Il.Emit(OpCodes.Call, guard.Result);
        bool first = _results is null;
        Gather(_results ??= _code.Temporary(typeof(Vector128<uint>)), first);
        _ordinary.Add(index);
        return result;
    }

    /// <summary>A slot gets a value, behind the look.</summary>
    public void Write(int slot, IrValue value, Moment now)
    {
        if (_values.TemporaryOf(value, now) is not { } local)
        {
            // A slot's own local may change before this one is written.
            _values.Emit(value, now);
            local = _code.Temporary(typeof(Vector128<byte>));
            Il.Emit(OpCodes.Stloc, local);
        }

        _written[slot] = local;
    }

    /// <summary>Emits the look at the run, which is over.</summary>
    /// <returns>What is to be written to slots' locals.</returns>
    public (int Slot, LocalBuilder Value)[] Finish()
    {
        Il.Emit(OpCodes.Ldloc, _anyOperand ? _operands! : _results!);
        Il.Emit(OpCodes.Ldloc, _results!);
        Il.Emit(_anyOperand ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
        Il.Emit(OpCodes.Call, _guard!.IsOrdinary);
        Il.Emit(OpCodes.Brfalse, Miss);
        _guard = null;
        (int, LocalBuilder)[] written = [.. _written.Select(static one => (one.Key, one.Value))];
        _written.Clear();
        return written;
    }

    private void Gather(LocalBuilder into, bool first)
    {
        if (!first)
        {
            Il.Emit(OpCodes.Ldloc, into);
            Il.Emit(OpCodes.Call, typeof(GuardEmitter).GetMethod(nameof(Greater))!);
        }

        Il.Emit(OpCodes.Stloc, into);
    }
}
