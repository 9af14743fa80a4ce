using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Ppe;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

using Microsoft.Extensions.Logging.Abstractions;

namespace CellPpe.Tests.Execution;

/// <summary>A PPE with a little memory: code in real mode at <see cref="Code"/>, data at <see cref="Data"/>.</summary>
internal sealed class TestMachine : IDisposable
{
    public const ulong Code = 0x10000;
    public const ulong Data = 0x4000_0000;
    public const ulong DataSize = 0x10000;

    private const ulong CodeSize = 0x40000;

    private readonly RegionsAhead? _ahead;

    /// <param name="engine">Compiled: code is compiled before it runs, as far as it lies on one page.</param>
    /// <param name="codePageLimit">Pages of decoded instructions kept.</param>
    /// <param name="threads">Hardware threads.</param>
    public TestMachine(PpuEngine engine = PpuEngine.Interpreter, int codePageLimit = 4096, int threads = 1)
        : this(new PpuConfiguration(threads, Data + DataSize, codePageLimit, engine)
        {
            Options = new EngineOptions { Threshold = 2, Synchronous = true },
        })
    {
        _ahead = engine == PpuEngine.Interpreter ? null : new RegionsAhead(Core);
    }

    public TestMachine(PpuConfiguration configuration)
    {
        Memory = new GuestMemory(CodeSize + DataSize + 0x10000);
        CodeMemory = Memory.TryAddMemory(default, CodeSize, RegionAccess.ReadWrite, "code")!;
        DataMemory = Memory.TryAddMemory(new LparAddress(Data), DataSize, RegionAccess.ReadWrite, "data")!;
        Core = new PpuCore(configuration, Memory, Clock, NullLogger.Instance);
        State.Nia = Code;
        // Every interrupt handler loops in place, so that the test can inspect the state.
        for (ulong vector = 0x100; vector < 0x1000; vector += 0x80)
            Write32(vector, Asm.B(li: 0));
    }

    public TestClock Clock { get; } = new();

    public GuestMemory Memory { get; }

    public MemoryRegion CodeMemory { get; }

    public MemoryRegion DataMemory { get; }

    public PpuCore Core { get; }

    public PpuThread Thread => Core.Threads[0];

    public ref PpuState State => ref Thread.State;

    /// <summary>Assembles lines to <paramref name="address"/>.</summary>
    public void Load(string lines, ulong address = Code) => Load(PpuAssembler.AssembleLines(lines, address), address);

    public void Load(uint[] words, ulong address = Code)
    {
        for (int index = 0; index < words.Length; index++)
            Write32(address + (4 * (ulong)index), words[index]);
    }

    /// <summary>Assembles lines to <see cref="Code"/> and runs each of them once.</summary>
    public void Run(string lines)
    {
        uint[] words = PpuAssembler.AssembleLines(lines, Code);
        Load(words);
        State.Nia = Code;
        Step(words.Length);
    }

    /// <summary>Continues for some instructions, one run per instruction if asked for.</summary>
    public void Step(long instructions = 1)
    {
        _ahead?.Compile(Thread, instructions);
        Thread.Run(instructions);
    }

    public void Write32(ulong address, uint value)
    {
        if (!Memory.TryWriteUInt32(new LparAddress(address), value))
            throw new InvalidOperationException($"no memory at 0x{address:x}");
    }

    public void Write64(ulong address, ulong value)
    {
        Write32(address, (uint)(value >> 32));
        Write32(address + 4, (uint)value);
    }

    public ulong Read64(ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (!Memory.TryRead(new LparAddress(address), bytes))
            throw new InvalidOperationException($"no memory at 0x{address:x}");
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    public uint Read32(ulong address) => (uint)(Read64(address & ~7UL) >> ((address & 4) == 0 ? 32 : 0));

    public void Dispose()
    {
        Core.Dispose();
        Memory.Dispose();
    }
}

/// <summary>A time base that a test sets.</summary>
internal sealed class TestClock : IPpuClock
{
    public ulong TimeBase { get; set; } = 0x1234_5678_9abc_def0;

    public long Retired { get; private set; }

    public void Retire(long instructions) => Retired += instructions;
}
