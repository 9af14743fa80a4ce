using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using BenchmarkDotNet.Attributes;

using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Isa;
using SpuRuntime.State;

namespace Bench;

/// <summary>Loops of an SPU on both engines: registers, scalars, calls, exact and relaxed floats. Times are per instruction.</summary>
public unsafe class SpuRegionBenchmarks : IDisposable
{
    private const int Instructions = 100_000;

    private static readonly Dictionary<string, string> Loops = new()
    {
        ["registers"] = "shli $4,$3,13\nxor $3,$3,$4\nrotmi $4,$3,-17\nxor $3,$3,$4\na $5,$5,$3\nbr 0",
        ["scalars"] = "lqx $4,$6,$7\nrotqby $4,$4,$6\na $5,$5,$4\ncwx $8,$6,$7\nlqx $9,$6,$7\nshufb $9,$5,$9,$8\nstqx $9,$6,$7\nbr 0",
        ["calls"] = "brsl $0,0xc\nai $3,$3,1\nbr 0\nai $4,$4,1\nbi $0",
        ["floats"] = "fma $10,$20,$21,$22\nfma $11,$20,$21,$22\nfm $12,$20,$21\nfa $13,$20,$22\nbr 0",
    };

    private byte* _localStore;
    private SpuCodeCache? _code;
    private SpuCore _core = null!;

    /// <summary>Which loop.</summary>
    [Params("registers", "scalars", "calls", "floats")]
    public string Loop { get; set; } = "registers";

    /// <summary>How it is run.</summary>
    [Params("interpreted", "compiled", "relaxed")]
    public string Engine { get; set; } = "interpreted";

    [GlobalSetup]
    public void Setup()
    {
        _localStore = (byte*)NativeMemory.AlignedAlloc(SpuState.LocalStoreSize, 128);
        NativeMemory.Clear(_localStore, SpuState.LocalStoreSize);
        uint address = 0;
        foreach (uint word in SpuAssembler.AssembleLines(Loops[Loop], 0))
        {
            *(uint*)(_localStore + address) = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
            address += 4;
        }

        if (Engine != "interpreted")
            _code = new SpuCodeCache(new SpuEngineOptions
            {
                Threshold = 4,
                Synchronous = true,
                FloatMode = Engine == "relaxed" ? SpuFloatMode.Relaxed : SpuFloatMode.Exact
            });
        _core = new SpuCore(_localStore, new NoChannels(), code: _code);
        _core.State.Registers[6] = Vector128.Create(0x1004u).AsByte();
        for (int register = 20; register < 24; register++)
            _core.State.Registers[register] = Vector128.Create(1.5f + register).AsByte();
        _core.Run(Instructions);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _core.Dispose();
        _code?.Dispose();
        NativeMemory.AlignedFree(_localStore);
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Instructions)]
    public SpuExit Run() => _core.Run(Instructions);

    private sealed class NoChannels : ISpuChannels
    {
        public bool CheckEvents() => false;

        public ChannelResult Read(int channel, out uint value)
        {
            value = 0;
            return ChannelResult.Invalid;
        }

        public ChannelResult Write(int channel, uint value) => ChannelResult.Invalid;

        public uint Count(int channel) => 0;
    }
}
