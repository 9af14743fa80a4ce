using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;
using Lv1Hypervisor.Policy;

namespace Lv1Hypervisor.Tests;

/// <summary>The results of a hypercall in r3 and r4..r10.</summary>
internal readonly record struct CallResult(Lv1Status Status, ulong[] Out);

/// <summary>A hypervisor with fakes for all other parts: 16 MiB of boot memory, 64 MiB in total.</summary>
internal sealed class TestMachine : IDisposable
{
    public const ulong BootSize = 16UL << 20;
    public const ulong TotalSize = 64UL << 20;
    public const ulong Bus = 1;
    public const ulong NetworkDevice = 0;
    public const ulong UsbDevice = 1;
    public const ulong UsbInterrupt = 9;
    public const int RetailSpes = 6;
    public const ulong UsbRegisters = 0x2400_3010_000;

    public TestMachine(LparCapabilities? capabilities = null, params RepositoryNode[] nodes)
        : this(RetailSpes, capabilities, nodes)
    {
    }

    public TestMachine(int? spes, LparCapabilities? capabilities = null, params RepositoryNode[] nodes)
    {
        Spes = new FakeSpePool(spes ?? 0);
        Threads = [new FakeThread(0), new FakeThread(1)];
        Lv1 = new Lv1(new Lv1Configuration
        {
            Memory = Memory,
            AddressSpaces = AddressSpaces,
            Threads = Threads,
            Spes = spes is null ? null : Spes,
            Clock = Clock,
            Control = Control,
            Logger = Logger,
            BootMemorySize = BootSize,
            TotalMemorySize = TotalSize,
            RepositoryNodes = nodes,
            Capabilities = capabilities ?? LparCapabilities.OtherOs,
            ConsoleSink = bytes => Console.AddRange(bytes),
            AuditCapacity = 64,
        });
        IBusSlot network = Lv1.AddToBus(new BusDevice
        {
            Bus = BusKind.System,
            Type = 3,
            Id = NetworkDevice,
            Interrupts = [BusInterrupt.EventPort(0)],
        });
        network.ServeNetwork(Network);
        NetworkPort = network.Dma;
        Lv1.AddToBus(new BusDevice
        {
            Bus = BusKind.System,
            Type = 4,
            Id = UsbDevice,
            Interrupts = [new BusInterrupt(3, UsbInterrupt)],
            Registers = [new BusRegisters(3, UsbRegisters, 0x10000)],
        }).ServeRegisters(UsbRegisters, new FakeRegisters());
        Lv1.ServeIoInterrupt(UsbInterrupt, Usb);
        Lv1.ServeGpu(Gpu);
        AvSettings.Port = Lv1.ServeVirtualUart(0, "avset", AvSettings);
        SystemManager.Port = Lv1.ServeVirtualUart(2, "sysmgr", SystemManager);
    }

    public GuestMemory Memory { get; } = new(TotalSize + (16UL << 20));

    public FakeAddressSpaceHost AddressSpaces { get; } = new();

    public FakeSpePool Spes { get; }

    public FakeThread[] Threads { get; }

    public FakeClock Clock { get; } = new();

    public FakeControl Control { get; } = new();

    public FakeLogger Logger { get; } = new();

    public FakeNetwork Network { get; } = new();

    public FakeGpu Gpu { get; } = new();

    public FakeIoSource Usb { get; } = new();

    public FakePeer AvSettings { get; } = new();

    public FakePeer SystemManager { get; } = new();

    public List<byte> Console { get; } = [];

    public Lv1 Lv1 { get; }

    public IDmaPort NetworkPort { get; }

    public CallResult Call(Lv1Call call, params ulong[] arguments) => CallOn(0, (ulong)call, arguments);

    public CallResult CallOn(int thread, ulong number, params ulong[] arguments)
    {
        var frame = new HypercallFrame { Number = number };
        for (int i = 0; i < arguments.Length; i++)
            frame.In[i] = arguments[i];
        Lv1Status status = Lv1.Call(Threads[thread], ref frame);
        return new CallResult(status, ((ReadOnlySpan<ulong>)frame.Out)[..7].ToArray());
    }

    /// <summary>Makes a call that must succeed, and returns its outputs.</summary>
    public ulong[] Ok(Lv1Call call, params ulong[] arguments)
    {
        CallResult result = Call(call, arguments);
        Assert.Equal(Lv1Status.Success, result.Status);
        return result.Out;
    }

    /// <summary>Makes a call that must fail with this status, and have no outputs.</summary>
    public void Fails(Lv1Status expected, Lv1Call call, params ulong[] arguments)
    {
        CallResult result = Call(call, arguments);
        Assert.Equal(expected, result.Status);
        Assert.All(result.Out, output => Assert.Equal(0UL, output));
    }

    public ulong Read64(ulong address)
    {
        Assert.True(Memory.TryReadUInt64(new LparAddress(address), out ulong value));
        return value;
    }

    public void Write64(ulong address, ulong value) => Assert.True(Memory.TryWriteUInt64(new LparAddress(address), value));

    public void Dispose() => Memory.Dispose();
}
