using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic.Float;

using Xunit;

namespace SpuRuntime.Tests.Vectors;

/// <summary>Whatever passes for ordinary is exact, and sets no flag: the promise that lets compiled code use the quick forms.</summary>
public sealed class QuickTests
{
    private delegate Vector128<byte> Quick(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c);

    private delegate Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c);

    [SkippableFact]
    public void Ordinary_results_of_ordinary_operands_are_exact()
    {
        Skip.IfNot(SingleQuick.IsSupported, "this host has no quick forms");
        Compare(static (a, b, _) => SingleQuick.Add(a, b), static (ref f, a, b, _) => SingleAdd.Exact(ref f, a, b));
        Compare(static (a, b, _) => SingleQuick.Subtract(a, b), static (ref f, a, b, _) => SingleSubtract.Exact(ref f, a, b));
        Compare(static (a, b, _) => SingleQuick.Multiply(a, b), static (ref f, a, b, _) => SingleMultiply.Exact(ref f, a, b));
        Compare(SingleQuick.MultiplyAdd, SingleMultiplyAdd.Exact);
        Compare(SingleQuick.MultiplySubtract, SingleMultiplySubtract.Exact);
        Compare(SingleQuick.NegativeMultiplySubtract, SingleNegativeMultiplySubtract.Exact);
    }

    private static void Compare(Quick quick, Exact exact)
    {
        var random = new Random(7);
        int ordinary = 0;
        for (int round = 0; round < 20000; round++)
        {
            int near = random.Next(1, 255);
            Vector128<byte> a = Operand(random, near);
            Vector128<byte> b = Operand(random, 127);
            Vector128<byte> c = Operand(random, near);
            Vector128<byte> result = quick(a, b, c);
            Vector128<byte> fpscr = default;
            Vector128<byte> expected = exact(ref fpscr, a, b, c);
            Vector128<uint> odd = SingleQuick.Odd(a) | SingleQuick.Odd(b) | SingleQuick.Odd(c) | SingleQuick.Unusual(result);
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
