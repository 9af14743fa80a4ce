using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

namespace Bench;

/// <summary>
/// Guest loops of 1 000 000 instructions on both engines: the cost of a compiled instruction, of TLB hits, of exits from region to
/// region, of computed branches, and of floating point. Compare the ratios between the engines.
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
        _adds = Make(new EngineOptions(), NoPreparation, Asm.Addi(3, 3, 1), Asm.Add(4, 4, 3), Asm.Xor(5, 4, 3), Asm.Rlwinm(5, 6, 7, 0, 31), Asm.Add(7, 6, 5), Asm.B(-20));
        _loads = Make(
            new EngineOptions(), static core => core.SetGpr(6, 0x20000), Asm.Lwzx(4, 0, 3), Asm.Addi(3, 3, 4), Asm.Rlwinm(3, 3, 0, 16, 31), Asm.Stw(4, 6, 0), Asm.Add(5, 5, 4), Asm.B(-20));
        // Regions of two instructions: every round leaves three of them for the next.
        var tiny = new PpuRegionLimits(2, 2, 1, false);
        _exits = Make(
            new EngineOptions { Small = tiny, Large = tiny }, NoPreparation,
            Asm.Addi(3, 3, 1), Asm.B(4), Asm.Addi(4, 4, 1), Asm.B(4), Asm.Addi(5, 5, 1), Asm.B(-20));
        // A jump through CTR to the other of two places, 0x100c and 0x1014.
        _dispatch = Make(
            new EngineOptions(), static core => core.SetGpr(3, 0x100c),
            [.. PpuAssembler.AssembleLines("xori r3,r3,0x18; mtspr 9,r3; bcctr 20,0,0; addi r4,r4,1; b 0x1000; b 0x1000", 0x1000)]);
        _floats = Make(new EngineOptions(), PrepareFloats, Asm.Fmadd(1, 2, 3, 4), Asm.Fadd(5, 1, 2), Asm.Fmul(6, 5, 3), Asm.B(-12));
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

    private static void NoPreparation(BenchCore core)
    {
    }

    // Numbers whose sums and products are inexact, as is usual: the sticky bit for that is set after the first.
    private static unsafe void PrepareFloats(BenchCore core)
    {
        core.Thread.SetMsr(core.Thread.State.Msr | Msr.Fp);
        for (int register = 2; register <= 4; register++)
            core.Thread.State.Fpr[register] = BitConverter.DoubleToUInt64Bits(1.1 * register);
    }

    private BenchCore Make(EngineOptions options, Action<BenchCore> prepare, params uint[] program)
    {
        const ulong Start = 0x1000;
        var core = new BenchCore(Engine, options with { Threshold = 2, Synchronous = true }, program);
        prepare(core);
        // Twice: code compiled in the first run is installed for the second.
        core.Thread.Run(1000);
        core.Thread.Run(1000);
        if (core.Thread.State.Nia - Start >= 4 * (ulong)program.Length)
            throw new InvalidOperationException($"the loop has been left for 0x{core.Thread.State.Nia:x}");
        return core;
    }
}
