using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// The pseudo-device that tells the guest which storage devices there are (devices.md 2). The guest writes a request; then each read
/// completes with one device, those present first, and the next read waits until a device is added.
/// </summary>
public sealed class StorageNotifications : IDevice, IStorageDevice, IMemoryWriter
{
    /// <summary>Its id on the storage bus.</summary>
    public const ulong BusId = ulong.MaxValue;

    private const ulong StorageBusId = 4;
    private const int BlockSize = 512;
    private const ulong RegionProbe = 1;

    private readonly StoragePorts _ports;
    private readonly StorageCommands _commands;
    private readonly List<Entry> _devices = [];
    private readonly Queue<Entry> _news = new();
    private readonly Queue<StorageCommand> _readers = new();
    private bool _isOpen;
    private bool _isStopped;
    private bool _isAsked;

    /// <summary>Makes the pseudo-device.</summary>
    /// <param name="host">lv1.</param>
    /// <param name="ports">What it needs of the machine.</param>
    public StorageNotifications(IDeviceHost host, StoragePorts ports)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(ports);
        _ports = ports;
        _commands = new StorageCommands(ports);
        host.AddToBus(new BusDevice { Bus = BusKind.Storage, Type = 0, Id = BusId, IsListed = false }).ServeStorage(this);
    }

    /// <inheritdoc/>
    public string Name => "storage-notifications";

    /// <inheritdoc/>
    string IMemoryWriter.Name => "the storage notification";

    /// <summary>A device is on the storage bus now. Guests that listen are told.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="type">Its type in the repository.</param>
    /// <param name="port">Its port in the repository.</param>
    public void Add(ulong id, ulong type, ulong port = 0)
    {
        var entry = new Entry(id, type, port);
        _devices.Add(entry);
        if (!_isAsked)
            return;
        _news.Enqueue(entry);
        Tell();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        SetOpen(false);
        _commands.Reset();
    }

    /// <summary>Reads that end while the device is stopped are told of when it continues.</summary>
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
        Present = true,
        Failures = _commands.Failures,
        UnderWay = _commands.UnderWay,
        Unfetched = _commands.Unfetched,
        LastTag = _commands.LastTag,
    };

    /// <inheritdoc/>
    public bool MayStore(LparAddress start, ulong length) => _commands.MayStore(start, length);

    /// <inheritdoc/>
    public void SetOpen(bool open)
    {
        _isOpen = open;
        if (open)
            return;
        _isAsked = false;
        _news.Clear();
        _readers.Clear();
        _commands.Drop();
    }

    /// <inheritdoc/>
    public void ConnectInterrupt(IInterruptLine? line) => _commands.Connect(line);

    /// <inheritdoc/>
    public Lv1Status Read(in StorageTransfer transfer, out ulong tag)
    {
        Lv1Status status = Check(in transfer, RegionAccess.ReadWrite, out tag);
        if (status != Lv1Status.Success)
            return status;
        if (!_isAsked)
            return Lv1Status.WrongState;
        if (_commands.Take() is not { } command)
            return Lv1Status.Busy;
        tag = command.Tag;
        command.SetLength(BlockSize);
        command.IsRead = true;
        command.Buffer = transfer.Buffer;
        _readers.Enqueue(command);
        Tell();
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status Write(in StorageTransfer transfer, out ulong tag)
    {
        Lv1Status status = Check(in transfer, RegionAccess.Read, out tag);
        if (status != Lv1Status.Success)
            return status;
        Span<byte> request = stackalloc byte[16];
        _ports.Memory.TryRead(transfer.Buffer, request);
        if (_commands.Take() is not { } command)
            return Lv1Status.Busy;
        tag = command.Tag;
        bool isRequest = BinaryPrimitives.ReadUInt64BigEndian(request) == 0;
        _isAsked = isRequest && (BinaryPrimitives.ReadUInt64BigEndian(request[8..]) & (1 << (int)RegionProbe)) != 0;
        _news.Clear();
        foreach (Entry entry in _isAsked ? _devices : [])
            _news.Enqueue(entry);
        _commands.EndSoon(command, isRequest ? 0 : StorageStatus.Of(Lv1Status.IllegalParameterValue));
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status SendCommand(ulong command, in StorageCommandArguments arguments, out ulong tag)
    {
        tag = 0;
        return Lv1Status.UnsupportedParameterValue;
    }

    /// <inheritdoc/>
    public Lv1Status GetAsyncStatus(out ulong tag, out ulong status) => _commands.Fetch(out tag, out status);

    /// <inheritdoc/>
    public Lv1Status CheckAsyncStatus(ulong tag, out ulong status) => _commands.Fetch(tag, out status);

    private Lv1Status Check(in StorageTransfer transfer, RegionAccess access, out ulong tag)
    {
        tag = 0;
        if (transfer is not { Region: 0, Start: 0, Blocks: 1, Flags: 0 })
            return Lv1Status.IllegalParameterValue;
        return _ports.Memory.TrySlice(transfer.Buffer, BlockSize, access, out _) ? Lv1Status.Success : Lv1Status.AccessViolation;
    }

    private void Tell()
    {
        while (_readers.Count > 0 && _news.TryDequeue(out Entry? news))
        {
            StorageCommand command = _readers.Dequeue();
            Span<byte> bytes = command.Bytes;
            bytes.Clear();
            ReadOnlySpan<ulong> words = [RegionProbe, StorageBusId, news.Id, news.Type, news.Port];
            for (int i = 0; i < words.Length; i++)
                BinaryPrimitives.WriteUInt64BigEndian(bytes[(i * sizeof(ulong))..], words[i]);
            _commands.EndSoon(command, 0);
        }
    }

    private sealed record Entry(ulong Id, ulong Type, ulong Port);
}
