using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ps3Platform.Devices.Network;

namespace Ps3Platform.Devices.Gelic;

/// <summary>
/// The gigabit Ethernet controller of the southbridge as lv1 shows it. Owned by the emulation thread, on which its wire
/// delivers as well.
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
        // Both guests give up on an address that is zero or a group's.
        if (config.MacAddress is 0 or > ReceiveFilter.Broadcast || ReceiveFilter.IsGroup(config.MacAddress))
            throw new ArgumentException($"{config.MacAddress:x12} is no unicast Ethernet address.", nameof(config));

        _config = config;
        // Guests insist on id 0 and interrupt 0 (repository.md 3.2).
        IBusSlot slot = host.AddToBus(
            new BusDevice { Bus = BusKind.System, Type = BusType, Id = BusId, Interrupts = [BusInterrupt.EventPort(0)] });
        IDmaPort dma = slot.Dma;
        _interrupts = new GelicInterrupts(memory);
        _filter = new ReceiveFilter(config.MacAddress);
        _transmitter = new GelicTransmitter(
            dma, wire, _interrupts, events, clock, config.Vlans, logger ?? NullLogger<GelicDevice>.Instance);
        _receiver = new GelicReceiver(dma, _filter, _interrupts, config.Vlans);
        _control = new GelicControl(config, _interrupts);
        _wire = wire;
        wire.Received += ReceiveUnlessStopped;
        slot.ServeNetwork(this);
    }

    /// <inheritdoc/>
    public string Name => "gelic";

    /// <summary>Frames put on the wire since power-on.</summary>
    public long FramesSent => _transmitter.FramesSent;

    /// <summary>Frames stored in guest memory since power-on.</summary>
    public long FramesReceived => _receiver.FramesStored;

    /// <summary>Frames for this station that found no descriptor.</summary>
    public long FramesDropped => _receiver.FramesDropped;

    /// <inheritdoc/>
    public void Reset()
    {
        SetOpen(false);
        _transmitter.Reset();
        _receiver.Reset();
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
        CauseWord = _interrupts.Word?.Value,
        InterruptMask = _interrupts.Mask,
        CausesLatched = _interrupts.Latched,
        CausesPublished = _interrupts.Published,
        Groups = _filter.Groups,
    };

    /// <inheritdoc/>
    string IMemoryWriter.Name => "the network controller";

    /// <summary>While it sends, or waits for frames that can come, it may store wherever a descriptor sends it.</summary>
    public bool MayStore(LparAddress start, ulong length) => _transmitter.IsRunning || (_receiver.IsRunning && _wire.CanReceive);

    /// <inheritdoc/>
    public void SetOpen(bool open)
    {
        _open = open;
        if (open)
            return;
        _transmitter.Stop();
        _receiver.Stop();
        _filter.Clear();
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
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status Control(ulong command, ulong p2, ulong p3, ulong p4, out ulong v1, out ulong v2)
    {
        v2 = 0;
        return _control.Execute(command, p2, out v1);
    }

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

    private void ReceiveUnlessStopped(ReadOnlySpan<byte> frame)
    {
        if (_stopped)
            _receiver.Drop();
        else
            _receiver.Receive(frame);
    }
}
