using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>vand: Vector Logical AND.</summary>
internal readonly struct Vand : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => a & b;
}

/// <summary>vandc: Vector Logical AND with Complement.</summary>
internal readonly struct Vandc : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.AndNot(a, b);
}

/// <summary>vor: Vector Logical OR.</summary>
internal readonly struct Vor : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => a | b;
}

/// <summary>vxor: Vector Logical XOR.</summary>
internal readonly struct Vxor : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => a ^ b;
}

/// <summary>vnor: Vector Logical NOR.</summary>
internal readonly struct Vnor : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ~(a | b);
}

/// <summary>vsel: Vector Select: bits of VRB where VRC is one, of VRA where it is zero.</summary>
internal readonly struct Vsel : IPpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) => Vector128.ConditionalSelect(c, b, a);
}
