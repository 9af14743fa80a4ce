using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.Ehci;

/// <summary>The ports (EHCI 1.0, 2.3.9 and 4.2).</summary>
/// <param name="sockets">All sockets.</param>
/// <param name="owner">The controller, as sockets know it.</param>
/// <param name="companion">The controller for slower devices, to which a port can be given.</param>
/// <param name="changed">A port has changed.</param>
internal sealed class EhciRootHub(IReadOnlyList<UsbSocket> sockets, IRootHub owner, IRootHub companion, Action changed)
{
    private const uint Connected = 1;
    private const uint ConnectChanged = 1 << 1;
    private const uint Enabled = 1 << 2;
    private const uint EnableChanged = 1 << 3;
    private const uint OverCurrentChanged = 1 << 5;
    private const uint Resuming = 1 << 6;
    private const uint Suspended = 1 << 7;
    private const uint Resetting = 1 << 8;
    private const uint LineK = 1 << 10;
    private const uint LineJ = 1 << 11;
    private const uint Powered = 1 << 12;
    private const uint CompanionOwns = 1 << 13;
    private const uint WakeBits = 7 << 20;
    private const uint Changes = ConnectChanged | EnableChanged | OverCurrentChanged;

    private readonly uint[] _ports = new uint[sockets.Count];

    /// <summary>The guest has configured the controller: ports belong to it first.</summary>
    public bool IsConfigured { get; private set; }

    /// <summary>As after power-on: all ports belong to the other controller.</summary>
    public void Reset()
    {
        SetConfigured(false);
        Array.Clear(_ports);
    }

    /// <summary>CONFIGFLAG.</summary>
    public void SetConfigured(bool configured)
    {
        IsConfigured = configured;
        foreach (UsbSocket socket in sockets)
            socket.RouteTo(configured ? owner : companion);
    }

    /// <summary>PORTSC.</summary>
    public uint Read(int port)
    {
        UsbSocket socket = sockets[port];
        if (socket.Owner != owner)
            return (_ports[port] & (Changes | WakeBits)) | Powered | CompanionOwns;
        // The lines tell a device of low speed before the first reset, and are of no meaning once the port is enabled.
        uint lines = socket.Device is null || (_ports[port] & (Enabled | Resetting)) != 0 ? 0
            : socket.Device.Speed == UsbSpeed.Low ? LineK : LineJ;
        return _ports[port] | Powered | lines;
    }

    /// <summary>Stores to PORTSC.</summary>
    public void Write(int port, uint value)
    {
        UsbSocket socket = sockets[port];
        uint status = (_ports[port] & ~(value & Changes) & ~WakeBits) | (value & WakeBits);
        _ports[port] = status;
        if (IsConfigured)
            socket.RouteTo((value & CompanionOwns) != 0 ? companion : owner);
        if (socket.Owner != owner || (status & Connected) == 0)
            return;
        if ((value & Enabled) == 0)
            status &= ~(Enabled | Suspended | Resuming);
        if ((value & Suspended) != 0 && (status & Enabled) != 0)
            status |= Suspended;
        if ((value & Resuming) != 0 && (status & Suspended) != 0)
            status |= Resuming;
        else if ((value & Resuming) == 0 && (status & Resuming) != 0)
            status &= ~(Resuming | Suspended);
        if ((value & Resetting) != 0)
            status = (status | Resetting) & ~(Enabled | Suspended | Resuming);
        else if ((status & Resetting) != 0)
            status = EndReset(socket.Device!, status);
        _ports[port] = status;
    }

    /// <summary>The device of an address, if it is on an enabled port.</summary>
    public IUsbDevice? Find(int address)
    {
        for (int port = 0; port < _ports.Length; port++)
        {
            if ((_ports[port] & (Enabled | Suspended)) == Enabled && sockets[port].Owner == owner
                && sockets[port].Device is { } device && device.Address == address)
                return device;
        }

        return null;
    }

    public void OnConnected(int port)
    {
        _ports[port] = (_ports[port] & (Changes | WakeBits)) | Connected | ConnectChanged;
        changed();
    }

    public void OnDisconnected(int port)
    {
        uint before = _ports[port];
        _ports[port] = (before & (Changes | WakeBits)) | ConnectChanged | ((before & Enabled) != 0 ? EnableChanged : 0);
        changed();
    }

    // A slower device leaves its port disabled, and the guest then gives that to the other controller.
    private static uint EndReset(IUsbDevice device, uint status)
    {
        status &= ~Resetting;
        if (device.Speed != UsbSpeed.High)
            return status;
        device.ResetBus(UsbSpeed.High);
        return status | Enabled;
    }
}
