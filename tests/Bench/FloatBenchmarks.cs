using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;
using CellPpe.Ppe.State;

namespace Bench;

/// <summary>
/// The cost of exact status: a host operation alone, its fast path (compute and check), and the interpreter's Apply with
/// XX already set. Over arrays: <c>r[i] = a[i] op b[i]</c>, or <c>a[i] * b[i] + 1</c>.
/// </summary>
public class FloatBenchmarks
{
    private const int Count = 1024;
    private readonly double[] _a = new double[Count];
    private readonly double[] _b = new double[Count];
    private readonly double[] _r = new double[Count];

    /// <summary>Numbers of ordinary size, all of them singles.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int index = 0; index < Count; index++)
        {
            _a[index] = random.NextSingle() + 1;
            _b[index] = random.NextSingle() + 1;
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public double AddHost()
    {
        for (int index = 0; index < Count; index++)
            _r[index] = _a[index] + _b[index];
        return _r[0];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int AddQuick() => Quick<FloatAdd>();

    [Benchmark(OperationsPerInvoke = Count)]
    public uint AddApply() => Apply<FloatAdd>();

    [Benchmark(OperationsPerInvoke = Count)]
    public double AddSingleHost()
    {
        for (int index = 0; index < Count; index++)
            _r[index] = (float)(_a[index] + _b[index]);
        return _r[0];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int AddSingleQuick() => Quick<FloatAddSingle>();

    [Benchmark(OperationsPerInvoke = Count)]
    public uint AddSingleApply() => Apply<FloatAddSingle>();

    [Benchmark(OperationsPerInvoke = Count)]
    public double MultiplyHost()
    {
        for (int index = 0; index < Count; index++)
            _r[index] = _a[index] * _b[index];
        return _r[0];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int MultiplyQuick() => Quick<FloatMultiply>();

    [Benchmark(OperationsPerInvoke = Count)]
    public uint MultiplyApply() => Apply<FloatMultiply>();

    [Benchmark(OperationsPerInvoke = Count)]
    public int MultiplySingleQuick() => Quick<FloatMultiplySingle>();

    [Benchmark(OperationsPerInvoke = Count)]
    public uint MultiplySingleApply() => Apply<FloatMultiplySingle>();

    [Benchmark(OperationsPerInvoke = Count)]
    public double DivideHost()
    {
        for (int index = 0; index < Count; index++)
            _r[index] = _a[index] / _b[index];
        return _r[0];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int DivideQuick() => Quick<FloatDivide>();

    [Benchmark(OperationsPerInvoke = Count)]
    public uint DivideApply() => Apply<FloatDivide>();

    [Benchmark(OperationsPerInvoke = Count)]
    public double MultiplyAddHost()
    {
        for (int index = 0; index < Count; index++)
            _r[index] = Math.FusedMultiplyAdd(_a[index], _b[index], 1.0);
        return _r[0];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int MultiplyAddQuick() => QuickFused<FloatMultiplyAdd>();

    [Benchmark(OperationsPerInvoke = Count)]
    public uint MultiplyAddApply() => ApplyFused<FloatMultiplyAdd>();

    [Benchmark(OperationsPerInvoke = Count)]
    public int MultiplyAddSingleQuick() => QuickFused<FloatMultiplyAddSingle>();

    [Benchmark(OperationsPerInvoke = Count)]
    public uint MultiplyAddSingleApply() => ApplyFused<FloatMultiplyAddSingle>();

    private int Quick<TOperation>()
        where TOperation : struct, IPpuFloatFastPathBinary
    {
        int index = 0;
        for (; index < Count; index++)
        {
            double a = _a[index];
            double b = _b[index];
            double result = TOperation.Compute(a, b);
            if (!TOperation.IsSafe(a, b, result))
                break;
            _r[index] = result;
        }

        return index;
    }

    private uint Apply<TOperation>()
        where TOperation : struct, IPpuFloatBinary
    {
        Fpscr fpscr = new() { Value = Fpscr.Xx | Fpscr.Fx };
        for (int index = 0; index < Count; index++)
        {
            if (TOperation.Apply(ref fpscr, HostArithmetic.Bits(_a[index]), HostArithmetic.Bits(_b[index]), out ulong result))
                _r[index] = BitConverter.UInt64BitsToDouble(result);
        }

        return fpscr.Value;
    }

    private int QuickFused<TOperation>()
        where TOperation : struct, IPpuFloatFastPathTernary
    {
        int index = 0;
        for (; index < Count; index++)
        {
            double a = _a[index];
            double c = _b[index];
            double result = TOperation.Compute(a, c, 1.0);
            if (!TOperation.IsSafe(a, c, 1.0, result))
                break;
            _r[index] = result;
        }

        return index;
    }

    private uint ApplyFused<TOperation>()
        where TOperation : struct, IPpuFloatTernary
    {
        Fpscr fpscr = new() { Value = Fpscr.Xx | Fpscr.Fx };
        for (int index = 0; index < Count; index++)
        {
            if (TOperation.Apply(ref fpscr, HostArithmetic.Bits(_a[index]), HostArithmetic.Bits(_b[index]), FloatImage.One, out ulong result))
                _r[index] = BitConverter.UInt64BitsToDouble(result);
        }

        return fpscr.Value;
    }
}
