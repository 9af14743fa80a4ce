using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Dma;
using Lv1Hypervisor.Partitions;
using Lv1Hypervisor.Policy;
using Lv1Hypervisor.Services;
using Microsoft.Extensions.Logging;

namespace Lv1Hypervisor;

/// <summary>Sony's lv1 as one OtherOS partition sees it. Owned by the machine's emulation thread.</summary>
public sealed class Lv1 : IHypervisor, IDeviceHost, IMemoryWriter
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
    private readonly BusNodes _buses = new();
    private readonly IoSegments _ioSegments;
    private readonly AddressSpaceCalls _addressSpaces;
    private readonly RepositoryCalls _repository;
    private readonly InterruptCalls _interrupts;
    private readonly VirtualUartCalls _virtualUart;
    private readonly ConsoleCalls _console;
    private readonly GpuCalls _gpu = new();

    // One flag per call number (index 256: all higher numbers). A missing or refused call is reported once.
    private readonly bool[] _reported = new bool[257];

    // The same for expected refusals (PolicyDecision.Expected), so that one of them does not suppress a later warning.
    private readonly bool[] _expected = new bool[257];

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
        var windows = new HtabWindows(memory, _addresses);
        _addressSpaces = new AddressSpaceCalls(configuration.AddressSpaces, _memory, windows);
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
            memoryCalls: new MemoryCalls(_memory, windows),
            networkCalls: new NetworkCalls(_devices, _memory),
            partitionCalls: new PartitionCalls(_clock, configuration.Control, _plugs, configuration.Firmware),
            repositoryCalls: _repository,
            speCalls: new SpeCalls(
                configuration.Spes, memory, _addresses, _outlets, _addressSpaces, configuration.SpeInterruptLine),
            storageCalls: new StorageCalls(_devices),
            virtualUartCalls: _virtualUart);
    }

    /// <summary>The most recent hypercalls, and a count for each call number.</summary>
    public AuditTrail Audit { get; }

    /// <inheritdoc/>
    public IOutletSource Outlets => _outlets;

    /// <inheritdoc/>
    public ILparAllocator Addresses => _addresses;

    /// <inheritdoc/>
    public IDmaPort IoSegmentPort => _ioSegments;

    /// <inheritdoc/>
    public void Announce(RepositoryNode node) => _repository.Announce(node);

    /// <inheritdoc/>
    public IBusSlot AddToBus(BusDevice device)
    {
        IBusSlot slot = _devices.Add(device);
        foreach (RepositoryNode node in device.IsListed ? _buses.Add(device) : [])
            _repository.Announce(node);
        return slot;
    }

    /// <inheritdoc/>
    public void ServeGpu(IGpuDevice gpu) => _gpu.Attach(gpu);

    /// <inheritdoc/>
    public IVirtualUartPort ServeVirtualUart(int port, string name, IVirtualUartPeer peer)
    {
        IVirtualUartPort made = _virtualUart.Attach(port, peer);
        _repository.Announce(RepositoryNode.Own($"bi/vir_uart/port/{name}", (ulong)port));
        return made;
    }

    /// <inheritdoc/>
    public void ServeIoInterrupt(ulong interruptId, IIoInterruptSource source) => _interrupts.AttachIoInterrupt(interruptId, source);

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
            // Guests store the outputs whatever the status is, so a failed call must leave no partial outputs.
            frame.Out = default;
            ReportFailure(in frame, decision, status);
        }

        Audit.Add(new AuditRecord(_clock.TimeBase, caller.ThreadId, frame.Number, frame.In, status, !decision.Allowed));
        // The guest may have changed status or mask bits in memory since the last call. Every hypercall recomputes the interrupt
        // request (lv1-calls.md 1.1).
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

    // Physical SPEs and SPE reservations. All belong to this partition, and a reservation's id is its index (repository.md 2).
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
        ref bool reported = ref (decision.Expected ? _expected : _reported)[Math.Min(frame.Number, 256)];
        bool loud = !reported && (!decision.Allowed || status == Lv1Status.NotImplemented);
        reported |= loud;
        if (!loud && !_logger.IsEnabled(LogLevel.Debug))
            return;

        // Reached once per call number, or with debug logging on, so allocation does not matter here.
        string name = Lv1Calls.Name(frame.Number);
        string arguments = string.Join(", ", Enumerable.Range(0, Lv1Calls.InputCount(frame.Number)).Select(Argument(frame.In)));
        if (loud && decision.Expected)
        {
            _logger.LogInformation(
                "lv1_{Name} ({Number}) is refused to an OtherOS, as on a console: {Status}; ({Arguments})", name, frame.Number, status, arguments);
        }
        else if (loud && !decision.Allowed)
            _logger.LogWarning("lv1_{Name} ({Number}) refused by policy: {Status}; ({Arguments})", name, frame.Number, status, arguments);
        else if (loud)
            _logger.LogWarning("lv1_{Name} ({Number}) is not implemented; ({Arguments})", name, frame.Number, arguments);
        else
            _logger.LogDebug("lv1_{Name}({Arguments}) = {Status}", name, arguments, status);
    }

    private static Func<int, string> Argument(HypercallFrame.Arguments8 arguments) => index => $"0x{arguments[index]:x}";
}
