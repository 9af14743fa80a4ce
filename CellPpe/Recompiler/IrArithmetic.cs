using System.Buffers.Binary;
using System.Numerics;

namespace CellPpe.Recompiler;

/// <summary>The meaning of every arithmetic operation, for folding and for the reference backend.</summary>
internal static class IrArithmetic
{
    public static ulong Evaluate(IrOp op, ulong immediate, ulong a, ulong b, ulong c) => op switch
    {
        IrOp.Add => a + b,
        IrOp.Subtract => a - b,
        IrOp.Multiply => a * b,
        IrOp.MultiplyHighSigned => (ulong)(((Int128)(long)a * (long)b) >> 64),
        IrOp.MultiplyHighUnsigned => (ulong)(((UInt128)a * b) >> 64),
        IrOp.DivideSigned => b == 0 || (a == 1UL << 63 && b == ulong.MaxValue) ? 0 : (ulong)((long)a / (long)b),
        IrOp.DivideUnsigned => b == 0 ? 0 : a / b,
        IrOp.And => a & b,
        IrOp.Or => a | b,
        IrOp.Xor => a ^ b,
        IrOp.Not => ~a,
        IrOp.ShiftLeft => b > 63 ? 0 : a << (int)b,
        IrOp.ShiftRight => b > 63 ? 0 : a >> (int)b,
        IrOp.ShiftRightArithmetic => (ulong)((long)a >> (int)Math.Min(b, 63)),
        IrOp.RotateLeft => BitOperations.RotateLeft(a, (int)(b & 63)),
        IrOp.CountLeadingZeros => (ulong)BitOperations.LeadingZeroCount(a),
        IrOp.SignExtend => (ulong)((long)(a << (64 - (int)immediate)) >> (64 - (int)immediate)),
        IrOp.ByteReverse => BinaryPrimitives.ReverseEndianness(a) >> (64 - (8 * (int)immediate)),
        IrOp.Equal => a == b ? 1UL : 0,
        IrOp.LessSigned => (long)a < (long)b ? 1UL : 0,
        IrOp.LessUnsigned => a < b ? 1UL : 0,
        IrOp.OrderSigned => (long)a < (long)b ? 8UL : a == b ? 2UL : 4,
        IrOp.OrderUnsigned => a < b ? 8UL : a == b ? 2UL : 4,
        IrOp.Select => a != 0 ? b : c,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "no arithmetic"),
    };
}
