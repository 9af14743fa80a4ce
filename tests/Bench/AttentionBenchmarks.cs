using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;

namespace Bench;

/// <summary>
/// The time that a PPE thread in a loop takes to leave it on request of another host thread, as for an external interrupt: from the
/// request until the other thread sees that it has left. Needs two cores.
/// </summary>
public class AttentionBenchmarks : IDisposable
{
    private BenchCore _core = null!;
    private Thread _runner = null!;
    private long _turns;
    private volatile bool _ended;

    /// <summary>How the loop is run.</summary>
    [Params(PpuEngine.Interpreter, PpuEngine.Compiled)]
    public PpuEngine Engine { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _core = new BenchCore(Engine, new EngineOptions(), [Asm.Addi(3, 3, 1), Asm.Add(4, 4, 3), Asm.Xor(5, 4, 3), Asm.B(-12)]);
        _core.Thread.Run(10_000_000);
        _runner = new Thread(() =>
        {
            while (!_ended)
            {
                _core.Thread.Run(1L << 40);
                Interlocked.Increment(ref _turns);
            }
        });
        _runner.Start();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _ended = true;
        while (!_runner.Join(1))
            _core.Thread.EndTurn();
        _core.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public long FromRequestToOutside()
    {
        long before = Volatile.Read(ref _turns);
        _core.Thread.EndTurn();
        while (Volatile.Read(ref _turns) == before)
            Thread.SpinWait(1);
        return before;
    }
}
