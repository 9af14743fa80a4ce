using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>
/// The BD/DVD/CD drive as lv1 shows it to an OtherOS (devices.md 1.3): sectors of 2048 bytes by lv1_storage_read, everything else by ATAPI
/// packets. It reads and never writes. Owned by the machine's thread.
/// </summary>
public sealed class OpticalDrive : IDevice, IStorageDevice, IMemoryWriter, IRemovableMedium, IDisposable
{
    /// <summary>Its id on the storage bus, as on consoles (repository.md 3.3).</summary>
    public const ulong BusId = 3;

    /// <summary>Its type in the repository.</summary>
    public const ulong BusType = 5;

    private const ulong SendAtapiCommand = 1;
    private const ulong SkipAccessControl = 2;

    private readonly StoragePorts _ports;
    private readonly DiscTray _tray;
    private readonly StorageCommands _commands;
    private StallHold? _stall;
    private bool _isOpen;
    private bool _isStopped;
    private bool _isPutOut;
    private MediumEvent _event;
    private Sense _attention;
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

    /// <inheritdoc cref="IDevice.Name"/>
    public string Name => "cdrom";

    /// <inheritdoc/>
    string IMemoryWriter.Name => "the optical drive";

    /// <inheritdoc/>
    public string? Medium => _tray.Medium?.Name;

    /// <inheritdoc/>
    public bool IsLocked { get; private set; }

    // A disc that the guest has had put out is not readable until it is loaded again.
    private uint Sectors => _isPutOut || _tray.Medium is not { } medium ? 0 : (uint)(medium.Length / Disc.SectorSize);

    private DriveState State => new(Sectors, IsLocked, _event, _attention);

    /// <inheritdoc/>
    public bool Eject(bool force)
    {
        if (_tray.Medium is null)
            return true;
        if (IsLocked && !force)
        {
            _event = MediumEvent.EjectRequested;
            return false;
        }

        SetMedium(null);
        return true;
    }

    /// <inheritdoc/>
    public void Change(IBlockBackend medium)
    {
        ArgumentNullException.ThrowIfNull(medium);
        SetMedium(medium);
    }

    /// <summary>As after power-on; the medium stays.</summary>
    public void Reset()
    {
        SetOpen(false);
        _commands.Reset();
        _isPutOut = false;
        _event = MediumEvent.None;
        _attention = Sense.None;
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
        Medium = Medium ?? "",
        Sectors = Sectors,
        Locked = IsLocked,
        PutOut = _isPutOut,
        Attention = _attention.Status,
        Event = (int)_event,
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
        IsLocked = false;
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
        Sense problem = FindProblem();
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
        if (packet.Operation is PacketOperation.Read10 or PacketOperation.Read12)
            ReadSectors(taken, packet.Sector, packet.Sectors);
        else
            _commands.EndSoon(taken, Execute(in packet, taken.Bytes).Status);
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
        Sense problem = FindProblem();
        ulong sectors = Sectors;
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

    // What keeps a command from the medium. An attention is told of once.
    private Sense FindProblem()
    {
        Sense attention = TakeAttention();
        return attention != Sense.None ? attention : Sectors == 0 ? Sense.NoMedium : Sense.None;
    }

    private Sense TakeAttention()
    {
        Sense attention = _attention;
        _attention = Sense.None;
        return attention;
    }

    // A packet that moves no sectors.
    private Sense Execute(in Packet packet, Span<byte> into)
    {
        Span<byte> bytes = stackalloc byte[Reply.Longest];
        bytes.Clear();
        var reply = new Reply(bytes);
        Sense sense = Answer(in packet, ref reply, out uint most);
        if (sense == Sense.None)
            bytes[..(int)Math.Min(Math.Min((uint)reply.Length, most), (uint)into.Length)].CopyTo(into);
        return sense;
    }

    private Sense Answer(in Packet packet, ref Reply reply, out uint most)
    {
        DriveState drive = State;
        most = Reply.Longest;
        // These are answered whatever is pending (MMC-5, 4.1.6.1).
        switch (packet.Operation)
        {
            case PacketOperation.Inquiry:
                most = packet.U16(3);
                return DriveReplies.Inquiry(in packet, ref reply);
            case PacketOperation.RequestSense:
                most = packet[4];
                TakeAttention();
                return DriveReplies.RequestSense(in drive, ref reply);
            case PacketOperation.ReportLuns:
                most = packet.U32(6);
                return DriveReplies.ReportLuns(ref reply);
            case PacketOperation.GetConfiguration:
                most = packet.U16(7);
                return DriveReplies.GetConfiguration(in packet, in drive, ref reply);
            case PacketOperation.GetEventStatus:
                most = packet.U16(7);
                Sense sense = DriveReplies.GetEventStatus(in packet, in drive, ref reply, out bool isReported);
                if (isReported)
                    _event = MediumEvent.None;
                return sense;
        }

        Sense attention = TakeAttention();
        return attention != Sense.None ? attention : AnswerReady(in packet, in drive, ref reply, out most);
    }

    private Sense AnswerReady(in Packet packet, in DriveState drive, ref Reply reply, out uint most)
    {
        most = packet.U16(7);
        switch (packet.Operation)
        {
            case PacketOperation.StartStopUnit:
                return StartOrStop(packet[4]);
            case PacketOperation.PreventAllowRemoval:
                IsLocked = (packet[4] & 1) != 0;
                return Sense.None;
            case PacketOperation.ModeSense10:
                return DriveReplies.ModeSense(in packet, in drive, ref reply);
            case PacketOperation.MechanismStatus:
                most = packet.U16(8);
                return DriveReplies.MechanismStatus(ref reply);
            // There is one speed, and nothing that was written.
            case PacketOperation.SetSpeed or PacketOperation.SynchronizeCache:
                return Sense.None;
        }

        bool isOfMedium = packet.Operation is PacketOperation.TestUnitReady or PacketOperation.Seek or PacketOperation.ReadCapacity
            or PacketOperation.ReadToc or PacketOperation.ReadDiscInformation or PacketOperation.ReadTrackInformation
            or PacketOperation.Write10 or PacketOperation.Write12 or PacketOperation.WriteAndVerify;
        if (isOfMedium && !drive.HasMedium)
            return Sense.NoMedium;
        switch (packet.Operation)
        {
            case PacketOperation.TestUnitReady:
                return Sense.None;
            case PacketOperation.Seek:
                return packet.Sector < drive.Sectors ? Sense.None : Sense.OutOfRange;
            case PacketOperation.ReadCapacity:
                most = Reply.Longest;
                return DiscReplies.ReadCapacity(in drive, ref reply);
            case PacketOperation.ReadToc:
                return DiscReplies.ReadToc(in packet, in drive, ref reply);
            case PacketOperation.ReadDiscInformation:
                return DiscReplies.ReadDiscInformation(in packet, ref reply);
            case PacketOperation.ReadTrackInformation:
                return DiscReplies.ReadTrackInformation(in packet, in drive, ref reply);
            case PacketOperation.Write10 or PacketOperation.Write12 or PacketOperation.WriteAndVerify:
                return Sense.WriteProtected;
            default:
                return Sense.UnknownCommand;
        }
    }

    // START STOP UNIT (SBC-2, 5.17). What spins down is of no interest here.
    private Sense StartOrStop(int options)
    {
        const int Start = 1;
        const int LoadOrEject = 2;
        switch (options & (Start | LoadOrEject))
        {
            case LoadOrEject when IsLocked:
                return Sense.RemovalPrevented;
            case LoadOrEject:
                if (Sectors != 0)
                    _event = MediumEvent.Removed;
                _isPutOut = true;
                return Sense.None;
            case LoadOrEject | Start:
                if (!_isPutOut)
                    return Sense.None;
                _isPutOut = false;
                if (Sectors != 0)
                    Announce();
                return Sense.None;
            case Start when Sectors == 0:
                return Sense.NoMedium;
            default:
                return Sense.None;
        }
    }

    private void SetMedium(IBlockBackend? medium)
    {
        // First what can be refused.
        _tray.Replace(medium);
        Watch();
        _isPutOut = false;
        _attention = Sense.None;
        _event = MediumEvent.Removed;
        if (medium is not null)
            Announce();
    }

    private void Announce()
    {
        _event = MediumEvent.Inserted;
        _attention = Sense.MediumChanged;
    }

    private void Watch()
    {
        _stall?.Dispose();
        _stall = _tray.Medium is { } medium ? new StallHold(_ports, medium) : null;
    }
}
