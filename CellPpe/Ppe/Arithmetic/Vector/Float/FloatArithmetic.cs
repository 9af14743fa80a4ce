using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

/// <summary>vaddfp: Vector Add Floating-Point.</summary>
internal readonly struct Vaddfp : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<float> left = Denormals.Operand(vscr, a);
        Vector128<float> right = Denormals.Operand(vscr, b);
        return Denormals.Result(vscr, Nans.Propagate(left + right, left, right));
    }
}

/// <summary>vsubfp: Vector Subtract Floating-Point.</summary>
internal readonly struct Vsubfp : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<float> left = Denormals.Operand(vscr, a);
        Vector128<float> right = Denormals.Operand(vscr, b);
        return Denormals.Result(vscr, Nans.Propagate(left - right, left, right));
    }
}

/// <summary>vmaddfp: Vector Multiply-Add Floating-Point: VRA * VRC + VRB, rounded once.</summary>
internal readonly struct Vmaddfp : IPpuVectorStatusTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        FusedMultiplyAdd.Apply(vscr, a, b, c);
}

/// <summary>vnmsubfp: Vector Negative Multiply-Subtract Floating-Point: -(VRA * VRC - VRB), rounded once.</summary>
internal readonly struct Vnmsubfp : IPpuVectorStatusTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        FusedMultiplyAdd.NegativeSubtract(vscr, a, b, c);
}

/// <summary>vmaxfp: Vector Maximum Floating-Point: +0 is greater than -0.</summary>
internal readonly struct Vmaxfp : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<float> left = Denormals.Operand(vscr, a);
        Vector128<float> right = Denormals.Operand(vscr, b);
        return Nans.Propagate(Vector128.Max(left, right), left, right).AsByte();
    }
}

/// <summary>vminfp: Vector Minimum Floating-Point: -0 is less than +0.</summary>
internal readonly struct Vminfp : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<float> left = Denormals.Operand(vscr, a);
        Vector128<float> right = Denormals.Operand(vscr, b);
        return Nans.Propagate(Vector128.Min(left, right), left, right).AsByte();
    }
}
