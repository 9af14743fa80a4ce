using System.Buffers.Binary;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Storage;
using Xunit;

namespace Devices.Tests.Storage;

/// <summary>The storage notification device (devices.md 2).</summary>
public sealed class NotificationTests : IDisposable
{
    private readonly StorageFixture _fixture = new();

    private StorageNotifications Device => _fixture.Notifications;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void It_has_no_node_in_the_repository()
    {
        BusDevice device = _fixture.Host.OnBus[1];
        Assert.Equal((BusKind.Storage, ulong.MaxValue, false), (device.Bus, device.Id, device.IsListed));
    }

    [Fact]
    public void Present_devices_are_reported_one_a_read_and_then_those_that_come()
    {
        Device.Add(2, 0);
        Device.Add(3, 5, port: 1);
        Ask(1 << 1);
        Assert.Equal([1UL, 4, 2, 0, 0], ReadEvent());
        Assert.Equal([1UL, 4, 3, 5, 1], ReadEvent());

        Assert.Equal(Lv1Status.Success, Device.Read(Block(0x2000), out ulong tag));
        _fixture.RunAll();
        Assert.Equal(Lv1Status.Empty, Device.GetAsyncStatus(out _, out _));
        Assert.Equal(Lv1Status.Busy, Device.CheckAsyncStatus(tag, out _));
        Device.Add(1, 14);
        Assert.Equal([1UL, 4, 1, 14, 0], EventOf(tag));
    }

    [Fact]
    public void Closing_ends_a_read_that_waits()
    {
        Ask(1 << 1);
        Device.Read(Block(0x2000), out _);
        Assert.True(Device.MayStore(new LparAddress(0x2000), 8));
        Device.SetOpen(false);
        Device.Add(2, 0);
        _fixture.RunAll();
        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64BigEndian(_fixture.At(0x2000, 8)));
        // The next guest reads again and gets the same notification.
        Device.SetOpen(true);
        Ask(1 << 1);
        Assert.Equal([1UL, 4, 2, 0, 0], ReadEvent());
    }

    [Fact]
    public void What_is_no_request_is_refused()
    {
        Assert.Equal(Lv1Status.WrongState, Device.Read(Block(0), out _));
        Assert.Equal(Lv1Status.UnsupportedParameterValue, Device.SendCommand(2, default, out _));
        foreach (StorageTransfer wrong in (StorageTransfer[])[Block(0) with { Region = 1 }, Block(0) with { Start = 1 },
            Block(0) with { Blocks = 2 }, Block(0) with { Flags = 2 }])
        {
            Assert.Equal(Lv1Status.IllegalParameterValue, Device.Read(wrong, out _));
            Assert.Equal(Lv1Status.IllegalParameterValue, Device.Write(wrong, out _));
        }

        Assert.Equal(Lv1Status.AccessViolation, Device.Write(Block(1UL << 40), out _));
        BinaryPrimitives.WriteUInt64BigEndian(_fixture.At(0x1000, 8), 1);
        Assert.Equal(Lv1Status.Success, Device.Write(Block(0x1000), out ulong tag));
        _fixture.RunAll();
        Assert.Equal(Lv1Status.Success, Device.CheckAsyncStatus(tag, out ulong status));
        Assert.Equal(-17, unchecked((long)status));
    }

    /// <summary>The thread that gave the command has stored its tag before the event, however late the machine comes to it.</summary>
    [Fact]
    public void A_command_ends_a_round_of_turns_after_its_time()
    {
        var line = new LevelLine();
        Device.ConnectInterrupt(line);
        Assert.Equal(Lv1Status.Success, Device.Write(Block(0x1000), out ulong tag));
        _fixture.Clock.TimeBase += IMachineClock.Frequency;
        _fixture.Events.RunDue(_fixture.Clock.TimeBase);
        Assert.False(line.Level);
        Assert.Equal(Lv1Status.Busy, Device.CheckAsyncStatus(tag, out _));

        _fixture.Clock.TimeBase++;
        _fixture.Events.RunDue(_fixture.Clock.TimeBase);
        Assert.True(line.Level);
        Assert.Equal(Lv1Status.Success, Device.CheckAsyncStatus(tag, out _));
    }

    private static StorageTransfer Block(ulong buffer) => new(0, 0, 1, 0, new LparAddress(buffer));

    private void Ask(ulong mask)
    {
        Span<byte> request = _fixture.At(0x1000, 16);
        request.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(request[8..], mask);
        Assert.Equal(Lv1Status.Success, Device.Write(Block(0x1000), out ulong tag));
        _fixture.RunAll();
        Assert.Equal(Lv1Status.Success, Device.GetAsyncStatus(out ulong ended, out ulong status));
        Assert.Equal((tag, 0UL), (ended, status));
    }

    private ulong[] ReadEvent()
    {
        Assert.Equal(Lv1Status.Success, Device.Read(Block(0x2000), out ulong tag));
        return EventOf(tag);
    }

    private ulong[] EventOf(ulong tag)
    {
        _fixture.RunAll();
        Assert.Equal(Lv1Status.Success, Device.GetAsyncStatus(out ulong ended, out ulong status));
        Assert.Equal((tag, 0UL), (ended, status));
        ulong[] words = new ulong[5];
        for (int i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt64BigEndian(_fixture.At(0x2000 + (8UL * (ulong)i), 8));
        return words;
    }
}
