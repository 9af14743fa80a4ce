using System.Runtime.Intrinsics;

using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Arithmetic.Vector.Float;
using CellPpe.Ppe.Arithmetic.Vector.Permute;
using CellPpe.Ppe.State;

namespace Bench;

/// <summary>Vector operations over arrays against the host's own, with VSCR.NJ as Linux starts programs with (1), and without.</summary>
public class VectorBenchmarks
{
    private const int Count = 1024;
    private readonly Vector128<byte>[] _a = new Vector128<byte>[Count];
    private readonly Vector128<byte>[] _b = new Vector128<byte>[Count];
    private readonly Vector128<byte>[] _r = new Vector128<byte>[Count];

    /// <summary>Whether denormal numbers count as zeros.</summary>
    [Params(false, true)]
    public bool NonJava { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int index = 0; index < Count; index++)
        {
            _a[index] = Vector128.Create(random.NextSingle() + 1, random.NextSingle() + 1, 1, random.NextSingle()).AsByte();
            _b[index] = Vector128.Create(random.NextSingle() + 1, random.NextSingle() + 1, 0, random.NextSingle()).AsByte();
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public void AddHost()
    {
        for (int index = 0; index < Count; index++)
            _r[index] = (_a[index].AsSingle() + _b[index].AsSingle()).AsByte();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Vaddfp()
    {
        Vscr vscr = Status();
        for (int index = 0; index < Count; index++)
            _r[index] = CellPpe.Ppe.Arithmetic.Vector.Float.Vaddfp.Apply(ref vscr, _a[index], _b[index]);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Vmaddfp()
    {
        Vscr vscr = Status();
        for (int index = 0; index < Count; index++)
            _r[index] = CellPpe.Ppe.Arithmetic.Vector.Float.Vmaddfp.Apply(ref vscr, _a[index], _b[index], _b[index]);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Vperm()
    {
        for (int index = 0; index < Count; index++)
            _r[index] = CellPpe.Ppe.Arithmetic.Vector.Permute.Vperm.Apply(_a[index], _b[index], _a[index]);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Vmrghb()
    {
        for (int index = 0; index < Count; index++)
            _r[index] = CellPpe.Ppe.Arithmetic.Vector.Permute.Vmrghb.Apply(_a[index], _b[index]);
    }

    private Vscr Status() => new() { Value = NonJava ? Vscr.Nj : 0 };
}
