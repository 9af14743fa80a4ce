using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector;

/// <summary>
/// The NaN rules of vector arithmetic: a NaN operand is the result, made quiet and otherwise unchanged, VRA before VRB
/// before VRC; where no operand is a NaN and there is no result, it is the positive quiet NaN without payload.
/// </summary>
internal static class Nans
{
    private const uint Quiet = 0x0040_0000;
    private const uint Default = 0x7fc0_0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Propagate(Vector128<float> result, Vector128<float> b) =>
        Vector128.EqualsAll(result, result) ? result : Replace(result, b, b, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Propagate(Vector128<float> result, Vector128<float> a, Vector128<float> b) =>
        Vector128.EqualsAll(result, result) ? result : Replace(result, a, b, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Propagate(Vector128<float> result, Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.EqualsAll(result, result) ? result : Replace(result, a, b, c);

    // Kept out of line: hosts choose and make NaNs otherwise, but a NaN is rare.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<float> Replace(Vector128<float> result, Vector128<float> a, Vector128<float> b, Vector128<float> c)
    {
        Vector128<float> quiet = Vector128.Create(Quiet).AsSingle();
        Vector128<float> fixedUp = Vector128.ConditionalSelect(Vector128.IsNaN(result), Vector128.Create(Default).AsSingle(), result);
        fixedUp = Vector128.ConditionalSelect(Vector128.IsNaN(c), c | quiet, fixedUp);
        fixedUp = Vector128.ConditionalSelect(Vector128.IsNaN(b), b | quiet, fixedUp);
        return Vector128.ConditionalSelect(Vector128.IsNaN(a), a | quiet, fixedUp);
    }
}
