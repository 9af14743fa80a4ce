using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// What disk and flash have in common (devices.md 1.1): blocks of 512 bytes in regions, of which the partition owns one. That one is the
/// back end. Owned by the machine's thread.
/// </summary>
public abstract class RegionDevice : IDevice, IStorageDevice, IMediumHolder, IMemoryWriter, IDisposable
{
    /// <summary>Bytes of a block.</summary>
    internal const ulong BlockSize = 512;

    private const ulong SkipAccessControl = 2;
    private const ulong FlushCache = 0x23;

    private readonly IBlockBackend _backend;
    private readonly IReadOnlyList<StorageRegion> _regions;
    private readonly StorageRegion _own;
    private readonly StallHold _stall;
    private bool _isOpen;
    private bool _isStopped;
    private long _writes;
    private long _flushes;

    private protected RegionDevice(StoragePorts ports, IBlockBackend backend, IReadOnlyList<StorageRegion> regions, int own)
    {
        Ports = ports;
        _backend = backend;
        _regions = regions;
        _own = regions[own];
        Commands = new StorageCommands(ports);
        _stall = new StallHold(ports, backend);
    }

    /// <inheritdoc cref="IDevice.Name"/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public IBlockBackend? Medium => _backend;

    /// <inheritdoc/>
    string IMemoryWriter.Name => $"the {Name}";

    private protected StoragePorts Ports { get; }

    private protected StorageCommands Commands { get; }

    /// <summary>Every write is complete only when it survives a power cut, because the guest asks for no flush.</summary>
    private protected virtual bool ForcesWrites => false;

    /// <summary>It was not taken away.</summary>
    private protected bool IsPresent { get; set; } = true;

    /// <summary>Reads and other commands that bring bytes.</summary>
    private protected long Reads { get; set; }

    /// <inheritdoc/>
    public void Reset()
    {
        SetOpen(false);
        Commands.Reset();
        Reads = _writes = _flushes = 0;
    }

    /// <summary>Commands that end while the device is stopped are told of when it continues.</summary>
    public void Stop()
    {
        _isStopped = true;
        Commands.Stop();
    }

    /// <inheritdoc/>
    public void Continue()
    {
        _isStopped = false;
        Commands.Continue();
    }

    /// <inheritdoc/>
    public DeviceState Inspect() => new StorageState(_isStopped)
    {
        Open = _isOpen,
        Present = IsPresent,
        Length = _backend.Length,
        Reads = Reads,
        Writes = _writes,
        Flushes = _flushes,
        Failures = Commands.Failures,
        UnderWay = Commands.UnderWay,
        Unfetched = Commands.Unfetched,
        LastTag = Commands.LastTag,
    };

    /// <inheritdoc/>
    public bool MayStore(LparAddress start, ulong length) => Commands.MayStore(start, length);

    /// <summary>Leaves the back end, which may go on with commands of a machine that is no more.</summary>
    public void Dispose()
    {
        _stall.Dispose();
        Commands.Drop();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public void SetOpen(bool open)
    {
        _isOpen = open;
        if (!open)
            Commands.Drop();
    }

    /// <inheritdoc/>
    public void ConnectInterrupt(IInterruptLine? line) => Commands.Connect(line);

    /// <inheritdoc/>
    public Lv1Status Read(in StorageTransfer transfer, out ulong tag)
    {
        Lv1Status status = Begin(in transfer, RegionAccess.ReadWrite, out StorageCommand? command, out tag);
        if (command is null)
            return status;
        command.IsRead = true;
        command.Request.Operation = BlockOperation.Read;
        Reads++;
        Commands.Submit(command, _backend);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status Write(in StorageTransfer transfer, out ulong tag)
    {
        tag = 0;
        if (IsPresent && _backend.IsReadOnly)
            return Lv1Status.AccessViolation;
        Lv1Status status = Begin(in transfer, RegionAccess.Read, out StorageCommand? command, out tag);
        if (command is null)
            return status;
        Ports.Memory.TryRead(transfer.Buffer, command.Bytes);
        command.Request.Operation = BlockOperation.Write;
        command.Request.ForceUnitAccess = ForcesWrites;
        _writes++;
        Commands.Submit(command, _backend);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status SendCommand(ulong command, in StorageCommandArguments arguments, out ulong tag)
    {
        tag = 0;
        if (!IsPresent)
            return Lv1Status.HardwareError;
        return command == FlushCache ? Flush(out tag) : SendOwnCommand(command, in arguments, out tag);
    }

    /// <inheritdoc/>
    public Lv1Status GetAsyncStatus(out ulong tag, out ulong status) => Commands.Fetch(out tag, out status);

    /// <inheritdoc/>
    public Lv1Status CheckAsyncStatus(ulong tag, out ulong status) => Commands.Fetch(tag, out status);

    /// <summary>A command that only this kind of device has.</summary>
    private protected virtual Lv1Status SendOwnCommand(ulong command, in StorageCommandArguments arguments, out ulong tag)
    {
        tag = 0;
        return Lv1Status.UnsupportedParameterValue;
    }

    private protected Lv1Status Flush(out ulong tag)
    {
        tag = 0;
        if (Commands.Take() is not { } command)
            return Lv1Status.Busy;
        tag = command.Tag;
        command.Request.Operation = BlockOperation.Flush;
        _flushes++;
        Commands.Submit(command, _backend);
        return Lv1Status.Success;
    }

    private Lv1Status Begin(in StorageTransfer transfer, RegionAccess access, out StorageCommand? command, out ulong tag)
    {
        command = null;
        tag = 0;
        Lv1Status status = Place(in transfer, out ulong offset);
        if (status != Lv1Status.Success)
            return status;
        ulong bytes = transfer.Blocks * BlockSize;
        if (!Ports.Memory.TrySlice(transfer.Buffer, bytes, access, out _))
            return Lv1Status.AccessViolation;
        command = Commands.Take();
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
        if (!IsPresent)
            return Lv1Status.HardwareError;
        if (transfer.Region >= (ulong)_regions.Count)
            return Lv1Status.NoEntry;
        if ((transfer.Flags & ~SkipAccessControl) != 0 || transfer.Blocks is 0 or > StorageCommands.LargestTransfer / BlockSize)
            return Lv1Status.IllegalParameterValue;
        StorageRegion region = _regions[(int)transfer.Region];
        if (transfer.Start > region.Size || transfer.Blocks > region.Size - transfer.Start)
            return Lv1Status.IllegalParameterValue;
        ulong block = region.Start + transfer.Start;
        // Past the access control there is the same partition's region; the console's own data do not exist here.
        bool isAllowed = region.IsAccessible || (transfer.Flags & SkipAccessControl) != 0;
        ulong end = _own.Start + _own.Size;
        if (!isAllowed || block < _own.Start || block > end || transfer.Blocks > end - block)
            return Lv1Status.AccessViolation;
        offset = (block - _own.Start) * BlockSize;
        return Lv1Status.Success;
    }
}
