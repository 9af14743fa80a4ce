using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>What vmhaddshs and vmhraddshs share: the upper 17 bits of a product, plus a halfword, saturated.</summary>
internal static class VectorMultiplyHigh
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Add(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, int rounding)
    {
        Vector128<short> left = a.AsInt16();
        Vector128<short> right = b.AsInt16();
        Vector128<short> addend = c.AsInt16();
        Vector128<int> round = Vector128.Create(rounding);
        Vector128<int> lower = (((Vector128.WidenLower(left) * Vector128.WidenLower(right)) + round) >> 15) + Vector128.WidenLower(addend);
        Vector128<int> upper = (((Vector128.WidenUpper(left) * Vector128.WidenUpper(right)) + round) >> 15) + Vector128.WidenUpper(addend);
        return Vector128.Narrow(
            Saturation.Clamp(ref vscr, lower, short.MinValue, short.MaxValue),
            Saturation.Clamp(ref vscr, upper, short.MinValue, short.MaxValue)).AsByte();
    }
}
