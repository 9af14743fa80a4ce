using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Regions;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

using Microsoft.Extensions.Logging.Abstractions;

namespace Differential.Tests.Regions;

/// <summary>A PPE that compiles what has been arrived at twice, at once, with 256 KB of memory in real mode.</summary>
internal sealed unsafe class RegionMachine : IDisposable
{
    public const ulong Code = 0x10000;
    public const ulong Data = 0x20000;

    private const ulong MemorySize = 0x40000;
    private const ulong SegmentValid = 0x0800_0000;
    private const ulong Vsid = 0x1000;
    private const int Log2TableBytes = 18;

    private readonly GuestMemory _memory = new(MemorySize);
    private IPageTable? _table;

    public RegionMachine(EngineOptions? options = null, PpuEngine engine = PpuEngine.Compiled, bool exactBudgets = true)
    {
        Assert.NotNull(_memory.TryAddMemory(default, MemorySize, RegionAccess.ReadWrite, "memory"));
        options ??= new EngineOptions();
        if (options is { Threshold: > 100, NativeThreshold: 0 })
            options = options with { Threshold = 2 };
        var configuration = new PpuConfiguration(
            1, MemorySize, Engine: engine, ExactBudgets: exactBudgets)
        { Options = options with { Synchronous = true } };
        Core = new PpuCore(configuration, _memory, new StoppedClock(), NullLogger.Instance);
        Thread.State.Nia = Code;
    }

    public PpuCore Core { get; }

    public PpuThread Thread => Core.Threads[0];

    public ref PpuState State => ref Thread.State;

    public EngineStatistics Statistics => Core.Statistics;

    /// <summary>Puts instructions into memory, as a loader or a device would.</summary>
    public void Load(string lines, ulong address = Code)
    {
        foreach (uint word in PpuAssembler.AssembleLines(lines, address))
        {
            Write(address, word);
            address += 4;
        }
    }

    public void Write(ulong address, uint word) => Assert.True(_memory.TryWriteUInt32(new LparAddress(address), word));

    /// <summary>A word of memory.</summary>
    public uint Read(ulong address)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        Assert.True(_memory.TryRead(new LparAddress(address), word));
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(word);
    }

    /// <summary>Runs from the start of the code.</summary>
    public void Run(long instructions, ulong from = Code)
    {
        Thread.State.Nia = from;
        Assert.Equal(instructions, Thread.Run(instructions));
    }

    /// <summary>True when compiled code stands at an address.</summary>
    public bool IsCompiled(ulong address)
    {
        // What the last run compiled is put in place between blocks.
        Core.Regions!.Settle();
        return !Core.Code.IsInterpreted(Insn(address));
    }

    public PpuDecodedInsn* Insn(ulong address)
    {
        Assert.True(Thread.Storage.IsFetchCached(address) || Thread.Storage.TryFetch(address));
        return PpuLoop.Lookup(Thread.Context, address);
    }

    /// <summary>What would be compiled at an address, after what has been run so far.</summary>
    public PpuRegionPlan? Plan(PpuRegionLimits? limits = null, ulong address = Code)
    {
        PpuDecodedInsn* insn = Insn(address);
        return new PpuRegionPlanner(Core.Shared, Core.Regions!).Plan(Thread.Context, insn, limits ?? PpuRegionLimits.Small);
    }

    /// <summary>Turns translation on for instructions: segment 0, no page mapped yet.</summary>
    public void Translate()
    {
        _table = Core.CreatePageTable(Log2TableBytes, largePageShift0: 24, largePageShift1: 16);
        Core.Select(_table);
        Thread.State.SlbEsid[0] = SegmentValid;
        Thread.State.SlbVsid[0] = Vsid << 12;
        Thread.SetMsr(Msr.Sf | Msr.Ir);
    }

    /// <summary>Maps a page, in place of what was there.</summary>
    public void Map(ulong address, ulong real)
    {
        ulong slot = ((Vsid ^ (address >> 12)) & ((1UL << (Log2TableBytes - 7)) - 1)) * 8;
        _table!.Write(slot, (Vsid << 12) | 1, real | 0x180);
    }

    public void Dispose()
    {
        Core.Dispose();
        _memory.Dispose();
    }

    private sealed class StoppedClock : IPpuClock
    {
        public ulong TimeBase => 0;

        public void Retire(long instructions)
        {
            // Nothing here depends on progress.
        }
    }
}
