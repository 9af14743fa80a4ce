using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Dma;
using Lv1Hypervisor.Partitions;
using Lv1Hypervisor.Policy;
using Lv1Hypervisor.Services;
using Microsoft.Extensions.Logging;

namespace Lv1Hypervisor;

/// <summary>Sony's lv1 as one OtherOS partition sees it. Owned by the machine's emulation thread.</summary>
public sealed class Lv1 : IHypervisor, IMemoryWriter
{
    private readonly ILogger _logger;
    private readonly IMachineClock _clock;
    private readonly HypercallPolicy _policy;
    private readonly HypercallDispatcher _dispatcher;
    private readonly LparMemory _memory;
    private readonly LparAddressAllocator _addresses = new();
    private readonly OutletTable _outlets = new();
    private readonly IrqPlugs[] _plugs;
    private readonly DeviceTable _devices;
    private readonly IoSegments _ioSegments;
    private readonly AddressSpaceCalls _addressSpaces;
    private readonly RepositoryCalls _repository;
    private readonly InterruptCalls _interrupts;
    private readonly VirtualUartCalls _virtualUart;
    private readonly ConsoleCalls _console;
    private readonly GpuCalls _gpu = new();

    // One bit a number (256: everything beyond): a missing or refused call is reported once.
    private readonly bool[] _reported = new bool[257];

    /// <summary>Makes the hypervisor and maps boot memory.</summary>
    /// <exception cref="InvalidOperationException">Boot memory cannot be mapped.</exception>
    public Lv1(Lv1Configuration configuration)
    {
        _logger = configuration.Logger;
        _clock = configuration.Clock;
        _policy = new HypercallPolicy(configuration.Capabilities);
        Audit = new AuditTrail(configuration.AuditCapacity);
        GuestMemory memory = configuration.Memory;
        _memory = new LparMemory(memory, _addresses, configuration.BootMemorySize, configuration.TotalMemorySize);
        _plugs = new IrqPlugs[Lpar.ThreadCount];
        for (int thread = 0; thread < Lpar.ThreadCount; thread++)
            _plugs[thread] = new IrqPlugs(thread, memory, configuration.Threads);
        _devices = new DeviceTable(memory, _outlets);
        _ioSegments = new IoSegments(memory);
        _addressSpaces = new AddressSpaceCalls(configuration.AddressSpaces, _memory);
        _repository = new RepositoryCalls([.. OwnNodes(configuration), .. configuration.RepositoryNodes]);
        _interrupts = new InterruptCalls(_memory, _outlets, _plugs);
        _virtualUart = new VirtualUartCalls(memory, _memory, _outlets);
        _console = new ConsoleCalls(configuration.ConsoleSink);
        _dispatcher = new HypercallDispatcher(
            addressSpaceCalls: _addressSpaces,
            consoleCalls: _console,
            deviceCalls: new DeviceCalls(_devices, _outlets, _addresses),
            dmaRegionCalls: new DmaRegionCalls(_devices, _memory),
            gpuCalls: _gpu,
            interruptCalls: _interrupts,
            ioSegmentCalls: new IoSegmentCalls(_ioSegments, _memory),
            memoryCalls: new MemoryCalls(_memory),
            networkCalls: new NetworkCalls(_devices, _memory),
            partitionCalls: new PartitionCalls(_clock, configuration.Control, _plugs, configuration.Firmware),
            repositoryCalls: _repository,
            speCalls: new SpeCalls(
                configuration.Spes, memory, _addresses, _outlets, _addressSpaces, configuration.SpeInterruptLine),
            storageCalls: new StorageCalls(),
            virtualUartCalls: _virtualUart);
    }

    /// <summary>The last calls, and counts of all.</summary>
    public AuditTrail Audit { get; }

    /// <summary>For devices that publish an outlet number themselves.</summary>
    public IOutletSource Outlets => _outlets;

    /// <summary>Partition addresses for device memory.</summary>
    public ILparAllocator Addresses => _addresses;

    /// <summary>The sound device's way into memory, through I/O address space 0.</summary>
    public IDmaPort IoSegmentPort => _ioSegments;

    /// <summary>Puts a network controller at a bus and device id; the repository must name the same ids.</summary>
    public void AttachNetwork(ulong bus, ulong device, INetworkDevice network) => _devices.GetOrAdd(bus, device).Network = network;

    /// <summary>Gives the machine its GPU.</summary>
    public void AttachGpu(IGpuDevice gpu) => _gpu.Device = gpu;

    /// <summary>Puts system software behind a virtual UART port (0..2).</summary>
    public void AttachVirtualUart(int port, IVirtualUartPeer peer) => _virtualUart.Attach(port, peer);

    /// <summary>Offers a register block of a device for lv1_map_device_mmio_region.</summary>
    public void AttachRegisters(ulong bus, ulong device, ulong busAddress, ulong size, IMmioDevice registers) =>
        _devices.GetOrAdd(bus, device).AddRegisters(busAddress, size, registers);

    /// <summary>Offers an interrupt for lv1_construct_io_irq_outlet.</summary>
    public void AttachIoInterrupt(ulong interruptId, IIoInterruptSource source) => _interrupts.AttachIoInterrupt(interruptId, source);

    /// <summary>A device's way into memory, through the DMA regions the guest makes for that bus and device id.</summary>
    public IDmaPort CreateDmaPort(ulong bus, ulong device) => _devices.GetOrAdd(bus, device).Dma;

    /// <inheritdoc/>
    public string Name => "lv1, when an interrupt comes,";

    /// <summary>The interrupt status bits of the threads and the bitmap of the virtual UARTs.</summary>
    public bool MayStore(LparAddress start, ulong length) =>
        _plugs.Any(plugs => plugs.MayStore(start, length)) || _virtualUart.MayStore(start, length);

    /// <inheritdoc/>
    public Lv1Status Call(ILogicalPpeThread caller, ref HypercallFrame frame)
    {
        PolicyDecision decision = _policy.Decide(in frame);
        Lv1Status status = decision.Allowed ? _dispatcher.Dispatch(caller, ref frame) : decision.Status;
        if (status != Lv1Status.Success)
        {
            // Guests store the outputs whatever the status; nothing half-done may show.
            frame.Out = default;
            ReportFailure(in frame, decision, status);
        }

        Audit.Add(new AuditRecord(_clock.TimeBase, caller.ThreadId, frame.Number, frame.In, status, !decision.Allowed));
        // The guest may have changed status or mask bits in memory since; every call gives the interrupt its chance
        // (lv1-calls.md 1.1).
        _plugs[caller.ThreadId].RefreshRequest();
        return status;
    }

    private static IEnumerable<RepositoryNode> OwnNodes(Lv1Configuration configuration) =>
    [
        RepositoryNode.Own($"bi/pu0/{Lpar.PpeId}/rm_size", configuration.BootMemorySize),
        RepositoryNode.Own("bi/rgntotal", configuration.TotalMemorySize),
        RepositoryNode.Own("bi/pun", 1),
        RepositoryNode.Own("bi/pu0", Lpar.PpeId),
        RepositoryNode.Machine("ben", 1),
        RepositoryNode.Machine("be0", 0),
        RepositoryNode.Machine("be0/0/clock", IMachineClock.Frequency),
        .. SpeNodes(configuration.Spes?.Count ?? 0),
    ];

    // Physical SPEs and reservations. All are the partition's alone, and a reservation's id is its index (repository.md 2).
    private static IEnumerable<RepositoryNode> SpeNodes(int count)
    {
        const ulong Exclusive = 1UL << 63;
        return
        [
            RepositoryNode.Own("bi/spun", (ulong)count),
            RepositoryNode.Own("bi/spursvn", (ulong)count),
            .. Enumerable.Range(0, count).Select(static index => RepositoryNode.Own($"bi/spursv/{index}", Exclusive, (ulong)index)),
        ];
    }

    private void ReportFailure(in HypercallFrame frame, PolicyDecision decision, Lv1Status status)
    {
        ref bool reported = ref _reported[Math.Min(frame.Number, 256)];
        bool loud = !reported && (!decision.Allowed || status == Lv1Status.NotImplemented);
        reported |= loud;
        if (!loud && !_logger.IsEnabled(LogLevel.Debug))
            return;

        // Reached once a number, or with debug logging on: allocation is no matter here.
        string name = Lv1Calls.Name(frame.Number);
        string arguments = string.Join(", ", Enumerable.Range(0, Lv1Calls.InputCount(frame.Number)).Select(Argument(frame.In)));
        if (loud && !decision.Allowed)
            _logger.LogWarning("lv1_{Name} ({Number}) refused by policy: {Status}; ({Arguments})", name, frame.Number, status, arguments);
        else if (loud)
            _logger.LogWarning("lv1_{Name} ({Number}) is not implemented; ({Arguments})", name, frame.Number, arguments);
        else
            _logger.LogDebug("lv1_{Name}({Arguments}) = {Status}", name, arguments, status);
    }

    private static Func<int, string> Argument(HypercallFrame.Arguments8 arguments) => index => $"0x{arguments[index]:x}";
}
