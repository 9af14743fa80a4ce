using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Tests;

/// <summary>Opening, events, registers, DMA regions, I/O segments (lv1-calls.md 9).</summary>
public sealed class DeviceTests : IDisposable
{
    private const ulong Flags = 0xf800_0000_0000_0000;
    private const ulong Bus = TestMachine.Bus;
    private const ulong Net = TestMachine.NetworkDevice;
    private const ulong Usb = TestMachine.UsbDevice;
    private const ulong MiB16 = 16UL << 20;

    private readonly TestMachine _machine = new();

    [Fact]
    public void Open_and_close_reach_the_device()
    {
        _machine.Ok(Lv1Call.OpenDevice, Bus, Net, 0);
        Assert.True(_machine.Network.IsOpen);
        _machine.Ok(Lv1Call.CloseDevice, Bus, Net);
        Assert.False(_machine.Network.IsOpen);
        _machine.Fails(Lv1Status.WrongState, Lv1Call.CloseDevice, Bus, Net);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.OpenDevice, 4, ulong.MaxValue, 0);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.CloseDevice, 4, ulong.MaxValue);
    }

    [Fact]
    public void Opening_a_device_that_a_crashed_guest_left_open_resets_it()
    {
        _machine.Ok(Lv1Call.OpenDevice, Bus, Net, 0);
        ulong outlet = _machine.Ok(Lv1Call.ConstructEventReceivePort)[0];
        _machine.Ok(Lv1Call.ConnectInterruptEventReceivePort, Bus, Net, outlet, 0);
        ulong region = _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, MiB16, 24, 0)[0];
        _machine.Ok(Lv1Call.OpenDevice, Bus, Net, 0);
        Assert.Equal(2, _machine.Network.OpenCount);
        Assert.Null(_machine.Network.Line);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.FreeDeviceDmaRegion, Bus, Net, region);
    }

    [Fact]
    public void An_event_port_connects_the_device_to_a_plug()
    {
        ulong outlet = _machine.Ok(Lv1Call.ConstructEventReceivePort)[0];
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.ConnectInterruptEventReceivePort, Bus, Net, outlet, 1);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ConnectInterruptEventReceivePort, Bus, Net, outlet + 1, 0);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ConnectInterruptEventReceivePort, 9, Net, outlet, 0);
        _machine.Lv1.Outlets.Create("gpu", out uint gpu);
        _machine.Fails(Lv1Status.TypeMismatch, Lv1Call.ConnectInterruptEventReceivePort, Bus, Net, gpu, 0);
        _machine.Ok(Lv1Call.ConnectInterruptEventReceivePort, Bus, Net, outlet, 0);
        _machine.Fails(Lv1Status.AlreadyConnected, Lv1Call.ConnectInterruptEventReceivePort, Bus, Net, outlet, 0);
        Assert.NotNull(_machine.Network.Line);
        _machine.Network.Line.Raise();
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.DisconnectInterruptEventReceivePort, Bus, Net, outlet, 5);
        _machine.Ok(Lv1Call.DisconnectInterruptEventReceivePort, Bus, Net, outlet, 0);
        Assert.Null(_machine.Network.Line);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.DisconnectInterruptEventReceivePort, Bus, Net, outlet, 0);
    }

    [Fact]
    public void Destroying_a_port_lets_the_device_go()
    {
        ulong outlet = _machine.Ok(Lv1Call.ConstructEventReceivePort)[0];
        _machine.Ok(Lv1Call.ConnectInterruptEventReceivePort, Bus, Net, outlet, 0);
        _machine.Ok(Lv1Call.DestructEventReceivePort, outlet);
        Assert.Null(_machine.Network.Line);
    }

    [Fact]
    public void Registers_are_mapped_once_and_only_where_there_are_some()
    {
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.MapDeviceMmioRegion, Bus, 7, TestMachine.UsbRegisters, 0x10000, 12);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.MapDeviceMmioRegion, Bus, Net, TestMachine.UsbRegisters, 0x10000, 12);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.MapDeviceMmioRegion, Bus, Usb, TestMachine.UsbRegisters, 0x1000, 12);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.MapDeviceMmioRegion, Bus, Usb, TestMachine.UsbRegisters, 0x10000, 0);
        ulong at = _machine.Ok(Lv1Call.MapDeviceMmioRegion, Bus, Usb, TestMachine.UsbRegisters, 0x10000, 12)[0];
        Assert.Equal(16UL << 42, at);
        Assert.True(_machine.Memory.TryFind(new LparAddress(at), out MemoryRegion? region));
        Assert.NotNull(region.Device);
        _machine.Fails(Lv1Status.Busy, Lv1Call.MapDeviceMmioRegion, Bus, Usb, TestMachine.UsbRegisters, 0x10000, 12);
        _machine.Ok(Lv1Call.UnmapDeviceMmioRegion, Bus, Usb, at);
        Assert.False(_machine.Memory.TryFind(new LparAddress(at), out _));
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.UnmapDeviceMmioRegion, Bus, Usb, at);
    }

    [Theory]
    [InlineData(MiB16, 23, 0)]
    [InlineData(MiB16, 24, 1)]
    [InlineData(0, 24, 0)]
    [InlineData(MiB16 + 1, 12, 0)]
    public void Wrong_dma_regions_are_refused(ulong size, ulong pageShift, ulong type) =>
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.AllocateDeviceDmaRegion, Bus, Net, size, pageShift, type);

    [Fact]
    public void Dma_regions_lie_below_4_gib_apart_and_never_at_0()
    {
        ulong a = _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 0x3000, 12, 0)[0];
        ulong b = _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 7 * MiB16, 24, 2)[0];
        ulong c = _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 0x1000, 12, 0)[0];
        Assert.Equal([0x8000_0000, 0x8800_0000, 0x8000_4000], [a, b, c]);
        _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 1UL << 31, 24, 0);
        _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 1UL << 40, 24, 0);
        _machine.Ok(Lv1Call.FreeDeviceDmaRegion, Bus, Net, a);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.FreeDeviceDmaRegion, Bus, Net, a);
        Assert.Equal(a, _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 0x4000, 12, 0)[0]);
        // Another device has its own bus address space.
        Assert.Equal(a, _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Usb, MiB16, 24, 0)[0]);
    }

    [Fact]
    public void The_number_of_dma_regions_is_bounded()
    {
        for (int i = 0; i < 64; i++)
            _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 0x1000, 12, 0);
        _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 0x1000, 12, 0);
    }

    [Fact]
    public void Dma_goes_through_mappings_as_a_whole_or_not_at_all()
    {
        ulong bus = _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 0x4000, 12, 0)[0];
        // Two pages swapped, a third missing.
        _machine.Ok(Lv1Call.MapDeviceDmaRegion, Bus, Net, 0x21000, bus, 0x1000, Flags);
        _machine.Ok(Lv1Call.MapDeviceDmaRegion, Bus, Net, 0x20000, bus + 0x1000, 0x1000, Flags | 0x800);
        byte[] data = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        Assert.Equal(DmaFault.None, _machine.NetworkPort.Write(new IoAddress(bus + 0xff8), data));
        Assert.Equal(0x0001_0203_0405_0607UL, _machine.Read64(0x21ff8));
        Assert.Equal(0x0809_0a0b_0c0d_0e0fUL, _machine.Read64(0x20000));
        byte[] back = new byte[16];
        Assert.Equal(DmaFault.None, _machine.NetworkPort.Read(new IoAddress(bus + 0xff8), back));
        Assert.Equal(data, back);
        bool Reaches(ulong memory) => _machine.NetworkPort.Reaches(new IoAddress(bus + 0xff8), 16, new LparAddress(memory), 8);
        Assert.Equal(
            [false, true, true, false, false],
            new ulong[] { 0x21ff0, 0x21ff8, 0x20000, 0x20008, 0x22000 }.Select(Reaches));
        Assert.False(_machine.NetworkPort.Reaches(new IoAddress(bus + 0x2000), 0x1000, new LparAddress(0), ulong.MaxValue));

        Assert.Equal(DmaFault.Unmapped, _machine.NetworkPort.Write(new IoAddress(bus + 0x1ff8), data));
        Assert.Equal(0UL, _machine.Read64(0x20ff8));
        Assert.Equal(DmaFault.Unmapped, _machine.NetworkPort.Read(new IoAddress(0), back));
        Assert.Equal(DmaFault.Unmapped, _machine.NetworkPort.Read(new IoAddress(ulong.MaxValue), back));
        _machine.Ok(Lv1Call.UnmapDeviceDmaRegion, Bus, Net, bus, 0x1000);
        Assert.Equal(DmaFault.Unmapped, _machine.NetworkPort.Read(new IoAddress(bus), back));
    }

    [Fact]
    public void A_mapping_limits_the_direction()
    {
        ulong bus = _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, 0x1000, 12, 0)[0];
        _machine.Ok(Lv1Call.MapDeviceDmaRegion, Bus, Net, 0x20000, bus, 0x1000, 1UL << 62);
        Assert.Equal(DmaFault.None, _machine.NetworkPort.Read(new IoAddress(bus), new byte[4]));
        Assert.Equal(DmaFault.Protection, _machine.NetworkPort.Write(new IoAddress(bus), new byte[4]));
    }

    [Fact]
    public void Wrong_mappings_are_refused()
    {
        ulong bus = _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, MiB16, 16, 0)[0];
        _machine.Fails(Lv1Status.AlignmentError, Lv1Call.MapDeviceDmaRegion, Bus, Net, 0x1000, bus, 0x10000, Flags);
        _machine.Fails(Lv1Status.AlignmentError, Lv1Call.MapDeviceDmaRegion, Bus, Net, 0, bus, 0x1000, Flags);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.MapDeviceDmaRegion, Bus, Net, 0, bus, MiB16 + 0x10000, Flags);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.MapDeviceDmaRegion, Bus, Net, 0, bus, ulong.MaxValue, Flags);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.MapDeviceDmaRegion, Bus, Net, 0, bus, 0x10000, 0);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.MapDeviceDmaRegion, Bus, Net, 0, bus, 0x10000, Flags | 0x1000);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.MapDeviceDmaRegion, Bus, Net, TestMachine.BootSize, bus, 0x10000, Flags);
        _machine.Ok(Lv1Call.MapDeviceDmaRegion, Bus, Net, 0, bus, 0x30000, Flags);
        _machine.Fails(Lv1Status.DuplicateEntry, Lv1Call.MapDeviceDmaRegion, Bus, Net, 0, bus + 0x20000, 0x20000, Flags);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.UnmapDeviceDmaRegion, Bus, Net, bus, 0x10000);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.UnmapDeviceDmaRegion, Bus, Net, bus + 0x30000, 0x10000);
        _machine.Ok(Lv1Call.UnmapDeviceDmaRegion, Bus, Net, bus, MiB16);
    }

    [Fact]
    public void A_device_cannot_access_released_memory()
    {
        ulong memory = _machine.Ok(Lv1Call.AllocateMemory, MiB16, 24, 0, 4)[0];
        ulong bus = _machine.Ok(Lv1Call.AllocateDeviceDmaRegion, Bus, Net, MiB16, 24, 0)[0];
        _machine.Ok(Lv1Call.MapDeviceDmaRegion, Bus, Net, memory, bus, MiB16, Flags);
        _machine.Ok(Lv1Call.ReleaseMemory, memory);
        Assert.Equal(DmaFault.Unmapped, _machine.NetworkPort.Write(new IoAddress(bus), new byte[4]));
    }

    [Fact]
    public void Io_segments_start_at_0_and_take_entries_page_by_page()
    {
        Assert.Equal(0UL, _machine.Ok(Lv1Call.AllocateIoSegment, 0, 0x11000, 12)[0]);
        Assert.Equal(0x11000UL, _machine.Ok(Lv1Call.AllocateIoSegment, 0, 0x1000, 12)[0]);
        IDmaPort port = _machine.Lv1.IoSegmentPort;
        Assert.Equal(DmaFault.Unmapped, port.Read(new IoAddress(0), new byte[4]));
        _machine.Ok(Lv1Call.PutIopte, 0, 0x1000, 0x30000, 1, Flags | 1);
        Assert.Equal(DmaFault.None, port.Write(new IoAddress(0x1004), [1, 2, 3, 4]));
        Assert.Equal(0x0102_0304UL, _machine.Read64(0x30000));
        _machine.Ok(Lv1Call.PutIopte, 0, 0x1000, 0, 1, 0);
        Assert.Equal(DmaFault.Unmapped, port.Read(new IoAddress(0x1000), new byte[4]));
        _machine.Fails(Lv1Status.AlignmentError, Lv1Call.PutIopte, 0, 0x1800, 0x30000, 1, Flags);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.PutIopte, 0, 0x20000, 0x30000, 1, Flags);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.PutIopte, 0, 0x1000, TestMachine.BootSize, 1, Flags);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.PutIopte, 1, 0x1000, 0x30000, 1, Flags);
        _machine.Ok(Lv1Call.ReleaseIoSegment, 0, 0);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ReleaseIoSegment, 0, 0);
        Assert.Equal(0UL, _machine.Ok(Lv1Call.AllocateIoSegment, 0, 0x1000, 12)[0]);
        _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.AllocateIoSegment, 0, 1UL << 62, 12);
    }

    [Fact]
    public void Network_calls_reach_the_device_with_checked_arguments()
    {
        Assert.Equal(0x0200_0000_0001UL, _machine.Ok(Lv1Call.NetControl, Bus, Net, 1, 0, 0, 0)[0]);
        // The outputs of a call that the device refuses are not returned to the guest.
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.NetControl, Bus, Net, 4, 2, 0, 0);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.NetControl, Bus, Usb, 1, 0, 0, 0);
        _machine.Fails(Lv1Status.AlignmentError, Lv1Call.NetSetInterruptStatusIndicator, Bus, Net, 0x1004, 0);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.NetSetInterruptStatusIndicator, Bus, Net, TestMachine.BootSize, 0);
        _machine.Ok(Lv1Call.NetSetInterruptStatusIndicator, Bus, Net, 0x1008, 0);
        Assert.Equal(new LparAddress(0x1008), _machine.Network.CauseWord);
        _machine.Ok(Lv1Call.NetSetInterruptStatusIndicator, Bus, Net, 0, 0);
        Assert.Null(_machine.Network.CauseWord);
        // Linux's error path passes the bus id twice.
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.NetSetInterruptStatusIndicator, Bus, Bus, 0, 0);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.NetStartTxDma, Bus, Net, 1UL << 32, 0);
        _machine.Fails(Lv1Status.Busy, Lv1Call.NetStartRxDma, Bus, Net, 0x8000_0000, 0);
        _machine.Ok(Lv1Call.NetAddMulticastAddress, Bus, Net, 0xffff_ffff_ffff, 0);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.NetAddMulticastAddress, Bus, Net, 1UL << 48, 0);
        _machine.Ok(Lv1Call.NetRemoveMulticastAddress, Bus, Net, 0, 1);
    }

    public void Dispose() => _machine.Dispose();
}
