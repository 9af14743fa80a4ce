using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Isa;

namespace Bench;

/// <summary>Guest loops of 1 000 000 instructions. Baseline: a loop of register adds.</summary>
[MemoryDiagnoser]
public class InterpreterBenchmarks : IDisposable
{
    private const long Budget = 1_000_000;
    private readonly BenchCore _adds = new(
        Asm.Addi(3, 3, 1), Asm.Add(4, 4, 3), Asm.Xor(5, 4, 3), Asm.Rlwinm(5, 6, 7, 0, 31), Asm.Add(7, 6, 5), Asm.B(-20));

    // r3 advances over 64 KiB and wraps to its start.
    private readonly BenchCore _loads = new(
        Asm.Lwzx(4, 0, 3), Asm.Addi(3, 3, 4), Asm.Rlwinm(3, 3, 0, 16, 31), Asm.Stw(4, 6, 0), Asm.Add(5, 5, 4), Asm.B(-20));

    private readonly BenchCore _calls = new(
        Asm.Bl(12), Asm.Addi(3, 3, 1), Asm.B(-8), Asm.Addi(4, 4, 1), Asm.Bclr(20, 0, 0));

    private readonly BenchCore _conditions = new(
        Asm.Addi(3, 3, 1), Asm.AndiDot(3, 4, 1), Asm.Bc(12, 2, 8), Asm.Addi(5, 5, 1), Asm.Cmpi(1, 1, 3, 100), Asm.Bc(12, 4, 4), Asm.B(-24));

    private readonly BenchCore _floats = new(Asm.Fmadd(1, 2, 3, 4), Asm.Fadd(5, 1, 2), Asm.Fmul(6, 5, 3), Asm.B(-12));

    private readonly BenchCore _hypercalls = new(Asm.Sc(1), Asm.B(-4));

    public InterpreterBenchmarks()
    {
        _loads.SetGpr(6, 0x20000);
        _floats.Thread.SetMsr(_floats.Thread.State.Msr | CellPpe.Ppe.State.Msr.Fp);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = (int)Budget)]
    public long Adds() => _adds.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = (int)Budget)]
    public long LoadsAndStoresThatHitTheTlb() => _loads.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = (int)Budget)]
    public long CallsAndReturns() => _calls.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = (int)Budget)]
    public long ComparesAndConditionalBranches() => _conditions.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = (int)Budget)]
    public long FloatingPoint() => _floats.Thread.Run(Budget);

    /// <summary>Half of the instructions are sc 1: the cost of leaving and entering the loop.</summary>
    [Benchmark(OperationsPerInvoke = (int)Budget)]
    public long HypercallRoundTrips() => _hypercalls.Thread.Run(Budget);

    [GlobalCleanup]
    public void Dispose()
    {
        foreach (BenchCore core in (BenchCore[])[_adds, _loads, _calls, _conditions, _floats, _hypercalls])
            core.Dispose();
        GC.SuppressFinalize(this);
    }
}
