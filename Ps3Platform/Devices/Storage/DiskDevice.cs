using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>The disk as lv1 shows it to an OtherOS (devices.md 1.1 and 1.2). Owned by the machine's thread.</summary>
public sealed class DiskDevice : IDevice, IStorageDevice, IMediumHolder, IMemoryWriter, IDisposable
{
    /// <summary>Its id on the storage bus, as on consoles (repository.md 3.3).</summary>
    public const ulong BusId = 2;

    /// <summary>Its type in the repository.</summary>
    public const ulong BusType = 0;

    private const string Model = "PS3 SIMULATOR DISK";
    private const ulong SkipAccessControl = 2;
    private const ulong SendAtaCommand = 2;
    private const ulong FlushCache = 0x23;
    private const int AtaBlockSize = 0x30;
    private const int AtaCommandOffset = 0x0b;

    private readonly StoragePorts _ports;
    private readonly IBlockBackend _backend;
    private readonly DiskLayout _layout;
    private readonly StorageRegion[] _regions;
    private readonly StorageCommands _commands;
    private readonly Action _checkStall;
    private bool _isOpen;
    private bool _isStopped;
    private bool _isPresent = true;
    private bool _isHolding;
    private long _reads;
    private long _writes;
    private long _flushes;

    /// <summary>Makes the disk and puts it on the storage bus.</summary>
    /// <param name="host">lv1.</param>
    /// <param name="ports">What it needs of the machine.</param>
    /// <param name="backend">The bytes of its OtherOS region. It outlives the device: a guest that restarts gets a new one.</param>
    public DiskDevice(IDeviceHost host, StoragePorts ports, IBlockBackend backend)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(backend);
        _ports = ports;
        _backend = backend;
        _layout = new DiskLayout(backend.Length / DiskLayout.BlockSize);
        _regions = [.. _layout.Regions];
        _commands = new StorageCommands(ports);
        _checkStall = CheckStall;
        backend.Stalled += OnStalled;
        host.AddToBus(new BusDevice
        {
            Bus = BusKind.Storage,
            Type = BusType,
            Id = BusId,
            Interrupts = [BusInterrupt.EventPort(0)],
            Properties = StorageRegion.Nodes(0, DiskLayout.BlockSize, _layout.TotalBlocks, _regions),
        }).ServeStorage(this);
    }

    /// <inheritdoc/>
    public string Name => "disk";

    /// <inheritdoc/>
    string IMemoryWriter.Name => "the disk";

    /// <inheritdoc/>
    public IBlockBackend? Medium => _backend;

    /// <summary>Takes the disk away: every command is an error from now on.</summary>
    public void Remove() => _isPresent = false;

    /// <inheritdoc/>
    public void Reset()
    {
        SetOpen(false);
        _commands.Reset();
        _reads = _writes = _flushes = 0;
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
    public DeviceState Inspect() => new StorageState(_isStopped)
    {
        Open = _isOpen,
        Present = _isPresent,
        Length = _backend.Length,
        Reads = _reads,
        Writes = _writes,
        Flushes = _flushes,
        Failures = _commands.Failures,
        UnderWay = _commands.UnderWay,
        Unfetched = _commands.Unfetched,
        LastTag = _commands.LastTag,
    };

    /// <inheritdoc/>
    public bool MayStore(LparAddress start, ulong length) => _commands.MayStore(start, length);

    /// <summary>Leaves the back end, which may go on with commands of a machine that is no more.</summary>
    public void Dispose()
    {
        _backend.Stalled -= OnStalled;
        _commands.Drop();
    }

    /// <inheritdoc/>
    public void SetOpen(bool open)
    {
        _isOpen = open;
        if (!open)
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
        command.Request.Operation = BlockOperation.Read;
        _reads++;
        _commands.Submit(command, _backend);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status Write(in StorageTransfer transfer, out ulong tag)
    {
        tag = 0;
        if (_isPresent && _backend.IsReadOnly)
            return Lv1Status.AccessViolation;
        Lv1Status status = Begin(in transfer, RegionAccess.Read, out StorageCommand? command, out tag);
        if (command is null)
            return status;
        _ports.Memory.TryRead(transfer.Buffer, command.Bytes);
        command.Request.Operation = BlockOperation.Write;
        _writes++;
        _commands.Submit(command, _backend);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status SendCommand(ulong command, in StorageCommandArguments arguments, out ulong tag)
    {
        tag = 0;
        if (!_isPresent)
            return Lv1Status.HardwareError;
        return command switch
        {
            FlushCache => Flush(out tag),
            SendAtaCommand => SendAta(in arguments, out tag),
            _ => Lv1Status.UnsupportedParameterValue,
        };
    }

    /// <inheritdoc/>
    public Lv1Status GetAsyncStatus(out ulong tag, out ulong status) => _commands.Fetch(out tag, out status);

    /// <inheritdoc/>
    public Lv1Status CheckAsyncStatus(ulong tag, out ulong status) => _commands.Fetch(tag, out status);

    private Lv1Status Begin(in StorageTransfer transfer, RegionAccess access, out StorageCommand? command, out ulong tag)
    {
        command = null;
        tag = 0;
        Lv1Status status = Place(in transfer, out ulong offset);
        if (status != Lv1Status.Success)
            return status;
        ulong bytes = transfer.Blocks * DiskLayout.BlockSize;
        if (!_ports.Memory.TrySlice(transfer.Buffer, bytes, access, out _))
            return Lv1Status.AccessViolation;
        command = _commands.Take();
        if (command is null)
            return Lv1Status.Busy;
        tag = command.Tag;
        command.SetLength((int)bytes);
        command.Buffer = transfer.Buffer;
        command.Request.Offset = offset;
        return Lv1Status.Success;
    }

    // Where the blocks are in the back end.
    private Lv1Status Place(in StorageTransfer transfer, out ulong offset)
    {
        offset = 0;
        if (!_isPresent)
            return Lv1Status.HardwareError;
        if (transfer.Region >= (ulong)_regions.Length)
            return Lv1Status.NoEntry;
        if ((transfer.Flags & ~SkipAccessControl) != 0 || transfer.Blocks is 0 or > StorageCommands.LargestTransfer / DiskLayout.BlockSize)
            return Lv1Status.IllegalParameterValue;
        StorageRegion region = _regions[transfer.Region];
        if (transfer.Start > region.Size || transfer.Blocks > region.Size - transfer.Start)
            return Lv1Status.IllegalParameterValue;
        StorageRegion own = _regions[DiskLayout.OtherOs];
        ulong block = region.Start + transfer.Start;
        // Past the access control there is the same partition's region; the console's own data do not exist here.
        bool isAllowed = region.IsAccessible || (transfer.Flags & SkipAccessControl) != 0;
        if (!isAllowed || block < own.Start)
            return Lv1Status.AccessViolation;
        offset = (block - own.Start) * DiskLayout.BlockSize;
        return Lv1Status.Success;
    }

    private Lv1Status Flush(out ulong tag)
    {
        tag = 0;
        if (_commands.Take() is not { } command)
            return Lv1Status.Busy;
        tag = command.Tag;
        command.Request.Operation = BlockOperation.Flush;
        _flushes++;
        _commands.Submit(command, _backend);
        return Lv1Status.Success;
    }

    // The command block lies on the guest's stack: it is read during the call.
    private Lv1Status SendAta(in StorageCommandArguments arguments, out ulong tag)
    {
        tag = 0;
        if (arguments.Arg2 != AtaBlockSize)
            return Lv1Status.IllegalParameterValue;
        Span<byte> block = stackalloc byte[AtaBlockSize];
        if (!_ports.Memory.TryRead(new LparAddress(arguments.Arg1), block))
            return Lv1Status.AccessViolation;
        // FLUSH CACHE and FLUSH CACHE EXT move nothing; all other commands but one are lv1's own business.
        if (block[AtaCommandOffset] is 0xe7 or 0xea)
            return Flush(out tag);
        if (block[AtaCommandOffset] != AtaIdentify.Command)
            return Lv1Status.DeniedByPolicy;
        var buffer = new LparAddress(BinaryPrimitives.ReadUInt64BigEndian(block[0x20..]));
        if (buffer.Value != arguments.Arg3 || arguments.Arg4 < AtaIdentify.Size)
            return Lv1Status.IllegalParameterValue;
        if (!_ports.Memory.TrySlice(buffer, AtaIdentify.Size, RegionAccess.ReadWrite, out _))
            return Lv1Status.AccessViolation;
        if (_commands.Take() is not { } command)
            return Lv1Status.Busy;
        tag = command.Tag;
        command.SetLength(AtaIdentify.Size);
        command.IsRead = true;
        command.Buffer = buffer;
        AtaIdentify.Write(command.Bytes, Model, _layout.TotalBlocks);
        _reads++;
        _commands.EndSoon(command, 0);
        return Lv1Status.Success;
    }

    // On a thread of the host's. With the instruction clock the guest waits in any case.
    private void OnStalled(string? reason)
    {
        if (!_ports.IsDeterministic)
            _ports.Events.Post(_checkStall);
    }

    private void CheckStall()
    {
        bool isStalled = _backend.StallReason is not null;
        if (isStalled == _isHolding)
            return;
        _isHolding = isStalled;
        if (isStalled)
            _ports.Hold.Hold();
        else
            _ports.Hold.Release();
    }
}
