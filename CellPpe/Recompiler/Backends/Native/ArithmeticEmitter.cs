using System.Runtime.Intrinsics.X86;

using static CellPpe.Recompiler.Backends.Native.X64Register;

namespace CellPpe.Recompiler.Backends.Native;

/// <summary>Emits arithmetic, comparisons and choices.</summary>
internal sealed class ArithmeticEmitter(X64Writer x, BlockAnalysis analysis, RegisterAllocator registers)
{
    private const ulong Word = uint.MaxValue;

    /// <summary>Emits the instruction's value; false: it is no operation known here.</summary>
    public bool TryEmit(ReadOnlySpan<IrInstruction> block, int index)
    {
        ref readonly IrInstruction insn = ref block[index];
        int a = analysis.Resolve(insn.A);
        int b = insn.B.Exists ? analysis.Resolve(insn.B) : -1;
        switch (insn.Op)
        {
            case IrOp.Add:
                EmitAdd(index, a, b);
                break;
            case IrOp.Subtract:
                Plain(X64Arithmetic.Subtract, index, a, b, commutes: false);
                break;
            case IrOp.And when WordRotation.TryFind(block, analysis, insn, out WordRotation rotation):
                EmitRotation(index, rotation);
                break;
            case IrOp.And:
                EmitAnd(index, a, b);
                break;
            case IrOp.Or:
                Plain(X64Arithmetic.Or, index, a, b, commutes: true);
                break;
            case IrOp.Xor:
                Plain(X64Arithmetic.Xor, index, a, b, commutes: true);
                break;
            case IrOp.Not:
                x.Not(registers.DefineFrom(index, a, index));
                break;
            case IrOp.Multiply:
                int factor = registers.Use(b);
                x.Multiply(registers.DefineFrom(index, a, index), factor);
                break;
            case IrOp.MultiplyHighSigned or IrOp.MultiplyHighUnsigned:
                x.Move(Rax, registers.Use(a));
                x.MultiplyWide(registers.Use(b), insn.Op == IrOp.MultiplyHighSigned);
                x.Move(registers.Define(index), Rdx);
                break;
            case IrOp.DivideSigned or IrOp.DivideUnsigned:
                EmitDivide(index, a, b, insn.Op == IrOp.DivideSigned);
                break;
            case IrOp.ShiftLeft:
                EmitShift(X64Shift.Left, index, a, b);
                break;
            case IrOp.ShiftRight:
                EmitShift(X64Shift.Right, index, a, b);
                break;
            case IrOp.ShiftRightArithmetic:
                EmitShift(X64Shift.RightArithmetic, index, a, b);
                break;
            case IrOp.RotateLeft:
                EmitShift(X64Shift.RotateLeft, index, a, b);
                break;
            case IrOp.CountLeadingZeros:
                EmitLeadingZeros(index, a);
                break;
            case IrOp.SignExtend:
                int narrow = registers.Use(a);
                x.SignExtend(registers.Define(index), narrow, (int)insn.Immediate);
                break;
            case IrOp.ByteReverse:
                int swapped = registers.DefineFrom(index, a, index);
                x.Swap(swapped, true);
                if (insn.Immediate < 8)
                    x.Shift(X64Shift.Right, swapped, 64 - (8 * (int)insn.Immediate));
                break;
            case IrOp.Equal:
                EmitSet(index, a, b, X64Condition.Equal);
                break;
            case IrOp.LessSigned:
                EmitSet(index, a, b, X64Condition.Less);
                break;
            case IrOp.LessUnsigned:
                EmitSet(index, a, b, X64Condition.Below);
                break;
            case IrOp.OrderSigned:
                EmitOrder(index, a, b, X64Condition.Less);
                break;
            case IrOp.OrderUnsigned:
                EmitOrder(index, a, b, X64Condition.Below);
                break;
            case IrOp.Select:
                EmitSelect(block, index);
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>Sets the host's flags for a condition.</summary>
    /// <returns>The host's condition that then holds.</returns>
    public X64Condition EmitCondition(in Condition condition)
    {
        if (condition.Right >= 0)
        {
            EmitCompare(condition.Left, condition.Right);
        }
        else
        {
            int value = registers.Use(condition.Left);
            if (condition.Mask == 0)
                x.Test(value, value);
            else
                x.TestImmediate(value, (int)condition.Mask);
        }

        return condition.Holds;
    }

    private void EmitCompare(int a, int b)
    {
        int left = registers.Use(a);
        if (IsSigned32(b, out int immediate))
        {
            if (immediate == 0)
                x.Test(left, left);
            else
                x.ArithmeticImmediate(X64Arithmetic.Compare, left, immediate, true);
        }
        else
        {
            x.Arithmetic(X64Arithmetic.Compare, left, registers.Use(b));
        }
    }

    private void EmitAdd(int index, int a, int b)
    {
        if (analysis.IsConstant(a))
            (a, b) = (b, a);
        if (IsSigned32(b, out int immediate) && analysis.LastUse(a) != index)
        {
            int from = registers.Use(a);
            x.LoadAddress(registers.Define(index), from, immediate);
        }
        else
        {
            Plain(X64Arithmetic.Add, index, a, b, commutes: true);
        }
    }

    private void EmitAnd(int index, int a, int b)
    {
        if (analysis.IsConstant(a))
            (a, b) = (b, a);
        if (!analysis.IsConstant(b) || analysis.ConstantOf(b) > Word)
        {
            Plain(X64Arithmetic.And, index, a, b, commutes: true);
            return;
        }

        // Operations on words clear the upper half.
        ulong mask = analysis.ConstantOf(b);
        int source = registers.Use(a);
        switch (mask)
        {
            case Word:
                x.Move(registers.Define(index), source, wide: false);
                break;
            case byte.MaxValue:
                x.ZeroExtend8(registers.Define(index), source);
                break;
            case ushort.MaxValue:
                x.ZeroExtend16(registers.Define(index), source);
                break;
            default:
                x.ArithmeticImmediate(X64Arithmetic.And, registers.DefineFrom(index, a, index), (int)(uint)mask, false);
                break;
        }
    }

    private void EmitRotation(int index, in WordRotation rotation)
    {
        int source = registers.Use(rotation.Source);
        int result = registers.Define(index);
        x.Move(result, source, wide: false);
        if (rotation.Amount != 0)
            x.Shift(X64Shift.RotateLeft, result, rotation.Amount, wide: false);
        if (rotation.Mask != Word)
            x.ArithmeticImmediate(X64Arithmetic.And, result, (int)rotation.Mask, false);
    }

    private void Plain(X64Arithmetic operation, int index, int a, int b, bool commutes)
    {
        if (commutes
            && (analysis.IsConstant(a) || (analysis.LastUse(b) == index && analysis.LastUse(a) != index && !analysis.IsConstant(b))))
            (a, b) = (b, a);
        if (IsSigned32(b, out int immediate))
        {
            x.ArithmeticImmediate(operation, registers.DefineFrom(index, a, index), immediate, true);
            return;
        }

        int other = registers.Use(b);
        x.Arithmetic(operation, registers.DefineFrom(index, a, index), other);
    }

    private void EmitShift(X64Shift shift, int index, int a, int b)
    {
        if (analysis.IsConstant(b))
        {
            EmitShiftBy(shift, index, a, analysis.ConstantOf(b));
            return;
        }

        x.Move(Rcx, registers.Use(b));
        int result = registers.DefineFrom(index, a, index);
        if (shift == X64Shift.RightArithmetic)
        {
            x.MoveImmediate(Rax, 63);
            x.Arithmetic(X64Arithmetic.Compare, Rcx, Rax);
            x.MoveIf(X64Condition.Above, Rcx, Rax);
            x.ShiftByCl(shift, result);
            return;
        }

        x.ShiftByCl(shift, result);
        if (shift == X64Shift.RotateLeft)
            return;
        x.MoveImmediate(Rax, 0);
        x.ArithmeticImmediate(X64Arithmetic.Compare, Rcx, 63, true);
        x.MoveIf(X64Condition.Above, result, Rax);
    }

    private void EmitShiftBy(X64Shift shift, int index, int a, ulong amount)
    {
        int result = registers.DefineFrom(index, a, index);
        if (shift == X64Shift.RotateLeft)
            amount &= 63;
        if (amount > 63 && shift != X64Shift.RightArithmetic)
            x.MoveImmediate(result, 0);
        else
            x.Shift(shift, result, (int)Math.Min(amount, 63));
    }

    private void EmitLeadingZeros(int index, int a)
    {
        int value = registers.Use(a);
        int result = registers.Define(index);
        if (Lzcnt.X64.IsSupported)
        {
            x.LeadingZeros(result, value);
            return;
        }

        // The scan finds nothing in 0: 127 becomes 64.
        x.BitScanReverse(Rax, value);
        x.MoveImmediate(Rcx, 127);
        x.MoveIf(X64Condition.Equal, Rax, Rcx);
        x.ArithmeticImmediate(X64Arithmetic.Xor, Rax, 63, true);
        x.Move(result, Rax);
    }

    // Quotients of what the host would trap on are 0.
    private void EmitDivide(int index, int a, int b, bool signed)
    {
        int dividend = registers.Use(a);
        x.Move(Rcx, registers.Use(b));
        int result = registers.Define(index);
        x.MoveImmediate(Rax, 0);
        x.Test(Rcx, Rcx);
        nint byZero = x.JumpIf(X64Condition.Equal);
        nint done = 0;
        if (signed)
        {
            x.Move(Rax, dividend);
            x.ArithmeticImmediate(X64Arithmetic.Compare, Rcx, -1, true);
            nint plain = x.JumpIf(X64Condition.NotEqual);
            x.Negate(Rax);
            // Only the least number is its own negative and not 0; 0 is its own result.
            x.MoveImmediate(Rdx, 0);
            x.Arithmetic(X64Arithmetic.Compare, Rax, dividend);
            x.MoveIf(X64Condition.Equal, Rax, Rdx);
            done = x.Jump();
            x.Patch(plain);
            x.ExtendRaxToRdx();
        }
        else
        {
            x.Move(Rax, dividend);
            x.MoveImmediate(Rdx, 0);
        }

        x.Divide(Rcx, signed);
        x.Patch(byZero);
        if (signed)
            x.Patch(done);
        x.Move(result, Rax);
    }

    private void EmitSet(int index, int a, int b, X64Condition condition)
    {
        EmitCompare(a, b);
        x.SetIf(condition, Rax);
        x.ZeroExtend8(registers.Define(index), Rax);
    }

    // 8 less, 4 greater, 2 equal.
    private void EmitOrder(int index, int a, int b, X64Condition less)
    {
        EmitCompare(a, b);
        // A new register may come with a spill, which leaves the flags alone, as moves do.
        int result = registers.Define(index);
        x.MoveImmediate(Rax, 8);
        x.MoveImmediate(Rcx, 2);
        x.MoveImmediate(result, 4);
        x.MoveIf(less, result, Rax);
        x.MoveIf(X64Condition.Equal, result, Rcx);
    }

    private void EmitSelect(ReadOnlySpan<IrInstruction> block, int index)
    {
        ref readonly IrInstruction insn = ref block[index];
        int whenTrue = registers.Use(analysis.Resolve(insn.B));
        int whenFalse = registers.Use(analysis.Resolve(insn.C));
        X64Condition holds = EmitCondition(Condition.Of(block, analysis, insn.A));
        x.Move(Rax, whenFalse);
        x.MoveIf(holds, Rax, whenTrue);
        x.Move(registers.Define(index), Rax);
    }

    private bool IsSigned32(int value, out int immediate)
    {
        immediate = analysis.IsConstant(value) ? (int)analysis.ConstantOf(value) : 0;
        return analysis.IsConstant(value) && (ulong)immediate == analysis.ConstantOf(value);
    }
}
