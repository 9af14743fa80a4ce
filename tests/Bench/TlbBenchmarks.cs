using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Isa;

namespace Bench;

/// <summary>
/// Loads over working sets of different size, through the page table. The sweep loads once per page, so that beyond the
/// size of the TLB every load misses; the chase follows pointers from page to page in an irregular order.
/// </summary>
public class TlbBenchmarks : IDisposable
{
    private const long Budget = 1_000_000;

    // address = base + ((offset + 4096 + 64) & mask); mask in r6, base in r5.
    private static readonly uint[] Sweeping = [Asm.Lwzx(4, 5, 3), Asm.Addi(3, 3, 4160), Asm.And(3, 3, 6), Asm.B(-12)];
    private static readonly uint[] Chasing = [Asm.Ld(3, 3, 0), Asm.Ld(3, 3, 0), Asm.Ld(3, 3, 0), Asm.B(-12)];

    private TranslatedCore? _sweepCore;
    private TranslatedCore? _chaseCore;

    /// <summary>The working set.</summary>
    [Params(1, 16, 64)]
    public int Megabytes { get; set; }

    /// <summary>log2 of the page size.</summary>
    [Params(12, 24)]
    public int PageShift { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ulong bytes = (ulong)Megabytes << 20;
        _sweepCore = new TranslatedCore(Math.Max(bytes, 16 << 20), PageShift, Sweeping);
        _sweepCore.SetGpr(5, TranslatedCore.Data);
        _sweepCore.SetGpr(6, bytes - 1);
        _chaseCore = new TranslatedCore(Math.Max(bytes, 16 << 20), PageShift, Chasing);
        _chaseCore.SetGpr(3, TranslatedCore.Data);
        LinkPages(_chaseCore, bytes / 4096);
        _sweepCore.Thread.Run(Budget);
        _chaseCore.Thread.Run(Budget);
        if (_sweepCore.Thread.Interrupts + _chaseCore.Thread.Interrupts != 0)
            throw new InvalidOperationException("a program that shall only load takes interrupts");
    }

    [Benchmark(OperationsPerInvoke = (int)Budget)]
    public long Sweep() => _sweepCore!.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = (int)Budget)]
    public long Chase() => _chaseCore!.Thread.Run(Budget);

    [GlobalCleanup]
    public void Dispose()
    {
        _sweepCore?.Dispose();
        _chaseCore?.Dispose();
        GC.SuppressFinalize(this);
    }

    // One cycle through all pages: page n is followed by 5n + 3 modulo their number, a power of two, which visits each
    // once. The doublewords are spread over the lines of their pages.
    private static void LinkPages(TranslatedCore core, ulong pages)
    {
        for (ulong page = 0; page < pages; page++)
        {
            ulong next = ((5 * page) + 3) % pages;
            core.Write(Offset(page), TranslatedCore.Data + Offset(next));
        }
    }

    private static ulong Offset(ulong page) => (page * 4096) + (page % 61 * 64);
}
