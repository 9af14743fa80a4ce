namespace Ps3Platform.Devices.Usb.Bus;

/// <summary>A root hub, as a socket knows it.</summary>
internal interface IRootHub
{
    /// <summary>A device has appeared on a port.</summary>
    void OnConnected(int port);

    /// <summary>The device of a port has gone.</summary>
    void OnDisconnected(int port);

    /// <summary>The device of a port may have something to say.</summary>
    void OnReady(int port);
}

/// <summary>
/// A place for one plug. It belongs to one of two controllers at a time: EHCI, or the OHCI beside it (EHCI 1.0, 4.2).
/// </summary>
internal sealed class UsbSocket(int index)
{
    /// <summary>The port's number at either controller, from 0.</summary>
    public int Index => index;

    /// <summary>The controller that the socket belongs to.</summary>
    public IRootHub? Owner { get; private set; }

    /// <summary>What is plugged in, or null.</summary>
    public IUsbDevice? Device { get; private set; }

    /// <summary>Gives the socket to a controller: to the other one, the device has been pulled out.</summary>
    public void RouteTo(IRootHub owner)
    {
        if (Owner == owner)
            return;
        if (Device is not null)
            Owner?.OnDisconnected(index);
        Owner = owner;
        if (Device is not null)
            owner.OnConnected(index);
    }

    /// <summary>Plugs a device in.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public void Plug(IUsbDevice device)
    {
        if (Device is not null)
            throw new InvalidOperationException($"USB socket {index} is taken.");
        Device = device;
        device.Attach(() => Owner?.OnReady(index));
        Owner?.OnConnected(index);
    }

    /// <summary>Pulls the device out, if there is one.</summary>
    /// <param name="home">The controller that is to see the next device first (EHCI 1.0, 4.2.2).</param>
    public IUsbDevice? Unplug(IRootHub home)
    {
        if (Device is not { } device)
            return null;
        Device = null;
        device.Detach();
        Owner?.OnDisconnected(index);
        Owner = home;
        return device;
    }
}
