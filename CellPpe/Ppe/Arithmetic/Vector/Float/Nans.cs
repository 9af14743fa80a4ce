using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

/// <summary>
/// The NaN rules of vector arithmetic: a NaN operand is the result, made quiet and otherwise unchanged, VRA before VRB
/// before VRC; where no operand is a NaN and there is no result, it is the positive quiet NaN without payload.
/// </summary>
internal static class Nans
{
    private const uint Quiet = 0x0040_0000;
    private const uint Default = 0x7fc0_0000;

    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Propagate(Vector128<float> result, Vector128<float> b)
    {
        if (Vector128.EqualsAll(result, result))
            return result;

        Replace(result, b, b, b, out Vector128<float> replaced);
        return replaced;
    }

    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Propagate(Vector128<float> result, Vector128<float> a, Vector128<float> b)
    {
        if (Vector128.EqualsAll(result, result))
            return result;

        Replace(result, a, b, b, out Vector128<float> replaced);
        return replaced;
    }

    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Propagate(Vector128<float> result, Vector128<float> a, Vector128<float> b, Vector128<float> c)
    {
        if (Vector128.EqualsAll(result, result))
            return result;

        Replace(result, a, b, c, out Vector128<float> replaced);
        return replaced;
    }

    // Kept out of line: hosts choose and make NaNs otherwise, but a NaN is rare. A returned vector would be written where
    // the usual result is kept, which would then live in memory and not in a register; hence the out parameter, and no
    // clearing of the local it is given.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Replace(
        Vector128<float> result, Vector128<float> a, Vector128<float> b, Vector128<float> c, out Vector128<float> replaced)
    {
        Vector128<float> quiet = Vector128.Create(Quiet).AsSingle();
        Vector128<float> fixedUp = Vector128.ConditionalSelect(Vector128.IsNaN(result), Vector128.Create(Default).AsSingle(), result);
        fixedUp = Vector128.ConditionalSelect(Vector128.IsNaN(c), c | quiet, fixedUp);
        fixedUp = Vector128.ConditionalSelect(Vector128.IsNaN(b), b | quiet, fixedUp);
        replaced = Vector128.ConditionalSelect(Vector128.IsNaN(a), a | quiet, fixedUp);
    }
}
