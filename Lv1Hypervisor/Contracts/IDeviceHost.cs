using CellPpe.Core;

namespace Lv1Hypervisor.Contracts;

/// <summary>
/// lv1 as a device's constructor sees it: the device announces its repository nodes and interrupts here and registers the services
/// that guests may call. Once the guest runs, only storage devices can be added; lv1 notifies guests of those (devices.md 2).
/// </summary>
public interface IDeviceHost
{
    /// <summary>Interrupt outlets, for a device that publishes their numbers itself (the GPU).</summary>
    IOutletSource Outlets { get; }

    /// <summary>Partition addresses for device memory.</summary>
    ILparAllocator Addresses { get; }

    /// <summary>The sound device's access to memory, through I/O address space 0.</summary>
    IDmaPort IoSegmentPort { get; }

    /// <summary>Puts a node into the repository. A node of the same name is replaced.</summary>
    void Announce(RepositoryNode node);

    /// <summary>Puts a device on a bus and its nodes into the repository.</summary>
    /// <returns>The device's slot, through which it accesses memory and registers its services.</returns>
    /// <exception cref="ArgumentException">The bus has a device with this id.</exception>
    IBusSlot AddToBus(BusDevice device);

    /// <summary>Registers the device that answers the lv1_gpu calls.</summary>
    /// <exception cref="InvalidOperationException">The machine already has a GPU.</exception>
    void ServeGpu(IGpuDevice gpu);

    /// <summary>Connects system software to a virtual UART port and puts the port's number into the repository.</summary>
    /// <param name="port">0 to 2.</param>
    /// <param name="name">The repository's name: "avset", "sysmgr".</param>
    /// <param name="peer">The software.</param>
    /// <returns>lv1's end of the port.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such port.</exception>
    IVirtualUartPort ServeVirtualUart(int port, string name, IVirtualUartPeer peer);

    /// <summary>Offers an interrupt for lv1_construct_io_irq_outlet.</summary>
    /// <exception cref="ArgumentException">The id is taken.</exception>
    void ServeIoInterrupt(ulong interruptId, IIoInterruptSource source);
}

/// <summary>A device's slot on a bus.</summary>
public interface IBusSlot
{
    /// <summary>The device's access to memory, through the DMA regions that the guest makes for it.</summary>
    IDmaPort Dma { get; }

    /// <summary>Registers the object that answers the lv1_net calls for this device.</summary>
    void ServeNetwork(INetworkDevice network);

    /// <summary>Registers the object that answers the lv1_storage calls for this device.</summary>
    void ServeStorage(IStorageDevice storage);

    /// <summary>Connects registers to one of the blocks that <see cref="BusDevice.Registers"/> announced.</summary>
    /// <param name="busAddress">The block's bus address.</param>
    /// <param name="registers">Answers loads and stores; offsets count from the block's start.</param>
    /// <exception cref="ArgumentException">No block at that address was announced.</exception>
    void ServeRegisters(ulong busAddress, IMmioDevice registers);
}
