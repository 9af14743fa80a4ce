using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.HotPlug;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>
/// The BD/DVD/CD drive as lv1 shows it to an OtherOS (devices.md 1.3): sectors of 2048 bytes by lv1_storage_read, everything else by ATAPI
/// packets. It reads and never writes. Owned by the machine's thread.
/// </summary>
public sealed class OpticalDrive : IDevice, IStorageDevice, IMediumHolder, IMemoryWriter, IRemovableMedium, IDisposable
{
    /// <summary>Its id on the storage bus, as on consoles (repository.md 3.3).</summary>
    public const ulong BusId = 3;

    /// <summary>Its type in the repository.</summary>
    public const ulong BusType = 5;

    private const ulong SendAtapiCommand = 1;
    private const ulong SkipAccessControl = 2;

    private readonly StoragePorts _ports;
    private readonly DiscTray _tray;
    private readonly DriveMechanism _mechanism;
    private readonly StorageCommands _commands;
    private StallHold? _stall;
    private bool _isOpen;
    private bool _isStopped;
    private long _packets;
    private long _reads;

    /// <summary>Makes the drive and puts it on the storage bus.</summary>
    /// <param name="host">lv1.</param>
    /// <param name="ports">What it needs of the machine.</param>
    /// <param name="tray">Holds the medium. It outlives the device: a guest that restarts gets a new one.</param>
    public OpticalDrive(IDeviceHost host, StoragePorts ports, DiscTray tray)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(tray);
        _ports = ports;
        _tray = tray;
        _mechanism = new DriveMechanism(tray);
        _commands = new StorageCommands(ports, static error => Sense.Of(error).Status);
        Watch();
        // The medium may change, so that the region has the size of the largest.
        StorageRegion region = new(0, 0, Disc.MostSectors, IsAccessible: true);
        host.AddToBus(new BusDevice
        {
            Bus = BusKind.Storage,
            Type = BusType,
            Id = BusId,
            Interrupts = [BusInterrupt.EventPort(0)],
            Properties = StorageRegion.Nodes(0, Disc.SectorSize, region.Size, [region]),
        }).ServeStorage(this);
    }

    /// <inheritdoc/>
    public event Action<bool>? MovedByGuest;

    /// <inheritdoc cref="IDevice.Name"/>
    public string Name => "cdrom";

    /// <inheritdoc/>
    string IMemoryWriter.Name => "the optical drive";

    /// <inheritdoc/>
    public IBlockBackend? Medium => _tray.Medium;

    /// <summary>The guest has asked that the medium stays in.</summary>
    public bool IsLocked => _mechanism.IsLocked;

    /// <inheritdoc/>
    public bool IsOpen => _mechanism.Sectors == 0;

    /// <summary>
    /// Takes the medium out. Commands that are under way still end with its bytes. When the guest has locked the drive, it is told that the
    /// eject button was pressed.
    /// </summary>
    /// <inheritdoc/>
    public void Eject(bool force)
    {
        if (_tray.Medium is null)
            return;
        if (!force)
            CheckLock();
        Replace(null);
    }

    /// <inheritdoc/>
    public void Change(string path)
    {
        CheckLock();
        Change(_tray.Open(path));
    }

    /// <summary>Puts a medium in, in place of the one that is there, also when the guest has locked the drive.</summary>
    /// <param name="medium">Belongs to the drive from now on.</param>
    /// <exception cref="ArgumentException">It is no medium that the drive can read; it is not disposed of.</exception>
    public void Change(IBlockBackend medium)
    {
        ArgumentNullException.ThrowIfNull(medium);
        Replace(medium);
    }

    /// <summary>As after power-on; the medium stays.</summary>
    public void Reset()
    {
        SetOpen(false);
        _commands.Reset();
        _mechanism.Reset();
        _packets = _reads = 0;
    }

    /// <summary>Commands that end while the device is stopped are told of when it continues.</summary>
    public void Stop()
    {
        _isStopped = true;
        _commands.Stop();
    }

    /// <inheritdoc/>
    public void Continue()
    {
        _isStopped = false;
        _commands.Continue();
    }

    /// <inheritdoc/>
    public DeviceState Inspect() => new OpticalDriveState(_isStopped)
    {
        Open = _isOpen,
        Medium = Medium?.Name ?? "",
        Sectors = _mechanism.Sectors,
        Locked = IsLocked,
        PutOut = _mechanism.IsPutOut,
        Attention = _mechanism.Attention.Status,
        Event = (int)_mechanism.Event,
        Packets = _packets,
        Reads = _reads,
        Failures = _commands.Failures,
        UnderWay = _commands.UnderWay,
        Unfetched = _commands.Unfetched,
        LastTag = _commands.LastTag,
    };

    /// <inheritdoc/>
    public bool MayStore(LparAddress start, ulong length) => _commands.MayStore(start, length);

    /// <summary>Leaves the medium, which may go on with commands of a machine that is no more.</summary>
    public void Dispose()
    {
        _stall?.Dispose();
        _commands.Drop();
    }

    /// <summary>The guest opened or closed the drive. Closing also unlocks it.</summary>
    public void SetOpen(bool open)
    {
        _isOpen = open;
        if (open)
            return;
        _mechanism.IsLocked = false;
        _commands.Drop();
    }

    /// <inheritdoc/>
    public void ConnectInterrupt(IInterruptLine? line) => _commands.Connect(line);

    /// <inheritdoc/>
    public Lv1Status Read(in StorageTransfer transfer, out ulong tag)
    {
        Lv1Status status = Begin(in transfer, RegionAccess.ReadWrite, out StorageCommand? command, out tag);
        if (command is null)
            return status;
        command.IsRead = true;
        ReadSectors(command, transfer.Start, transfer.Blocks);
        return Lv1Status.Success;
    }

    /// <summary>lv1_storage_write: ends in an error of the medium, which cannot be written.</summary>
    public Lv1Status Write(in StorageTransfer transfer, out ulong tag)
    {
        Lv1Status status = Begin(in transfer, RegionAccess.Read, out StorageCommand? command, out tag);
        if (command is null)
            return status;
        Sense problem = _mechanism.FindProblem();
        _commands.EndSoon(command, (problem == Sense.None ? Sense.WriteProtected : problem).Status);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status SendCommand(ulong command, in StorageCommandArguments arguments, out ulong tag)
    {
        tag = 0;
        if (command != SendAtapiCommand)
            return Lv1Status.UnsupportedParameterValue;
        if (arguments.Arg2 != AtapiBlock.Size)
            return Lv1Status.IllegalParameterValue;
        // The command block lies on the guest's stack: it is read during the call.
        Span<byte> bytes = stackalloc byte[AtapiBlock.Size];
        if (!_ports.Memory.TryRead(new LparAddress(arguments.Arg1), bytes))
            return Lv1Status.AccessViolation;
        if (!AtapiBlock.TryRead(bytes, out AtapiBlock block))
            return Lv1Status.IllegalParameterValue;
        if (block.Length > 0 && (block.Buffer.Value != arguments.Arg3 || block.Length != arguments.Arg4))
            return Lv1Status.IllegalParameterValue;
        var packet = new Packet(bytes[..AtapiBlock.PacketSize]);
        if (packet.Operation >= PacketOperation.Vendor)
            return Lv1Status.DeniedByPolicy;
        RegionAccess access = block.IsWrite ? RegionAccess.Read : RegionAccess.ReadWrite;
        if (block.Length > 0 && !_ports.Memory.TrySlice(block.Buffer, block.Length, access, out _))
            return Lv1Status.AccessViolation;
        if (_commands.Take() is not { } taken)
            return Lv1Status.Busy;
        tag = taken.Tag;
        taken.SetLength((int)block.Length);
        // A reply that is shorter than the buffer is not reported: the rest reads as zero.
        taken.Bytes.Clear();
        taken.IsRead = block.Length > 0 && !block.IsWrite;
        taken.Buffer = block.Buffer;
        _packets++;
        bool wasOpen = IsOpen;
        if (packet.Operation is PacketOperation.Read10 or PacketOperation.Read12)
            ReadSectors(taken, packet.Sector, packet.Sectors);
        else
            _commands.EndSoon(taken, PacketAnswers.Answer(_mechanism, in packet, taken.Bytes).Status);
        if (IsOpen != wasOpen)
            MovedByGuest?.Invoke(IsOpen);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status GetAsyncStatus(out ulong tag, out ulong status) => _commands.Fetch(out tag, out status);

    /// <inheritdoc/>
    public Lv1Status CheckAsyncStatus(ulong tag, out ulong status) => _commands.Fetch(tag, out status);

    private Lv1Status Begin(in StorageTransfer transfer, RegionAccess access, out StorageCommand? command, out ulong tag)
    {
        command = null;
        tag = 0;
        if (transfer.Region != 0)
            return Lv1Status.NoEntry;
        if ((transfer.Flags & ~SkipAccessControl) != 0 || transfer.Blocks is 0 or > StorageCommands.LargestTransfer / Disc.SectorSize)
            return Lv1Status.IllegalParameterValue;
        ulong bytes = transfer.Blocks * Disc.SectorSize;
        if (!_ports.Memory.TrySlice(transfer.Buffer, bytes, access, out _))
            return Lv1Status.AccessViolation;
        command = _commands.Take();
        if (command is null)
            return Lv1Status.Busy;
        tag = command.Tag;
        command.SetLength((int)bytes);
        command.Buffer = transfer.Buffer;
        return Lv1Status.Success;
    }

    // The command has room for its bytes, unless a packet asks for more sectors than it has room for.
    private void ReadSectors(StorageCommand command, ulong start, ulong count)
    {
        _reads++;
        Sense problem = _mechanism.FindProblem();
        ulong sectors = _mechanism.Sectors;
        if (problem == Sense.None && (start > sectors || count > sectors - start))
            problem = Sense.OutOfRange;
        // Checked after the range, so that the product is small.
        if (problem == Sense.None && count * Disc.SectorSize > (ulong)command.Length)
            problem = Sense.BadField;
        if (problem != Sense.None || count == 0)
        {
            _commands.EndSoon(command, problem.Status);
            return;
        }

        command.Request.Operation = BlockOperation.Read;
        command.Request.Offset = start * Disc.SectorSize;
        command.Request.Buffer = command.Request.Buffer[..(int)(count * Disc.SectorSize)];
        _commands.Submit(command, _tray.Medium!);
    }

    private void CheckLock()
    {
        if (!IsLocked)
            return;
        _mechanism.RequestEject();
        throw new DeviceOperationException(
            "The guest has locked the drive, and has been told that the button was pressed. Try again when it has unmounted, or use "
            + "force.");
    }

    private void Replace(IBlockBackend? medium)
    {
        _mechanism.Replace(medium);
        Watch();
    }

    private void Watch()
    {
        _stall?.Dispose();
        _stall = _tray.Medium is { } medium ? new StallHold(_ports, medium) : null;
    }
}
