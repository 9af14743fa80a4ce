using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.Ohci;

/// <summary>The root hub's registers and ports (OHCI 1.0a, 7.4).</summary>
internal sealed class OhciRootHub
{
    private const uint Connected = 1;
    private const uint Enabled = 1 << 1;
    private const uint Suspended = 1 << 2;
    private const uint OverCurrent = 1 << 3;
    private const uint Resetting = 1 << 4;
    private const uint Powered = 1 << 8;
    private const uint LowSpeed = 1 << 9;
    private const uint ConnectChanged = 1 << 16;
    private const uint EnableChanged = 1 << 17;
    private const uint SuspendChanged = 1 << 18;
    private const uint ResetChanged = 1 << 20;
    private const uint AllChanges = 0x1f << 16;

    // HcRhDescriptorA.
    private const uint PowerSwitchingByPort = 1 << 8;
    private const uint NoPowerSwitching = 1 << 9;
    private const uint WritableA = 0xff00_1b00;

    // HcRhStatus.
    private const uint WakesByConnect = 1 << 15;
    private const uint ClearWakesByConnect = 1u << 31;

    private const ulong ResetTicks = 10 * UsbPacer.Frame;
    private const ulong ResumeTicks = 20 * UsbPacer.Frame;

    private readonly IReadOnlyList<UsbSocket> _sockets;
    private readonly IRootHub _owner;
    private readonly Action _changed;
    private readonly uint[] _ports;

    // The end of a reset or a resume, one of which a port has at a time.
    private readonly UsbPacer[] _timers;
    private uint _a;
    private uint _b;

    /// <param name="sockets">All sockets; ports of those that belong to the other controller are empty.</param>
    /// <param name="owner">The controller, as sockets know it.</param>
    /// <param name="timer">Makes a timer for each port.</param>
    /// <param name="changed">A port has changed.</param>
    public OhciRootHub(IReadOnlyList<UsbSocket> sockets, IRootHub owner, Func<Action, UsbPacer> timer, Action changed)
    {
        _sockets = sockets;
        _owner = owner;
        _changed = changed;
        _ports = new uint[sockets.Count];
        _timers = [.. Enumerable.Range(0, sockets.Count).Select(port => timer(() => OnTimer(port)))];
        Reset();
    }

    /// <summary>A device that is plugged in or out wakes a suspended bus.</summary>
    public bool ConnectWakes { get; private set; }

    /// <summary>HcRhDescriptorA.</summary>
    public uint A
    {
        get => _a | (uint)_sockets.Count;
        set => _a = value & WritableA;
    }

    /// <summary>HcRhDescriptorB.</summary>
    public uint B
    {
        get => _b;
        set => _b = value & (((2u << _sockets.Count) - 2) * 0x1_0001);
    }

    /// <summary>HcRhStatus.</summary>
    public uint Status => ConnectWakes ? WakesByConnect : 0;

    /// <summary>As after power-on.</summary>
    public void Reset()
    {
        _a = PowerSwitchingByPort;
        _b = 0;
        ConnectWakes = false;
        for (int i = 0; i < _ports.Length; i++)
        {
            _ports[i] = 0;
            _timers[i].Stop();
        }
    }

    /// <summary>HcRhPortStatus.</summary>
    public uint Read(int port) => _ports[port];

    /// <summary>Stores to HcRhStatus.</summary>
    public void WriteStatus(uint value)
    {
        if ((value & WakesByConnect) != 0)
            ConnectWakes = true;
        if ((value & ClearWakesByConnect) != 0)
            ConnectWakes = false;
        // Global power: bit 0 off, bit 16 on, for the ports that have no switch of their own (7.4.3).
        for (int port = 0; port < _ports.Length; port++)
        {
            if (IsSwitchedAlone(port))
                continue;
            if ((value & 1) != 0)
                SetPower(port, on: false);
            if ((value & (1 << 16)) != 0)
                SetPower(port, on: true);
        }
    }

    /// <summary>Stores to HcRhPortStatus.</summary>
    public void Write(int port, uint value)
    {
        uint before = _ports[port];
        _ports[port] &= ~(value & AllChanges);
        if ((value & Powered) != 0 && (IsSwitchedAlone(port) || (_a & NoPowerSwitching) != 0))
            SetPower(port, on: true);
        if ((value & LowSpeed) != 0 && IsSwitchedAlone(port))
            SetPower(port, on: false);
        bool isConnected = (_ports[port] & Connected) != 0;
        if ((value & (Enabled | Suspended | Resetting)) != 0 && !isConnected)
            _ports[port] |= ConnectChanged;
        if ((value & Connected) != 0)
            _ports[port] &= ~(Enabled | Suspended);
        if ((value & Enabled) != 0 && isConnected)
            _ports[port] |= Enabled;
        if ((value & Suspended) != 0 && (_ports[port] & Enabled) != 0)
            _ports[port] |= Suspended;
        if ((value & OverCurrent) != 0)
            Resume(port);
        if ((value & Resetting) != 0 && isConnected)
            BeginReset(port);
        if ((_ports[port] & ~before & AllChanges) != 0)
            _changed();
    }

    /// <summary>The device of an address, if it is on an enabled port.</summary>
    public IUsbDevice? Find(int address)
    {
        for (int port = 0; port < _ports.Length; port++)
        {
            if ((_ports[port] & (Enabled | Suspended | Resetting)) == Enabled && _sockets[port].Owner == _owner
                && _sockets[port].Device is { } device && device.Address == address)
                return device;
        }

        return null;
    }

    public void OnConnected(int port)
    {
        if ((_ports[port] & Powered) == 0)
            return;
        _ports[port] |= Connected | ConnectChanged | (_sockets[port].Device!.Speed == UsbSpeed.Low ? LowSpeed : 0);
        _changed();
    }

    public void OnDisconnected(int port)
    {
        uint before = _ports[port];
        _timers[port].Stop();
        if ((before & Connected) == 0)
            return;
        _ports[port] = (before & (Powered | AllChanges)) | ConnectChanged | ((before & Enabled) != 0 ? EnableChanged : 0);
        _changed();
    }

    /// <summary>A device has something to say. Returns true when its port was suspended, and it may wake it.</summary>
    public bool OnReady(int port)
    {
        if ((_ports[port] & Suspended) == 0 || !_sockets[port].Device!.IsWakeupEnabled)
            return false;
        Resume(port);
        return true;
    }

    /// <summary>The device of a port may wake a suspended bus.</summary>
    public bool IsWakeupEnabled(int port) => (_ports[port] & Enabled) != 0 && _sockets[port].Device is { IsWakeupEnabled: true };

    private bool IsSwitchedAlone(int port) => (_a & PowerSwitchingByPort) != 0 && (_b & (0x2_0000u << port)) != 0;

    private void SetPower(int port, bool on)
    {
        bool isOn = (_ports[port] & Powered) != 0;
        if (on == isOn)
            return;
        _timers[port].Stop();
        _ports[port] = on ? Powered : 0;
        if (on && _sockets[port].Owner == _owner && _sockets[port].Device is not null)
            OnConnected(port);
    }

    private void BeginReset(int port)
    {
        if ((_ports[port] & Resetting) != 0)
            return;
        _ports[port] |= Resetting;
        IUsbDevice device = _sockets[port].Device!;
        device.ResetBus(device.Speed == UsbSpeed.Low ? UsbSpeed.Low : UsbSpeed.Full);
        Start(port, ResetTicks);
    }

    private void Resume(int port)
    {
        if ((_ports[port] & (Suspended | Resetting)) == Suspended && !_timers[port].IsRunning)
            Start(port, ResumeTicks);
    }

    private void Start(int port, ulong ticks)
    {
        _timers[port].Stop();
        _timers[port].ScanAt(_timers[port].Now + ticks);
    }

    private void OnTimer(int port)
    {
        uint status = _ports[port];
        if ((status & Resetting) != 0)
            _ports[port] = (status & ~(Resetting | Suspended)) | Enabled | ResetChanged;
        else if ((status & Suspended) != 0)
            _ports[port] = (status & ~Suspended) | SuspendChanged;
        else
            return;
        _changed();
    }
}
