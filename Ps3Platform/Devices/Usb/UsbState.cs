using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb;

/// <summary>What the console's USB remembers.</summary>
/// <param name="Stopped">True between stop and continue.</param>
public sealed record UsbState(bool Stopped) : DeviceState(Stopped)
{
    /// <summary>What is plugged in.</summary>
    public IReadOnlyList<UsbPlugState> Devices { get; init; } = [];

    /// <summary>The two devices of the south bridge.</summary>
    public IReadOnlyList<UsbControllerState> Controllers { get; init; } = [];
}

/// <summary>One device that is plugged in.</summary>
/// <param name="Id">The name by which it is taken out.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Product">What it calls itself.</param>
/// <param name="Socket">The socket's number, from 1.</param>
/// <param name="Speed">The fastest speed that it can use.</param>
/// <param name="Address">The address that the guest gave it; 0: none.</param>
public sealed record UsbPlugState(string Id, UsbKind Kind, string Product, int Socket, UsbSpeed Speed, int Address);
