using System.Buffers.Binary;
using System.Text;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Storage.Optical;
using Xunit;

namespace Devices.Tests.Storage;

/// <summary>The optical drive: every status and sense a guest can get from it, and what a user does with the medium.</summary>
public sealed class OpticalDriveTests : IDisposable
{
    private const ulong NoMedium = 0x0202_3a00;
    private const ulong ReadError = 0x0203_1100;
    private const ulong MediumGone = 0x0204_3e01;
    private const ulong UnknownCommand = 0x0205_2000;
    private const ulong OutOfRange = 0x0205_2100;
    private const ulong BadField = 0x0205_2400;
    private const ulong RemovalPrevented = 0x0205_5302;
    private const ulong MediumChanged = 0x0206_2800;
    private const ulong WriteProtected = 0x0207_2700;
    private const int Sectors = 512;

    private readonly OpticalFixture _disc = new();

    public void Dispose() => _disc.Dispose();

    [Fact]
    public void It_is_on_the_bus_as_on_a_console_whether_there_is_a_medium_or_not()
    {
        BusDevice device = Assert.Single(_disc.Host.OnBus);
        Assert.Equal((BusKind.Storage, 5UL, 3UL), (device.Bus, device.Type, device.Id));
        Dictionary<string, ulong> nodes = device.Properties.ToDictionary(static node => node.Path, static node => node.Value);
        Assert.Equal((2048UL, 1UL, 0UL), (nodes["blk_size"], nodes["n_regs"], nodes["region0/id"]));
        using var empty = new OpticalFixture(isEmpty: true);
        Assert.Equal(device.Properties, Assert.Single(empty.Host.OnBus).Properties);
    }

    [Fact]
    public void Sectors_are_read_by_the_call_and_by_packets()
    {
        new Random(1).NextBytes(_disc.Medium.Bytes);
        Assert.Equal(0UL, _disc.Read(3, 2));
        Assert.Equal(_disc.Medium.Bytes[(3 * 2048)..(5 * 2048)], _disc.At(OpticalFixture.Buffer, 4096).ToArray());
        Assert.Equal(_disc.Medium.Bytes[(511 * 2048)..], _disc.Reply(2048, 0x28, 0, 0, 0, 1, 255, 0, 0, 1));
        byte[] more = _disc.Reply(6000, 0xa8, 0, 0, 0, 0, 7, 0, 0, 0, 2);
        Assert.Equal(_disc.Medium.Bytes[(7 * 2048)..(9 * 2048)], more[..4096]);
        // What a packet has room for and does not fill is zero, and nothing of an earlier command.
        Assert.All(more[4096..], static value => Assert.Equal(0, value));
        Assert.Equal(0UL, _disc.StatusOf(0, 0x28));
    }

    [Theory]
    [InlineData(1UL, 0UL, 1UL, 0UL, 0UL, Lv1Status.NoEntry)]
    [InlineData(0UL, 0UL, 0UL, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(0UL, 0UL, 513UL, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(0UL, 0UL, ulong.MaxValue, 0UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(0UL, 0UL, 1UL, 1UL, 0UL, Lv1Status.IllegalParameterValue)]
    [InlineData(0UL, 0UL, 1UL, 0UL, 1UL << 40, Lv1Status.AccessViolation)]
    [InlineData(0UL, 0UL, 1UL, 0UL, ulong.MaxValue - 2047, Lv1Status.AccessViolation)]
    [InlineData(0UL, 0UL, 2UL, 0UL, OpticalFixture.Half - 2048, Lv1Status.AccessViolation)]
    public void Transfers_that_cannot_be_are_refused(ulong region, ulong start, ulong blocks, ulong flags, ulong buffer, Lv1Status expected)
    {
        var transfer = new StorageTransfer(region, start, blocks, flags, new LparAddress(buffer));
        Assert.Equal(expected, _disc.Drive.Read(transfer, out _));
        _disc.RunAll();
        Assert.Equal(Lv1Status.Empty, _disc.Drive.GetAsyncStatus(out _, out _));
    }

    [Theory]
    [InlineData(512UL, 1UL)]
    [InlineData(511UL, 2UL)]
    [InlineData(ulong.MaxValue, 1UL)]
    [InlineData(0xffff_ffffUL, 16UL)]
    public void Reads_beyond_the_medium_end_in_sense(ulong start, ulong sectors) => Assert.Equal(OutOfRange, _disc.Read(start, sectors));

    [Fact]
    public void Packets_beyond_the_medium_or_their_buffer_end_in_sense()
    {
        Assert.Equal(OutOfRange, _disc.StatusOf(2048, 0x28, 0, 0, 0, 2, 0, 0, 0, 1));
        Assert.Equal(OutOfRange, _disc.StatusOf(2048, 0xa8, 0, 255, 255, 255, 255, 255, 255, 255, 255));
        Assert.Equal(BadField, _disc.StatusOf(2048, 0x28, 0, 0, 0, 0, 0, 0, 0, 2));
        Assert.Equal(OutOfRange, _disc.StatusOf(0, 0x2b, 0, 0, 0, 2, 0));
    }

    [Theory]
    [InlineData(BlockError.Io, ReadError)]
    [InlineData(BlockError.Gone, MediumGone)]
    [InlineData(BlockError.OutOfRange, OutOfRange)]
    [InlineData(BlockError.ReadOnly, WriteProtected)]
    [InlineData(BlockError.NoSpace, ReadError)]
    public void Errors_of_the_host_end_in_sense(BlockError error, ulong expected)
    {
        _disc.Medium.Error = error;
        Assert.Equal(expected, _disc.Read(0, 1));
        Assert.Equal(1, Assert.IsType<OpticalDriveState>(_disc.Drive.Inspect()).Failures);
    }

    [Fact]
    public void Without_a_medium_commands_that_need_one_say_so_and_others_work()
    {
        using var empty = new OpticalFixture(isEmpty: true);
        Assert.Equal(NoMedium, empty.Read(0, 1));
        foreach (byte operation in (byte[])[0x00, 0x25, 0x28, 0xa8, 0x2a, 0xaa, 0x2e, 0x2b, 0x43, 0x51, 0x52])
            Assert.Equal(NoMedium, empty.StatusOf(2048, operation, 0, 0, 0, 0, 0, 0, 8, 0));
        Assert.Equal(NoMedium, empty.StatusOf(0, 0x1b, 0, 0, 0, 1));
        foreach (byte operation in (byte[])[0x12, 0x03, 0x46, 0xa0, 0xbd])
            Assert.Equal(0UL, empty.StatusOf(64, operation));
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(empty.Reply(8, 0x46, 0, 0, 0, 0, 0, 0, 0, 8).AsSpan(6)));
        Assert.Equal(0x70, empty.Reply(8, 0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 8)[2]);
        Assert.Equal([0, 6, 4, 0x10, 0, 0, 0, 0], empty.Reply(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8));
        empty.Drive.Eject(force: false);
        Assert.Null(empty.Drive.Medium);
        Assert.True(empty.Drive.IsOpen);
    }

    [Fact]
    public void Nothing_is_written()
    {
        Assert.Equal(Lv1Status.Success, _disc.Drive.Write(new StorageTransfer(0, 0, 1, 0, new LparAddress(0)), out ulong tag));
        Assert.Equal(WriteProtected, _disc.Ended(tag));
        foreach (byte operation in (byte[])[0x2a, 0xaa, 0x2e])
            Assert.Equal(WriteProtected, _disc.StatusOf(0, operation));
        Assert.Empty(_disc.Medium.Seen);
    }

    [Fact]
    public void It_says_what_it_is()
    {
        byte[] inquiry = _disc.Reply(36, 0x12, 0, 0, 0, 36);
        Assert.Equal((5, 0x80), (inquiry[0], inquiry[1]));
        Assert.Equal("SONY    PS-SYSTEM   302R", Encoding.ASCII.GetString(inquiry, 8, 24));
        Assert.Equal([31, 0, 0, 0], _disc.Reply(8, 0x12, 0, 0, 0, 5)[4..]);
        Assert.Equal([5, 0, 0, 1, 0], _disc.Reply(5, 0x12, 1, 0, 0, 5));
        Assert.Equal(BadField, _disc.StatusOf(64, 0x12, 1, 0x80, 0, 64));
        Assert.Equal(BadField, _disc.StatusOf(64, 0x12, 0, 1, 0, 64));
        byte[] mode = _disc.Reply(28, 0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 28);
        Assert.Equal((26, 0x2a, 0x12, 0x0b, 0), (BinaryPrimitives.ReadUInt16BigEndian(mode), mode[8], mode[9], mode[10], mode[11]));
        Assert.Equal(38, BinaryPrimitives.ReadUInt16BigEndian(_disc.Reply(40, 0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 40)));
        Assert.Equal(BadField, _disc.StatusOf(40, 0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 40));
        Assert.Equal(0x0205_3900UL, _disc.StatusOf(40, 0x5a, 0, 0xea, 0, 0, 0, 0, 0, 40));
        Assert.Equal([0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], _disc.Reply(16, 0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 16));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0], _disc.Reply(8, 0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8));
        Assert.Equal(UnknownCommand, _disc.StatusOf(64, 0x1a));
        Assert.Equal(UnknownCommand, _disc.StatusOf(64, 0x55));
        Assert.Equal(0UL, _disc.StatusOf(0, 0xbb));
        Assert.Equal(0UL, _disc.StatusOf(0, 0x35));
    }

    [Fact]
    public void It_says_what_the_medium_is()
    {
        Assert.Equal([0, 0, 1, 255, 0, 0, 8, 0], _disc.Reply(8, 0x25));
        Assert.Equal(
            [0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 0, 2, 0], _disc.Reply(20, 0x43, 0, 0, 0, 0, 0, 0, 0, 20));
        // Lead-out in minutes, seconds and frames: 512 + 150 frames.
        Assert.Equal([0, 10, 1, 1, 0, 0x14, 0xaa, 0, 0, 0, 8, 62], _disc.Reply(12, 0x43, 2, 0, 0, 0, 0, 0xaa, 0, 12));
        Assert.Equal([0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0], _disc.Reply(12, 0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0x40));
        Assert.Equal(46, _disc.Reply(48, 0x43, 0, 2, 0, 0, 0, 0, 0, 48)[1]);
        Assert.Equal(BadField, _disc.StatusOf(12, 0x43, 0, 0, 0, 0, 0, 2, 0, 12));
        Assert.Equal(BadField, _disc.StatusOf(12, 0x43, 0, 5, 0, 0, 0, 0, 0, 12));
        byte[] disc = _disc.Reply(34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34);
        Assert.Equal([0, 32, 0x0e, 1, 1, 1, 1], disc[..7]);
        Assert.Equal(BadField, _disc.StatusOf(34, 0x51, 1, 0, 0, 0, 0, 0, 0, 34));
        byte[] track = _disc.Reply(36, 0x52, 1, 0, 0, 0, 1, 0, 0, 36);
        Assert.Equal((34, Sectors), (track[1], (int)BinaryPrimitives.ReadUInt32BigEndian(track.AsSpan(24))));
        Assert.Equal(BadField, _disc.StatusOf(36, 0x52, 1, 0, 0, 0, 2, 0, 0, 36));
        Assert.Equal(0UL, _disc.StatusOf(0, 0x00));
    }

    [Theory]
    [InlineData(2048UL, DiscProfile.Cd, 0x1e)]
    [InlineData(700UL << 20, DiscProfile.Cd, 0x1e)]
    [InlineData(4UL << 30, DiscProfile.Dvd, 0x1f)]
    [InlineData(8_547_991_552UL, DiscProfile.Dvd, 0x1f)]
    [InlineData(25UL << 30, DiscProfile.Bd, 0x40)]
    [InlineData(128_001_769_472UL, DiscProfile.Bd, 0x40)]
    public void The_size_decides_what_kind_of_disc_it_is(ulong size, DiscProfile profile, int feature)
    {
        using var disc = new OpticalFixture(size: size);
        byte[] all = disc.Reply(256, 0x46, 0, 0, 0, 0, 0, 0, 1, 0);
        Assert.Equal((ushort)profile, BinaryPrimitives.ReadUInt16BigEndian(all.AsSpan(6)));
        int length = 4 + (int)BinaryPrimitives.ReadUInt32BigEndian(all);
        var current = new List<int>();
        for (int at = 8; at < length; at += 4 + all[at + 3])
        {
            if ((all[at + 2] & 1) != 0)
                current.Add(BinaryPrimitives.ReadUInt16BigEndian(all.AsSpan(at)));
        }

        Assert.Equal([0, 1, 2, 3, 0x10, feature], current);
        byte[] one = disc.Reply(64, 0x46, 2, 0, (byte)feature, 0, 0, 0, 0, 64);
        Assert.Equal((4 + one[11] + 4, (byte)feature), (BinaryPrimitives.ReadInt32BigEndian(one), one[9]));
        Assert.Equal((uint)((size / 2048) - 1), BinaryPrimitives.ReadUInt32BigEndian(disc.Reply(8, 0x25)));
        Assert.Equal(BadField, disc.StatusOf(64, 0x46, 3, 0, 0, 0, 0, 0, 0, 64));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(2047UL)]
    [InlineData((62_500_864UL * 2048) + 2048)]
    public void What_is_no_disc_is_refused_and_the_medium_stays(ulong size)
    {
        var other = new FakeBackend { Size = size, Name = "huge.iso" };
        string message = Assert.Throws<ArgumentException>(() => _disc.Drive.Change(other)).Message;
        Assert.StartsWith("huge.iso: has", message, StringComparison.Ordinal);
        Assert.Equal("fake", _disc.Drive.Medium?.Name);
        Assert.False(other.IsDisposed || _disc.Medium.IsDisposed);
        Assert.Throws<ArgumentException>(() => new DiscTray(other));
    }

    [Fact]
    public void A_change_is_told_of_once_and_the_new_medium_is_read()
    {
        var other = new FakeBackend { Bytes = new byte[4096], Name = "other.iso" };
        other.Bytes.AsSpan().Fill(0x42);
        _disc.Drive.Change(other);
        Assert.Equal("other.iso", _disc.Drive.Medium?.Name);
        // Asking for what may be asked at any time does not take the attention away.
        Assert.Equal(0UL, _disc.StatusOf(36, 0x12, 0, 0, 0, 36));
        Assert.Equal([0, 6, 4, 0x10, 2, 2, 0, 0], _disc.Reply(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8));
        Assert.Equal([0, 6, 4, 0x10, 0, 2, 0, 0], _disc.Reply(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8));
        Assert.Equal(MediumChanged, _disc.Read(0, 1));
        Assert.Equal(0UL, _disc.Read(0, 2));
        Assert.Equal(0x42, _disc.At(OpticalFixture.Buffer, 1)[0]);
        Assert.Equal(OutOfRange, _disc.Read(2, 1));
        Assert.True(SpinWait.SpinUntil(() => _disc.Medium.IsDisposed, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Request_sense_tells_of_an_attention_and_takes_it()
    {
        _disc.Drive.Change(new FakeBackend());
        byte[] sense = _disc.Reply(18, 0x03, 0, 0, 0, 18);
        Assert.Equal((0x70, 6, 0x28, 0), (sense[0], sense[2], sense[12], sense[13]));
        Assert.Equal(0, _disc.Reply(18, 0x03, 0, 0, 0, 18)[2]);
        Assert.Equal(0UL, _disc.StatusOf(0, 0x00));
    }

    [Fact]
    public void A_locked_drive_keeps_its_medium_unless_it_is_forced()
    {
        Assert.Equal(0UL, _disc.StatusOf(0, 0x1e, 0, 0, 0, 1));
        Assert.True(_disc.Drive.IsLocked);
        Assert.Equal(RemovalPrevented, _disc.StatusOf(0, 0x1b, 0, 0, 0, 2));
        Assert.Throws<DeviceOperationException>(() => _disc.Drive.Eject(force: false));
        Assert.Throws<DeviceOperationException>(() => _disc.Drive.Change("other.iso"));
        // The guest is told that the button was pressed.
        Assert.Equal(1, _disc.Reply(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8)[4]);
        Assert.Equal(0UL, _disc.Read(0, 1));
        _disc.Drive.Eject(force: true);
        Assert.True(_disc.Drive.IsOpen);
        Assert.Equal(3, _disc.Reply(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8)[4]);
        Assert.Equal(NoMedium, _disc.Read(0, 1));
        Assert.Equal(0UL, _disc.StatusOf(0, 0x1e, 0, 0, 0, 0));
        Assert.False(_disc.Drive.IsLocked);
    }

    [Fact]
    public void A_user_names_a_medium_that_the_host_opens()
    {
        using var tray = new DiscTray(open: static path => path == "good.iso" ? new FakeBackend { Name = path }
            : throw new DeviceOperationException("no such file"));
        var ports = new StoragePorts(_disc.Memory, _disc.Events, _disc.Clock, _disc.Hold, false);
        using var drive = new OpticalDrive(_disc.Host, ports, tray);
        Assert.Throws<DeviceOperationException>(() => drive.Change("bad.iso"));
        Assert.True(drive.IsOpen);
        drive.Change("good.iso");
        Assert.Equal((false, "good.iso"), (drive.IsOpen, drive.Medium?.Name));
        Assert.Throws<DeviceOperationException>(() => _disc.Drive.Change("good.iso"));
    }

    [Fact]
    public void A_guest_ejects_and_loads_the_same_medium()
    {
        List<bool> moved = [];
        _disc.Drive.MovedByGuest += moved.Add;
        Assert.Equal(0UL, _disc.StatusOf(0, 0x1b, 0, 0, 0, 2));
        Assert.Equal(NoMedium, _disc.StatusOf(0, 0x00));
        Assert.Equal(0UL, _disc.StatusOf(0, 0x1b, 0, 0, 0, 3));
        Assert.Equal(MediumChanged, _disc.StatusOf(0, 0x00));
        Assert.Equal(0UL, _disc.StatusOf(0, 0x00));
        Assert.Equal(0UL, _disc.StatusOf(0, 0x1b, 0, 0, 0, 3));
        Assert.Equal(0UL, _disc.Read(0, 1));
        Assert.Equal([true, false], moved);
        // What a user does is no news to that user.
        _disc.Drive.Eject(force: false);
        Assert.Equal(0UL, _disc.StatusOf(0, 0x1b, 0, 0, 0, 2));
        Assert.Equal([true, false], moved);
    }

    [Fact]
    public void A_read_under_way_ends_with_the_bytes_of_the_medium_that_was_ejected()
    {
        _disc.Medium.IsSlow = true;
        _disc.Medium.Bytes[0] = 0x77;
        var transfer = new StorageTransfer(0, 0, 1, 0, new LparAddress(OpticalFixture.Buffer));
        Assert.Equal(Lv1Status.Success, _disc.Drive.Read(transfer, out ulong tag));
        _disc.Drive.Eject(force: false);
        _disc.Medium.Finish();
        Assert.Equal(0UL, _disc.Ended(tag));
        Assert.Equal(0x77, _disc.At(OpticalFixture.Buffer, 1)[0]);
    }

    [Fact]
    public void A_medium_that_stalls_holds_the_guest_until_it_goes_on_or_is_taken_out()
    {
        _disc.Medium.Stall("the server does not answer");
        _disc.RunAll();
        Assert.Equal(1, _disc.Hold.Holds);
        _disc.Drive.Eject(force: true);
        Assert.Equal(0, _disc.Hold.Holds);
        _disc.RunAll();
        Assert.Equal(0, _disc.Hold.Holds);
        Assert.False(_disc.Medium.HasListeners);
    }

    [Theory]
    [InlineData(0x20, 6U)]
    [InlineData(0x24, 35U)]
    [InlineData(0x28, 2U)]
    [InlineData(0x2c, 4U)]
    [InlineData(0x30, 2U)]
    [InlineData(0x40, 35U)]
    [InlineData(0x40, (1U << 20) + 1)]
    [InlineData(0x40, uint.MaxValue)]
    public void A_block_that_contradicts_itself_is_refused(int offset, uint value)
    {
        Assert.Equal(0UL, _disc.StatusOf(36, 0x12, 0, 0, 0, 36));
        BinaryPrimitives.WriteUInt32BigEndian(_disc.At(OpticalFixture.Block, 0x48)[offset..], value);
        var arguments = new StorageCommandArguments(OpticalFixture.Block, 0x48, OpticalFixture.Buffer, 36);
        Assert.Equal(Lv1Status.IllegalParameterValue, _disc.Drive.SendCommand(1, arguments, out _));
    }

    [Fact]
    public void Commands_with_bad_arguments_are_refused()
    {
        Assert.Equal(0UL, _disc.StatusOf(36, 0x12, 0, 0, 0, 36));
        var good = new StorageCommandArguments(OpticalFixture.Block, 0x48, OpticalFixture.Buffer, 36);
        OpticalDrive drive = _disc.Drive;
        Assert.Equal(Lv1Status.UnsupportedParameterValue, drive.SendCommand(2, good, out _));
        Assert.Equal(Lv1Status.IllegalParameterValue, drive.SendCommand(1, good with { Arg2 = 0x47 }, out _));
        Assert.Equal(Lv1Status.IllegalParameterValue, drive.SendCommand(1, good with { Arg3 = 0 }, out _));
        Assert.Equal(Lv1Status.IllegalParameterValue, drive.SendCommand(1, good with { Arg4 = 35 }, out _));
        Assert.Equal(Lv1Status.AccessViolation, drive.SendCommand(1, good with { Arg1 = ulong.MaxValue - 8 }, out _));
        BinaryPrimitives.WriteUInt64BigEndian(_disc.At(OpticalFixture.Block, 0x48)[0x38..], OpticalFixture.Half);
        Assert.Equal(Lv1Status.AccessViolation, drive.SendCommand(1, good with { Arg3 = OpticalFixture.Half }, out _));
        Assert.Equal(Lv1Status.DeniedByPolicy, _disc.Send(out _, 0, 0xfd));
        for (int i = 0; i < 16; i++)
            Assert.Equal(Lv1Status.Success, _disc.Send(out _, 0, 0));
        Assert.Equal(Lv1Status.Busy, _disc.Send(out _, 0, 0));
        Assert.Equal(Lv1Status.Busy, drive.Read(new StorageTransfer(0, 0, 1, 0, new LparAddress(0)), out _));
    }

    [Fact]
    public void The_medium_outlives_the_machine()
    {
        var other = new FakeBackend { Name = "second.iso" };
        _disc.Drive.Change(other);
        _disc.Drive.Dispose();
        var ports = new StoragePorts(_disc.Memory, _disc.Events, _disc.Clock, _disc.Hold, false);
        using var next = new OpticalDrive(_disc.Host, ports, _disc.Tray);
        Assert.Equal("second.iso", next.Medium?.Name);
        _disc.Tray.Dispose();
        Assert.True(other.IsDisposed);
    }

    // PS3_FUZZ_ROUNDS says how many blocks.
    [Fact]
    public void No_block_does_harm()
    {
        int rounds = FuzzRounds.Or(20_000);
        var random = new Random(13);
        byte[] known =
        [
            0, 3, 0x12, 0x1b, 0x1e, 0x25, 0x28, 0x2a, 0x2b, 0x2e, 0x35, 0x43, 0x46, 0x4a, 0x51, 0x52, 0x5a, 0xa0, 0xa8, 0xaa, 0xbb, 0xbd,
        ];
        byte[] beyond = _disc.At(OpticalFixture.Half, 4096).ToArray();
        byte[] packet = new byte[12];
        for (int round = 0; round < rounds; round++)
        {
            random.NextBytes(packet);
            if (random.Next(4) != 0)
                packet[0] = known[random.Next(known.Length)];
            for (int zeros = random.Next(12); zeros > 0; zeros--)
                packet[random.Next(1, 12)] = 0;
            int length = random.Next(3) == 0 ? 0 : random.Next(1, 5000);
            if (random.Next(4) == 0)
            {
                _disc.Send(out _, length, packet);
                Span<byte> block = _disc.At(OpticalFixture.Block, 0x48);
                block[random.Next(0x20, 0x48)] ^= (byte)random.Next(256);
                ulong buffer = BinaryPrimitives.ReadUInt64BigEndian(block[0x38..]);
                uint bytes = BinaryPrimitives.ReadUInt32BigEndian(block[0x40..]);
                _disc.Drive.SendCommand(1, new StorageCommandArguments(OpticalFixture.Block, 0x48, buffer, bytes), out _);
            }
            else
                _disc.Send(out _, length, packet);
            if (random.Next(16) == 0)
            {
                var to = new LparAddress((ulong)random.Next(1 << 20));
                var transfer = new StorageTransfer((ulong)random.Next(2), (ulong)random.NextInt64(), (ulong)random.Next(600), 0, to);
                _disc.Drive.Read(transfer, out _);
            }

            _disc.RunAll();
            while (_disc.Drive.GetAsyncStatus(out _, out ulong status) == Lv1Status.Success)
                Assert.True(status == 0 || status >> 24 == 2, $"round {round}: status 0x{status:x}");
        }

        Assert.Equal(beyond, _disc.At(OpticalFixture.Half, 4096).ToArray());
        Assert.Equal("fake", _disc.Drive.Medium?.Name);
        Assert.DoesNotContain(_disc.Medium.Seen, static operation => operation != BlockOperation.Read);
    }
}
