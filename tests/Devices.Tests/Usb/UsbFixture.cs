using System.Buffers.Binary;
using CellPpe.Core;
using Devices.Tests.Fakes;
using Devices.Tests.Storage;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Usb;

namespace Devices.Tests.Usb;

/// <summary>The console's USB without a guest: registers by offset, memory of 1 MiB at bus address 0x80000000.</summary>
internal sealed class UsbFixture : IDisposable
{
    private const ulong TicksPerMillisecond = IMachineClock.Frequency / 1000;
    private readonly IMmioDevice[] _blocks;

    public UsbFixture(UsbPlugs? plugs = null, bool deterministic = false)
    {
        Plugs = plugs ?? new UsbPlugs();
        Hold = new FakeHold(Events);
        Usb = new UsbHost(Host, new StoragePorts(Memory, Events, Clock, Hold, deterministic), Plugs);
        _blocks = [.. Host.Served.OfType<IMmioDevice>().Distinct()];
        for (int i = 0; i < _blocks.Length; i++)
            ((IIoInterruptSource)_blocks[i]).ConnectInterrupt(Lines[i]);
    }

    public FakeHost Host { get; } = new();

    public EventQueue Events { get; } = new();

    public FakeClock Clock { get; } = new();

    public FakeHold Hold { get; }

    public UsbPlugs Plugs { get; }

    public UsbHost Usb { get; }

    public FakeDma Dma => Host.Dma;

    /// <summary>OHCI and EHCI of the first, then of the second device.</summary>
    public LevelLine[] Lines { get; } = [new(), new(), new(), new()];

    public IMmioDevice Ohci => _blocks[0];

    public IMmioDevice Ehci => _blocks[1];

    private GuestMemory Memory { get; } = new(1 << 20);

    public UsbState State => (UsbState)Usb.Inspect();

    public void Add(string driver, params (string Key, string Value)[] properties) =>
        Usb.Add(driver, properties.ToDictionary(static pair => pair.Key, static pair => pair.Value));

    /// <summary>Lets time pass, with everything that is due.</summary>
    public void RunFor(ulong milliseconds) => RunTicks(milliseconds * TicksPerMillisecond);

    public void RunTicks(ulong ticks)
    {
        ulong end = Clock.TimeBase + ticks;
        Events.RunDue(Clock.TimeBase);
        while (Events.NextTime <= end)
        {
            Clock.TimeBase = Math.Max(Clock.TimeBase, Events.NextTime);
            Events.RunDue(Clock.TimeBase);
        }

        Clock.TimeBase = end;
    }

    /// <summary>Runs until something holds, at most a second.</summary>
    public bool RunUntil(Func<bool> holds)
    {
        for (int i = 0; i < 4000 && !holds(); i++)
            RunTicks(TicksPerMillisecond / 4);
        return holds();
    }

    /// <summary>As Linux's driver for the console does it: all ports have power.</summary>
    public void PowerPorts()
    {
        Ohci.Write(0x48, 4, 0x7f00_0900);
        Ohci.Write(0x4c, 4, 0x0006_0000);
        Ohci.Write(0x50, 4, 0x0001_8000);
        for (int port = 0; port < 4; port++)
            Ohci.Write(0x54u + (4 * (ulong)port), 4, 1 << 8);
    }

    public uint Little(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(Dma.At(address, 4));

    public void SetLittle(uint address, params uint[] words)
    {
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(Dma.At(address + (4 * (uint)i), 4), words[i]);
    }

    public void Dispose()
    {
        Usb.Dispose();
        Plugs.Dispose();
        Memory.Dispose();
    }
}
