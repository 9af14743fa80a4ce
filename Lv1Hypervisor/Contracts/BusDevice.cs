namespace Lv1Hypervisor.Contracts;

/// <summary>The buses that guests scan for devices (repository.md 3.2). The value is the bus type in the repository.</summary>
public enum BusKind : ulong
{
    /// <summary>The south bridge's: network, USB. Bus id 1.</summary>
    System = 4,

    /// <summary>Disk, optical drive, flash. Bus id 4.</summary>
    Storage = 5,
}

/// <summary>An interrupt that a device announces.</summary>
/// <param name="Type">2 event port, 3 OHCI, 4 EHCI, 5 other (repository.md 3.2).</param>
/// <param name="Id">What guests pass to lv1 to connect it.</param>
public readonly record struct BusInterrupt(ulong Type, ulong Id)
{
    /// <summary>An interrupt that comes through an event port, as network and storage have it.</summary>
    public static BusInterrupt EventPort(ulong id) => new(2, id);
}

/// <summary>A register block that a device announces.</summary>
/// <param name="Type">3 OHCI, 4 EHCI, 5 GPIO.</param>
/// <param name="Address">Bus address.</param>
/// <param name="Size">Bytes.</param>
public readonly record struct BusRegisters(ulong Type, ulong Address, ulong Size);

/// <summary>What the repository says of a device on a bus. Guests find devices in the order in which they were added.</summary>
public sealed record BusDevice
{
    /// <summary>The bus that the device is on.</summary>
    public required BusKind Bus { get; init; }

    /// <summary>System bus: 3 gelic, 4 USB. Storage: 0 disk, 5 optical drive, 14 flash.</summary>
    public required ulong Type { get; init; }

    /// <summary>The id by which hypercalls name the device, unique on its bus.</summary>
    public required ulong Id { get; init; }

    /// <summary>In the order of the repository's intr0, intr1, ...</summary>
    public IReadOnlyList<BusInterrupt> Interrupts { get; init; } = [];

    /// <summary>In the order of the repository's reg0, reg1, ...</summary>
    public IReadOnlyList<BusRegisters> Registers { get; init; } = [];

    /// <summary>
    /// False for a device that hypercalls reach by its id but the repository does not list (the storage bus's notification device,
    /// devices.md 2).
    /// </summary>
    public bool IsListed { get; init; } = true;

    /// <summary>Further nodes below the device's own: "blk_size", "region0/start".</summary>
    public IReadOnlyList<(string Path, ulong Value)> Properties { get; init; } = [];
}
