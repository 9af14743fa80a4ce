namespace Ps3Platform.Devices.Usb.Bus;

/// <summary>
/// What all devices have in common (USB 2.0, chapter 9): the stages of control transfers, standard requests, address, configuration,
/// halted endpoints. A device adds its class's requests and its endpoints.
/// </summary>
internal abstract class UsbFunction(UsbDescriptors descriptors) : IUsbDevice
{
    // Longer data stages are refused. The longest that a device here takes is a report of some bytes.
    private const int MostControlOut = 256;

    private readonly byte[] _out = new byte[MostControlOut];
    private readonly HashSet<int> _halted = [];
    private UsbSetup _setup;
    private Stage _stage;
    private byte[] _in = [];
    private int _moved;
    private int? _nextAddress;
    private Action? _ready;

    private enum Stage
    {
        Idle,
        DataIn,
        DataOut,
        StatusIn,
        StatusOut,
        Stalled,
    }

    /// <inheritdoc/>
    public string Product => descriptors.Product;

    /// <inheritdoc/>
    public virtual UsbSpeed Speed => UsbSpeed.Full;

    /// <inheritdoc/>
    public int Address { get; private set; }

    /// <inheritdoc/>
    public bool IsWakeupEnabled { get; private set; }

    /// <summary>The host has chosen the configuration.</summary>
    protected bool IsConfigured { get; private set; }

    /// <summary>The speed of the bus since the last reset.</summary>
    protected UsbSpeed CurrentSpeed { get; private set; }

    /// <inheritdoc/>
    public void Attach(Action ready)
    {
        _ready = ready;
        ResetBus(UsbSpeed.Full);
    }

    /// <inheritdoc/>
    public void Detach()
    {
        _ready = null;
        ResetBus(UsbSpeed.Full);
    }

    /// <inheritdoc/>
    public void ResetBus(UsbSpeed speed)
    {
        CurrentSpeed = speed;
        Address = 0;
        IsConfigured = false;
        IsWakeupEnabled = false;
        _nextAddress = null;
        _stage = Stage.Idle;
        _in = [];
        _halted.Clear();
        OnReset();
    }

    /// <inheritdoc/>
    public UsbReply Setup(ReadOnlySpan<byte> packet)
    {
        // The address of a request whose status stage never came is not taken.
        _nextAddress = null;
        _moved = 0;
        _in = [];
        if (packet.Length != UsbSetup.Size)
        {
            _stage = Stage.Stalled;
            return UsbReply.NoAnswer;
        }

        _setup = UsbSetup.Parse(packet);
        if (_setup.IsIn)
        {
            byte[]? answer = Answer(in _setup);
            _in = answer is { } all && all.Length > _setup.Length ? all[.._setup.Length] : answer ?? [];
            _stage = answer is null ? Stage.Stalled : _setup.Length == 0 ? Stage.StatusIn : Stage.DataIn;
        }
        else if (_setup.Length == 0)
        {
            _stage = Obey(in _setup, []) ? Stage.StatusIn : Stage.Stalled;
        }
        else
        {
            _stage = _setup.Length <= MostControlOut ? Stage.DataOut : Stage.Stalled;
        }

        return UsbReply.Ack;
    }

    /// <inheritdoc/>
    public UsbReply In(int endpoint, Span<byte> packet)
    {
        if (endpoint == 0)
            return ControlIn(packet);
        int address = 0x80 | endpoint;
        return !IsConfigured || descriptors.FindEndpoint(address, CurrentSpeed) is null ? UsbReply.NoAnswer
            : _halted.Contains(address) ? UsbReply.Stall : EndpointIn(endpoint, packet);
    }

    /// <inheritdoc/>
    public UsbReply Out(int endpoint, ReadOnlySpan<byte> packet)
    {
        if (endpoint == 0)
            return ControlOut(packet);
        if (!IsConfigured || descriptors.FindEndpoint(endpoint, CurrentSpeed) is not { } found || packet.Length > found.PacketSize)
            return UsbReply.NoAnswer;
        return _halted.Contains(endpoint) ? UsbReply.Stall : EndpointOut(endpoint, packet);
    }

    /// <summary>Halts an endpoint until the host clears that.</summary>
    /// <param name="address">Its number; bit 7: the one that sends to the host.</param>
    protected void Halt(int address) => _halted.Add(address);

    /// <summary>Tells the controller that an endpoint may not refuse its next token.</summary>
    protected void NotifyReady() => _ready?.Invoke();

    /// <summary>Bytes of an endpoint's largest packet, now.</summary>
    protected int PacketSize(int address) => descriptors.FindEndpoint(address, CurrentSpeed)?.PacketSize ?? 0;

    /// <summary>A class's or a vendor's request that brings bytes to the host.</summary>
    /// <returns>The bytes; null: it is not supported.</returns>
    protected virtual byte[]? AnswerRequest(in UsbSetup setup) => null;

    /// <summary>A class's or a vendor's request without data, or with data for the device.</summary>
    /// <returns>False: it is not supported.</returns>
    protected virtual bool ObeyRequest(in UsbSetup setup, ReadOnlySpan<byte> data) => false;

    /// <summary>A descriptor that only the class has.</summary>
    protected virtual byte[]? FindClassDescriptor(byte type) => null;

    /// <summary>An IN token to an endpoint other than 0, which exists and is not halted.</summary>
    protected abstract UsbReply EndpointIn(int endpoint, Span<byte> packet);

    /// <summary>An OUT token to an endpoint other than 0, which exists and is not halted.</summary>
    protected virtual UsbReply EndpointOut(int endpoint, ReadOnlySpan<byte> packet) => UsbReply.Stall;

    /// <summary>The bus was reset, or the device was plugged in or out.</summary>
    protected virtual void OnReset()
    {
    }

    /// <summary>The host chose a configuration.</summary>
    protected virtual void OnConfigured()
    {
    }

    /// <summary>The host let an endpoint go on.</summary>
    protected virtual void OnHaltCleared(int address)
    {
    }

    private UsbReply ControlIn(Span<byte> packet)
    {
        switch (_stage)
        {
            case Stage.DataIn:
                int size = UsbDescriptors.ControlPacketSize(CurrentSpeed);
                int length = Math.Min(size, _in.Length - _moved);
                _in.AsSpan(_moved, length).CopyTo(packet);
                _moved += length;
                // A packet that is not full ends the stage, and so does the last byte that was asked for (USB 2.0, 8.5.3.2).
                if (length < size || _moved == _setup.Length)
                    _stage = Stage.StatusOut;
                return UsbReply.Data(length);
            case Stage.StatusIn:
                _stage = Stage.Idle;
                if (_nextAddress is { } address)
                    Address = address;
                _nextAddress = null;
                return UsbReply.Data(0);
            case Stage.Idle or Stage.StatusOut:
                // The host has not seen the end of the stage: it may ask again, and gets nothing.
                return UsbReply.Data(0);
            default:
                return UsbReply.Stall;
        }
    }

    private UsbReply ControlOut(ReadOnlySpan<byte> packet)
    {
        switch (_stage)
        {
            case Stage.DataOut:
                if (packet.Length > _setup.Length - _moved)
                {
                    _stage = Stage.Stalled;
                    return UsbReply.Stall;
                }

                packet.CopyTo(_out.AsSpan(_moved));
                _moved += packet.Length;
                if (_moved == _setup.Length)
                    _stage = Obey(in _setup, _out.AsSpan(0, _moved)) ? Stage.StatusIn : Stage.Stalled;
                return UsbReply.Ack;
            case Stage.DataIn or Stage.StatusOut or Stage.Idle:
                // The host may end the data stage early by its status.
                _stage = Stage.Idle;
                return UsbReply.Ack;
            default:
                return UsbReply.Stall;
        }
    }

    private byte[]? Answer(in UsbSetup setup)
    {
        switch (setup.Kind)
        {
            case UsbRequest.ToDevice when setup.Request == UsbRequest.GetDescriptor:
                return descriptors.Find((byte)(setup.Value >> 8), (byte)setup.Value, CurrentSpeed);
            case UsbRequest.ToDevice when setup.Request == UsbRequest.GetConfiguration:
                return [(byte)(IsConfigured ? 1 : 0)];
            case UsbRequest.ToDevice when setup.Request == UsbRequest.GetStatus:
                return [(byte)(IsWakeupEnabled ? 2 : 0), 0];
            case UsbRequest.ToInterface when setup.Request == UsbRequest.GetDescriptor:
                return FindClassDescriptor((byte)(setup.Value >> 8));
            case UsbRequest.ToInterface when setup is { Request: UsbRequest.GetStatus, Index: 0 } && IsConfigured:
                return [0, 0];
            case UsbRequest.ToInterface when setup is { Request: UsbRequest.GetInterface, Index: 0 } && IsConfigured:
                return [0];
            case UsbRequest.ToEndpoint when setup.Request == UsbRequest.GetStatus && HasEndpoint(setup.Index):
                return [(byte)(_halted.Contains(setup.Index) ? 1 : 0), 0];
            default:
                return AnswerRequest(in setup);
        }
    }

    private bool Obey(in UsbSetup setup, ReadOnlySpan<byte> data)
    {
        switch (setup.Kind)
        {
            case UsbRequest.ToDevice when setup.Request == UsbRequest.SetAddress:
                _nextAddress = setup.Value & 0x7f;
                return setup.Value <= 0x7f;
            case UsbRequest.ToDevice when setup.Request == UsbRequest.SetConfiguration:
                if (setup.Value > 1)
                    return false;
                IsConfigured = setup.Value == 1;
                _halted.Clear();
                OnConfigured();
                return true;
            case UsbRequest.ToDevice when setup.Value == UsbRequest.RemoteWakeup && descriptors.CanWake
                && setup.Request is UsbRequest.SetFeature or UsbRequest.ClearFeature:
                IsWakeupEnabled = setup.Request == UsbRequest.SetFeature;
                return true;
            case UsbRequest.ToInterface when setup is { Request: UsbRequest.SetInterface, Value: 0, Index: 0 } && IsConfigured:
                _halted.Clear();
                return true;
            case UsbRequest.ToEndpoint when setup.Value == UsbRequest.EndpointHalt && HasEndpoint(setup.Index):
                return ObeyHalt(setup.Request, setup.Index);
            default:
                return ObeyRequest(in setup, data);
        }
    }

    private bool ObeyHalt(byte request, int address)
    {
        if (request == UsbRequest.SetFeature)
        {
            _halted.Add(address);
            return true;
        }

        if (request != UsbRequest.ClearFeature)
            return false;
        _halted.Remove(address);
        OnHaltCleared(address);
        NotifyReady();
        return true;
    }

    private bool HasEndpoint(int address) =>
        (address & 0x7f) == 0 || (IsConfigured && descriptors.FindEndpoint(address, CurrentSpeed) is not null);
}
