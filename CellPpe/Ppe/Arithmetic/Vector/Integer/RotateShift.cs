using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>vrlb: Vector Rotate Left Byte.</summary>
internal readonly struct Vrlb : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.RotateLeftBytes(a, b);
}

/// <summary>vrlh: Vector Rotate Left Halfword.</summary>
internal readonly struct Vrlh : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.RotateLeftHalfwords(a, b);
}

/// <summary>vrlw: Vector Rotate Left Word.</summary>
internal readonly struct Vrlw : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.RotateLeftWords(a, b);
}

/// <summary>vslb: Vector Shift Left Byte.</summary>
internal readonly struct Vslb : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftLeftBytes(a, b);
}

/// <summary>vslh: Vector Shift Left Halfword.</summary>
internal readonly struct Vslh : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftLeftHalfwords(a, b);
}

/// <summary>vslw: Vector Shift Left Word.</summary>
internal readonly struct Vslw : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftLeftWords(a, b);
}

/// <summary>vsrb: Vector Shift Right Byte.</summary>
internal readonly struct Vsrb : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightBytes(a, b);
}

/// <summary>vsrh: Vector Shift Right Halfword.</summary>
internal readonly struct Vsrh : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightHalfwords(a, b);
}

/// <summary>vsrw: Vector Shift Right Word.</summary>
internal readonly struct Vsrw : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightWords(a, b);
}

/// <summary>vsrab: Vector Shift Right Algebraic Byte.</summary>
internal readonly struct Vsrab : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightAlgebraicBytes(a, b);
}

/// <summary>vsrah: Vector Shift Right Algebraic Halfword.</summary>
internal readonly struct Vsrah : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightAlgebraicHalfwords(a, b);
}

/// <summary>vsraw: Vector Shift Right Algebraic Word.</summary>
internal readonly struct Vsraw : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ElementShift.ShiftRightAlgebraicWords(a, b);
}
