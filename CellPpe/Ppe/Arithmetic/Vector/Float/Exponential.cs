using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

/// <summary>2^x and log2 x, good to about six digits, built from additions and multiplications only.</summary>
internal static class Exponential
{
    /// <summary>The value of a NaN element is not specified; the caller replaces it.</summary>
    public static Vector128<float> Exp2(Vector128<float> value)
    {
        // Beyond +-160 the result is an infinity or zero all the same, and the halves of the exponent below stay normal.
        Vector128<float> clamped = Vector128.Min(Vector128.Max(value, Vector128.Create(-160f)), Vector128.Create(160f));
        Vector128<float> nearest = Vector128.Round(clamped);
        Vector128<float> fraction = clamped - nearest;

        // The Taylor series of e^(f ln 2), |f| <= 1/2. At f = 0 it is exactly 1, which makes integers exact.
        Vector128<float> power = Vector128.Create(1.5403530e-4f);
        power = (power * fraction) + Vector128.Create(1.3333558e-3f);
        power = (power * fraction) + Vector128.Create(9.6181291e-3f);
        power = (power * fraction) + Vector128.Create(5.5504109e-2f);
        power = (power * fraction) + Vector128.Create(2.4022651e-1f);
        power = (power * fraction) + Vector128.Create(6.9314718e-1f);
        power = (power * fraction) + Vector128<float>.One;

        // Two multiplications, because 2^n itself may be denormal or infinite.
        Vector128<int> exponent = Vector128.ConvertToInt32(nearest);
        Vector128<int> half = exponent >> 1;
        return power * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>Zeros give -infinity, negative numbers and NaNs a NaN.</summary>
    public static Vector128<float> Log2(Vector128<float> value)
    {
        // A denormal is scaled up to have an exponent to take out.
        Vector128<float> tiny = Vector128.LessThan(value, Vector128.Create(1.17549435e-38f));
        Vector128<float> scaled = Vector128.ConditionalSelect(tiny, value * Vector128.Create(4294967296f), value);
        Vector128<int> bits = scaled.AsInt32();
        Vector128<int> exponent = (bits >> 23) - Vector128.Create(127) - (tiny.AsInt32() & Vector128.Create(32));
        Vector128<float> mantissa = ((bits & Vector128.Create(0x007f_ffff)) | Vector128.Create(0x3f80_0000)).AsSingle();

        // Mantissas from sqrt(1/2) to sqrt(2), so that the series below sees |t| < 0.18 and numbers near 1 lose nothing.
        Vector128<float> big = Vector128.GreaterThan(mantissa, Vector128.Create(1.41421356f));
        mantissa = Vector128.ConditionalSelect(big, mantissa * Vector128.Create(0.5f), mantissa);
        exponent -= big.AsInt32();

        // log2 m = 2 / ln 2 * (t + t^3/3 + t^5/5 + ...), t = (m - 1) / (m + 1); exactly 0 for m = 1.
        Vector128<float> t = (mantissa - Vector128<float>.One) / (mantissa + Vector128<float>.One);
        Vector128<float> square = t * t;
        Vector128<float> series = Vector128.Create(0.32059889f);
        series = (series * square) + Vector128.Create(0.41219858f);
        series = (series * square) + Vector128.Create(0.57707802f);
        series = (series * square) + Vector128.Create(0.96179669f);
        series = (series * square) + Vector128.Create(2.8853901f);
        Vector128<float> result = Vector128.ConvertToSingle(exponent) + (series * t);

        result = Vector128.ConditionalSelect(
            Vector128.Equals(value, Vector128.Create(float.PositiveInfinity)), value, result);
        result = Vector128.ConditionalSelect(
            Vector128.Equals(value, Vector128<float>.Zero), Vector128.Create(float.NegativeInfinity), result);
        return Vector128.ConditionalSelect(
            Vector128.GreaterThanOrEqual(value, Vector128<float>.Zero), result, Vector128.Create(float.NaN));
    }

    private static Vector128<float> PowerOfTwo(Vector128<int> exponent) => ((exponent + Vector128.Create(127)) << 23).AsSingle();
}
