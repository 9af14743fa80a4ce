using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using SpuRuntime.Arithmetic.SinglePrecision;

using Xunit;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// Operations on ordinary or moderate operands are exact and set no flag. Compiled code relies on this in its
/// fast paths.
/// </summary>
public sealed class FastPathTests
{
    private delegate Vector128<byte> FastPath(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c);

    private delegate Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c);

    [SkippableFact]
    public void Ordinary_results_of_ordinary_operands_are_exact() => ForEach(Compare);

    [SkippableFact]
    public void Everything_is_exact_for_moderate_operands() => ForEach(CompareModerate);

    // The form for this host, and the one for hosts without AVX-512.
    private static void ForEach(Action<FastPath, Exact> compare)
    {
        Skip.IfNot(SingleFastPath.IsSupported, "this host has no fast paths");
        ForEach(
            compare, static (a, b, _) =>
                SingleFastPath.Add(a, b), static (a, b, _) => SingleFastPath.Subtract(a, b), static (a, b, _) =>
                SingleFastPath.Multiply(a, b),
            SingleFastPath.MultiplyAdd, SingleFastPath.MultiplySubtract, SingleFastPath.NegativeMultiplySubtract);
        if (Avx.IsSupported)
        {
            ForEach(
                compare, static (a, b, _) => SingleDoubles.Add(a, b), static (a, b, _) => SingleDoubles.Subtract(a, b),
                static (a, b, _) =>
                    SingleDoubles.Multiply(a, b), SingleDoubles.MultiplyAdd, SingleDoubles.MultiplySubtract,
                    SingleDoubles.NegativeMultiplySubtract);
        }
    }

    private static void ForEach(
        Action<FastPath, Exact> compare, FastPath add, FastPath subtract, FastPath multiply, FastPath multiplyAdd,
        FastPath multiplySubtract, FastPath negativeMultiplySubtract)
    {
        compare(add, static (ref f, a, b, _) => SingleAdd.Exact(ref f, a, b));
        compare(subtract, static (ref f, a, b, _) => SingleSubtract.Exact(ref f, a, b));
        compare(multiply, static (ref f, a, b, _) => SingleMultiply.Exact(ref f, a, b));
        compare(multiplyAdd, SingleMultiplyAdd.Exact);
        compare(multiplySubtract, SingleMultiplySubtract.Exact);
        compare(negativeMultiplySubtract, SingleNegativeMultiplySubtract.Exact);
    }

    [SkippableFact]
    public void What_is_just_too_small_is_not_taken_for_the_smallest_number()
    {
        Skip.IfNot(Avx.IsSupported, "this host has no such form");
        Vector128<byte> smallest = Vector128.Create(0x0080_0000u).AsByte();
        Vector128<byte> little = Vector128.Create(MathF.ScaleB(1, -111)).AsByte();

        Vector128<byte> result = SingleDoubles.NegativeMultiplySubtract(little, little, smallest);

        Vector128<byte> fpscr = default;
        Assert.NotEqual(SingleNegativeMultiplySubtract.Exact(ref fpscr, little, little, smallest), result);
        Assert.Equal(Vector128<uint>.AllBitsSet, SingleFastPath.Unusual(result));
        Assert.Equal(Vector128<uint>.Zero, SingleFastPath.Unusual(Vector128.Create(0x0080_0001u).AsByte()));
        Assert.Equal(Vector128<uint>.Zero, SingleFastPath.Unusual(Vector128.Create(0x7eff_ffffu).AsByte()));
        Assert.Equal(Vector128<uint>.AllBitsSet, SingleFastPath.Unusual(Vector128.Create(0x7f00_0000u).AsByte()));
    }

    [Fact]
    public void Moderate_is_what_the_ranges_say()
    {
        double smallest = Math.ScaleB(1, ModerateRange.UnitExponent + 23);
        Assert.True(IsModerate(0f));
        Assert.True(IsModerate((float)smallest));
        Assert.True(IsModerate(-(float)smallest));
        Assert.True(IsModerate(MathF.BitDecrement((float)ModerateRange.Greatest)));
        Assert.False(IsModerate(-0f));
        Assert.False(IsModerate(MathF.BitDecrement((float)smallest)));
        Assert.False(IsModerate((float)ModerateRange.Greatest));
        Assert.False(IsModerate(-(float)ModerateRange.Greatest));
        Assert.False(IsModerate(float.Epsilon));
        Assert.False(IsModerate(-float.Epsilon));
        Assert.False(IsModerate(float.NaN));
        Assert.False(IsModerate(float.NegativeInfinity));
    }

    private static bool IsModerate(float number)
    {
        Vector128<byte> operand = Vector128.CreateScalar(number).AsByte();
        bool moderate = SingleFastPath.IsModerate(SingleFastPath.MagnitudeKey(operand), SingleFastPath.InverseMagnitudeKey(operand));
        if (Avx512F.IsSupported)
        {
            // At each of the four positions.
            Vector128<byte> other = Vector128.Create(1.5f).AsByte();
            for (int place = 0; place < 4; place++)
            {
                Vector128<byte>[] places = [other, other, other, other];
                places[place] = operand;
                Vector512<byte> four = SingleWide.Join(places[0], places[1], places[2], places[3]);
                Assert.Equal(moderate, SingleWide.IsModerate(SingleWide.MagnitudeKey(four), SingleWide.InverseMagnitudeKey(four)));
            }
        }

        return moderate;
    }

    // Sums of products cancel, and their results are operands again: up to the largest range allowed.
    private static void CompareModerate(FastPath fastPath, Exact exact)
    {
        const int Steps = 8;
        var random = new Random(11);
        int zeros = 0;
        for (int round = 0; round < 20000; round++)
        {
            Vector128<byte> c = Moderate(random);
            Vector128<byte> expected = c;
            Vector128<byte> fpscr = default;
            (Vector128<byte> A, Vector128<byte> B)[] pairs =
                [.. Enumerable.Range(0, Steps).Select(_ => (Moderate(random), Moderate(random)))];
            for (int step = 0; step < Steps; step++)
            {
                // Every other pair is the one before it, so that differences cancel.
                (Vector128<byte> a, Vector128<byte> b) = pairs[step & ~1];
                c = fastPath(step == 0 ? c : a, b, c);
                expected = exact(ref fpscr, step == 0 ? expected : a, b, expected);
                Assert.True(c == expected && fpscr == Vector128<byte>.Zero, $"{a} {b}, step {step}: {c}, {expected}, {fpscr}");
                zeros += Vector128.EqualsAny(c.AsUInt32(), Vector128<uint>.Zero) ? 1 : 0;
            }
        }

        Assert.True(zeros > 1000, $"{zeros} zeros");
    }

    private static Vector128<byte> Moderate(Random random)
    {
        Vector128<float> numbers = default;
        for (int lane = 0; lane < 4; lane++)
        {
            // Few bits cancel often; the ends of the range, and zero.
            float number = random.Next(4) switch
            {
                0 => random.Next(-3, 4),
                1 => MathF.ScaleB(
                    1 + (random.Next(1 << 23) / (float)(1 << 23)), random.Next(2) == 0 ? ModerateRange.UnitExponent + 23 : 40),
                _ => MathF.ScaleB(1 + (random.Next(1 << 23) / (float)(1 << 23)), random.Next(ModerateRange.UnitExponent + 23, 41)),
            };
            numbers = numbers.WithElement(lane, number == 0 ? 0 : random.Next(2) == 0 ? -number : number);
        }

        return numbers.AsByte();
    }

    private static void Compare(FastPath fastPath, Exact exact)
    {
        var random = new Random(7);
        int ordinary = 0;
        for (int round = 0; round < 20000; round++)
        {
            int near = random.Next(1, 255);
            Vector128<byte> a = Operand(random, near);
            Vector128<byte> b = Operand(random, 127);
            Vector128<byte> c = Operand(random, near);
            Vector128<byte> result = fastPath(a, b, c);
            Vector128<byte> fpscr = default;
            Vector128<byte> expected = exact(ref fpscr, a, b, c);
            Vector128<uint> odd = SingleFastPath.Odd(a) | SingleFastPath.Odd(b) | SingleFastPath.Odd(c) | SingleFastPath.Unusual(result);
            Vector128<uint> same = Vector128.Equals(result.AsUInt32(), expected.AsUInt32())
                & Vector128.Equals(fpscr.AsUInt32() & Vector128.Create(7u), Vector128<uint>.Zero);

            Assert.True((odd | same) == Vector128<uint>.AllBitsSet, $"{a} {b} {c}: {result}, {expected}, {fpscr}");
            ordinary += odd == Vector128<uint>.Zero ? 1 : 0;
        }

        Assert.True(ordinary > 10000, $"{ordinary} were ordinary");
    }

    private static Vector128<byte> Operand(Random random, int near)
    {
        Vector128<uint> words = default;
        for (int lane = 0; lane < 4; lane++)
        {
            uint word = ((uint)random.NextInt64(1L << 32) & 0x807f_ffff) | ((uint)Math.Clamp(near + random.Next(-4, 5), 0, 255) << 23);
            words = words.WithElement(lane, random.Next(64) == 0 ? word & 0x8000_0000 : word);
        }

        return words.AsByte();
    }
}
