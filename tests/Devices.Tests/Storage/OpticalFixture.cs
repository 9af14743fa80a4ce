using System.Buffers.Binary;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Storage.Optical;
using Xunit;

namespace Devices.Tests.Storage;

/// <summary>An optical drive with 1 MiB of memory at 0, of which the second half cannot be written, and a medium of 512 sectors.</summary>
internal sealed class OpticalFixture : IDisposable
{
    public const ulong Half = 512 << 10;
    public const ulong Block = 0x100;
    public const ulong Buffer = 0x1000;
    private const int BlockSize = 0x48;

    public OpticalFixture(bool isEmpty = false, ulong? size = null)
    {
        Assert.NotNull(Memory.TryAddMemory(new LparAddress(0), Half, RegionAccess.ReadWrite, "memory"));
        Assert.NotNull(Memory.TryAddMemory(new LparAddress(Half), Half, RegionAccess.Read, "read-only"));
        Hold = new FakeHold(Events);
        Medium = new FakeBackend { IsReadOnly = true, Size = size };
        Tray = new DiscTray(isEmpty ? null : Medium);
        Drive = new OpticalDrive(Host, new StoragePorts(Memory, Events, Clock, Hold, false), Tray);
        Drive.SetOpen(true);
        Drive.ConnectInterrupt(Line);
    }

    public GuestMemory Memory { get; } = new(4 << 20);

    public EventQueue Events { get; } = new();

    public FakeClock Clock { get; } = new();

    public FakeHold Hold { get; }

    public FakeHost Host { get; } = new();

    public LevelLine Line { get; } = new();

    public FakeBackend Medium { get; }

    public DiscTray Tray { get; }

    public OpticalDrive Drive { get; }

    /// <summary>Lets time pass until nothing is due.</summary>
    public void RunAll()
    {
        Events.RunDue(Clock.TimeBase);
        while (Events.NextTime != ulong.MaxValue)
        {
            Clock.TimeBase = Math.Max(Clock.TimeBase, Events.NextTime);
            Events.RunDue(Clock.TimeBase);
        }
    }

    public Span<byte> At(ulong address, int length)
    {
        Assert.True(Memory.TrySlice(new LparAddress(address), (ulong)length, RegionAccess.Read, out Span<byte> bytes));
        return bytes;
    }

    /// <summary>Gives an ATAPI packet as Linux's ps3rom does: a read of some bytes, or no data.</summary>
    public Lv1Status Send(out ulong tag, int length, params byte[] packet)
    {
        Span<byte> block = At(Block, BlockSize);
        block.Clear();
        packet.CopyTo(block);
        BinaryPrimitives.WriteUInt32BigEndian(block[0x20..], 12);
        BinaryPrimitives.WriteUInt32BigEndian(block[0x24..], (uint)length);
        BinaryPrimitives.WriteUInt32BigEndian(block[0x28..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(block[0x2c..], length == 0 ? 0U : length < 2048 ? 1U : 3U);
        BinaryPrimitives.WriteUInt32BigEndian(block[0x30..], length == 0 ? 0U : 1U);
        BinaryPrimitives.WriteUInt64BigEndian(block[0x38..], Buffer);
        BinaryPrimitives.WriteUInt32BigEndian(block[0x40..], (uint)length);
        return Drive.SendCommand(1, new StorageCommandArguments(Block, BlockSize, Buffer, (ulong)length), out tag);
    }

    /// <summary>The status word in which a packet ends.</summary>
    public ulong StatusOf(int length, params byte[] packet)
    {
        Assert.Equal(Lv1Status.Success, Send(out ulong tag, length, packet));
        return Ended(tag);
    }

    /// <summary>The reply to a packet that must end well.</summary>
    public byte[] Reply(int length, params byte[] packet)
    {
        At(Buffer, length).Fill(0xee);
        Assert.Equal(0UL, StatusOf(length, packet));
        return At(Buffer, length).ToArray();
    }

    /// <summary>The status word of a read of sectors.</summary>
    public ulong Read(ulong start, ulong sectors, ulong buffer = Buffer)
    {
        Assert.Equal(Lv1Status.Success, Drive.Read(new StorageTransfer(0, start, sectors, 0, new LparAddress(buffer)), out ulong tag));
        return Ended(tag);
    }

    public ulong Ended(ulong tag)
    {
        RunAll();
        Assert.True(Line.Level);
        Assert.Equal(Lv1Status.Success, Drive.GetAsyncStatus(out ulong ended, out ulong status));
        Assert.Equal(tag, ended);
        return status;
    }

    public void Dispose()
    {
        Drive.Dispose();
        Tray.Dispose();
        Memory.Dispose();
    }
}
