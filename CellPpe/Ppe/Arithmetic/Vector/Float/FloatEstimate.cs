using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

// The architecture bounds the error of the estimates and leaves the bits to the implementation. What a PPE delivers is unknown: no log of
// a console was found (of the scalar estimates there are logs, see FloatingPoint/Estimates.cs). These are closer than the
// bounds ask, and use only correctly rounded host operations, so that every host gives the same bits.

/// <summary>vrefp: Vector Reciprocal Estimate Floating-Point (bound: one part in 4096).</summary>
internal readonly struct Vrefp : IPpuVectorStatusUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b)
    {
        Vector128<float> value = Denormals.Operand(vscr, b);
        return Denormals.Result(vscr, Nans.Propagate(Vector128<float>.One / value, value));
    }
}

/// <summary>vrsqrtefp: Vector Reciprocal Square Root Estimate Floating-Point (bound: one part in 4096).</summary>
internal readonly struct Vrsqrtefp : IPpuVectorStatusUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b)
    {
        // Of -0 the root is -0 and so the result -infinity; the root of any other negative number is a NaN.
        Vector128<float> value = Denormals.Operand(vscr, b);
        return Nans.Propagate(Vector128<float>.One / Vector128.Sqrt(value), value).AsByte();
    }
}

/// <summary>vexptefp: Vector 2 Raised to the Exponent Estimate Floating-Point (bound: one part in 16, exact for integers).</summary>
internal readonly struct Vexptefp : IPpuVectorStatusUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b)
    {
        Vector128<float> value = Denormals.Operand(vscr, b);
        return Denormals.Result(vscr, Nans.Propagate(Exponential.Exp2(value), value));
    }
}

/// <summary>vlogefp: Vector Log Base 2 Estimate Floating-Point (bound: 1/32 absolute, exact for powers of two).</summary>
internal readonly struct Vlogefp : IPpuVectorStatusUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b)
    {
        Vector128<float> value = Denormals.Operand(vscr, b);
        return Nans.Propagate(Exponential.Log2(value), value).AsByte();
    }
}
