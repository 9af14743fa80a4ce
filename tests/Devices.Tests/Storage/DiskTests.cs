using System.Buffers.Binary;
using System.Text;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Storage;
using Xunit;

namespace Devices.Tests.Storage;

/// <summary>The disk, and every status a guest can get from it (devices.md 1.1 and 1.2).</summary>
public sealed class DiskTests : IDisposable
{
    private const ulong OtherOs = StorageFixture.OtherOs;
    private const ulong Blocks = 2048;
    private const ulong OtherOsStart = 57_168_648;
    private readonly StorageFixture _fixture = new();

    private DiskDevice Disk => _fixture.Disk;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void It_is_announced_as_on_a_console()
    {
        BusDevice disk = _fixture.Host.OnBus[0];
        Assert.Equal((BusKind.Storage, 0UL, 2UL, true), (disk.Bus, disk.Type, disk.Id, disk.IsListed));
        Dictionary<string, ulong> nodes = disk.Properties.ToDictionary();
        Assert.Equal((512UL, 4UL, OtherOsStart + Blocks), (nodes["blk_size"], nodes["n_regs"], nodes["n_blocks"]));
        Assert.Equal((3UL, OtherOsStart, Blocks), (nodes["region3/id"], nodes["region3/start"], nodes["region3/size"]));
        Assert.Equal((0UL, 0UL, OtherOsStart + Blocks), (nodes["region0/id"], nodes["region0/start"], nodes["region0/size"]));
        // Regions do not overlap and are in order.
        Assert.True(nodes["region1/start"] + nodes["region1/size"] <= nodes["region2/start"]);
        Assert.True(nodes["region2/start"] + nodes["region2/size"] <= nodes["region3/start"]);
    }

    [Fact]
    public void What_is_written_is_read_back_and_each_end_is_an_event()
    {
        _fixture.At(0x1000, 1024).Fill(0x5a);
        Assert.Equal(Lv1Status.Success, Disk.Write(Transfer(4, 2, 0x1000), out ulong written));
        Assert.Equal(0, _fixture.StatusOf(written));
        Assert.Equal(Lv1Status.Success, Disk.Read(Transfer(5, 1, 0x8000), out ulong read));
        Assert.NotEqual(written, read);
        Assert.False(_fixture.Line.Level);
        _fixture.RunAll();
        Assert.True(_fixture.Line.Level);
        Assert.Equal(0, _fixture.StatusOf(read));
        Assert.False(_fixture.Line.Level);
        Assert.Equal(2, _fixture.Line.Rises);
        Assert.All(_fixture.At(0x8000, 512).ToArray(), static value => Assert.Equal(0x5a, value));
        Assert.All(_fixture.Backend.Bytes[2048..3072], static value => Assert.Equal(0x5a, value));
        Assert.Equal(0, _fixture.Backend.Bytes[3072]);
    }

    [Theory]
    [InlineData(4UL, 0UL, 1UL, 0UL, 0UL, Lv1Status.NoEntry)]
    [InlineData(ulong.MaxValue, 0UL, 1UL, 0UL, 0UL, Lv1Status.NoEntry)]
    [InlineData(0UL, 0UL, 1UL, 0UL, 0UL, Lv1Status.AccessViolation)]
    [InlineData(1UL, 0UL, 1UL, 0UL, 0UL, Lv1Status.AccessViolation)]
    [InlineData(2UL, 0UL, 1UL, 0UL, 0UL, Lv1Status.AccessViolation)]
    [InlineData(0UL, 0UL, 1UL, 2UL, 0UL, Lv1Status.AccessViolation)]
    [InlineData(OtherOs, Blocks, 1UL, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(OtherOs, Blocks - 1, 2UL, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(OtherOs, ulong.MaxValue, 2UL, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(OtherOs, 0UL, 0UL, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(OtherOs, 0UL, ulong.MaxValue, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(OtherOs, 0UL, 1UL << 55, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(OtherOs, 0UL, 1UL, 1UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(OtherOs, 0UL, 1UL, 0UL, 1UL << 40, Lv1Status.AccessViolation)]
    [InlineData(OtherOs, 0UL, 2UL, 0UL, StorageFixture.Half - 512, Lv1Status.AccessViolation)]
    [InlineData(OtherOs, 0UL, 1UL, 0UL, ulong.MaxValue - 511, Lv1Status.AccessViolation)]
    public void Commands_that_cannot_be_are_refused(ulong region, ulong start, ulong blocks, ulong flags, ulong buffer, Lv1Status expected)
    {
        var transfer = new StorageTransfer(region, start, blocks, flags, new LparAddress(buffer));
        Assert.Equal(expected, Disk.Read(transfer, out _));
        Assert.Equal(expected, Disk.Write(transfer, out _));
        _fixture.RunAll();
        Assert.Equal(Lv1Status.Empty, Disk.GetAsyncStatus(out _, out _));
        Assert.Empty(_fixture.Backend.Seen);
    }

    [Fact]
    public void A_read_that_is_served_within_the_call_ends_after_it()
    {
        _fixture.Backend.IsCached = true;
        _fixture.Backend.Bytes.AsSpan(512, 512).Fill(0x33);
        Assert.Equal(Lv1Status.Success, Disk.Read(Transfer(1, 1, 0x8000), out ulong read));
        Assert.False(_fixture.Line.Level);
        Assert.Equal(0, _fixture.At(0x8000, 1)[0]);
        Assert.Empty(_fixture.Backend.Seen);

        _fixture.RunAll();
        Assert.True(_fixture.Line.Level);
        Assert.Equal(0, _fixture.StatusOf(read));
        Assert.Equal(0x33, _fixture.At(0x8000, 512)[511]);
    }

    [Fact]
    public void The_whole_disk_past_access_control_ends_in_the_own_region()
    {
        _fixture.Backend.Bytes[512] = 0x77;
        Assert.Equal(Lv1Status.Success, Disk.Read(new StorageTransfer(0, OtherOsStart + 1, 1, 2, new LparAddress(0)), out ulong tag));
        Assert.Equal(0, _fixture.StatusOf(tag));
        Assert.Equal(0x77, _fixture.At(0, 1)[0]);
    }

    [Fact]
    public void Memory_that_can_only_be_read_takes_no_bytes_but_gives_them()
    {
        Assert.Equal(Lv1Status.AccessViolation, Disk.Read(Transfer(0, 1, StorageFixture.Half), out _));
        Assert.Equal(Lv1Status.Success, Disk.Write(Transfer(0, 1, StorageFixture.Half), out ulong tag));
        Assert.Equal(0, _fixture.StatusOf(tag));
    }

    [Theory]
    [InlineData(BlockError.NoSpace, -2)]
    [InlineData(BlockError.Io, -24)]
    [InlineData(BlockError.Gone, -24)]
    [InlineData(BlockError.ReadOnly, -5)]
    [InlineData(BlockError.OutOfRange, -17)]
    public void Errors_of_the_host_are_the_commands_status(BlockError error, long expected)
    {
        _fixture.Backend.Error = error;
        _fixture.At(0, 1)[0] = 9;
        Disk.Read(Transfer(0, 1, 0), out ulong tag);
        Assert.Equal(expected, _fixture.StatusOf(tag));
        Assert.Equal(9, _fixture.At(0, 1)[0]);
        // The command's slot is used again, without the error.
        _fixture.Backend.Error = BlockError.None;
        Assert.Equal(Lv1Status.Success, Identify(0x4000, out ulong next));
        Assert.Equal(0, _fixture.StatusOf(next));
    }

    [Fact]
    public void A_read_only_disk_refuses_writes()
    {
        _fixture.Backend.IsReadOnly = true;
        Assert.Equal(Lv1Status.AccessViolation, Disk.Write(Transfer(0, 1, 0), out _));
        Assert.Equal(Lv1Status.Success, Disk.Read(Transfer(0, 1, 0), out _));
    }

    [Fact]
    public void A_disk_that_was_taken_away_fails_every_command()
    {
        Disk.Remove();
        Assert.Equal(Lv1Status.HardwareError, Disk.Read(Transfer(0, 1, 0), out _));
        Assert.Equal(Lv1Status.HardwareError, Disk.Write(Transfer(0, 1, 0), out _));
        Assert.Equal(Lv1Status.HardwareError, Disk.SendCommand(0x23, default, out _));
    }

    [Fact]
    public void Sixteen_commands_wait_and_the_next_finds_no_place()
    {
        _fixture.Backend.IsSlow = true;
        List<ulong> tags = [];
        for (ulong i = 0; i < 16; i++)
        {
            Assert.Equal(Lv1Status.Success, Disk.Read(Transfer(i, 1, 0x1000 * i), out ulong tag));
            tags.Add(tag);
        }

        Assert.Equal(Lv1Status.Busy, Disk.Read(Transfer(0, 1, 0), out _));
        Assert.Equal(Lv1Status.Busy, Disk.SendCommand(0x23, default, out _));
        Assert.Equal(Lv1Status.Busy, Disk.CheckAsyncStatus(tags[3], out _));
        Assert.Equal(Lv1Status.NoEntry, Disk.CheckAsyncStatus(999, out _));
        _fixture.Backend.Finish();
        _fixture.RunAll();
        // One is polled, the others come in their order.
        Assert.Equal(Lv1Status.Success, Disk.CheckAsyncStatus(tags[3], out ulong status));
        Assert.Equal(0UL, status);
        Assert.Equal(Lv1Status.NoEntry, Disk.CheckAsyncStatus(tags[3], out _));
        foreach (ulong tag in tags.Where(tag => tag != tags[3]))
            Assert.Equal(0, _fixture.StatusOf(tag));
        Assert.False(_fixture.Line.Level);
    }

    [Fact]
    public void A_closed_disk_stores_nothing_any_more()
    {
        _fixture.Backend.IsSlow = true;
        _fixture.Backend.Bytes[0] = 1;
        Disk.Read(Transfer(0, 1, 0), out _);
        Assert.True(Disk.MayStore(new LparAddress(511), 1));
        Assert.False(Disk.MayStore(new LparAddress(512), 512));
        Disk.SetOpen(false);
        Assert.False(Disk.MayStore(new LparAddress(0), 512));
        _fixture.Backend.Finish();
        _fixture.RunAll();
        Assert.Equal(0, _fixture.At(0, 1)[0]);
        Assert.Equal(Lv1Status.Empty, Disk.GetAsyncStatus(out _, out _));
    }

    [Fact]
    public void Opening_and_closing_while_the_host_is_slow_takes_bounded_memory()
    {
        _fixture.Backend.IsSlow = true;
        int taken = 0;
        for (int i = 0; i < 1000; i++)
        {
            Disk.SetOpen(true);
            taken += Disk.Read(Transfer(0, 1, 0), out _) == Lv1Status.Success ? 1 : 0;
            Disk.SetOpen(false);
        }

        Assert.InRange(taken, 16, 100);
        _fixture.Backend.Finish();
        Disk.SetOpen(true);
        Assert.Equal(Lv1Status.Success, Disk.Read(Transfer(0, 1, 0), out _));
    }

    [Fact]
    public void Memory_given_back_before_the_end_is_an_error_and_not_written()
    {
        MemoryRegion region = _fixture.Memory.TryAddMemory(new LparAddress(1 << 30), 4096, RegionAccess.ReadWrite, "lent")!;
        _fixture.Backend.IsSlow = true;
        Disk.Read(Transfer(0, 1, 1 << 30), out ulong tag);
        _fixture.Memory.Remove(region);
        _fixture.Backend.Finish();
        Assert.Equal(-5, _fixture.StatusOf(tag));
    }

    [Fact]
    public void Identify_tells_model_and_size_of_the_whole_disk()
    {
        Assert.Equal(Lv1Status.Success, Identify(0x4000, out ulong tag));
        Assert.Equal(0, _fixture.StatusOf(tag));
        Span<byte> data = _fixture.At(0x4000, 512);
        Assert.Equal(0x0200, BinaryPrimitives.ReadUInt16LittleEndian(data[98..]) & 0x0200);
        Assert.Equal(0x4400, BinaryPrimitives.ReadUInt16LittleEndian(data[166..]) & 0xc400);
        Assert.Equal(OtherOsStart + Blocks, BinaryPrimitives.ReadUInt64LittleEndian(data[200..]));
        var model = new StringBuilder();
        for (int word = 27; word <= 46; word++)
            model.Append((char)data[(2 * word) + 1]).Append((char)data[2 * word]);
        Assert.Equal("PS3 SIMULATOR DISK", model.ToString().TrimEnd());
    }

    [Fact]
    public void Ata_commands_are_checked()
    {
        Assert.Equal(Lv1Status.UnsupportedParameterValue, Disk.SendCommand(77, default, out _));
        Assert.Equal(Lv1Status.IllegalParameterValue, Disk.SendCommand(2, new StorageCommandArguments(0, 0x2f, 0, 512), out _));
        Assert.Equal(Lv1Status.AccessViolation, Disk.SendCommand(2, new StorageCommandArguments(1UL << 40, 0x30, 0, 512), out _));
        Assert.Equal(Lv1Status.AccessViolation, Identify(StorageFixture.Half, out _));
        Assert.Equal(Lv1Status.AccessViolation, Identify(1UL << 50, out _));
        Assert.Equal(Lv1Status.DeniedByPolicy, Identify(0x4000, out _, command: 0xf1));
        Assert.Equal(Lv1Status.IllegalParameterValue, Identify(0x4000, out _, length: 511));
        Assert.Equal(Lv1Status.Success, Identify(0x4000, out ulong flush, command: 0xea));
        Assert.Equal(0, _fixture.StatusOf(flush));
        Assert.Equal(Lv1Status.Success, Disk.SendCommand(0x23, default, out ulong cache));
        Assert.Equal(0, _fixture.StatusOf(cache));
        Assert.Equal([BlockOperation.Flush, BlockOperation.Flush], _fixture.Backend.Seen);
    }

    [Fact]
    public void The_guest_is_held_while_the_host_stalls()
    {
        _fixture.Backend.Stall("no space");
        _fixture.RunAll();
        Assert.Equal(1, _fixture.Hold.Holds);
        _fixture.Backend.Stall(null);
        _fixture.RunAll();
        Assert.Equal(0, _fixture.Hold.Holds);
        Disk.Dispose();
        Assert.False(_fixture.Backend.HasListeners);
    }

    [Fact]
    public void A_guest_that_follows_another_is_held_by_a_stall_that_began_before_it()
    {
        Disk.Dispose();
        _fixture.Backend.Stall("no space");
        using var next = new DiskDevice(new FakeHost(), _fixture.Ports, _fixture.Backend);
        _fixture.RunAll();
        Assert.Equal(1, _fixture.Hold.Holds);
        _fixture.Backend.Stall(null);
        _fixture.RunAll();
        Assert.Equal(0, _fixture.Hold.Holds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_the_instruction_clock_a_command_ends_at_the_same_time_however_long_the_host_takes(bool isSlow)
    {
        using var fixture = new StorageFixture(deterministic: true);
        fixture.Backend.IsSlow = isSlow;
        fixture.Disk.Read(Transfer(0, 2, 0), out ulong tag);
        Assert.False(fixture.Events.HasPosted);
        Assert.Equal(7980UL + 817, fixture.Events.NextTime);

        fixture.RunAll();
        Assert.Equal(isSlow ? 1 : 0, fixture.Hold.Holds);
        fixture.Backend.Finish();
        Assert.Equal(isSlow, fixture.Events.HasPosted);
        Assert.Equal(0, fixture.StatusOf(tag));
        Assert.Equal((8797UL, 0), (fixture.Clock.TimeBase, fixture.Hold.Holds));
    }

    private static StorageTransfer Transfer(ulong start, ulong blocks, ulong buffer) =>
        new(OtherOs, start, blocks, 0, new LparAddress(buffer));

    private Lv1Status Identify(ulong buffer, out ulong tag, byte command = 0xec, ulong length = 512)
    {
        Span<byte> block = _fixture.At(0x100, 0x30);
        block.Clear();
        block[0x0b] = command;
        BinaryPrimitives.WriteUInt64BigEndian(block[0x20..], buffer);
        return Disk.SendCommand(2, new StorageCommandArguments(0x100, 0x30, buffer, length), out tag);
    }
}
