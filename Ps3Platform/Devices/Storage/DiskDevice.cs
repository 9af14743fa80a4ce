using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>The disk as lv1 shows it to an OtherOS (devices.md 1.1 and 1.2).</summary>
public sealed class DiskDevice : RegionDevice
{
    /// <summary>Its id on the storage bus, as on consoles (repository.md 3.3).</summary>
    public const ulong BusId = 2;

    /// <summary>Its type in the repository.</summary>
    public const ulong BusType = 0;

    private const string Model = "PS3 SIMULATOR DISK";
    private const ulong SendAtaCommand = 2;
    private const int AtaBlockSize = 0x30;
    private const int AtaCommandOffset = 0x0b;

    private readonly DiskLayout _layout;

    /// <summary>Makes the disk and puts it on the storage bus.</summary>
    /// <param name="host">lv1.</param>
    /// <param name="ports">What it needs of the machine.</param>
    /// <param name="backend">The bytes of its OtherOS region. It outlives the device: a guest that restarts gets a new one.</param>
    public DiskDevice(IDeviceHost host, StoragePorts ports, IBlockBackend backend)
        : this(host, ports, backend, LayoutOf(backend))
    {
    }

    private DiskDevice(IDeviceHost host, StoragePorts ports, IBlockBackend backend, DiskLayout layout)
        : base(ports, backend, layout.Regions, (int)DiskLayout.OtherOs)
    {
        ArgumentNullException.ThrowIfNull(host);
        _layout = layout;
        host.AddToBus(new BusDevice
        {
            Bus = BusKind.Storage,
            Type = BusType,
            Id = BusId,
            Interrupts = [BusInterrupt.EventPort(0)],
            Properties = StorageRegion.Nodes(0, BlockSize, layout.TotalBlocks, layout.Regions),
        }).ServeStorage(this);
    }

    /// <inheritdoc/>
    public override string Name => "disk";

    /// <summary>Takes the disk away: every command is an error from now on.</summary>
    public void Remove() => IsPresent = false;

    /// <inheritdoc/>
    private protected override Lv1Status SendOwnCommand(ulong command, in StorageCommandArguments arguments, out ulong tag)
    {
        tag = 0;
        return command == SendAtaCommand ? SendAta(in arguments, out tag) : Lv1Status.UnsupportedParameterValue;
    }

    private static DiskLayout LayoutOf(IBlockBackend backend)
    {
        ArgumentNullException.ThrowIfNull(backend);
        return new DiskLayout(backend.Length / BlockSize);
    }

    // The command block lies on the guest's stack: it is read during the call.
    private Lv1Status SendAta(in StorageCommandArguments arguments, out ulong tag)
    {
        tag = 0;
        if (arguments.Arg2 != AtaBlockSize)
            return Lv1Status.IllegalParameterValue;
        Span<byte> block = stackalloc byte[AtaBlockSize];
        if (!Ports.Memory.TryRead(new LparAddress(arguments.Arg1), block))
            return Lv1Status.AccessViolation;
        // FLUSH CACHE and FLUSH CACHE EXT move nothing; all other commands but one are lv1's own business.
        if (block[AtaCommandOffset] is 0xe7 or 0xea)
            return Flush(out tag);
        if (block[AtaCommandOffset] != AtaIdentify.Command)
            return Lv1Status.DeniedByPolicy;
        var buffer = new LparAddress(BinaryPrimitives.ReadUInt64BigEndian(block[0x20..]));
        if (buffer.Value != arguments.Arg3 || arguments.Arg4 < AtaIdentify.Size)
            return Lv1Status.IllegalParameterValue;
        if (!Ports.Memory.TrySlice(buffer, AtaIdentify.Size, RegionAccess.ReadWrite, out _))
            return Lv1Status.AccessViolation;
        if (Commands.Take() is not { } command)
            return Lv1Status.Busy;
        tag = command.Tag;
        command.SetLength(AtaIdentify.Size);
        command.IsRead = true;
        command.Buffer = buffer;
        AtaIdentify.Write(command.Bytes, Model, _layout.TotalBlocks);
        Reads++;
        Commands.EndSoon(command, 0);
        return Lv1Status.Success;
    }
}
