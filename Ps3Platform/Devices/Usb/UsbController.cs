using CellPpe.Core;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Usb.Bus;
using Ps3Platform.Devices.Usb.Ehci;
using Ps3Platform.Devices.Usb.Ohci;

namespace Ps3Platform.Devices.Usb;

/// <summary>
/// One of the two USB devices of the south bridge: an EHCI and the OHCI beside it, which share sockets (devices.md 10). Their interrupts
/// and register blocks are those of one device on the system bus.
/// </summary>
internal sealed class UsbController
{
    private const ulong BusType = 4;
    private const ulong OhciType = 3;
    private const ulong EhciType = 4;

    // Chosen: guests take addresses and numbers from the repository. 64 KiB for each block, as on a console.
    private const ulong FirstBlock = 0x2400_3000_000;
    private const ulong BlockSize = 0x1_0000;
    private const ulong FirstInterrupt = 0x10;

    private readonly UsbSocket[] _sockets;
    private readonly OhciController _ohci;
    private readonly EhciController _ehci;

    /// <param name="host">lv1.</param>
    /// <param name="id">Its id on the system bus: 1 or 2, which Linux insists on (repository.md 3.2).</param>
    /// <param name="sockets">Places for plugs.</param>
    /// <param name="events">The machine's events.</param>
    /// <param name="clock">Guest time.</param>
    public UsbController(IDeviceHost host, ulong id, int sockets, EventQueue events, IMachineClock clock)
    {
        ulong ohciBlock = FirstBlock + ((id - 1) * 2 * BlockSize);
        ulong ehciBlock = ohciBlock + BlockSize;
        ulong interrupt = FirstInterrupt + ((id - 1) * 2);
        IBusSlot slot = host.AddToBus(new BusDevice
        {
            Bus = BusKind.System,
            Type = BusType,
            Id = id,
            Interrupts = [new BusInterrupt(OhciType, interrupt), new BusInterrupt(EhciType, interrupt + 1)],
            Registers = [new BusRegisters(OhciType, ohciBlock, BlockSize), new BusRegisters(EhciType, ehciBlock, BlockSize)],
        });
        _sockets = [.. Enumerable.Range(0, sockets).Select(static index => new UsbSocket(index))];
        _ohci = new OhciController(slot.Dma, events, clock, _sockets);
        _ehci = new EhciController(slot.Dma, events, clock, _sockets, _ohci);
        slot.ServeRegisters(ohciBlock, _ohci);
        slot.ServeRegisters(ehciBlock, _ehci);
        host.ServeIoInterrupt(interrupt, _ohci);
        host.ServeIoInterrupt(interrupt + 1, _ehci);
        Reset();
    }

    /// <summary>The sockets.</summary>
    public IReadOnlyList<UsbSocket> Sockets => _sockets;

    /// <summary>What both controllers remember.</summary>
    public UsbControllerState State => new(_ohci.State, _ehci.State);

    /// <summary>A controller may store into the guest's memory without another access of the guest.</summary>
    public bool MayStore(LparAddress start, ulong length) => _ohci.MayStore(start, length) || _ehci.IsRunning;

    /// <summary>As after power-on. What is plugged in stays.</summary>
    public void Reset()
    {
        _ohci.Reset();
        _ehci.Reset();
        foreach (UsbSocket socket in _sockets)
            socket.Device?.ResetBus(UsbSpeed.Full);
    }

    /// <summary>Pulls a device out.</summary>
    public void Unplug(UsbSocket socket) => socket.Unplug(_ehci.Home);
}

/// <summary>What one of the two USB devices of the south bridge remembers.</summary>
/// <param name="Ohci">The controller for full and low speed.</param>
/// <param name="Ehci">The controller for high speed.</param>
public sealed record UsbControllerState(OhciState Ohci, EhciState Ehci);
