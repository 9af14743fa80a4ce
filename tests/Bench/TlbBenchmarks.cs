using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Isa;

namespace Bench;

/// <summary>The same loop of loads over working sets of different size. Baseline: one page.</summary>
public class TlbBenchmarks : IDisposable
{
    private const long Budget = 1_000_000;

    // One load a page: address = (address + 4096 + 64) & mask, mask in r6.
    private readonly BenchCore _core = new(
        Asm.Lwzx(4, 0, 3), Asm.Addi(3, 3, 4160), Asm.And(3, 3, 6), Asm.B(-12));

    /// <summary>Pages the loop goes over; the TLB has 1024 entries.</summary>
    [Params(1, 512, 4096)]
    public int Pages { get; set; }

    [GlobalSetup]
    public void Setup() => _core.SetGpr(6, ((ulong)Pages * 4096) - 1);

    [Benchmark(OperationsPerInvoke = (int)Budget)]
    public long Loads() => _core.Thread.Run(Budget);

    [GlobalCleanup]
    public void Dispose()
    {
        _core.Dispose();
        GC.SuppressFinalize(this);
    }
}
