using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>Emits guarded operations of one block: the host's operation, and one look at whatever of it has not been looked at yet.</summary>
internal sealed class GuardEmitter(RegionCode code, ExpressionEmitter values)
{
    // Values known to be ordinary: what comes behind a look has passed it.
    private readonly HashSet<int> _ordinary = [];

    private ILGenerator Il => code.Il;

    /// <summary>True when nothing is set, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNone(Vector128<uint> odd) => odd == Vector128<uint>.Zero;

    /// <summary>One or the other, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Either(Vector128<uint> left, Vector128<uint> right) => left | right;

    /// <summary>Emits an operation; the local holds its result.</summary>
    /// <param name="index">The call's number in its block.</param>
    /// <param name="insn">The call.</param>
    /// <param name="guard">Its guard.</param>
    /// <param name="now">Where it stands.</param>
    /// <param name="miss">Where to go when something is not ordinary.</param>
    public LocalBuilder Emit(int index, in IrInstruction insn, IrGuard guard, Moment now, Label miss)
    {
        int count = insn.Helper!.Parameters.Length;
        var operands = new LocalBuilder[count];
        for (int number = 0; number < count; number++)
            operands[number] = values.Localize(insn.Operand(number), now);

        LocalBuilder result = code.Temporary(typeof(Vector128<byte>));
        foreach (LocalBuilder operand in operands)
            Il.Emit(OpCodes.Ldloc, operand);
        Il.Emit(OpCodes.Call, guard.Compute);
        Il.Emit(OpCodes.Stloc, result);

        Il.Emit(OpCodes.Ldloc, result);
        Il.Emit(OpCodes.Call, guard.Result);
        for (int number = 0; number < count; number++)
        {
            if (!_ordinary.Add(insn.Operand(number).Index))
                continue;
            Il.Emit(OpCodes.Ldloc, operands[number]);
            Il.Emit(OpCodes.Call, guard.Operand);
            Il.Emit(OpCodes.Call, typeof(GuardEmitter).GetMethod(nameof(Either))!);
        }

        _ordinary.Add(index);
        Il.Emit(OpCodes.Call, typeof(GuardEmitter).GetMethod(nameof(IsNone))!);
        Il.Emit(OpCodes.Brfalse, miss);
        return result;
    }
}
