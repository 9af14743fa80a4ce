using System.Buffers.Binary;
using Devices.Tests.Storage;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Usb;
using Xunit;

namespace Devices.Tests.Usb;

/// <summary>EHCI with a disk: ports, control and bulk transfers, Bulk-Only Transport and SCSI.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly FakeBackend _backend = new();
    private readonly UsbFixture _usb;

    public DiskTests() => _usb = Make(deterministic: false);

    public void Dispose() => _usb.Dispose();

    [Fact]
    public void A_disk_belongs_to_EHCI_and_a_slower_device_is_given_away()
    {
        _usb.Add("usb-storage", ("file", "a"));
        var host = new EhciHost(_usb);
        Assert.Equal(0x1803u, host.Port(0));
        host.Configure();
        byte[] device = host.ControlIn(5, 0, 6, 0x0100, 0, 18)!;
        Assert.Equal([18, 1, 0, 2], device[..4]);
        byte[] configuration = host.ControlIn(5, 0, 6, 0x0200, 0, 255)!;
        Assert.Equal([8, 6, 0x50], configuration[14..17]);
        Assert.Equal([7, 5, 0x81, 2, 0, 2], configuration[18..24]);
        Assert.Equal([0], host.ControlIn(5, 0x21, 0xfe, 0, 0, 1)!);

        // The second socket of the first device comes after one of the other.
        _usb.Add("usb-kbd");
        _usb.Add("usb-kbd");
        Assert.Equal(0x1803u, host.Port(1));
        host.SetPort(1, 0x1100);
        _usb.RunFor(milliseconds: 50);
        host.SetPort(1, 0x1000);
        Assert.Equal(0u, host.Port(1) & 4);
        _usb.PowerPorts();
        Assert.Equal(0x100ul, _usb.Ohci.Read(0x58, 4));
        host.SetPort(1, 0x3000);
        Assert.Equal(0x3002u, host.Port(1));
        Assert.Equal(0x0001_0101ul, _usb.Ohci.Read(0x58, 4));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        EhciHost host = Start();
        byte[] data = new byte[8192];
        new Random(1).NextBytes(data);
        Assert.Equal(((byte)0, 0u), Without(host.Scsi([0x2a, 0, 0, 0, 0, 100, 0, 0, 16, 0], 8192, data)));
        Assert.Equal(data, _backend.Bytes[51200..(51200 + 8192)]);
        (byte status, uint residue, byte[] read) = host.Scsi([0x28, 0, 0, 0, 0, 100, 0, 0, 16, 0], 8192);
        Assert.Equal((0, 0u), (status, residue));
        Assert.Equal(data, read);
        Assert.Equal(((byte)0, 0u), Without(host.Scsi([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0)));
        Assert.Equal([BlockOperation.Write, BlockOperation.Read, BlockOperation.Flush], _backend.Seen);
    }

    [Fact]
    public void It_says_what_it_is()
    {
        EhciHost host = Start();
        byte[] inquiry = host.Scsi([0x12, 0, 0, 0, 36, 0], 36).Data;
        Assert.Equal(36, inquiry.Length);
        Assert.Equal("PS3 emu USB Disk        0001", System.Text.Encoding.ASCII.GetString(inquiry[8..]));
        byte[] capacity = host.Scsi([0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], 8).Data;
        Assert.Equal([2047u, 512u], (uint[])[
            BinaryPrimitives.ReadUInt32BigEndian(capacity), BinaryPrimitives.ReadUInt32BigEndian(capacity.AsSpan(4)),
        ]);
        Assert.Equal([3, 0, 0, 0], host.Scsi([0x1a, 0, 0x3f, 0, 192, 0], 192).Data);
        Assert.Equal(((byte)0, 0u), Without(host.Scsi([0, 0, 0, 0, 0, 0], 0)));
    }

    [Theory]
    [InlineData("c1", 0, "052000")]
    [InlineData("28000000080000000100", 512, "052100")]
    [InlineData("28ffffffff000000ff00", 512, "052100")]
    [InlineData("1201cc00ff00", 255, "052400")]
    [InlineData("2a000000000000000100", -512, "072700")]
    public void A_command_that_fails_is_told_why(string command, int length, string sense)
    {
        _backend.IsReadOnly = true;
        EhciHost host = Start();
        byte[]? data = length < 0 ? new byte[-length] : null;
        (byte status, uint residue, _) = host.Scsi(Convert.FromHexString(command.PadRight(12, '0')), Math.Abs(length), data);
        Assert.Equal((1, (uint)Math.Abs(length)), (status, residue));
        byte[] why = host.Scsi([3, 0, 0, 0, 18, 0], 18).Data;
        Assert.Equal(sense, Convert.ToHexString([why[2], why[12], why[13]]));
        // It is told once.
        Assert.Equal(0, host.Scsi([3, 0, 0, 0, 18, 0], 18).Data[2]);
    }

    [Fact]
    public void An_error_of_the_host_is_a_medium_error()
    {
        EhciHost host = Start();
        _backend.Error = BlockError.Io;
        Assert.Equal(1, host.Scsi([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512).Status);
        Assert.Equal(3, host.Scsi([3, 0, 0, 0, 18, 0], 18).Data[2]);
        Assert.Equal(1, host.Scsi([0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512, new byte[512]).Status);
        _backend.Error = BlockError.None;
        Assert.Equal(0, host.Scsi([0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512, new byte[512]).Status);
    }

    [Fact]
    public void A_host_and_a_command_that_disagree_are_a_phase_error()
    {
        EhciHost host = Start();
        // A read whose bytes the host wants to send, and one of more bytes than the host takes.
        Assert.Equal(2, host.Scsi([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512, new byte[512]).Status);
        Assert.Equal(2, host.Scsi([0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0], 512).Status);
        Assert.Equal(0, host.Scsi([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512).Status);
    }

    [Fact]
    public void What_is_no_command_halts_both_endpoints_until_a_reset()
    {
        EhciHost host = Start();
        Assert.Equal(0x40u, host.Bulk(isIn: false, EhciHost.Buffer, 30).Status);
        host.ClearHalt(EhciHost.BulkOut);
        Assert.Equal(0x40u, host.Bulk(isIn: false, EhciHost.Buffer, 31).Status);
        Assert.Equal(0u, host.ControlOut(5, 0x21, 0xff, 0, 0));
        host.ClearHalt(EhciHost.BulkOut);
        host.ClearHalt(EhciHost.BulkIn);
        Assert.Equal(0, host.Scsi([0, 0, 0, 0, 0, 0], 0).Status);
    }

    [Fact]
    public void A_slow_host_makes_the_guest_wait_and_the_device_refuse()
    {
        EhciHost host = Start();
        _backend.IsSlow = true;
        _backend.Bytes[0] = 0x5a;
        int polls = 0;
        _usb.Events.Schedule(_usb.Clock.TimeBase + 80_000, () =>
        {
            polls++;
            _backend.Finish();
        });
        Assert.Equal(0x5a, host.Scsi([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512).Data[0]);
        Assert.Equal(1, polls);
    }

    [Fact]
    public void With_a_deterministic_machine_a_request_takes_its_own_time()
    {
        using UsbFixture usb = Make(deterministic: true);
        usb.Add("usb-storage", ("file", "a"));
        var host = new EhciHost(usb);
        host.Configure();
        ulong Measure()
        {
            ulong start = usb.Clock.TimeBase;
            Assert.Equal(0, host.Scsi([0x28, 0, 0, 0, 0, 0, 0, 0, 16, 0], 8192).Status);
            return usb.Clock.TimeBase - start;
        }

        ulong first = Measure();
        Assert.InRange(first, 20_000ul, 800_000ul);
        _backend.IsSlow = true;
        usb.Events.Schedule(usb.Clock.TimeBase + 79_800, () =>
        {
            Assert.Equal(1, usb.Hold.Holds);
            _backend.Finish();
        });
        Measure();
        Assert.Equal(0, usb.Hold.Holds);
    }

    [Fact]
    public void The_doorbell_is_answered_and_an_idle_list_costs_little()
    {
        EhciHost host = Start();
        _usb.Ehci.Write(0x10, 4, 0x0001_0061);
        _usb.RunFor(milliseconds: 1);
        Assert.Equal(0x20ul, _usb.Ehci.Read(0x14, 4) & 0x20);
        Assert.True(_usb.Lines[1].Level);
        Assert.Equal(0ul, _usb.Ehci.Read(0x10, 4) & 0x40);
        _usb.RunFor(milliseconds: 200);
        int before = _usb.Dma.Reads;
        _usb.RunFor(milliseconds: 10_000);
        Assert.InRange(_usb.Dma.Reads - before, 100, 2000);
        Assert.NotNull(host);
    }

    [Fact]
    public void A_device_that_goes_does_not_answer_and_its_port_says_so()
    {
        EhciHost host = Start();
        Assert.True(_usb.Usb.TryRemove("disk"));
        Assert.Equal(0x100au, host.Port(0));
        Assert.True(_usb.Lines[1].Level);
        Assert.Equal(0x48u, host.Bulk(isIn: false, EhciHost.Buffer, 31).Status & 0x48);
        Assert.True(SpinWait.SpinUntil(() => _backend.IsDisposed, 10_000));
    }

    [Fact]
    public void Memory_that_cannot_be_reached_stops_the_controller()
    {
        EhciHost host = Start();
        _usb.Ehci.Write(0x28, 4, 0x1000);
        _usb.RunFor(milliseconds: 40);
        Assert.Equal(0x1010ul, _usb.Ehci.Read(0x14, 4) & 0x1010);
        Assert.Equal(0ul, _usb.Ehci.Read(0x10, 4) & 1);
        Assert.NotNull(host);
    }

    private static (byte Status, uint Residue) Without((byte Status, uint Residue, byte[] Data) result) => (result.Status, result.Residue);

    private UsbFixture Make(bool deterministic) => new(new UsbPlugs(_ => (_backend, null)), deterministic);

    private EhciHost Start()
    {
        _usb.Add("usb-storage", ("file", "a"));
        var host = new EhciHost(_usb);
        host.Configure();
        return host;
    }
}
