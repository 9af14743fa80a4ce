using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

/// <summary>The scale factors of the fixed-point conversions.</summary>
internal static class Conversion
{
    /// <summary>2 to a small power, made from its exponent field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> PowerOfTwo(int exponent) => Vector128.Create((127 + exponent) << 23).AsSingle();
}
