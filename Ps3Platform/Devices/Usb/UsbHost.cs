using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Usb.Bus;
using Ps3Platform.Devices.Usb.Input;

namespace Ps3Platform.Devices.Usb;

/// <summary>
/// The console's USB: two devices on the south bridge with an OHCI and an EHCI each (devices.md 10), their sockets, and what is plugged in.
/// All members belong to the machine's thread.
/// </summary>
public sealed class UsbHost : IDevice, IHotPlug, IMemoryWriter, IDisposable
{
    private readonly UsbController[] _controllers;
    private readonly UsbDeviceFactory _factory;
    private readonly UsbPlugs _plugs;
    private readonly List<PluggedDevice> _devices = [];
    private bool _isStopped;

    /// <summary>Puts both devices on the system bus and plugs in what there is.</summary>
    /// <param name="host">lv1.</param>
    /// <param name="ports">What disks need of the machine.</param>
    /// <param name="plugs">What is plugged in; it outlives this machine.</param>
    public UsbHost(IDeviceHost host, StoragePorts ports, UsbPlugs plugs)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(plugs);
        // Guests look for ids 1 and 2 (repository.md 3.2).
        _controllers = [.. Enumerable.Range(1, UsbLayout.Controllers)
            .Select(id => new UsbController(host, (ulong)id, UsbLayout.SocketsPerController, ports.Events, ports.Clock))];
        _factory = new UsbDeviceFactory(ports);
        _plugs = plugs;
        Keys = new KeyChords(Input, ports.Events, ports.Clock);
        foreach (UsbPlug plug in plugs.All)
            PlugIn(plug);
    }

    /// <inheritdoc cref="IDevice.Name"/>
    public string Name => "usb";

    /// <summary>Where keys, movements and the state of a game controller go.</summary>
    public InputRouter Input { get; } = new();

    /// <summary>Presses keys together for a time.</summary>
    public KeyChords Keys { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Drivers => UsbDriverNames.All;

    /// <inheritdoc/>
    string IMemoryWriter.Name => "a USB controller";

    /// <inheritdoc/>
    public void Reset()
    {
        foreach (UsbController controller in _controllers)
            controller.Reset();
    }

    /// <summary>What comes from the host's terminals and disks waits meanwhile. Keys go into the keyboard's own queue.</summary>
    public void Stop() => SetStopped(true);

    /// <inheritdoc/>
    public void Continue() => SetStopped(false);

    /// <inheritdoc/>
    public DeviceState Inspect() => new UsbState(_isStopped)
    {
        Devices = [.. _devices.Select(static plugged => plugged.State)],
        Controllers = [.. _controllers.Select(static controller => controller.State)],
    };

    /// <inheritdoc/>
    public bool MayStore(LparAddress start, ulong length) =>
        Array.Exists(_controllers, controller => controller.MayStore(start, length));

    /// <inheritdoc/>
    public void Add(string driver, IReadOnlyDictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        (UsbDeviceSpec spec, string? id) = UsbDriverNames.Parse(driver, properties);
        PlugIn(_plugs.Add(spec, id));
    }

    /// <inheritdoc/>
    public bool TryRemove(string id)
    {
        if (_devices.Find(plugged => plugged.Plug.Id == id) is not { } found)
            return false;
        PullOut(found);
        _plugs.Remove(found.Plug);
        return true;
    }

    /// <summary>Lets go of terminals and disks, which outlive this machine.</summary>
    public void Dispose()
    {
        foreach (PluggedDevice plugged in _devices)
            (plugged.Device as IDisposable)?.Dispose();
        _devices.Clear();
    }

    private void PlugIn(UsbPlug plug)
    {
        IUsbDevice device = _factory.Make(plug);
        // Devices take turns on the controllers, so that a slow one has its neighbours on the other.
        (UsbController controller, UsbSocket socket) = _controllers
            .SelectMany(static controller => controller.Sockets, static (controller, socket) => (Controller: controller, Socket: socket))
            .Where(static place => place.Socket.Device is null)
            .MinBy(static place => place.Controller.Sockets.Count(static socket => socket.Device is not null));
        if (socket is null)
            throw new DeviceOperationException($"All {UsbLayout.Sockets} USB sockets are taken; take a device out first.");
        int place = (Array.IndexOf(_controllers, controller) * UsbLayout.SocketsPerController) + socket.Index + 1;
        _devices.Add(new PluggedDevice(plug, device, controller, socket, place));
        Input.Attach(device);
        if (device is IHeldDevice held)
            held.SetHeld(_isStopped);
        socket.Plug(device);
    }

    private void PullOut(PluggedDevice plugged)
    {
        _devices.Remove(plugged);
        Input.Detach(plugged.Device);
        plugged.Controller.Unplug(plugged.Socket);
        (plugged.Device as IDisposable)?.Dispose();
    }

    private void SetStopped(bool stopped)
    {
        _isStopped = stopped;
        foreach (PluggedDevice plugged in _devices)
            (plugged.Device as IHeldDevice)?.SetHeld(stopped);
    }

    private sealed record PluggedDevice(UsbPlug Plug, IUsbDevice Device, UsbController Controller, UsbSocket Socket, int Place)
    {
        public UsbPlugState State => new(Plug.Id, Plug.Kind, Device.Product, Place, Device.Speed, Device.Address);
    }
}
