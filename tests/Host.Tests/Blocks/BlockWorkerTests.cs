using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Blocks;

using Xunit;

namespace Host.Tests.Blocks;

/// <summary>Order, limits, errors and durability, for any store.</summary>
public sealed class BlockWorkerTests : IDisposable
{
    private const int Size = 1 << 20;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private readonly PowerCutStore _store = new(Size);
    private readonly List<string> _said = [];

    public void Dispose() => _store.Dispose();

    [Fact]
    public void A_power_cut_drops_what_was_not_flushed_and_nothing_else()
    {
        using BlockWorker worker = Open(BlockErrorPolicy.Report);
        var user = new BlockUser(worker);
        byte[] flushed = BlockUser.Pattern(4096, 1);
        byte[] through = BlockUser.Pattern(512, 2);
        byte[] lost = BlockUser.Pattern(8192, 3);

        Assert.Equal(BlockError.None, user.Write(0, flushed));
        Assert.Equal(BlockError.None, user.Flush());
        Assert.Equal(BlockError.None, user.Write(8192, lost));
        Assert.Equal(BlockError.None, user.Write(65536, through, forceUnitAccess: true));

        byte[] left = _store.PowerCut();
        Assert.Equal(flushed, left[..4096]);
        Assert.Equal(through, left[65536..(65536 + 512)]);
        Assert.All(left[8192..16384], static value => Assert.Equal(0, value));
        // Unflushed data can be read until the power cut.
        Assert.Equal(lost, user.Read(8192, 8192));
    }

    [Fact]
    public void Requests_outside_the_disk_and_in_parts_of_sectors_never_reach_the_store()
    {
        using BlockWorker worker = Open(BlockErrorPolicy.Report);
        var user = new BlockUser(worker);
        foreach ((ulong offset, int length) in (
            (ulong, int)[])[(Size, 512), (Size - 512, 1024), (ulong.MaxValue - 511, 512), (1, 512), (0, 511)])
        {
            Assert.Equal(BlockError.OutOfRange, user.Read(offset, new byte[length]));
            Assert.Equal(BlockError.OutOfRange, user.Write(offset, new byte[length]));
        }

        Assert.Equal(BlockError.OutOfRange, user.Trim(512, ulong.MaxValue - 511));
        Assert.Equal(0, _store.Requests);
    }

    [Fact]
    public async Task A_read_is_served_at_once_only_while_nothing_is_under_way()
    {
        _store.IsCached = true;
        using BlockWorker worker = Open(BlockErrorPolicy.Report);
        var user = new BlockUser(worker);
        byte[] bytes = BlockUser.Pattern(512, 9);
        Assert.Equal(BlockError.None, user.Write(512, bytes));
        byte[] read = new byte[512];
        var request = new BlockRequest(static _ => Assert.Fail("it is not completed"))
        {
            Operation = BlockOperation.Read,
            Offset = 512,
            Buffer = read,
        };
        Assert.True(worker.TryReadNow(request));
        Assert.Equal(bytes, read);

        using var gate = new ManualResetEventSlim();
        _store.BeforeWrite = gate.Wait;
        Task<BlockError> slow = user.Start(request => (request.Operation, request.Buffer) = (BlockOperation.Write, new byte[512]));
        Assert.False(worker.TryReadNow(request));
        gate.Set();
        Assert.Equal(BlockError.None, await slow);
        Assert.True(worker.TryReadNow(request));
    }

    [Fact]
    public void An_error_is_reported_once_with_its_reason()
    {
        using BlockWorker worker = Open(BlockErrorPolicy.Report);
        List<BlockFailure> failures = [];
        worker.Failed += failures.Add;
        var user = new BlockUser(worker);
        _store.Failure = new BlockException(BlockError.NoSpace, "no space is left on its device");

        Assert.Equal(BlockError.NoSpace, user.Write(0, new byte[512]));
        Assert.Equal(BlockError.NoSpace, user.Write(0, new byte[512]));
        var failure = new BlockFailure(BlockOperation.Write, "no space is left on its device", Waits: false);
        Assert.Equal([failure, failure], failures);
        Assert.Null(worker.StallReason);
        _store.Failure = null;
        Assert.Equal(BlockError.None, user.Write(0, new byte[512]));

        Assert.Equal(["test disk: cannot be written: no space is left on its device; the guest gets an I/O error"], _said);
    }

    [Fact]
    public async Task With_pause_a_request_waits_until_the_host_can_serve_it()
    {
        using BlockWorker worker = Open(BlockErrorPolicy.Pause);
        List<string?> stalls = [];
        List<BlockFailure> failures = [];
        worker.Failed += failures.Add;
        worker.Stalled += reason =>
        {
            lock (stalls)
                stalls.Add(reason);
        };
        var user = new BlockUser(worker);
        byte[] bytes = BlockUser.Pattern(512, 4);
        _store.Failure = new BlockException(BlockError.NoSpace, "no space is left on its device");

        Task<BlockError> write = user.Start(request =>
        {
            request.Operation = BlockOperation.Write;
            request.Buffer = bytes;
        });
        Assert.True(SpinWait.SpinUntil(() => _store.Requests >= 3, TimeSpan.FromSeconds(20)), "it tries again");
        Assert.False(write.IsCompleted);
        Assert.Equal("no space is left on its device", worker.StallReason);
        _store.Failure = null;

        Assert.Equal(BlockError.None, await write.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Null(worker.StallReason);
        Assert.Equal(["no space is left on its device", null], stalls);
        Assert.Equal([new BlockFailure(BlockOperation.Write, "no space is left on its device", Waits: true)], failures);
        Assert.Equal(bytes, user.Read(0, 512));
    }

    [Fact]
    public async Task A_request_that_waits_is_tried_again_at_once_when_a_user_asks_for_it()
    {
        using var worker = new BlockWorker(_store, BlockErrorPolicy.Pause, static _ => { }, TimeSpan.FromMinutes(5));
        _store.Failure = new BlockException(BlockError.NoSpace, "no space is left on its device");
        Task<BlockError> flush = new BlockUser(worker).Start(static request => request.Operation = BlockOperation.Flush);
        Assert.True(SpinWait.SpinUntil(() => worker.StallReason is not null, TimeSpan.FromSeconds(20)));

        // Not mended yet.
        worker.Retry();
        Assert.True(SpinWait.SpinUntil(() => _store.Requests == 2, TimeSpan.FromSeconds(20)));
        Assert.NotNull(worker.StallReason);
        _store.Failure = null;
        worker.Retry();

        Assert.Equal(BlockError.None, await flush.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Null(worker.StallReason);
    }

    [Fact]
    public void What_cannot_be_mended_is_an_error_also_with_pause()
    {
        using BlockWorker worker = Open(BlockErrorPolicy.Pause);
        _store.Failure = new BlockException(BlockError.Io, "an earlier flush failed", isFinal: true);
        Assert.Equal(BlockError.Io, new BlockUser(worker).Flush());
        Assert.Null(worker.StallReason);
    }

    [Fact]
    public async Task The_end_flushes_and_gives_up_what_waits()
    {
        BlockWorker worker = Open(BlockErrorPolicy.Pause);
        var user = new BlockUser(worker);
        byte[] bytes = BlockUser.Pattern(512, 5);
        Assert.Equal(BlockError.None, user.Write(0, bytes));
        worker.Dispose();
        worker.Dispose();
        Assert.Equal(bytes, _store.PowerCut()[..512]);
        Assert.True(_store.IsDisposed);
        Assert.Equal(BlockError.Gone, user.Read(0, new byte[512]));

        var broken = new PowerCutStore(Size) { Failure = new BlockException(BlockError.Gone, "the server has gone") };
        var waiting = new BlockWorker(broken, BlockErrorPolicy.Pause, static _ => { }, TimeSpan.FromMinutes(5));
        Task<BlockError> flush = new BlockUser(waiting).Start(static request => request.Operation = BlockOperation.Flush);
        Assert.True(SpinWait.SpinUntil(() => waiting.StallReason is not null, TimeSpan.FromSeconds(20)));
        waiting.Dispose();
        Assert.Equal(BlockError.Gone, await flush.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private BlockWorker Open(BlockErrorPolicy policy) => new(_store, policy, line => _said.Add(line), Soon);
}
