using CellPpe.Core;
using CellPpe.Core.Ports;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// The commands of one storage device: tags, what is under way, what has ended and waits to be fetched, and the event that says so. The
/// event is a level while anything waits, so that each end-of-interrupt delivers the next (devices.md 1.1).
/// </summary>
/// <param name="ports">What it needs of the machine.</param>
/// <param name="statusOf">The status word of an end; null: <see cref="StorageStatus"/>'s.</param>
internal sealed class StorageCommands(StoragePorts ports, Func<BlockError, ulong>? statusOf = null)
{
    /// <summary>Commands under way at most: chosen; Linux has one, FreeBSD two.</summary>
    public const int Depth = 16;

    /// <summary>Bytes of a command at most: chosen; Linux moves 256 KiB, its largest, for the flash.</summary>
    public const ulong LargestTransfer = 1 << 20;

    // A guest that closes and opens the device while the host is slow takes no more of the host's memory than this many commands.
    private const int MostDropped = 64;

    // Chosen: 100 us for a command and 10 ns (100 MB/s) for a byte; a command without bytes of a medium 20 us.
    private const ulong CommandTicks = IMachineClock.Frequency / 10_000;
    private const ulong ShortTicks = IMachineClock.Frequency / 50_000;
    private const ulong BytesPerSecond = 100_000_000;

    private readonly StorageCommand?[] _places = new StorageCommand?[Depth];
    private readonly Queue<StorageCommand> _done = new(Depth);
    private readonly Queue<StorageCommand> _heldBack = new(Depth);
    private IInterruptLine? _line;
    private ulong _lastTag;
    private int _droppedUnderWay;
    private bool _isStopped;

    public StoragePorts Ports => ports;

    public int UnderWay => _places.Count(static place => place is { IsTaken: true, IsDone: false });

    public int Unfetched => _done.Count;

    public ulong LastTag => _lastTag;

    /// <summary>Commands that ended with another status than 0.</summary>
    public long Failures { get; private set; }

    public void Connect(IInterruptLine? line)
    {
        _line?.SetLevel(false);
        _line = line;
        UpdateLine();
    }

    /// <summary>Takes a place for a command.</summary>
    /// <returns>Null when all are taken.</returns>
    public StorageCommand? Take()
    {
        if (Volatile.Read(ref _droppedUnderWay) > MostDropped)
            return null;
        for (int i = 0; i < Depth; i++)
        {
            StorageCommand place = _places[i] ??= new StorageCommand(this);
            if (place.IsTaken)
                continue;
            place.IsTaken = true;
            place.IsDone = false;
            place.IsRead = false;
            place.Status = 0;
            place.SetLength(0);
            place.Request.ForceUnitAccess = false;
            place.Tag = ++_lastTag;
            return place;
        }

        return null;
    }

    /// <summary>Has the back end do it.</summary>
    public void Submit(StorageCommand command, IBlockBackend backend)
    {
        // By the instruction clock a command takes guest time, which must not depend on what the host has in memory.
        if (command.IsRead && !ports.IsDeterministic && backend.TryReadNow(command.Request))
        {
            command.EndAfterCall();
            return;
        }

        command.Begin(isAwaited: !ports.IsDeterministic);
        backend.Submit(command.Request);
        if (ports.IsDeterministic)
        {
            ulong ticks = CommandTicks + ((ulong)command.Length * IMachineClock.Frequency / BytesPerSecond);
            ports.Events.Schedule(ports.Clock.TimeBase + ticks, command.Due);
        }
    }

    /// <summary>It needs no host; it ends a little later, after the call that gave it.</summary>
    public void EndSoon(StorageCommand command, ulong status)
    {
        command.Status = status;
        command.BeginWithoutHost();
        ports.Events.Schedule(ports.Clock.TimeBase + ShortTicks, command.Due);
    }

    /// <summary>Puts a command's end before the guest.</summary>
    public void End(StorageCommand command)
    {
        if (_isStopped)
        {
            _heldBack.Enqueue(command);
            return;
        }

        if (command.UsesHost)
            command.Status = statusOf is null ? StorageStatus.Of(command.Request.Error) : statusOf(command.Request.Error);
        if (command.Status == 0 && command.IsRead && !TryStore(command))
            command.Status = StorageStatus.Of(Lv1Status.AccessViolation);
        if (command.Status != 0)
            Failures++;
        command.IsDone = true;
        _done.Enqueue(command);
        UpdateLine();
    }

    public Lv1Status Fetch(out ulong tag, out ulong status)
    {
        tag = status = 0;
        if (!_done.TryDequeue(out StorageCommand? command))
            return Lv1Status.Empty;
        return Retire(command, out tag, out status);
    }

    public Lv1Status Fetch(ulong tag, out ulong status)
    {
        status = 0;
        StorageCommand? command = Array.Find(_places, place => place is { IsTaken: true } && place.Tag == tag);
        if (command is null)
            return Lv1Status.NoEntry;
        if (!command.IsDone)
            return Lv1Status.Busy;
        for (int left = _done.Count; left > 0; left--)
        {
            StorageCommand first = _done.Dequeue();
            if (first != command)
                _done.Enqueue(first);
        }

        return Retire(command, out _, out status);
    }

    /// <summary>Drops all commands: none stores anything any more.</summary>
    public void Drop()
    {
        for (int i = 0; i < Depth; i++)
        {
            if (_places[i] is not { IsTaken: true } command)
                continue;
            if (command.Drop())
                Interlocked.Increment(ref _droppedUnderWay);
            _places[i] = null;
        }

        _done.Clear();
        _heldBack.Clear();
        UpdateLine();
    }

    /// <summary>On a thread of the host's: it has ended a command that was dropped.</summary>
    public void OnDroppedDone() => Interlocked.Decrement(ref _droppedUnderWay);

    /// <summary>As after power-on.</summary>
    public void Reset()
    {
        Drop();
        _lastTag = 0;
        Failures = 0;
    }

    public void Stop() => _isStopped = true;

    public void Continue()
    {
        _isStopped = false;
        while (_heldBack.TryDequeue(out StorageCommand? command))
            End(command);
    }

    /// <summary>True when a command that is under way may store to a byte of the range.</summary>
    public bool MayStore(LparAddress start, ulong length) => _places.Any(place =>
        place is { IsTaken: true, IsDone: false, IsRead: true }
        && place.Buffer.Value < start.Value + length && start.Value < place.Buffer.Value + (ulong)place.Length);

    private Lv1Status Retire(StorageCommand command, out ulong tag, out ulong status)
    {
        (tag, status) = (command.Tag, command.Status);
        command.IsTaken = false;
        UpdateLine();
        return Lv1Status.Success;
    }

    // The guest may have given the memory back since it gave the command.
    private bool TryStore(StorageCommand command) =>
        ports.Memory.TrySlice(command.Buffer, (ulong)command.Length, RegionAccess.ReadWrite, out _)
        && ports.Memory.TryWrite(command.Buffer, command.Bytes);

    private void UpdateLine() => _line?.SetLevel(_done.Count > 0);
}
