using CellPpe.Core;
using CellPpe.Core.Ports;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// A place for one command that a guest has given. It is used again and again, with its buffer; only a command that is dropped while
/// the host works on it takes its place along.
/// </summary>
internal sealed class StorageCommand
{
    // Who comes second, the host that is done or the machine that waits for it, goes on with the command.
    private const int Running = 0;
    private const int HostIsDone = 1;
    private const int MachineWaits = 2;
    private const int Dropped = 3;

    private readonly StorageCommands _owner;
    private readonly Action _end;
    private readonly Action _settle;
    private int _handover;
    private bool _isHolding;
    private byte[] _bytes = [];

    public StorageCommand(StorageCommands owner)
    {
        _owner = owner;
        _end = End;
        _settle = Settle;
        Due = OnDue;
        Request = new BlockRequest(_ => OnHostDone());
    }

    /// <summary>What the back end is asked for.</summary>
    public BlockRequest Request { get; }

    /// <summary>To be run when guest time has come to the command's end.</summary>
    public Action Due { get; }

    /// <summary>The number the guest knows it by.</summary>
    public ulong Tag { get; set; }

    /// <summary>The guest has not fetched its status yet.</summary>
    public bool IsTaken { get; set; }

    /// <summary>It has ended, and <see cref="Status"/> holds.</summary>
    public bool IsDone { get; set; }

    /// <summary>Its end concerns the guest no more.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>The back end's answer counts.</summary>
    public bool UsesHost { get; private set; }

    /// <summary>What the guest is told at the end; 0 is success.</summary>
    public ulong Status { get; set; }

    /// <summary>Where a read's bytes go; meaningful when <see cref="IsRead"/>.</summary>
    public LparAddress Buffer { get; set; }

    /// <summary>Bytes come from the device.</summary>
    public bool IsRead { get; set; }

    /// <summary>Bytes that move.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Makes room for the bytes. Grows only.</summary>
    public void SetLength(int length)
    {
        Length = length;
        if (_bytes.Length < length)
            _bytes = new byte[length];
        Request.Buffer = _bytes.AsMemory(0, length);
    }

    /// <summary>Before it is given to the host.</summary>
    /// <param name="isAwaited">The machine goes on as soon as the host is done, and not when <see cref="Due"/> is run.</param>
    public void Begin(bool isAwaited)
    {
        UsesHost = true;
        Volatile.Write(ref _handover, isAwaited ? MachineWaits : Running);
    }

    /// <summary>The host has served it during the guest's call: it ends after that.</summary>
    public void EndAfterCall()
    {
        UsesHost = true;
        Volatile.Write(ref _handover, HostIsDone);
        _owner.Ports.Events.Schedule(_owner.Ports.Clock.TimeBase, _settle);
    }

    /// <summary>It needs no host.</summary>
    public void BeginWithoutHost()
    {
        UsesHost = false;
        Volatile.Write(ref _handover, HostIsDone);
    }

    /// <summary>The guest has closed the device.</summary>
    /// <returns>True when the host still works on it.</returns>
    public bool Drop()
    {
        IsDropped = true;
        Release();
        return UsesHost && !IsDone && Interlocked.Exchange(ref _handover, Dropped) != HostIsDone;
    }

    private void OnHostDone()
    {
        int before = Interlocked.Exchange(ref _handover, HostIsDone);
        if (before == MachineWaits && _owner.Ports.IsDeterministic)
            _owner.Ports.Hold.Post(_end);
        else if (before == MachineWaits)
            _owner.Ports.Events.Post(_settle);
        else if (before == Dropped)
            _owner.OnDroppedDone();
    }

    // The host may be done before the guest's thread has stored the tag that the call returned. Linux's handlers, which may run on the
    // other thread, read the tag without a lock, and ps3disk also its request. A scheduled event comes after another
    // turn of each thread.
    private void Settle()
    {
        if (!IsDropped)
            _owner.Ports.Events.Schedule(_owner.Ports.Clock.TimeBase + 1, _end);
    }

    private void OnDue()
    {
        if (IsDropped)
            return;
        // By the host's clock, the time of a command without the host may pass before the guest's thread gets its next turn.
        if (!UsesHost && !_owner.Ports.IsDeterministic)
        {
            Settle();
            return;
        }

        if (Interlocked.CompareExchange(ref _handover, MachineWaits, Running) == HostIsDone)
        {
            End();
            return;
        }

        _isHolding = true;
        _owner.Ports.Hold.Hold();
    }

    private void End()
    {
        Release();
        if (!IsDropped)
            _owner.End(this);
    }

    private void Release()
    {
        if (_isHolding)
            _owner.Ports.Hold.Release();
        _isHolding = false;
    }
}
