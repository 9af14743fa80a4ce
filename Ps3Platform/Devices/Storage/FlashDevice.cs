using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// The flash as lv1 shows it to an OtherOS (devices.md 1.4): the regions of a console, of which the one with the os-area is accessible.
/// Writes are complete when they survive a power cut: Linux's driver asks for no flush.
/// </summary>
public sealed class FlashDevice : RegionDevice
{
    /// <summary>Its id on the storage bus, as on consoles (repository.md 3.3).</summary>
    public const ulong BusId = 1;

    /// <summary>Its type in the repository.</summary>
    public const ulong BusType = 14;

    /// <summary>Bytes of the accessible region.</summary>
    public const ulong Size = 8192 * BlockSize;

    private const int OtherOs = 5;

    // Region 5 is where a console has it. Linux wants the first and the accessible one at multiples of 256 KiB; the rest is chosen.
    private const ulong TotalBlocks = 489_472;

    private static readonly StorageRegion[] Regions =
    [
        new(0, 0, TotalBlocks, IsAccessible: false),
        new(1, 512, 1024, IsAccessible: false),
        new(2, 1536, 4096, IsAccessible: false),
        new(3, 5632, 450_048, IsAccessible: false),
        new(4, 455_680, 17_920, IsAccessible: false),
        new(OtherOs, 473_600, Size / BlockSize, IsAccessible: true),
    ];

    /// <summary>Makes the flash and puts it on the storage bus.</summary>
    /// <param name="host">lv1.</param>
    /// <param name="ports">What it needs of the machine.</param>
    /// <param name="backend">The bytes of its accessible region: <see cref="Size"/> of them. It outlives the device.</param>
    /// <exception cref="ArgumentException">The back end has another size.</exception>
    public FlashDevice(IDeviceHost host, StoragePorts ports, IBlockBackend backend)
        : base(ports, Checked(backend), Regions, OtherOs)
    {
        ArgumentNullException.ThrowIfNull(host);
        host.AddToBus(new BusDevice
        {
            Bus = BusKind.Storage,
            Type = BusType,
            Id = BusId,
            Interrupts = [BusInterrupt.EventPort(0)],
            Properties = StorageRegion.Nodes(0, BlockSize, TotalBlocks, Regions),
        }).ServeStorage(this);
    }

    /// <inheritdoc/>
    public override string Name => "flash";

    /// <inheritdoc/>
    private protected override bool ForcesWrites => true;

    private static IBlockBackend Checked(IBlockBackend backend)
    {
        ArgumentNullException.ThrowIfNull(backend);
        return backend.Length == Size ? backend
            : throw new ArgumentException($"The flash has {Size} bytes, and {backend.Name} {backend.Length}.", nameof(backend));
    }
}
