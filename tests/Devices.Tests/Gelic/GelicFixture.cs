using CellPpe.Core;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Gelic;

namespace Devices.Tests.Gelic;

/// <summary>An opened controller with a status word and a connected event.</summary>
internal sealed class GelicFixture : IDisposable
{
    public const uint CardOwned = 0xa000_0000;
    public const uint Tail = 0x000c_0000;
    public const ulong TransmitEnd = 0x0100_0000_0000_0000;
    public const ulong ReceivedFrames = 0x1000_0000_0000_0000;
    public const ulong ReceiveEnd = 0x4000;
    public const ulong PortStatus = 0x2000_0000;
    public const uint Ring = FakeDma.Start + 0x1000;
    public const uint Buffers = FakeDma.Start + 0x10000;
    public static readonly LparAddress Word = new(0x100);

    public GelicFixture(GelicVlans? vlans = null)
    {
        Memory = new GuestMemory(64 << 10);
        Memory.TryAddMemory(new LparAddress(0), 64 << 10, RegionAccess.ReadWrite, "RAM");
        Device = new GelicDevice(
            Host, new GelicConfig { MacAddress = Frames.Station, Vlans = vlans }, Memory, Events, Clock, Wire);
        Wire.BeforeDelivery = () => Clock.TimeBase += GelicReceiver.StartTime;
        Device.SetOpen(true);
        Device.ConnectInterrupt(Line);
        Device.SetInterruptStatusIndicator(Word);
        Device.SetInterruptMask(TransmitEnd | ReceivedFrames | ReceiveEnd | PortStatus);
    }

    public GuestMemory Memory { get; }

    public FakeHost Host { get; } = new();

    public FakeDma Dma => Host.Dma;

    public FakeWire Wire { get; } = new();

    public FakeLine Line { get; } = new();

    public EventQueue Events { get; } = new();

    public FakeClock Clock { get; } = new();

    public GelicDevice Device { get; }

    public ulong Causes => Memory.TryReadUInt64(Word, out ulong causes) ? causes : 0;

    /// <summary>Puts a frame into a buffer and a descriptor before it.</summary>
    public void SetTransmit(int index, byte[] frame, uint next, uint command = CardOwned | Tail)
    {
        uint buffer = Buffers + ((uint)index * 0x1000);
        frame.CopyTo(Dma.At(buffer, frame.Length));
        Dma.SetDescriptor(Descriptor(index), buffer, (uint)frame.Length, next, command);
    }

    /// <summary>A ring of receive descriptors, the last of which ends the chain.</summary>
    public void SetReceiveRing(int count, uint size = 2560)
    {
        for (int i = 0; i < count; i++)
        {
            uint next = i == count - 1 ? 0 : Descriptor(i + 1);
            Dma.SetDescriptor(Descriptor(i), Buffers + ((uint)i * 0x1000), size, next, CardOwned);
        }
    }

    public static uint Descriptor(int index) => Ring + ((uint)index * 64);

    public uint Command(int index) => Dma.Word(Descriptor(index) + 0x0c);

    public void Dispose() => Memory.Dispose();
}
