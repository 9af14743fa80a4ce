using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Blocks;

using Xunit;

namespace Host.Tests.Blocks;

/// <summary>Whatever an NBD server loses before a flush succeeds is written to it again.</summary>
public sealed class ForgetfulNbdTests : IDisposable
{
    private readonly ForgetfulNbdServer _server = new();
    private readonly IBlockBackend _disk;
    private readonly BlockUser _user;
    private readonly byte[] _first = BlockUser.Pattern(4096, 1);
    private readonly byte[] _second = BlockUser.Pattern(4096, 2);

    public ForgetfulNbdTests()
    {
        _disk = BlockBackends.Open(new BlockOptions($"nbd://127.0.0.1:{_server.Port}/"), static _ => { });
        _user = new BlockUser(_disk);
    }

    public void Dispose()
    {
        _disk.Dispose();
        _server.Dispose();
    }

    [Fact]
    public void A_flush_after_one_that_failed_brings_what_was_lost_with_it()
    {
        Assert.Equal(BlockError.None, _user.Write(0, _first));
        _server.FailingFlushes = 2;
        Assert.Equal(BlockError.Io, _user.Flush());
        Assert.Equal(BlockError.None, _user.Write(8192, _second));
        Assert.Equal(BlockError.Io, _user.Flush());
        Assert.Equal(BlockError.None, _user.Flush());

        Assert.Equal(_first, _server.Medium[..4096]);
        Assert.Equal(_second, _server.Medium[8192..12288]);
    }

    [Fact]
    public void A_connection_that_is_lost_again_while_lost_writes_are_repeated_begins_with_the_first()
    {
        Assert.Equal(BlockError.None, _user.Write(0, _first));
        Assert.Equal(BlockError.None, _user.Write(8192, _second));
        _server.Cut();
        Assert.Equal(BlockError.Gone, _user.Read(0, new byte[512]));
        // The second of the two cannot be repeated the first time.
        _server.WritesToFailure = 1;
        Assert.Equal(BlockError.Io, _user.Read(0, new byte[512]));
        Assert.Equal(BlockError.None, _user.Flush());

        Assert.Equal(_first, _server.Medium[..4096]);
        Assert.Equal(_second, _server.Medium[8192..12288]);
    }

    [Fact]
    public void A_server_whose_flushes_fail_costs_no_more_memory_than_the_limit()
    {
        _server.FailingFlushes = int.MaxValue;
        byte[] piece = new byte[ForgetfulNbdServer.Size / 2];
        int accepted = 0;
        while (_user.Write(0, piece) == BlockError.None)
            Assert.True(++accepted <= 32, "more than 16 MiB of unflushed writes are kept");
        Assert.Equal(32, accepted);
        Assert.Equal(BlockError.Io, _user.Write(0, piece));
        int writes = _server.Writes;
        _server.FailingFlushes = 0;
        Assert.Equal(BlockError.None, _user.Write(0, piece));
        // Those that were kept, and the new one.
        Assert.Equal(writes + 33, _server.Writes);
    }
}
