using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Dma;

namespace Lv1Hypervisor.Partitions;

/// <summary>lv1's state of one device on a system bus: whether it is open, its bus addresses, its event and its registers.</summary>
internal sealed class SystemDevice(GuestMemory memory, BusDevice description) : IBusSlot
{
    private readonly List<RegisterBlock> _registers = [.. description.Registers.Select(static block => new RegisterBlock(block))];
    private ulong _interruptId;

    public DmaSpace Dma { get; } = new(memory);

    IDmaPort IBusSlot.Dma => Dma;

    public INetworkDevice? Network { get; private set; }

    public IStorageDevice? Storage { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>The event port the guest bound to the device.</summary>
    public Outlet? Port { get; private set; }

    public void ServeNetwork(INetworkDevice network) => Network = network;

    public void ServeStorage(IStorageDevice storage) => Storage = storage;

    public void ServeRegisters(ulong busAddress, IMmioDevice registers)
    {
        RegisterBlock block = _registers.Find(candidate => candidate.Place.Address == busAddress)
            ?? throw new ArgumentException($"The device did not announce registers at 0x{busAddress:x}.", nameof(busAddress));
        block.Device = registers;
    }

    /// <summary>Opens the device. If a guest that crashed into kexec has left it open, it is closed first.</summary>
    public void Open()
    {
        Reset();
        IsOpen = true;
        Network?.SetOpen(true);
        Storage?.SetOpen(true);
    }

    /// <summary>Closes the device. DMA regions and the event stay: guests may remove those afterwards.</summary>
    public void Close()
    {
        if (!IsOpen)
            return;
        IsOpen = false;
        Network?.SetOpen(false);
        Storage?.SetOpen(false);
    }

    public void Connect(Outlet port, ulong interruptId)
    {
        Port = port;
        _interruptId = interruptId;
        Network?.ConnectInterrupt(port);
        Storage?.ConnectInterrupt(port);
    }

    public bool IsConnected(ulong outlet, ulong interruptId) => Port?.Number == outlet && _interruptId == interruptId;

    public void Disconnect()
    {
        if (Port is null)
            return;
        Port = null;
        Network?.ConnectInterrupt(null);
        Storage?.ConnectInterrupt(null);
    }

    public Lv1Status MapRegisters(ulong busAddress, ulong size, ILparAllocator addresses, out LparAddress address)
    {
        address = default;
        RegisterBlock? block = _registers.Find(candidate => candidate.Place.Address == busAddress && candidate.Place.Size == size);
        if (block?.Device is null)
            return Lv1Status.NoEntry;
        if (block.Mapped is not null)
            return Lv1Status.Busy;
        block.Mapped = memory.TryAddDevice(addresses.Allocate(size), size, block.Device, "device registers");
        if (block.Mapped is null)
            return Lv1Status.ResourceShortage;
        address = block.Mapped.Start;
        return Lv1Status.Success;
    }

    public Lv1Status UnmapRegisters(LparAddress address)
    {
        RegisterBlock? block = _registers.Find(candidate => candidate.Mapped?.Start == address);
        if (block is null)
            return Lv1Status.NoEntry;
        memory.Remove(block.Mapped!);
        block.Mapped = null;
        return Lv1Status.Success;
    }

    public void Reset()
    {
        Close();
        Disconnect();
        Dma.Reset();
        foreach (RegisterBlock block in _registers)
        {
            if (block.Mapped is not null)
                memory.Remove(block.Mapped);
            block.Mapped = null;
        }
    }

    private sealed class RegisterBlock(BusRegisters place)
    {
        public BusRegisters Place { get; } = place;

        /// <summary>Answers loads and stores of the block; null until the device has registered it.</summary>
        public IMmioDevice? Device { get; set; }

        public MemoryRegion? Mapped { get; set; }
    }
}
