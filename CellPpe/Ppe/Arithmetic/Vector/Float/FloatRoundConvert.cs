using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.Arithmetic.Vector.Integer;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

// Scaling by a power of two is exact here: a converted integer divided by at most 2^31 stays normal, and a product that
// overflows becomes an infinity, which saturates as its exact value would. A denormal truncates to zero with or without
// VSCR.NJ, so the conversions need not read it. Vector128's conversions truncate, saturate, and turn a NaN into 0, as
// the architecture asks; a NaN does not set SAT.

/// <summary>vrfin: Vector Round to Floating-Point Integer Nearest.</summary>
internal readonly struct Vrfin : IPpuVectorStatusUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b)
    {
        Vector128<float> value = Denormals.Operand(vscr, b);
        return Nans.Propagate(Vector128.Round(value), value).AsByte();
    }
}

/// <summary>vrfiz: Vector Round to Floating-Point Integer toward Zero.</summary>
internal readonly struct Vrfiz : IPpuVectorStatusUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b)
    {
        Vector128<float> value = Denormals.Operand(vscr, b);
        return Nans.Propagate(Vector128.Truncate(value), value).AsByte();
    }
}

/// <summary>vrfip: Vector Round to Floating-Point Integer toward +Infinity.</summary>
internal readonly struct Vrfip : IPpuVectorStatusUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b)
    {
        Vector128<float> value = Denormals.Operand(vscr, b);
        return Nans.Propagate(Vector128.Ceiling(value), value).AsByte();
    }
}

/// <summary>vrfim: Vector Round to Floating-Point Integer toward -Infinity.</summary>
internal readonly struct Vrfim : IPpuVectorStatusUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b)
    {
        Vector128<float> value = Denormals.Operand(vscr, b);
        return Nans.Propagate(Vector128.Floor(value), value).AsByte();
    }
}

/// <summary>vcfux: Vector Convert from Unsigned Fixed-Point Word, divided by 2 to the immediate.</summary>
internal readonly struct Vcfux : IPpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b, int immediate) =>
        (Vector128.ConvertToSingle(b.AsUInt32()) * Conversion.PowerOfTwo(-immediate)).AsByte();
}

/// <summary>vcfsx: Vector Convert from Signed Fixed-Point Word, divided by 2 to the immediate.</summary>
internal readonly struct Vcfsx : IPpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b, int immediate) =>
        (Vector128.ConvertToSingle(b.AsInt32()) * Conversion.PowerOfTwo(-immediate)).AsByte();
}

/// <summary>vctuxs: Vector Convert to Unsigned Fixed-Point Word Saturate, multiplied by 2 to the immediate.</summary>
internal readonly struct Vctuxs : IPpuVectorStatusImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b, int immediate)
    {
        Vector128<float> scaled = b.AsSingle() * Conversion.PowerOfTwo(immediate);
        Vector128<float> outside = Vector128.GreaterThanOrEqual(scaled, Vector128.Create(4294967296f))
            | Vector128.LessThanOrEqual(scaled, Vector128.Create(-1f));
        Saturation.ReportIf(ref vscr, outside.AsByte());
        return Vector128.ConvertToUInt32(scaled).AsByte();
    }
}

/// <summary>vctsxs: Vector Convert to Signed Fixed-Point Word Saturate, multiplied by 2 to the immediate.</summary>
internal readonly struct Vctsxs : IPpuVectorStatusImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b, int immediate)
    {
        Vector128<float> scaled = b.AsSingle() * Conversion.PowerOfTwo(immediate);
        Vector128<float> outside = Vector128.GreaterThanOrEqual(scaled, Vector128.Create(2147483648f))
            | Vector128.LessThan(scaled, Vector128.Create(-2147483648f));
        Saturation.ReportIf(ref vscr, outside.AsByte());
        return Vector128.ConvertToInt32(scaled).AsByte();
    }
}
