using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

/// <summary>vcmpeqfp: Vector Compare Equal to Floating-Point; false where an operand is a NaN.</summary>
internal readonly struct Vcmpeqfp : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Equals(Denormals.Operand(vscr, a), Denormals.Operand(vscr, b)).AsByte();
}

/// <summary>vcmpgefp: Vector Compare Greater Than or Equal to Floating-Point; false where an operand is a NaN.</summary>
internal readonly struct Vcmpgefp : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThanOrEqual(Denormals.Operand(vscr, a), Denormals.Operand(vscr, b)).AsByte();
}

/// <summary>vcmpgtfp: Vector Compare Greater Than Floating-Point; false where an operand is a NaN.</summary>
internal readonly struct Vcmpgtfp : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(Denormals.Operand(vscr, a), Denormals.Operand(vscr, b)).AsByte();
}

/// <summary>vcmpbfp: Vector Compare Bounds Floating-Point: bit 0 where a &lt;= b fails, bit 1 where a &gt;= -b fails.</summary>
internal readonly struct Vcmpbfp : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<float> value = Denormals.Operand(vscr, a);
        Vector128<float> bound = Denormals.Operand(vscr, b);

        // The negated comparisons make a NaN out of bounds on both sides.
        Vector128<uint> above = ~Vector128.LessThanOrEqual(value, bound).AsUInt32() & Vector128.Create(0x8000_0000u);
        Vector128<uint> below = ~Vector128.GreaterThanOrEqual(value, -bound).AsUInt32() & Vector128.Create(0x4000_0000u);
        return (above | below).AsByte();
    }
}
