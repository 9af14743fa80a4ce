using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Storage;
using Xunit;

namespace Devices.Tests.Storage;

/// <summary>A back end of 1 MiB in memory that completes when a test says so.</summary>
internal sealed class FakeBackend : IBlockBackend
{
    private readonly Queue<BlockRequest> _waiting = new();

    public event Action<string?>? Stalled;

    public byte[] Bytes { get; init; } = new byte[1 << 20];

    /// <summary>Bytes that it claims to have, if not those of <see cref="Bytes"/>.</summary>
    public ulong? Size { get; init; }

    public bool IsDisposed { get; private set; }

    public bool IsReadOnly { get; set; }

    public string? StallReason { get; private set; }

    /// <summary>How the next requests end.</summary>
    public BlockError Error { get; set; }

    public bool IsSlow { get; set; }

    /// <summary>It has all bytes in memory: it serves reads within the call.</summary>
    public bool IsCached { get; set; }

    public List<BlockOperation> Seen { get; } = [];

    /// <summary>The last request wanted its bytes to survive a power cut.</summary>
    public bool LastWasForced { get; private set; }

    public string Name { get; init; } = "fake";

    public ulong Length => Size ?? (ulong)Bytes.Length;

    public uint SectorSize => 512;

    public bool HasListeners => Stalled is not null;

    public void Submit(BlockRequest request)
    {
        _waiting.Enqueue(request);
        if (!IsSlow)
            Finish();
    }

    public bool TryReadNow(BlockRequest request)
    {
        if (!IsCached || _waiting.Count > 0)
            return false;
        Bytes.AsSpan((int)request.Offset, request.Buffer.Length).CopyTo(request.Buffer.Span);
        request.Succeed();
        return true;
    }

    public void Finish()
    {
        while (_waiting.TryDequeue(out BlockRequest? request))
        {
            Seen.Add(request.Operation);
            LastWasForced = request.ForceUnitAccess;
            if (Error == BlockError.None && request.Operation == BlockOperation.Read)
                Bytes.AsSpan((int)request.Offset, request.Buffer.Length).CopyTo(request.Buffer.Span);
            if (Error == BlockError.None && request.Operation == BlockOperation.Write)
                request.Buffer.Span.CopyTo(Bytes.AsSpan((int)request.Offset));
            request.Complete(Error);
        }
    }

    public void Stall(string? reason)
    {
        StallReason = reason;
        Stalled?.Invoke(reason);
    }

    public void Dispose() => IsDisposed = true;
}

internal sealed class LevelLine : IInterruptLine
{
    public bool Level { get; private set; }

    public int Rises { get; private set; }

    public void Raise() => Rises++;

    public void SetLevel(bool asserted)
    {
        Rises += asserted && !Level ? 1 : 0;
        Level = asserted;
    }
}

internal sealed class FakeHold(EventQueue events) : IGuestHold
{
    public int Holds { get; private set; }

    public void Hold() => Holds++;

    public void Release() => Holds--;

    public void Post(Action action) => events.Post(action);
}

/// <summary>A disk and the notification device with 1 MiB of memory at 0, of which the second half cannot be written.</summary>
internal sealed class StorageFixture : IDisposable
{
    public const ulong OtherOs = 3;
    public const ulong Half = 512 << 10;
    private FakeHold? _hold;

    public StorageFixture(bool deterministic = false)
    {
        Assert.NotNull(Memory.TryAddMemory(new LparAddress(0), Half, RegionAccess.ReadWrite, "memory"));
        Assert.NotNull(Memory.TryAddMemory(new LparAddress(Half), Half, RegionAccess.Read, "read-only"));
        Ports = new StoragePorts(Memory, Events, Clock, Hold, deterministic);
        Disk = new DiskDevice(Host, Ports, Backend);
        Notifications = new StorageNotifications(Host, Ports);
        Disk.SetOpen(true);
        Disk.ConnectInterrupt(Line);
        Notifications.SetOpen(true);
    }

    public StoragePorts Ports { get; }

    public GuestMemory Memory { get; } = new(4 << 20);

    public EventQueue Events { get; } = new();

    public FakeClock Clock { get; } = new();

    public FakeHold Hold => _hold ??= new FakeHold(Events);

    public FakeHost Host { get; } = new();

    public FakeBackend Backend { get; } = new();

    public LevelLine Line { get; } = new();

    public DiskDevice Disk { get; }

    public StorageNotifications Notifications { get; }

    /// <summary>Lets time pass until nothing is due.</summary>
    public void RunAll()
    {
        Events.RunDue(Clock.TimeBase);
        while (Events.NextTime != ulong.MaxValue)
        {
            Clock.TimeBase = Events.NextTime;
            Events.RunDue(Clock.TimeBase);
        }
    }

    /// <summary>Fetches the status of a command that must have ended.</summary>
    public long StatusOf(ulong tag)
    {
        RunAll();
        Assert.Equal(Lv1Status.Success, Disk.GetAsyncStatus(out ulong ended, out ulong status));
        Assert.Equal(tag, ended);
        return unchecked((long)status);
    }

    public Span<byte> At(ulong address, int length)
    {
        Assert.True(Memory.TrySlice(new LparAddress(address), (ulong)length, RegionAccess.Read, out Span<byte> bytes));
        return bytes;
    }

    public void Dispose() => Memory.Dispose();
}
