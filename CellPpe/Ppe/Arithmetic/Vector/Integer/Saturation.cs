using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>Sets VSCR.SAT, which is sticky, when some element of a result had to be saturated.</summary>
internal static class Saturation
{
    /// <summary>Compares the saturated result with the modulo one: where they differ, an element saturated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Report(ref Vscr vscr, Vector128<byte> saturated, Vector128<byte> modulo)
    {
        if (saturated != modulo)
            vscr.Value |= Vscr.Sat;
        return saturated;
    }

    /// <summary>Sets SAT if any bit of the mask is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReportIf(ref Vscr vscr, Vector128<byte> mask)
    {
        if (mask != Vector128<byte>.Zero)
            vscr.Value |= Vscr.Sat;
    }

    /// <summary>Brings each element into a range, and sets SAT if one was outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<TElement> Clamp<TElement>(ref Vscr vscr, Vector128<TElement> value, TElement low, TElement high)
    {
        Vector128<TElement> clamped = Vector128.Min(Vector128.Max(value, Vector128.Create(low)), Vector128.Create(high));
        if (clamped != value)
            vscr.Value |= Vscr.Sat;
        return clamped;
    }
}
