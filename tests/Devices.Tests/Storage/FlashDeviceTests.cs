using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Storage;
using Xunit;

namespace Devices.Tests.Storage;

/// <summary>The flash and its regions (devices.md 1.4, repository.md 3.3).</summary>
public sealed class FlashDeviceTests : IDisposable
{
    private const ulong OtherOs = 5;
    private readonly StorageFixture _fixture = new();
    private readonly FakeBackend _backend = new() { Bytes = new byte[FlashDevice.Size] };
    private readonly FlashDevice _flash;

    public FlashDeviceTests()
    {
        _flash = new FlashDevice(_fixture.Host, _fixture.Ports, _backend);
        _flash.SetOpen(true);
    }

    public void Dispose()
    {
        _flash.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public void Its_regions_are_those_that_Linux_insists_on()
    {
        BusDevice device = _fixture.Host.OnBus[^1];
        Assert.Equal((BusKind.Storage, 14UL, 1UL), (device.Bus, device.Type, device.Id));
        Dictionary<string, ulong> nodes = device.Properties.ToDictionary(static node => node.Path, static node => node.Value);
        Assert.Equal((512UL, 6UL), (nodes["blk_size"], nodes["n_regs"]));
        Assert.Equal((5UL, 473_600UL, 8192UL), (nodes["region5/id"], nodes["region5/start"], nodes["region5/size"]));
        foreach (int region in (int[])[0, 5])
        {
            Assert.Equal(0UL, nodes[$"region{region}/start"] * 512 % (256 << 10));
            Assert.Equal(0UL, nodes[$"region{region}/size"] * 512 % (256 << 10));
        }

        for (int region = 1; region < 5; region++)
            Assert.True(nodes[$"region{region}/start"] + nodes[$"region{region}/size"] <= nodes[$"region{region + 1}/start"]);
        Assert.True(nodes["region5/start"] + nodes["region5/size"] <= nodes["n_blocks"]);
    }

    [Fact]
    public void Chunks_of_256_KiB_move_and_a_write_is_forced_to_the_medium()
    {
        _fixture.At(0, 256 << 10).Fill(0x3c);
        Assert.Equal(Lv1Status.Success, _flash.Write(new StorageTransfer(OtherOs, 512, 512, 0, new LparAddress(0)), out _));
        Assert.Equal(0UL, End());
        Assert.True(_backend.LastWasForced);
        Assert.All(_backend.Bytes[(256 << 10)..(512 << 10)], static value => Assert.Equal(0x3c, value));
        Assert.Equal((0, 0), (_backend.Bytes[(256 << 10) - 1], _backend.Bytes[512 << 10]));
        Assert.Equal(Lv1Status.Success, _flash.Read(new StorageTransfer(OtherOs, 0, 512, 0, new LparAddress(0)), out _));
        Assert.Equal(0UL, End());
        Assert.Equal(0, _fixture.At(0, 1)[0]);
    }

    [Theory]
    [InlineData(0UL, 0UL, 1UL, 0UL, Lv1Status.AccessViolation)]
    [InlineData(1UL, 0UL, 1UL, 0UL, Lv1Status.AccessViolation)]
    [InlineData(4UL, 0UL, 1UL, 0UL, Lv1Status.AccessViolation)]
    [InlineData(4UL, 0UL, 1UL, 2UL, Lv1Status.AccessViolation)]
    [InlineData(0UL, 481_791UL, 2UL, 2UL, Lv1Status.AccessViolation)]
    [InlineData(0UL, 489_471UL, 1UL, 2UL, Lv1Status.AccessViolation)]
    [InlineData(0UL, 481_791UL, 1UL, 2UL, Lv1Status.Success)]
    [InlineData(6UL, 0UL, 1UL, 0UL, Lv1Status.NoEntry)]
    [InlineData(OtherOs, 8192UL, 1UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(OtherOs, 0UL, 2049UL, 0UL, Lv1Status.IllegalParameterValue)]
    public void Only_the_own_region_is_reached(ulong region, ulong start, ulong blocks, ulong flags, Lv1Status expected)
    {
        var transfer = new StorageTransfer(region, start, blocks, flags, new LparAddress(0));
        Assert.Equal(expected, _flash.Read(transfer, out _));
    }

    [Fact]
    public void It_takes_a_flush_and_no_other_command()
    {
        Assert.Equal(Lv1Status.Success, _flash.SendCommand(0x23, default, out _));
        Assert.Equal(0UL, End());
        Assert.Equal([BlockOperation.Flush], _backend.Seen);
        Assert.Equal(Lv1Status.UnsupportedParameterValue, _flash.SendCommand(2, default, out _));
        _backend.IsReadOnly = true;
        Assert.Equal(Lv1Status.AccessViolation, _flash.Write(new StorageTransfer(OtherOs, 0, 1, 0, new LparAddress(0)), out _));
        Assert.Throws<ArgumentException>(() => new FlashDevice(_fixture.Host, _fixture.Ports, new FakeBackend()));
    }

    private ulong End()
    {
        _fixture.RunAll();
        Assert.Equal(Lv1Status.Success, _flash.GetAsyncStatus(out _, out ulong status));
        return status;
    }
}
