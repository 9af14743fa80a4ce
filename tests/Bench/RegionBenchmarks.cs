using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Execution;
using CellPpe.Ppe.Execution.Regions;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

namespace Bench;

/// <summary>
/// Guest loops of 1 000 000 instructions on both engines: what an instruction costs compiled, on the TLB's hit path, over the
/// exits from region to region, through computed branches, and in floating point. Read the ratios between the engines.
/// </summary>
public class RegionBenchmarks : IDisposable
{
    private const int Budget = 1_000_000;

    private BenchCore? _adds;
    private BenchCore? _loads;
    private BenchCore? _exits;
    private BenchCore? _dispatch;
    private BenchCore? _floats;

    /// <summary>How the loops are run.</summary>
    [Params(PpuEngine.Interpreter, PpuEngine.Compiled)]
    public PpuEngine Engine { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _adds = Make(new EngineOptions(), Asm.Addi(3, 3, 1), Asm.Add(4, 4, 3), Asm.Xor(5, 4, 3), Asm.Rlwinm(5, 6, 7, 0, 31), Asm.Add(7, 6, 5), Asm.B(-20));
        _loads = Make(
            new EngineOptions(), Asm.Lwzx(4, 0, 3), Asm.Addi(3, 3, 4), Asm.Rlwinm(3, 3, 0, 16, 31), Asm.Stw(4, 6, 0), Asm.Add(5, 5, 4), Asm.B(-20));
        _loads.SetGpr(6, 0x20000);
        // Regions of two instructions: every round leaves three of them for the next.
        var tiny = new RegionLimits(2, 2, 1, false);
        _exits = Make(
            new EngineOptions { Small = tiny, Large = tiny },
            Asm.Addi(3, 3, 1), Asm.B(4), Asm.Addi(4, 4, 1), Asm.B(4), Asm.Addi(5, 5, 1), Asm.B(-20));
        // A jump through CTR to the other of two places.
        _dispatch = Make(new EngineOptions(), Asm.Xori(3, 3, 8), Asm.Mtspr(9, 3), Asm.Bcctr(20, 0, 0), Asm.Addi(4, 4, 1), Asm.B(-16), Asm.B(-20));
        _dispatch.SetGpr(3, 0x100c);
        _floats = Make(new EngineOptions(), Asm.Fmadd(1, 2, 3, 4), Asm.Fadd(5, 1, 2), Asm.Fmul(6, 5, 3), Asm.B(-12));
        _floats.Thread.SetMsr(_floats.Thread.State.Msr | Msr.Fp);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Budget)]
    public long Adds() => _adds!.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = Budget)]
    public long LoadsAndStoresThatHitTheTlb() => _loads!.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = Budget)]
    public long ExitsToOtherRegions() => _exits!.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = Budget)]
    public long ComputedBranches() => _dispatch!.Thread.Run(Budget);

    [Benchmark(OperationsPerInvoke = Budget)]
    public long FloatingPoint() => _floats!.Thread.Run(Budget);

    [GlobalCleanup]
    public void Dispose()
    {
        foreach (BenchCore? core in (BenchCore?[])[_adds, _loads, _exits, _dispatch, _floats])
            core?.Dispose();
        GC.SuppressFinalize(this);
    }

    private BenchCore Make(EngineOptions options, params uint[] program)
    {
        var core = new BenchCore(Engine, options with { Threshold = 2, Synchronous = true }, program);
        // Twice: what is compiled in the first run is in place in the second.
        core.Thread.Run(1000);
        core.Thread.Run(1000);
        return core;
    }
}
