using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Network;

namespace Devices.Tests.Fakes;

internal sealed class FakeClock : IMachineClock
{
    public ulong TimeBase { get; set; }

    public ulong RtcSeconds => 0;
}

internal sealed class FakeLine : IInterruptLine
{
    public int Raised { get; set; }

    public bool IsAsserted { get; private set; }

    public void Raise() => Raised++;

    public void SetLevel(bool asserted) => IsAsserted = asserted;
}

internal sealed class FakeOutlets : IOutletSource
{
    public Dictionary<uint, FakeLine> Lines { get; } = [];

    public uint Next { get; set; } = 16;

    public bool Exhausted { get; set; }

    public IInterruptLine? Create(string name, out uint outlet)
    {
        outlet = Exhausted ? 0 : Next++;
        if (Exhausted)
            return null;
        var line = new FakeLine();
        Lines.Add(outlet, line);
        return line;
    }

    public void Destroy(uint outlet) => Lines.Remove(outlet);
}

internal sealed class FakeAddresses : ILparAllocator
{
    private ulong _next = 0x7000_0000_0000;

    public LparAddress Allocate(ulong size)
    {
        ulong start = _next;
        _next += 0x1000_0000;
        return new LparAddress(start);
    }
}

/// <summary>lv1 as a device sees it: records the nodes and services that the device has announced.</summary>
internal sealed class FakeHost : IDeviceHost
{
    public FakeOutlets Outlets { get; } = new();

    public FakeDma Dma { get; } = new();

    public FakeUartPort Port { get; init; } = new();

    public List<BusDevice> OnBus { get; } = [];

    public List<object> Served { get; } = [];

    public ILparAllocator Addresses { get; } = new FakeAddresses();

    public IDmaPort IoSegmentPort => Dma;

    IOutletSource IDeviceHost.Outlets => Outlets;

    public void Announce(RepositoryNode node)
    {
    }

    public IBusSlot AddToBus(BusDevice device)
    {
        OnBus.Add(device);
        return new Slot(this);
    }

    public void ServeGpu(IGpuDevice gpu) => Served.Add(gpu);

    public IVirtualUartPort ServeVirtualUart(int port, string name, IVirtualUartPeer peer)
    {
        Served.Add((port, name));
        return Port;
    }

    public void ServeIoInterrupt(ulong interruptId, IIoInterruptSource source) => Served.Add(source);

    private sealed class Slot(FakeHost host) : IBusSlot
    {
        public IDmaPort Dma => host.Dma;

        public void ServeNetwork(INetworkDevice network) => host.Served.Add(network);

        public void ServeStorage(IStorageDevice storage) => host.Served.Add(storage);

        public void ServeRegisters(ulong busAddress, IMmioDevice registers) => host.Served.Add(registers);
    }
}

internal sealed class FakeUartPort(int capacity = 4096) : IVirtualUartPort
{
    public List<byte> Sent { get; } = [];

    public bool Send(ReadOnlySpan<byte> bytes)
    {
        if (Sent.Count + bytes.Length > capacity)
            return false;
        Sent.AddRange(bytes);
        return true;
    }

    public byte[] Take()
    {
        byte[] all = [.. Sent];
        Sent.Clear();
        return all;
    }
}

internal sealed class FakeWire : INetworkWire
{
    public FrameHandler? Receiver { get; set; }

    /// <summary>Run before a frame is delivered, so that time can pass.</summary>
    public Action? BeforeDelivery { get; set; }

    /// <summary>How often the receiver has signalled that it may have room again.</summary>
    public int Resumed { get; private set; }

    public List<byte[]> Sent { get; } = [];

    /// <summary>Run while a frame is being sent, as a guest on another thread would.</summary>
    public Action? WhileSending { get; set; }

    public void Send(ReadOnlySpan<byte> frame)
    {
        Sent.Add(frame.ToArray());
        WhileSending?.Invoke();
    }

    public void Resume() => Resumed++;

    /// <summary>Offers a frame once. False when the receiver has refused it.</summary>
    public bool Deliver(ReadOnlySpan<byte> frame)
    {
        BeforeDelivery?.Invoke();
        return Receiver is not { } receiver || receiver(frame);
    }
}
