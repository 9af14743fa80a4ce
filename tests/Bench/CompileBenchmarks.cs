using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;

namespace Bench;

/// <summary>The cost of compiling one guest instruction: planner, IR, passes, MSIL and the host's compiler, in regions of 60.</summary>
[MemoryDiagnoser]
public class CompileBenchmarks : IDisposable
{
    private const int Instructions = 60;
    private readonly BenchCore _core = new(PpuEngine.Compiled, new EngineOptions { Threshold = 2, Synchronous = true }, [.. Program()]);

    /// <summary>Drops all code, runs the loop until it is hot, and so compiles it again.</summary>
    [Benchmark(OperationsPerInvoke = Instructions)]
    public long Compile()
    {
        _core.Core.DropCode();
        _core.Thread.State.Nia = 0x1000;
        _core.Thread.Run(4 * Instructions);
        return _core.Core.Statistics.InstructionsCompiled;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _core.Dispose();
        GC.SuppressFinalize(this);
    }

    private static IEnumerable<uint> Program()
    {
        for (int index = 0; index < (Instructions / 6) - 1; index++)
        {
            foreach (uint word in (uint[])[Asm.Lwzx(4, 0, 3), Asm.Addi(3, 3, 4), Asm.Rlwinm(3, 3, 0, 16, 31), Asm.Stw(4, 6, 0), Asm.Cmpi(0, 0, 4, 0), Asm.Add(5, 5, 4)])
                yield return word;
        }

        for (int index = 0; index < 5; index++)
            yield return Asm.Xor(7, 4, 5);
        yield return Asm.B(-4 * (Instructions - 1));
    }
}
