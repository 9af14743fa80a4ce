using System.Buffers.Binary;
using System.Numerics;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

using CellPpe.Recompiler.Backends.Msil.Slots;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>A point of a block: values are emitted as they can be had there.</summary>
/// <param name="Index">Instructions before it.</param>
/// <param name="Barrier">Slots were overwritten here last: reads before it are no longer in the slots' locals.</param>
internal readonly record struct ProgramPoint(int Index, int Barrier);

/// <summary>
/// Puts values of one block on the IL stack: from a temporary if the value has one, else by computing it where it is
/// used. A value used once, or only by code behind an exit, thus costs nothing on the way.
/// </summary>
internal sealed class ExpressionEmitter(
    IrBlock block, RegionCode code, SlotTable table, SlotHomes slotLocals, RegionGuest guest, SingleSlots? singles = null)
{
    private const ulong SignBit = 1UL << 63;

    private readonly LocalBuilder?[] _temporaries = new LocalBuilder?[block.Instructions.Count];
    private readonly int[] _since = new int[block.Instructions.Count];

    // Of values that are in packs: the pack's local, in which place, and whether it holds them as they are in memory.
    private readonly Dictionary<int, (LocalBuilder Pack, int Lane, bool IsLoaded)> _lanes = [];

    private ILGenerator Il => code.Il;

    /// <summary>The local type of a value.</summary>
    public static Type TypeOf(IrType type) => type == IrType.V128 ? typeof(Vector128<byte>) : typeof(ulong);

    /// <summary>Takes what is on the stack, a number or a vector, as the value from here on.</summary>
    /// <param name="index">The value's instruction.</param>
    /// <param name="since">From where on.</param>
    /// <param name="asDouble">Keep a number as the double with the same image.</param>
    public LocalBuilder Keep(int index, int since, bool asDouble = false)
    {
        LocalBuilder local = code.Temporary(asDouble ? typeof(double) : TypeOf(block.Instructions[index].Type));
        if (asDouble)
            ToDouble();
        Il.Emit(OpCodes.Stloc, local);
        Keep(index, since, local);
        return local;
    }

    /// <summary>Takes a local as the value from here on.</summary>
    public void Keep(int index, int since, LocalBuilder local)
    {
        _temporaries[index] = local;
        _since[index] = since;
    }

    /// <summary>Takes a pack's place as the value, for as long as the block lasts.</summary>
    public void KeepLane(int index, LocalBuilder pack, int lane, bool isLoaded = false) => _lanes[index] = (pack, lane, isLoaded);

    /// <summary>Whether emitting the value at any later moment gives the same, and computes nothing.</summary>
    public bool IsKept(IrValue value, ProgramPoint at) => TemporaryOf(value, at) is not null || _lanes.ContainsKey(value.Index);

    /// <summary>The temporary that holds the value at that moment, or null.</summary>
    public LocalBuilder? TemporaryOf(IrValue value, ProgramPoint at) =>
        _temporaries[value.Index] is { } local && _since[value.Index] <= at.Index ? local : null;

    /// <summary>A local that holds the value: its temporary, its slot's local, or a new one.</summary>
    public LocalBuilder Localize(IrValue value, ProgramPoint at)
    {
        if (TemporaryOf(value, at) is { } local && !IsFloating(local.LocalType))
            return local;
        IrInstruction insn = block[value];
        if (insn.Op == IrOp.ReadSlot && !guest.IsFloat(insn.Slot) && table.NumberOf(insn.Slot) is >= 0 and int slot
            && value.Index >= at.Barrier
            && !slotLocals.IsShared(slot))
        {
            return slotLocals[slot];
        }

        Emit(value, at);
        LocalBuilder fresh = code.Temporary(TypeOf(insn.Type));
        Il.Emit(OpCodes.Stloc, fresh);
        return fresh;
    }

    /// <summary>A local that holds the double with the number's image.</summary>
    public LocalBuilder LocalizeDouble(IrValue value, ProgramPoint at)
    {
        if (TemporaryOf(value, at) is { } local && local.LocalType == typeof(double))
            return local;
        IrInstruction insn = block[value];
        if (insn.Op == IrOp.ReadSlot && guest.IsFloat(insn.Slot) && TemporaryOf(value, at) is null && value.Index >= at.Barrier
            && slotLocals[table.NumberOf(insn.Slot)] is { } place && place.LocalType == typeof(double))
        {
            return place;
        }

        EmitDouble(value, at);
        LocalBuilder fresh = code.Temporary(typeof(double));
        Il.Emit(OpCodes.Stloc, fresh);
        return fresh;
    }

    /// <summary>Whether the value is certainly a single-precision number, so that <see cref="LocalizeSingle"/> can be had.</summary>
    public bool IsSingle(IrValue value) => singles is not null && singles.IsSingle(block, value);

    /// <summary>A local that holds the float which is the same number.</summary>
    public LocalBuilder LocalizeSingle(IrValue value, ProgramPoint at)
    {
        if (TemporaryOf(value, at) is { } local && local.LocalType == typeof(float))
            return local;
        IrInstruction insn = block[value];
        if (insn.Op == IrOp.ReadSlot && TemporaryOf(value, at) is null && value.Index >= at.Barrier)
            return slotLocals[table.NumberOf(insn.Slot)];
        EmitSingle(value, at);
        LocalBuilder fresh = code.Temporary(typeof(float));
        Il.Emit(OpCodes.Stloc, fresh);
        return fresh;
    }

    /// <summary>Puts the float which is the same number on the stack.</summary>
    public void EmitSingle(IrValue value, ProgramPoint at)
    {
        if ((TemporaryOf(value, at) ?? SlotLocalOf(value, at)) is { } local && local.LocalType == typeof(float))
        {
            Il.Emit(OpCodes.Ldloc, local);
            return;
        }

        IrInstruction insn = block[value];
        if (TemporaryOf(value, at) is null && insn.Op is IrOp.Xor or IrOp.And)
        {
            EmitSingle(insn.A, at);
            if (insn.Op == IrOp.Xor)
                Il.Emit(OpCodes.Neg);
            else
                Il.Emit(OpCodes.Call, typeof(MathF).GetMethod(nameof(MathF.Abs), [typeof(float)])!);
            return;
        }

        EmitDouble(value, at);
        Il.Emit(OpCodes.Conv_R4);
    }

    private LocalBuilder? SlotLocalOf(IrValue value, ProgramPoint at) =>
        block[value] is { Op: IrOp.ReadSlot } insn && value.Index >= at.Barrier ? slotLocals[table.NumberOf(insn.Slot)] : null;

    private static bool IsFloating(Type type) => type == typeof(double) || type == typeof(float);

    /// <summary>The slot locals that emitting the value would read.</summary>
    public SlotSet Leaves(IrValue value, ProgramPoint at)
    {
        if (!value.Exists || IsKept(value, at))
            return SlotSet.Empty;
        IrInstruction insn = block[value];
        if (insn.Op == IrOp.ReadSlot)
            return SlotSet.Empty.With(table.NumberOf(insn.Slot));
        SlotSet leaves = SlotSet.Empty;
        for (int number = 0; number < IrInstruction.MaxOperands; number++)
            leaves |= Leaves(insn.Operand(number), at);
        return leaves;
    }

    /// <summary>Copies the slots that the value reads and that are about to change.</summary>
    public void Capture(IrValue value, SlotSet changing, ProgramPoint at)
    {
        if (!value.Exists || IsKept(value, at))
            return;
        IrInstruction insn = block[value];
        if (insn.Op == IrOp.ReadSlot)
        {
            int slot = table.NumberOf(insn.Slot);
            if (!changing.Contains(slot))
                return;
            slotLocals.EmitRead(slot);
            LocalBuilder copy = code.Temporary(slotLocals.IsShared(slot) ? TypeOf(insn.Type) : slotLocals[slot].LocalType);
            Il.Emit(OpCodes.Stloc, copy);
            Keep(value.Index, at.Index, copy);
            return;
        }

        for (int number = 0; number < IrInstruction.MaxOperands; number++)
            Capture(insn.Operand(number), changing, at);
    }

    /// <summary>Puts the value, a number or a vector, on the stack.</summary>
    public void Emit(IrValue value, ProgramPoint at)
    {
        if (EmitAsItIs(value, at) == typeof(double))
            Il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToUInt64Bits))!);
    }

    /// <summary>Puts the double with the number's image on the stack.</summary>
    public void EmitDouble(IrValue value, ProgramPoint at)
    {
        IrInstruction insn = block[value];
        bool computed = TemporaryOf(value, at) is null;
        if (computed && insn.Op == IrOp.Xor && block.TryConstant(insn.B, out ulong sign) && sign == SignBit)
        {
            EmitDouble(insn.A, at);
            Il.Emit(OpCodes.Neg);
        }
        else if (computed && insn.Op == IrOp.And && block.TryConstant(insn.B, out ulong others) && others == ~SignBit)
        {
            EmitDouble(insn.A, at);
            Il.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Abs), [typeof(double)])!);
        }
        else if (EmitAsItIs(value, at) != typeof(double))
        {
            ToDouble();
        }
    }

    // Puts the value on the stack in whichever form it is there.
    private Type EmitAsItIs(IrValue value, ProgramPoint at)
    {
        if (TemporaryOf(value, at) is { } local)
            return EmitLocal(local);
        if (_lanes.TryGetValue(value.Index, out (LocalBuilder Pack, int Lane, bool IsLoaded) place))
        {
            Il.Emit(OpCodes.Ldloc, place.Pack);
            code.Call(PackArithmetic.Lane(place.Lane));
            if (place.IsLoaded)
                guest.EmitOfLoaded(code);
            return typeof(Vector128<byte>);
        }

        IrInstruction insn = block[value];
        switch (insn.Op)
        {
            case IrOp.Constant:
                Il.Emit(OpCodes.Ldc_I8, (long)insn.Immediate);
                return typeof(ulong);
            case IrOp.ReadSlot:
                if (value.Index < at.Barrier)
                    throw new InvalidOperationException(
                        $"block 0x{block.Address:x}: value {value.Index} is read after its slot has changed");
                int slot = table.NumberOf(insn.Slot);
                if (!slotLocals.IsShared(slot))
                    return EmitLocal(slotLocals[slot]);
                slotLocals.EmitRead(slot);
                return typeof(Vector128<byte>);
            default:
                return Compute(insn, at);
        }
    }

    // Nobody but who asks for them meets floats.
    private Type EmitLocal(LocalBuilder local)
    {
        Il.Emit(OpCodes.Ldloc, local);
        if (local.LocalType != typeof(float))
            return local.LocalType;
        Il.Emit(OpCodes.Conv_R8);
        return typeof(double);
    }

    private void ToDouble() => Il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.UInt64BitsToDouble))!);

    /// <summary>Goes to a label if the value is (or is not) zero, with the comparison as part of the branch.</summary>
    public void EmitBranch(IrValue condition, bool whenTrue, Label target, ProgramPoint at)
    {
        IrInstruction insn = block[condition];
        bool kept = TemporaryOf(condition, at) is not null;
        if (!kept && insn.Op == IrOp.Xor && block.TryConstant(insn.B, out ulong one) && one == 1 && IrFolding.Width(block, insn.A) <= 1)
        {
            EmitBranch(insn.A, !whenTrue, target, at);
            return;
        }

        if (!kept && insn.Op is IrOp.Equal or IrOp.LessSigned or IrOp.LessUnsigned)
        {
            Emit(insn.A, at);
            Emit(insn.B, at);
            Il.Emit(Branch(insn.Op, whenTrue), target);
            return;
        }

        Emit(condition, at);
        Il.Emit(whenTrue ? OpCodes.Brtrue : OpCodes.Brfalse, target);
    }

    private static OpCode Branch(IrOp op, bool whenTrue) => op switch
    {
        IrOp.Equal => whenTrue ? OpCodes.Beq : OpCodes.Bne_Un,
        IrOp.LessSigned => whenTrue ? OpCodes.Blt : OpCodes.Bge,
        _ => whenTrue ? OpCodes.Blt_Un : OpCodes.Bge_Un,
    };

    /// <summary>Computes an operation, whether or not it has a temporary, and leaves it on the stack.</summary>
    /// <returns>In which form: of a helper that gives one, a double.</returns>
    public Type Compute(in IrInstruction insn, ProgramPoint at)
    {
        if (insn.Op == IrOp.Call)
            return Call(insn, at);
        ComputeNumber(insn, at);
        return TypeOf(insn.Type);
    }

    private void ComputeNumber(in IrInstruction insn, ProgramPoint at)
    {
        switch (insn.Op)
        {
            case IrOp.Add or IrOp.Subtract or IrOp.Multiply or IrOp.Or or IrOp.Xor:
                Operands(insn, at);
                Il.Emit(Simple(insn.Op));
                break;
            case IrOp.And:
                And(insn, at);
                break;
            case IrOp.Not:
                Operands(insn, at);
                Il.Emit(OpCodes.Not);
                break;
            case IrOp.Equal or IrOp.LessSigned or IrOp.LessUnsigned:
                Operands(insn, at);
                Il.Emit(insn.Op == IrOp.Equal ? OpCodes.Ceq : insn.Op == IrOp.LessSigned ? OpCodes.Clt : OpCodes.Clt_Un);
                Il.Emit(OpCodes.Conv_U8);
                break;
            case IrOp.ShiftLeft or IrOp.ShiftRight or IrOp.ShiftRightArithmetic:
                Shift(insn, at);
                break;
            case IrOp.SignExtend:
                Emit(insn.A, at);
                Il.Emit(insn.Immediate switch { 8 => OpCodes.Conv_I1, 16 => OpCodes.Conv_I2, _ => OpCodes.Conv_I4 });
                Il.Emit(OpCodes.Conv_I8);
                break;
            case IrOp.RotateLeft:
                Emit(insn.A, at);
                Emit(insn.B, at);
                Il.Emit(OpCodes.Conv_I4);
                Il.Emit(OpCodes.Call, typeof(BitOperations).GetMethod(nameof(BitOperations.RotateLeft), [typeof(ulong), typeof(int)])!);
                break;
            case IrOp.CountLeadingZeros:
                Emit(insn.A, at);
                Il.Emit(OpCodes.Call, typeof(BitOperations).GetMethod(nameof(BitOperations.LeadingZeroCount), [typeof(ulong)])!);
                Il.Emit(OpCodes.Conv_U8);
                break;
            case IrOp.ByteReverse:
                ByteReverse(insn, at);
                break;
            case IrOp.VectorElement:
                Operands(insn, at);
                Il.Emit(OpCodes.Ldc_I4, (int)insn.Immediate);
                Il.Emit(OpCodes.Call, MsilArithmetic.Method(nameof(MsilArithmetic.VectorElement)));
                break;
            default:
                Operands(insn, at);
                Il.Emit(OpCodes.Call, MsilArithmetic.Method(insn.Op.ToString()));
                break;
        }
    }

    private Type Call(in IrInstruction insn, ProgramPoint at)
    {
        IrHelper helper = insn.Helper!;
        if (helper.Single == IrSingleImage.Given && IsSingle(insn.A))
        {
            EmitSingle(insn.A, at);
            Il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.SingleToUInt32Bits))!);
            Il.Emit(OpCodes.Conv_U8);
            return TypeOf(insn.Type);
        }

        if (helper.State is { } slot)
        {
            Il.Emit(OpCodes.Ldarg_0);
            Il.Emit(OpCodes.Ldc_I4, guest.StateOffset + slot.Offset);
            Il.Emit(OpCodes.Add);
        }

        System.Reflection.ParameterInfo[] parameters = helper.Target.GetParameters();
        int first = parameters.Length - helper.Parameters.Length;
        if (first == 0 && code.Helpers.WantsLocals(helper.Target)
            && Array.TrueForAll(parameters, static one => one.ParameterType == typeof(Vector128<byte>)))
        {
            var arguments = new LocalBuilder[parameters.Length];
            for (int number = 0; number < arguments.Length; number++)
                arguments[number] = Localize(insn.Operand(number), at);
            code.Helpers.Emit(helper.Target, arguments);
            return helper.Target.ReturnType == typeof(double) ? typeof(double) : Number(helper, insn);
        }

        for (int number = 0; number < helper.Parameters.Length; number++)
        {
            Type parameter = parameters[first + number].ParameterType;
            if (parameter == typeof(double))
                EmitDouble(insn.Operand(number), at);
            else
                Emit(insn.Operand(number), at);
            if (parameter == typeof(int) || parameter == typeof(uint))
                Il.Emit(OpCodes.Conv_I4);
        }

        code.Helpers.Emit(helper.Target);
        return helper.Target.ReturnType == typeof(double) ? typeof(double) : Number(helper, insn);
    }

    private Type Number(IrHelper helper, in IrInstruction insn)
    {
        if (helper.Target.ReturnType == typeof(uint))
            Il.Emit(OpCodes.Conv_U8);
        return TypeOf(insn.Type);
    }

    private void Operands(in IrInstruction insn, ProgramPoint at)
    {
        for (int number = 0; number < IrInstruction.MaxOperands && insn.Operand(number).Exists; number++)
            Emit(insn.Operand(number), at);
    }

    // Masks that are a whole width are one move on the host.
    private void And(in IrInstruction insn, ProgramPoint at)
    {
        Emit(insn.A, at);
        OpCode? narrow = block.TryConstant(insn.B, out ulong mask)
            ? mask switch
            {
                uint.MaxValue => OpCodes.Conv_U4,
                ushort.MaxValue => OpCodes.Conv_U2,
                byte.MaxValue =>
                OpCodes.Conv_U1,
                _ => null
            }
            : null;
        if (narrow is { } conversion)
        {
            Il.Emit(conversion);
            Il.Emit(OpCodes.Conv_U8);
            return;
        }

        Emit(insn.B, at);
        Il.Emit(OpCodes.And);
    }

    private void Shift(in IrInstruction insn, ProgramPoint at)
    {
        Emit(insn.A, at);
        if (!block.TryConstant(insn.B, out ulong amount))
        {
            Emit(insn.B, at);
            Il.Emit(OpCodes.Call, MsilArithmetic.Method(insn.Op.ToString()));
            return;
        }

        if (amount > 63 && insn.Op != IrOp.ShiftRightArithmetic)
        {
            Il.Emit(OpCodes.Pop);
            Il.Emit(OpCodes.Ldc_I8, 0L);
            return;
        }

        Il.Emit(OpCodes.Ldc_I4, (int)Math.Min(amount, 63));
        Il.Emit(insn.Op == IrOp.ShiftLeft ? OpCodes.Shl : insn.Op == IrOp.ShiftRight ? OpCodes.Shr_Un : OpCodes.Shr);
    }

    private void ByteReverse(in IrInstruction insn, ProgramPoint at)
    {
        Emit(insn.A, at);
        (OpCode? narrow, Type type) = insn.Immediate switch
        {
            2 => (OpCodes.Conv_U2, typeof(ushort)),
            4 => (OpCodes.Conv_U4, typeof(uint)),
            _ => ((OpCode?)null, typeof(ulong)),
        };
        if (narrow is { } conversion)
            Il.Emit(conversion);
        Il.Emit(OpCodes.Call, typeof(BinaryPrimitives).GetMethod(nameof(BinaryPrimitives.ReverseEndianness), [type])!);
        if (narrow is not null)
            Il.Emit(OpCodes.Conv_U8);
    }

    private static OpCode Simple(IrOp op) => op switch
    {
        IrOp.Add => OpCodes.Add,
        IrOp.Subtract => OpCodes.Sub,
        IrOp.Multiply => OpCodes.Mul,
        IrOp.Or => OpCodes.Or,
        _ => OpCodes.Xor,
    };
}
