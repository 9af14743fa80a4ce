using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Core.Stops;

using Microsoft.Extensions.Logging;

using SpuRuntime.Engine;
using SpuRuntime.Ports;
using SpuRuntime.Scheduling;
using SpuRuntime.Spe;
using SpuRuntime.State;

namespace SpuRuntime.Tests;

/// <summary>What a fake SPU does in a slice: it uses the channels as instructions would, and returns how the slice ended.</summary>
internal delegate SpuExit FakeProgram(ref SpuState state, ISpuChannels channels);

/// <summary>An engine without instructions: each slice calls a delegate.</summary>
internal sealed unsafe class FakeEngine(byte* localStore, ISpuChannels channels) : ISpuEngine
{
    private readonly SpuState[] _state = GC.AllocateArray<SpuState>(1, pinned: true);

    public FakeProgram Program { get; set; } = (ref _, _) => new SpuExit(SpuExitReason.Budget);

    public ISpuChannels Channels { get; } = channels;

    public byte* LocalStore { get; } = localStore;

    public List<(uint Address, uint Length)> Invalidated { get; } = [];

    public int Starts { get; private set; }

    public ref SpuState State => ref _state[0];

    public IStops Stops => throw new NotSupportedException("a fake engine has no stops");

    public SpuExit Run(long budget) => Program(ref State, Channels);

    public void Invalidate(uint address, uint length)
    {
        lock (Invalidated)
        {
            if (Invalidated.Count < 100)
                Invalidated.Add((address, length));
        }
    }

    public void CodeMayHaveChanged() => Starts++;
}

/// <summary>A machine for SPEs alone: memory, a clock that the test sets, and fakes of all parts that SPEs signal.</summary>
internal sealed class TestMachine : ISpuEngineFactory, ISpeScheduler, ISpeTimer, IGuestWriteNotifier, IMachineClock, ILogger, IDisposable
{
    public const ulong MemorySize = 0x40_0000;
    public const ulong ReadOnlyAt = 0x80_0000;
    public const ulong DeviceAt = 0x90_0000;
    public const ulong LocalStoresAt = 0x1000_0000;
    public const ulong ProblemStatesAt = 0x2000_0000;

    private FakeEngine? _made;

    public TestMachine(int spes = 1)
    {
        Memory = new GuestMemory(0x100_0000);
        Ram = Memory.TryAddMemory(new LparAddress(0), MemorySize, RegionAccess.ReadWrite, "memory")!;
        Memory.TryAddMemory(new LparAddress(ReadOnlyAt), 0x1_0000, RegionAccess.Read, "read-only");
        Memory.TryAddDevice(new LparAddress(DeviceAt), 0x1000, new OtherDevice(), "device");
        Pool = new SpePool(spes, new SpeEnvironment(Memory, this, Reservations, this, this, this, this, this));
        for (int i = 0; i < spes; i++)
        {
            MemoryRegion store = Memory.TryAddMemory(
                new LparAddress(LocalStoresAt + ((ulong)i << 20)), SpuState.LocalStoreSize, RegionAccess.ReadWrite, "local store")!;
            LogicalSpe spe = (LogicalSpe)Pool.TryTake(store)!;
            Memory.TryAddDevice(new LparAddress(ProblemStatesAt + ((ulong)i << 20)), 0x20000, spe.ProblemState, "problem state");
            Spes.Add(new TestSpe(this, spe, _made!));
        }
    }

    public GuestMemory Memory { get; }

    public MemoryRegion Ram { get; }

    public ReservationTable Reservations { get; } = new();

    public SpePool Pool { get; }

    public List<TestSpe> Spes { get; } = [];

    public TestSpe Spe => Spes[0];

    public ulong TimeBase { get; set; } = 1000;

    public ulong RtcSeconds => 0;

    public List<LogicalSpe> Woken { get; } = [];

    public List<ulong> Timers { get; } = [];

    public List<(ulong Offset, ulong Length)> Writes { get; } = [];

    public List<string> Messages { get; } = [];

    public unsafe ISpuEngine Create(byte* localStore, ISpuChannels channels) => _made = new FakeEngine(localStore, channels);

    public unsafe Span<byte> Bytes(ulong address, int length)
    {
        Assert.True(Memory.TrySlice(new LparAddress(address), (ulong)length, RegionAccess.None, out Span<byte> bytes));
        return bytes;
    }

    public unsafe byte* Host(ulong address) => Memory.HostBase + Ram.HostOffset + address;

    /// <summary>Called instead of recording it.</summary>
    public Action? OnWake { get; set; }

    /// <summary>Called where an SPE that blocks may wait in its slice.</summary>
    public Action<SliceWait>? OnWaitInside { get; set; }

    /// <summary>A real one instead of the fake.</summary>
    public SpeScheduler? Scheduler { get; init; }

    public void AwaitInside(ISchedulableSpe spe, SliceWait wait)
    {
        OnWaitInside?.Invoke(wait);
        Scheduler?.AwaitInside(spe, wait);
    }

    public void Wake(ISchedulableSpe spe)
    {
        if (Scheduler is { } scheduler)
        {
            scheduler.Wake(spe);
            return;
        }

        if (OnWake is { } call)
        {
            call();
            return;
        }

        lock (Woken)
            Woken.Add((LogicalSpe)spe);
    }

    public void Suspend(ISchedulableSpe spe)
    {
        if (Scheduler is { } scheduler)
            scheduler.Suspend(spe);
        else
            spe.Interrupt();
    }

    public void WakeAt(ulong timeBase, ITimedSpe spe)
    {
        lock (Timers)
            Timers.Add(timeBase);
    }

    public void Written(ulong hostOffset, ulong length)
    {
        lock (Writes)
        {
            if (Writes.Count < 1000)
                Writes.Add((hostOffset, length));
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Messages)
            Messages.Add(formatter(state, exception));
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public void Dispose()
    {
        Pool.Dispose();
        Memory.Dispose();
    }

    private sealed class OtherDevice : IMmioDevice
    {
        public ulong Read(ulong offset, int size) => throw new InvalidOperationException("an MFC must not reach this");

        public void Write(ulong offset, int size, ulong value) => throw new InvalidOperationException("an MFC must not reach this");
    }
}

/// <summary>An SPE under test, in real mode unless the test says otherwise, with short names for the operations of tests.</summary>
internal sealed class TestSpe
{
    public TestSpe(TestMachine machine, LogicalSpe spe, FakeEngine engine)
    {
        Machine = machine;
        Spe = spe;
        Engine = engine;
        for (int i = 0; i < 3; i++)
            spe.ConnectInterrupt((SpeInterruptClass)i, Lines[i]);
        Spe.Enable();
        RealMode();
    }

    public TestMachine Machine { get; }

    public LogicalSpe Spe { get; }

    public FakeEngine Engine { get; }

    public TestLine[] Lines { get; } = [new(), new(), new()];

    public ISpuChannels Channels => Engine.Channels;

    public unsafe Span<byte> LocalStore => new(Spe.LocalStore, SpuState.LocalStoreSize);

    public void RealMode() => Spe.WriteSr1(0x20);

    public uint Read(int channel)
    {
        Assert.Equal(ChannelResult.Done, Channels.Read(channel, out uint value));
        return value;
    }

    public void Write(int channel, uint value) => Assert.Equal(ChannelResult.Done, Channels.Write(channel, value));

    public void AssertBlocksOnRead(int channel) => Assert.Equal(ChannelResult.Blocked, Channels.Read(channel, out _));

    public void AssertBlocksOnWrite(int channel) => Assert.Equal(ChannelResult.Blocked, Channels.Write(channel, 0));

    public uint Count(int channel) => Channels.Count(channel);

    public uint Problem(ulong offset) => (uint)Spe.ProblemState.Read(offset, 4);

    public void Problem(ulong offset, uint value) => Spe.ProblemState.Write(offset, 4, value);

    public ulong Privilege(ulong offset) => Spe.Privilege2.Read(offset, 8);

    public void Privilege(ulong offset, ulong value) => Spe.Privilege2.Write(offset, 8, value);

    public ulong Shadow(ulong offset) => Spe.Shadow.Read(offset, 8);

    public ulong Status(int interruptClass) => Spe.GetInterruptStatus((SpeInterruptClass)interruptClass);

    /// <summary>Writes the six command channels as spu_mfcdma64 does (Language Extensions 4.5).</summary>
    public void Command(byte opcode, uint local, ulong address, uint size, uint tag = 0)
    {
        Write(16, local);
        Write(17, (uint)(address >> 32));
        Write(18, (uint)address);
        Write(19, size);
        Write(20, tag);
        Write(21, opcode);
    }

    /// <summary>Enqueues a proxy command as Linux's send_mfc_dma does, and returns the status it reads back.</summary>
    public uint Proxy(byte opcode, uint local, ulong address, uint size, uint tag = 0)
    {
        Problem(0x3004, local);
        Spe.ProblemState.Write(0x3008, 8, address);
        Spe.ProblemState.Write(0x3010, 8, ((ulong)size << 48) | ((ulong)tag << 32) | opcode);
        return Problem(0x3014);
    }

    public void ListElement(uint at, bool stall, uint size, uint address)
    {
        BinaryPrimitives.WriteUInt32BigEndian(LocalStore[(int)at..], size | (stall ? 0x8000_0000 : 0));
        BinaryPrimitives.WriteUInt32BigEndian(LocalStore[(int)(at + 4)..], address);
    }

    /// <summary>The complete tag groups, by an immediate query.</summary>
    public uint CompleteTags(uint mask = uint.MaxValue)
    {
        Write(22, mask);
        Write(23, 0);
        return Read(24);
    }

    public bool IsComplete(int tag) => (CompleteTags() & (1u << tag)) != 0;

    /// <summary>Runs one slice with a program.</summary>
    public SpuExit Turn(FakeProgram program)
    {
        Engine.Program = program;
        return Spe.RunSlice(1000);
    }
}

/// <summary>An interrupt line that remembers its level.</summary>
internal sealed class TestLine : IInterruptLine
{
    public bool Level { get; private set; }

    public int Rises { get; private set; }

    public void Raise() => throw new InvalidOperationException("an SPE's lines are levels");

    public void SetLevel(bool asserted)
    {
        Assert.NotEqual(Level, asserted);
        Level = asserted;
        Rises += asserted ? 1 : 0;
    }
}

/// <summary>A page table of the test's own: a dictionary.</summary>
internal sealed class TestTable : IPageTableWalker
{
    private readonly List<ITranslationWatch> _watches = [];

    public Dictionary<(ulong Vsid, ulong Page), PageTranslation> Pages { get; } = [];

    public int Walks { get; private set; }

    public SegmentDescriptor LastSegment { get; private set; }

    public int Watches => _watches.Count;

    public PageWalkResult Walk(in SegmentDescriptor segment, ulong effectiveAddress, bool store, out PageTranslation page)
    {
        lock (Pages)
        {
            Walks++;
            LastSegment = segment;
            if (!Pages.TryGetValue((segment.Vsid, (effectiveAddress & 0xfff_ffff) >> 12), out page))
                return PageWalkResult.NotFound;
        }

        return store && !page.Writable ? PageWalkResult.Protected : PageWalkResult.Found;
    }

    public void AddWatch(ITranslationWatch watch) => _watches.Add(watch);

    public void RemoveWatch(ITranslationWatch watch) => _watches.Remove(watch);

    public void Drop(ulong vsid, ulong page)
    {
        lock (Pages)
            Pages.Remove((vsid, page));
        foreach (ITranslationWatch watch in _watches)
            watch.TranslationsChanged();
    }
}
