using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>vrlb: Vector Rotate Left Byte.</summary>
internal readonly struct Vrlb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.RotateLeftBytes(a, b);
}

/// <summary>vrlh: Vector Rotate Left Halfword.</summary>
internal readonly struct Vrlh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.RotateLeftHalfwords(a, b);
}

/// <summary>vrlw: Vector Rotate Left Word.</summary>
internal readonly struct Vrlw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.RotateLeftWords(a, b);
}

/// <summary>vslb: Vector Shift Left Byte.</summary>
internal readonly struct Vslb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftLeftBytes(a, b);
}

/// <summary>vslh: Vector Shift Left Halfword.</summary>
internal readonly struct Vslh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftLeftHalfwords(a, b);
}

/// <summary>vslw: Vector Shift Left Word.</summary>
internal readonly struct Vslw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftLeftWords(a, b);
}

/// <summary>vsrb: Vector Shift Right Byte.</summary>
internal readonly struct Vsrb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightBytes(a, b);
}

/// <summary>vsrh: Vector Shift Right Halfword.</summary>
internal readonly struct Vsrh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightHalfwords(a, b);
}

/// <summary>vsrw: Vector Shift Right Word.</summary>
internal readonly struct Vsrw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightWords(a, b);
}

/// <summary>vsrab: Vector Shift Right Algebraic Byte.</summary>
internal readonly struct Vsrab : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightAlgebraicBytes(a, b);
}

/// <summary>vsrah: Vector Shift Right Algebraic Halfword.</summary>
internal readonly struct Vsrah : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightAlgebraicHalfwords(a, b);
}

/// <summary>vsraw: Vector Shift Right Algebraic Word.</summary>
internal readonly struct Vsraw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightAlgebraicWords(a, b);
}
