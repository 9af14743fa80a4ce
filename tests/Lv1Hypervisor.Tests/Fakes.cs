using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Microsoft.Extensions.Logging;

namespace Lv1Hypervisor.Tests;

internal sealed class FakeThread(int id) : ILogicalPpeThread
{
    public int ThreadId { get; } = id;

    public bool ExternalInterrupt { get; private set; }

    public PpeWait Wait { get; private set; }

    public (ulong Dabr, ulong Dabrx) Breakpoint { get; private set; }

    public void SetExternalInterrupt(bool asserted) => ExternalInterrupt = asserted;

    public void Pause(PpeWait wait) => Wait = wait;

    public void SetDataBreakpoint(ulong dabr, ulong dabrx) => Breakpoint = (dabr, dabrx);
}

internal sealed class FakeClock : IMachineClock
{
    public ulong TimeBase { get; set; } = 1000;

    public ulong RtcSeconds { get; set; } = 42;
}

internal sealed class FakeControl : IPartitionControl
{
    public List<(PartitionEnd How, string Reason)> Ends { get; } = [];

    public void End(PartitionEnd how, string reason) => Ends.Add((how, reason));
}

internal sealed class FakePageTable(int log2Bytes) : IPageTable, IPageTableWalker
{
    private readonly (ulong V, ulong R)[] _slots = new (ulong, ulong)[(1 << log2Bytes) / 16];

    public ulong SlotCount => (ulong)_slots.Length;

    public (ulong V, ulong R) Read(ulong slot) => _slots[slot];

    public void Write(ulong slot, ulong v, ulong r) => _slots[slot] = (v, r);

    public void Clear() => Array.Clear(_slots);

    public IPageTableWalker Walker => this;

    public PageWalkResult Walk(in SegmentDescriptor segment, ulong effectiveAddress, bool store, out PageTranslation page)
    {
        page = default;
        return PageWalkResult.NotFound;
    }

    public void AddWatch(ITranslationWatch watch)
    {
    }

    public void RemoveWatch(ITranslationWatch watch)
    {
    }
}

internal sealed class FakeAddressSpaceHost : IAddressSpaceHost
{
    public IPageTable? Selected { get; private set; }

    public (int Shift0, int Shift1) LargePages { get; private set; }

    public IPageTable CreatePageTable(int log2Bytes, int largePageShift0, int largePageShift1)
    {
        LargePages = (largePageShift0, largePageShift1);
        return new FakePageTable(log2Bytes);
    }

    public void Select(IPageTable? table) => Selected = table;
}

internal sealed class FakeNetwork : INetworkDevice
{
    public bool IsOpen { get; private set; }

    public int OpenCount { get; private set; }

    public IInterruptLine? Line { get; private set; }

    public LparAddress? CauseWord { get; private set; }

    public void SetOpen(bool open)
    {
        IsOpen = open;
        OpenCount += open ? 1 : 0;
    }

    public void ConnectInterrupt(IInterruptLine? line) => Line = line;

    public Lv1Status StartTransmit(IoAddress descriptor) => Lv1Status.Success;

    public Lv1Status StopTransmit() => Lv1Status.Success;

    public Lv1Status StartReceive(IoAddress descriptor) => Lv1Status.Busy;

    public Lv1Status StopReceive() => Lv1Status.Success;

    public Lv1Status SetInterruptStatusIndicator(LparAddress? causeWord)
    {
        CauseWord = causeWord;
        return Lv1Status.Success;
    }

    public Lv1Status SetInterruptMask(ulong mask) => Lv1Status.Success;

    public Lv1Status Control(ulong command, ulong p2, ulong p3, ulong p4, out ulong v1, out ulong v2)
    {
        v1 = command == 1 ? 0x0200_0000_0001UL : 0xdead;
        v2 = 0;
        return command == 1 ? Lv1Status.Success : Lv1Status.NoEntry;
    }

    public Lv1Status AddMulticastAddress(ulong address, bool all) => Lv1Status.Success;

    public Lv1Status RemoveMulticastAddresses() => Lv1Status.Success;
}

internal sealed class FakeGpu : IGpuDevice
{
    public List<ulong> Operations { get; } = [];

    public Lv1Status Open() => Lv1Status.Success;

    public Lv1Status Close() => Lv1Status.Success;

    public Lv1Status MemoryAllocate(ulong size, out ulong handle, out LparAddress ddr)
    {
        handle = 1;
        ddr = new LparAddress(0x7000_0000_0000);
        return Lv1Status.Success;
    }

    public Lv1Status MemoryFree(ulong handle) => Lv1Status.Success;

    public Lv1Status ContextAllocate(ulong memoryHandle, ulong flags, out GpuContextAreas areas)
    {
        areas = new GpuContextAreas(5, new LparAddress(1), new LparAddress(2), new LparAddress(3), 4);
        return Lv1Status.Success;
    }

    public Lv1Status ContextFree(ulong context) => Lv1Status.Success;

    public Lv1Status ContextIomap(ulong context, ulong ioAddress, LparAddress memory, ulong size, ulong flags) => Lv1Status.Success;

    public Lv1Status ContextAttribute(ulong context, ulong operation, ulong p1, ulong p2, ulong p3, ulong p4)
    {
        Operations.Add(operation);
        return Lv1Status.Success;
    }

    public Lv1Status ContextInterrupt(ulong context, out ulong causes)
    {
        causes = 2;
        return Lv1Status.Success;
    }

    public Lv1Status Attribute(ulong p0, ulong p1, ulong p2, ulong p3, ulong p4) => Lv1Status.Success;

    public Lv1Status DeviceMap(ulong unit, out LparAddress address, out ulong size)
    {
        address = new LparAddress(0x3000_0000_0000);
        size = 0x1000;
        return Lv1Status.Success;
    }

    public Lv1Status DeviceUnmap(ulong unit) => Lv1Status.Success;
}

internal sealed class FakePeer : IVirtualUartPeer
{
    public IVirtualUartPort? Port { get; set; }

    public List<byte> Received { get; } = [];

    /// <summary>The bytes that it sends whenever it receives some.</summary>
    public byte[] Answer { get; set; } = [];

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        Received.AddRange(bytes);
        if (Answer.Length > 0)
            Assert.True(Port!.Send(Answer));
    }
}

internal sealed class FakeIoSource : IIoInterruptSource
{
    public IInterruptLine? Line { get; private set; }

    public void ConnectInterrupt(IInterruptLine? line) => Line = line;
}

internal sealed class FakeRegisters : IMmioDevice
{
    public ulong Read(ulong offset, int size) => offset;

    public void Write(ulong offset, int size, ulong value)
    {
    }
}

internal sealed class FakeLogger : ILogger
{
    public List<string> Warnings { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Warnings.Add(formatter(state, exception));
    }
}
