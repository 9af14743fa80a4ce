using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Gpu;

namespace Devices.Tests.Gpu;

/// <summary>A GPU beside 16 MiB of RAM, with room for <c>extra</c> MiB of its own memory.</summary>
internal sealed class GpuFixture : IDisposable
{
    public const ulong Mib = 1 << 20;
    public const ulong Ram = 16 * Mib;
    public const ulong Ioif = 0x0d00_0000;
    public const ulong MapFlags = 0xe000_0000_0000_0000;
    public const ulong UnmapFlags = 0x2000_0000_0000_0000;

    public GpuFixture(ulong extra = 16, GpuProfile profile = GpuProfile.Retail)
    {
        Memory = new GuestMemory(Ram + (extra * Mib));
        Memory.TryAddMemory(new LparAddress(0), Ram, RegionAccess.ReadWrite, "RAM");
        Device = new GpuDevice(Host, Memory, Events, Clock, Logger, profile: profile);
        Device.Open();
    }

    public GuestMemory Memory { get; }

    public RecordingLogger<GpuDevice> Logger { get; } = new();

    public FakeHost Host { get; } = new();

    public FakeOutlets Outlets => Host.Outlets;

    public EventQueue Events { get; } = new();

    public FakeClock Clock { get; } = new();

    public GpuDevice Device { get; }

    public GpuContextAreas Areas { get; private set; }

    public LparAddress Ddr { get; private set; }

    public ulong MemoryHandle { get; private set; }

    public ulong Context => Areas.Handle;

    public FakeLine Line => Outlets.Lines[Word(Areas.DriverInformation + 0x12b8)];

    /// <summary>Makes the calls of ps3fb before its first picture.</summary>
    public GpuFixture SetUp(ulong size = 9 * Mib, ulong xdr = Mib, ulong xdrSize = 9 * Mib)
    {
        Device.MemoryAllocate(size, out ulong handle, out LparAddress ddr);
        MemoryHandle = handle;
        Ddr = ddr;
        Device.ContextAllocate(handle, 0, out GpuContextAreas areas);
        Areas = areas;
        Device.ContextIomap(Context, Ioif, new LparAddress(xdr), xdrSize, MapFlags);
        Device.ContextAttribute(Context, 0x600, xdr, 2 * Mib, Ioif, 0);
        return this;
    }

    public Lv1Status Blit(ulong offset, ulong source, ulong size, ulong pitch) =>
        Device.ContextAttribute(Context, 0x601, offset, source, size, pitch);

    public static ulong Size(ulong width, ulong height) => 1UL << 32 | width << 16 | height;

    public uint Word(LparAddress address) => Memory.TryReadUInt32(address, out uint value) ? value : 0xdead_beef;

    public ulong DoubleWord(LparAddress address) => Memory.TryReadUInt64(address, out ulong value) ? value : 0xdead_beef;

    public void SetMask(uint mask) => Memory.TryWriteUInt32(Areas.DriverInformation + 0x12c0, mask);

    public ulong TakeCauses()
    {
        Device.ContextInterrupt(Context, out ulong causes);
        return causes;
    }

    /// <summary>Lets guest time pass, event by event.</summary>
    public void RunUntil(ulong timeBase)
    {
        while (Events.NextTime <= timeBase)
        {
            Clock.TimeBase = Events.NextTime;
            Events.RunDue(Clock.TimeBase);
        }

        Clock.TimeBase = timeBase;
    }

    public void Dispose() => Memory.Dispose();
}
