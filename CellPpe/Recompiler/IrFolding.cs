using System.Numerics;

namespace CellPpe.Recompiler;

/// <summary>Finds a simpler value for an arithmetic instruction: a constant, or one of its operands.</summary>
internal static class IrFolding
{
    // How far the search for a value's width follows operands: chains of masks and selects are short.
    private const int WidthDepth = 4;

    /// <summary>The value that stands for the instruction, which is not in the block yet; or nothing.</summary>
    public static IrValue TryFold(IrBlock block, in IrInstruction insn)
    {
        if (!insn.Op.IsArithmetic)
            return default;
        bool knowsA = block.TryConstant(insn.A, out ulong a);
        bool knowsB = block.TryConstant(insn.B, out ulong b);
        bool knowsC = block.TryConstant(insn.C, out ulong c);
        if (knowsA && (knowsB || !insn.B.Exists) && (knowsC || !insn.C.Exists))
            return block.Constant(IrArithmetic.Evaluate(insn.Op, insn.Immediate, a, b, c));
        switch (insn.Op)
        {
            case IrOp.Select when knowsA:
                return a != 0 ? insn.B : insn.C;
            case IrOp.Select when insn.B == insn.C:
                return insn.B;
            case IrOp.And when (knowsA && a == 0) || (knowsB && b == 0):
            case IrOp.Subtract or IrOp.Xor when insn.A == insn.B:
                return block.Constant(0);
            case IrOp.And when knowsB && TryMask(block, insn.A, b) is { Exists: true } masked:
                return masked;
            case IrOp.And when knowsB && Covers(b, Width(block, insn.A, WidthDepth)):
            case IrOp.And or IrOp.Or when insn.A == insn.B:
                return insn.A;
            case IrOp.And when knowsA && Covers(a, Width(block, insn.B, WidthDepth)):
                return insn.B;
            case IrOp.Equal when insn.A == insn.B:
                return block.Constant(1);
            case IrOp.LessSigned or IrOp.LessUnsigned when insn.A == insn.B:
                return block.Constant(0);
            case IrOp.Select when knowsB && b == 1 && knowsC && c == 0 && Width(block, insn.A) <= 1:
                return insn.A;
        }

        if (knowsB && b == 0 && IgnoresZeroOnTheRight(insn.Op))
            return insn.A;
        return knowsA && a == 0 && (insn.Op is IrOp.Add or IrOp.Or or IrOp.Xor) ? insn.B : default;
    }

    /// <summary>Above how many low bits a value is certainly zero.</summary>
    public static int Width(IrBlock block, IrValue value, int depth = WidthDepth)
    {
        IrInstruction insn = block[value];
        if (depth == 0 && insn.Op is not IrOp.Constant)
            return 64;
        switch (insn.Op)
        {
            case IrOp.Constant:
                return 64 - BitOperations.LeadingZeroCount(insn.Immediate);
            case IrOp.Equal or IrOp.LessSigned or IrOp.LessUnsigned:
                return 1;
            case IrOp.OrderSigned or IrOp.OrderUnsigned:
                return 4;
            case IrOp.ReadSlot:
                return insn.Slot.Bits;
            case IrOp.Load or IrOp.ByteReverse or IrOp.VectorElement:
                return 8 * (int)insn.Immediate;
            case IrOp.CountLeadingZeros:
                return 7;
            case IrOp.And:
                return Math.Min(Width(block, insn.A, depth - 1), Width(block, insn.B, depth - 1));
            case IrOp.Or or IrOp.Xor:
                return Math.Max(Width(block, insn.A, depth - 1), Width(block, insn.B, depth - 1));
            case IrOp.Add:
                return Math.Min(64, Math.Max(Width(block, insn.A, depth - 1), Width(block, insn.B, depth - 1)) + 1);
            case IrOp.Select:
                return Math.Max(Width(block, insn.B, depth - 1), Width(block, insn.C, depth - 1));
            case IrOp.ShiftRight when block.TryConstant(insn.B, out ulong amount):
                return Math.Max(0, Width(block, insn.A, depth - 1) - (int)Math.Min(amount, 64));
            default:
                return 64;
        }
    }

    // Rotate-and-mask instructions are mostly shifts: what the mask leaves comes from one side of the rotation.
    private static IrValue TryMask(IrBlock block, IrValue value, ulong mask)
    {
        IrInstruction insn = block[value];
        if (!block.TryConstant(insn.B, out ulong amount))
            return default;
        switch (insn.Op)
        {
            case IrOp.And:
                return block.Binary(IrOp.And, insn.A, block.Constant(amount & mask));
            case IrOp.RotateLeft when amount is > 0 and < 64:
                bool left = (mask & ((1UL << (int)amount) - 1)) == 0;
                if (!left && mask >> (int)amount != 0)
                    return default;
                if (TryDoubledWord(block, insn.A, out IrValue word) && amount < 32 && mask <= uint.MaxValue)
                    return Masked(block, left ? IrOp.ShiftLeft : IrOp.ShiftRight, word, left ? amount : 32 - amount, mask);
                return Masked(block, left ? IrOp.ShiftLeft : IrOp.ShiftRight, insn.A, left ? amount : 64 - amount, mask);
            default:
                return default;
        }
    }

    private static IrValue Masked(IrBlock block, IrOp shift, IrValue value, ulong amount, ulong mask) =>
        block.Binary(IrOp.And, block.Binary(shift, value, block.Constant(amount)), block.Constant(mask));

    // A word beside itself, as a 32-bit rotation is done in 64 bits.
    private static bool TryDoubledWord(IrBlock block, IrValue value, out IrValue word)
    {
        word = default;
        IrInstruction or = block[value];
        if (or.Op != IrOp.Or)
            return false;
        IrValue low = or.A;
        IrInstruction high = block[or.B];
        if (high.Op != IrOp.ShiftLeft)
            (low, high) = (or.B, block[or.A]);
        if (high.Op != IrOp.ShiftLeft || !block.TryConstant(high.B, out ulong by) || by != 32)
            return false;
        word = high.A;
        IrInstruction cut = block[low];
        return low == word
            || (cut.Op == IrOp.And && cut.A == word && block.TryConstant(cut.B, out ulong mask) && mask == uint.MaxValue);
    }

    private static bool IgnoresZeroOnTheRight(IrOp op) => op is IrOp.Add or IrOp.Subtract or IrOp.Or or IrOp.Xor
        or IrOp.ShiftLeft or IrOp.ShiftRight or IrOp.ShiftRightArithmetic or IrOp.RotateLeft;

    private static bool Covers(ulong mask, int width) => width == 0 || (ulong.MaxValue >> (64 - width) & ~mask) == 0;
}
