using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using Ps3Platform.Devices.Network;

namespace Ps3Platform.Devices.Gelic;

/// <summary>
/// The gigabit Ethernet controller of the southbridge as lv1 shows it (devices.md 3). All members belong to the emulation thread, on which
/// its wire delivers too.
/// </summary>
public sealed class GelicDevice : IDevice, INetworkDevice, IMemoryWriter
{
    private const ulong BusType = 3;
    private const ulong BusId = 0;

    private readonly GelicConfig _config;
    private readonly GelicInterrupts _interrupts;
    private readonly GelicTransmitter _transmitter;
    private readonly GelicReceiver _receiver;
    private readonly GelicControl _control;
    private readonly GelicLink _link;
    private readonly GelicWireless? _wireless;
    private readonly ReceiveFilter _filter;
    private readonly INetworkWire _wire;
    private bool _open;
    private bool _stopped;

    /// <summary>Makes the controller, puts it on the system bus and plugs the cable in.</summary>
    /// <exception cref="ArgumentException">The configured address is no valid unicast address.</exception>
    public GelicDevice(
        IDeviceHost host, GelicConfig config, GuestMemory memory, EventQueue events, IMachineClock clock, INetworkWire wire,
        ILogger<GelicDevice>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        // Linux and FreeBSD refuse an address that is zero or a group's.
        if (config.MacAddress is 0 or > ReceiveFilter.Broadcast || ReceiveFilter.IsGroup(config.MacAddress))
            throw new ArgumentException($"{config.MacAddress:x12} is no unicast Ethernet address.", nameof(config));

        _config = config;
        // Guests insist on id 0 and interrupt 0 (repository.md 3.2).
        IBusSlot slot = host.AddToBus(
            new BusDevice { Bus = BusKind.System, Type = BusType, Id = BusId, Interrupts = [BusInterrupt.EventPort(0)] });
        IDmaPort dma = slot.Dma;
        _interrupts = new GelicInterrupts(memory);
        _link = new GelicLink(_interrupts);
        _wireless = config.Vlans is null ? null : new GelicWireless(memory, _interrupts, events, clock);
        _filter = new ReceiveFilter(config.MacAddress);
        _transmitter = new GelicTransmitter(
            dma, wire, _link, _interrupts, events, clock, config.Vlans, logger ?? NullLogger<GelicDevice>.Instance);
        _receiver = new GelicReceiver(dma, wire, _filter, _interrupts, events, clock, config.Vlans);
        _control = new GelicControl(config, _interrupts, _link, _wireless);
        _wire = wire;
        wire.Receiver = ReceiveUnlessStopped;
        slot.ServeNetwork(this);
    }

    /// <inheritdoc/>
    public string Name => "gelic";

    /// <summary>Frames put on the wire since power-on.</summary>
    public long FramesSent => _transmitter.FramesSent;

    /// <summary>Frames stored in guest memory since power-on.</summary>
    public long FramesReceived => _receiver.FramesStored;

    /// <summary>Frames for this station that came while the engine or device was stopped, or did not fit into their descriptor.</summary>
    public long FramesDropped => _receiver.FramesDropped;

    /// <summary>
    /// The cable is connected. A change raises the port status cause. Without it, what the guest sends is dropped and counted, and nothing
    /// is received.
    /// </summary>
    public bool IsLinkUp
    {
        get => _link.IsUp;
        set => _link.SetUp(value);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _transmitter.Reset();
        _receiver.Reset();
        _control.Reset();
        _link.Reset();
        SetOpen(false);
    }

    /// <summary>Frames that come in while the device is stopped are dropped and counted, as with a full receive ring.</summary>
    public void Stop() => _stopped = true;

    /// <inheritdoc/>
    public void Continue() => _stopped = false;

    /// <inheritdoc/>
    public DeviceState Inspect() => new GelicState(_stopped)
    {
        MacAddress = _config.MacAddress,
        Open = _open,
        Transmitting = _transmitter.IsRunning,
        Receiving = _receiver.IsRunning,
        TransmitDescriptor = _transmitter.Current.Value,
        ReceiveDescriptor = _receiver.Current.Value,
        FramesSent = FramesSent,
        FramesReceived = FramesReceived,
        FramesDropped = FramesDropped,
        LinkUp = _link.IsUp,
        PortStatus = _link.Status,
        WakeOnLan = _control.WakeOnLan,
        FramesMalformed = _transmitter.FramesMalformed,
        FramesWithoutLink = _transmitter.FramesWithoutLink,
        DescriptorsMalformed = _transmitter.DescriptorsMalformed,
        ReceivedMalformed = _receiver.FramesMalformed,
        CauseWord = _interrupts.Word?.Value,
        InterruptMask = _interrupts.Mask,
        CausesLatched = _interrupts.Latched,
        CausesPublished = _interrupts.Published,
        Groups = _filter.Groups,
    };

    /// <inheritdoc/>
    string IMemoryWriter.Name => "the network controller";

    /// <summary>While it sends, or waits for frames that can come, it may store wherever a descriptor points.</summary>
    public bool MayStore(LparAddress start, ulong length) => _transmitter.IsRunning || (_receiver.IsStarted && _wire.CanReceive);

    /// <inheritdoc/>
    public void SetOpen(bool open)
    {
        _open = open;
        if (open)
            return;
        _transmitter.Stop();
        _receiver.Stop();
        _filter.Clear();
        _wireless?.Reset();
        _interrupts.Reset();
    }

    /// <inheritdoc/>
    public void ConnectInterrupt(IInterruptLine? line) => _interrupts.Connect(line);

    /// <inheritdoc/>
    public Lv1Status StartTransmit(IoAddress descriptor) => _open ? _transmitter.Start(descriptor) : Lv1Status.WrongState;

    /// <inheritdoc/>
    public Lv1Status StopTransmit()
    {
        _transmitter.Stop();
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status StartReceive(IoAddress descriptor) => _open ? _receiver.Start(descriptor) : Lv1Status.WrongState;

    /// <inheritdoc/>
    public Lv1Status StopReceive()
    {
        _receiver.Stop();
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status SetInterruptStatusIndicator(LparAddress? causeWord)
    {
        if (causeWord is { } word && word.Value % sizeof(ulong) != 0)
            return Lv1Status.AlignmentError;
        return _interrupts.TrySetWord(causeWord) ? Lv1Status.Success : Lv1Status.IllegalParameterValue;
    }

    /// <inheritdoc/>
    public Lv1Status SetInterruptMask(ulong mask)
    {
        _interrupts.SetMask(mask);
        // Linux has recycled descriptors when it unmasks.
        if (_receiver.IsRunning)
            _wire.Resume();
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status Control(ulong command, ulong p2, ulong p3, ulong p4, out ulong v1, out ulong v2) =>
        _control.Execute(command, p2, p3, p4, out v1, out v2);

    /// <inheritdoc/>
    public Lv1Status AddMulticastAddress(ulong address, bool all)
    {
        if (all)
        {
            _filter.AddAllGroups();
            return Lv1Status.Success;
        }

        if (!ReceiveFilter.IsGroup(address))
            return Lv1Status.IllegalParameterValue;
        return _filter.TryAdd(address) ? Lv1Status.Success : Lv1Status.ResourceShortage;
    }

    /// <inheritdoc/>
    public Lv1Status RemoveMulticastAddresses()
    {
        _filter.Clear();
        return Lv1Status.Success;
    }

    private bool ReceiveUnlessStopped(ReadOnlySpan<byte> frame)
    {
        if (!_stopped && _link.IsUp)
            return _receiver.Receive(frame);
        _receiver.Drop();
        return true;
    }
}
