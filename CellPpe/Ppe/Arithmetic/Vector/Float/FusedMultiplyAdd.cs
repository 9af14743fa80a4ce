using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

/// <summary>What vmaddfp and vnmsubfp share.</summary>
internal static class FusedMultiplyAdd
{
    private const uint SmallestNormal = 0x0080_0000;

    /// <summary>a * c + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<float> left = Denormals.Operand(vscr, a);
        Vector128<float> addend = Denormals.Operand(vscr, b);
        Vector128<float> right = Denormals.Operand(vscr, c);
        Vector128<float> result = Finish(vscr, Vector128.FusedMultiplyAdd(left, right, addend), left, right, addend);
        return Nans.Propagate(result, left, addend, right).AsByte();
    }

    /// <summary>-(a * c - b). The negation comes last, so an exact zero is -0; it does not touch a NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> NegativeSubtract(Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<float> left = Denormals.Operand(vscr, a);
        Vector128<float> addend = Denormals.Operand(vscr, b);
        Vector128<float> right = Denormals.Operand(vscr, c);
        Vector128<float> difference = Finish(vscr, Vector128.FusedMultiplyAdd(left, right, -addend), left, right, -addend);
        return Nans.Propagate(-difference, left, addend, right).AsByte();
    }

    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Finish(
        Vscr vscr, Vector128<float> result, Vector128<float> left, Vector128<float> right, Vector128<float> addend)
    {
        if ((vscr.Value & Vscr.Nj) == 0)
            return result;

        Vector128<uint> magnitude = result.AsUInt32() & Vector128.Create(0x7fff_ffffu);
        if (Vector128.EqualsAny(magnitude, Vector128.Create(SmallestNormal)))
        {
            FlushRoundedUp(result, left, right, addend, out Vector128<float> flushed);
            return Denormals.Flush(flushed);
        }

        return Denormals.Flush(result);
    }

    // Underflow is decided before rounding: a result that only rounding brought up to the smallest normal number is
    // flushed too. Sums cannot do this (a tiny sum is exact), products can. Out of line, and with an out parameter, as in Nans.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FlushRoundedUp(
        Vector128<float> result, Vector128<float> left, Vector128<float> right, Vector128<float> addend, out Vector128<float> flushed)
    {
        flushed = result;
        for (int lane = 0; lane < Vector128<float>.Count; lane++)
        {
            if (MathF.Abs(result[lane]) == BitConverter.UInt32BitsToSingle(SmallestNormal) && IsTiny(left[lane], right[lane], addend[lane]))
                flushed = flushed.WithElement(lane, MathF.CopySign(0f, result[lane]));
        }
    }

    private static bool IsTiny(double left, double right, double addend)
    {
        // The product of two floats is exact in a double; the error of the sum is found by Knuth's two-sum.
        double product = left * right;
        double sum = product + addend;
        double virtualAddend = sum - product;
        double error = (product - (sum - virtualAddend)) + (addend - virtualAddend);
        double smallestNormal = BitConverter.UInt32BitsToSingle(SmallestNormal);
        return Math.Abs(sum) < smallestNormal || (Math.Abs(sum) == smallestNormal && error != 0 && (error < 0) == (sum > 0));
    }
}
