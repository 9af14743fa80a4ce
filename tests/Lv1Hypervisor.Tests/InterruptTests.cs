using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Tests;

/// <summary>The plug state machine of irq-and-time.md 6, row by row, through hypercalls.</summary>
public sealed class InterruptTests : IDisposable
{
    private const ulong Block0 = 0x10000;
    private const ulong Block1 = 0x10040;
    private const ulong MaskOffset = 32;
    private const ulong Plug = 20;
    private const ulong Bit = 1UL << (63 - (int)Plug);

    private readonly TestMachine _machine = new();

    public InterruptTests()
    {
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 0, Block0);
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 1, Block1);
    }

    [Fact]
    public void An_event_is_shown_when_its_plug_is_enabled()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        Assert.Equal(Bit, Status());
        Assert.True(_machine.Threads[0].ExternalInterrupt);
        Assert.False(_machine.Threads[1].ExternalInterrupt);
    }

    [Fact]
    public void A_masked_event_stays_latched_and_is_shown_by_31()
    {
        ulong outlet = ConnectedPort();
        Send(outlet);
        Assert.Equal(0UL, Status());
        Assert.False(_machine.Threads[0].ExternalInterrupt);
        Unmask();
        Assert.Equal(Bit, Status());
        Assert.True(_machine.Threads[0].ExternalInterrupt);
    }

    [Fact]
    public void End_of_interrupt_clears_and_nothing_comes_again()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        EndOfInterrupt();
        Assert.Equal(0UL, Status());
        Assert.False(_machine.Threads[0].ExternalInterrupt);
    }

    [Fact]
    public void Events_before_the_end_merge_into_one_further_delivery()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        for (int i = 0; i < 5; i++)
            Send(outlet);
        EndOfInterrupt();
        Assert.Equal(Bit, Status());
        EndOfInterrupt();
        Assert.Equal(0UL, Status());
    }

    [Fact]
    public void A_level_that_is_still_high_at_the_end_is_shown_again()
    {
        IInterruptLine line = ConnectedDevice();
        Unmask();
        line.SetLevel(true);
        EndOfInterrupt();
        Assert.Equal(Bit, Status());
        line.SetLevel(false);
        Assert.Equal(Bit, Status());
        EndOfInterrupt();
        Assert.Equal(0UL, Status());
    }

    [Fact]
    public void A_level_that_drops_before_it_was_shown_is_withdrawn()
    {
        IInterruptLine line = ConnectedDevice();
        line.SetLevel(true);
        line.SetLevel(false);
        Unmask();
        Assert.Equal(0UL, Status());
    }

    [Fact]
    public void A_level_that_is_high_at_connect_is_shown()
    {
        IInterruptLine line = _machine.Lv1.Outlets.Create("device", out uint outlet)!;
        line.SetLevel(true);
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, Plug, outlet, 0);
        Unmask();
        Assert.Equal(Bit, Status());
    }

    [Fact]
    public void Masking_a_shown_plug_leaves_the_bit_and_drops_the_request()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        _machine.Write64(Block0 + MaskOffset, 0);
        _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 0);
        Assert.Equal(Bit, Status());
        Assert.False(_machine.Threads[0].ExternalInterrupt);
    }

    [Fact]
    public void FreeBsd_reading_and_clearing_a_masked_bit_loses_nothing()
    {
        ulong outlet = ConnectedPort();
        Send(outlet);
        // The event is masked, so its status bit is not in memory, where a read-and-clear could discard it.
        _machine.Write64(Block0, 0);
        Unmask();
        Assert.Equal(Bit, Status());
    }

    [Fact]
    public void FreeBsd_clearing_a_shown_bit_that_it_masked_meanwhile_gets_it_again()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        _machine.Write64(Block0 + MaskOffset, 0);
        _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 0);
        _machine.Write64(Block0, 0);
        Unmask();
        Assert.Equal(Bit, Status());
        Assert.True(_machine.Threads[0].ExternalInterrupt);
        // The plug still delivers events.
        EndOfInterrupt();
        Send(outlet);
        Assert.Equal(Bit, Status());
    }

    [Fact]
    public void FreeBsd_reading_and_clearing_an_enabled_bit_then_ending_it_works()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        _machine.Write64(Block0, 0);
        EndOfInterrupt();
        Assert.False(_machine.Threads[0].ExternalInterrupt);
        Send(outlet);
        Assert.Equal(Bit, Status());
    }

    [Fact]
    public void Disconnecting_clears_the_bit_and_all_flags()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        Send(outlet);
        _machine.Ok(Lv1Call.DisconnectIrqPlugExt, 1, 0, Plug);
        Assert.Equal(0UL, Status());
        Assert.False(_machine.Threads[0].ExternalInterrupt);
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, Plug, outlet, 0);
        Assert.Equal(0UL, Status());
        _machine.Ok(Lv1Call.DisconnectIrqPlugExt, 1, 0, Plug);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.DisconnectIrqPlugExt, 1, 0, Plug);
    }

    [Fact]
    public void Destroying_the_port_takes_the_plug_with_it()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        _machine.Ok(Lv1Call.DestructEventReceivePort, outlet);
        Assert.Equal(0UL, Status());
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.SendEventLocally, outlet);
        Assert.Equal(outlet, ConnectedPort());
    }

    [Fact]
    public void Removing_the_block_clears_status_and_flags_but_keeps_connections()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        Send(outlet);
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 0, 0);
        Assert.Equal(0UL, Status());
        Assert.False(_machine.Threads[0].ExternalInterrupt);
        Send(outlet);
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 0, Block0);
        Assert.Equal(Bit, Status());
    }

    [Fact]
    public void A_new_block_has_nothing_pending_whatever_is_in_it()
    {
        const ulong other = 0x11000;
        _machine.Write64(other + 8, ulong.MaxValue);
        _machine.Write64(other + MaskOffset + 8, ulong.MaxValue);
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 0, other);
        Assert.Equal(0UL, _machine.Read64(other + 8));
        Assert.False(_machine.Threads[0].ExternalInterrupt);
    }

    [Fact]
    public void Plugs_of_all_four_doublewords_work_on_both_threads()
    {
        foreach (ulong plug in (ulong[])[0, 63, 64, 191, 255])
        {
            ulong outlet = _machine.Ok(Lv1Call.ConstructEventReceivePort)[0];
            _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 1, plug, outlet, 0);
            ulong word = plug / 64 * 8;
            ulong bit = 1UL << (63 - (int)(plug % 64));
            _machine.Write64(Block1 + MaskOffset + word, bit);
            _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 1);
            Send(outlet);
            Assert.Equal(bit, _machine.Read64(Block1 + word));
            Assert.True(_machine.Threads[1].ExternalInterrupt);
            Assert.Equal(bit, _machine.CallOn(1, (ulong)Lv1Call.DetectPendingInterrupts, 0).Out[plug / 64]);
            Assert.Equal(Lv1Status.Success, _machine.CallOn(1, (ulong)Lv1Call.EndOfInterrupt, plug).Status);
            Assert.False(_machine.Threads[1].ExternalInterrupt);
        }

        Assert.False(_machine.Threads[0].ExternalInterrupt);
    }

    [Fact]
    public void The_request_is_computed_again_at_the_end_of_every_call()
    {
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        _machine.Write64(Block0 + MaskOffset, 0);
        Assert.True(_machine.Threads[0].ExternalInterrupt);
        _machine.Ok(Lv1Call.GetVersionInfo);
        Assert.False(_machine.Threads[0].ExternalInterrupt);
        _machine.Write64(Block0 + MaskOffset, Bit);
        _machine.Ok(Lv1Call.GetVersionInfo);
        Assert.True(_machine.Threads[0].ExternalInterrupt);
    }

    [Fact]
    public void Busy_plugs_and_busy_outlets_are_already_connected()
    {
        ulong outlet = ConnectedPort();
        ulong other = _machine.Ok(Lv1Call.ConstructEventReceivePort)[0];
        _machine.Fails(Lv1Status.AlreadyConnected, Lv1Call.ConnectIrqPlugExt, 1, 0, Plug, other, 0);
        _machine.Fails(Lv1Status.AlreadyConnected, Lv1Call.ConnectIrqPlugExt, 1, 0, Plug + 1, outlet, 0);
        _machine.Ok(Lv1Call.ConnectIrqPlug, Plug + 1, other);
        _machine.Ok(Lv1Call.DisconnectIrqPlug, Plug + 1);
    }

    [Theory]
    [InlineData(0, 0, 20)]
    [InlineData(1, 2, 20)]
    [InlineData(1, 0, 256)]
    [InlineData(1, ulong.MaxValue, ulong.MaxValue)]
    public void Wrong_threads_and_plugs_are_illegal_values(ulong ppe, ulong thread, ulong plug)
    {
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.ConnectIrqPlugExt, ppe, thread, plug, 16, 0);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.DisconnectIrqPlugExt, ppe, thread, plug);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.EndOfInterruptExt, ppe, thread, plug);
    }

    [Theory]
    [InlineData(0x10020, Lv1Status.AlignmentError)]
    [InlineData(TestMachine.BootSize, Lv1Status.AccessViolation)]
    [InlineData(0xffff_ffff_ffff_ffc0, Lv1Status.AccessViolation)]
    public void Wrong_blocks_are_refused_and_the_old_one_stays(ulong address, Lv1Status status)
    {
        _machine.Fails(status, Lv1Call.ConfigureIrqStateBitmap, 1, 0, address);
        ulong outlet = ConnectedPort();
        Unmask();
        Send(outlet);
        Assert.Equal(Bit, Status());
    }

    [Fact]
    public void Ending_idle_and_unconnected_plugs_succeeds_and_31_needs_no_plug()
    {
        _machine.Ok(Lv1Call.EndOfInterruptExt, 1, 0, 200);
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 1, 0);
        _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 1);
    }

    [Fact]
    public void Outlets_are_16_to_62_lowest_free_first()
    {
        for (ulong expected = OutletTable.First; expected <= OutletTable.Last; expected++)
            Assert.Equal(expected, _machine.Ok(Lv1Call.ConstructEventReceivePort)[0]);
        _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.ConstructEventReceivePort);
        Assert.Null(_machine.Lv1.Outlets.Create("device", out _));
        _machine.Ok(Lv1Call.DestructEventReceivePort, 30);
        _machine.Ok(Lv1Call.DestructEventReceivePort, 20);
        Assert.Equal(20UL, _machine.Ok(Lv1Call.ConstructEventReceivePort)[0]);
        Assert.Equal(30UL, _machine.Ok(Lv1Call.ConstructEventReceivePort)[0]);
    }

    [Fact]
    public void Each_kind_of_outlet_has_its_own_destructor()
    {
        Assert.NotNull(_machine.Lv1.Outlets.Create("device", out uint device));
        _machine.Fails(Lv1Status.TypeMismatch, Lv1Call.DestructEventReceivePort, device);
        _machine.Fails(Lv1Status.TypeMismatch, Lv1Call.DestructIoIrqOutlet, device);
        _machine.Fails(Lv1Status.TypeMismatch, Lv1Call.SendEventLocally, device);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.DestructIoIrqOutlet, 255);
    }

    [Fact]
    public void Io_interrupts_go_to_their_device_until_destroyed()
    {
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ConstructIoIrqOutlet, 77);
        ulong outlet = _machine.Ok(Lv1Call.ConstructIoIrqOutlet, TestMachine.UsbInterrupt)[0];
        _machine.Fails(Lv1Status.DuplicateEntry, Lv1Call.ConstructIoIrqOutlet, TestMachine.UsbInterrupt);
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, Plug, outlet, 0);
        Unmask();
        _machine.Usb.Line!.SetLevel(true);
        Assert.Equal(Bit, Status());
        _machine.Ok(Lv1Call.DestructIoIrqOutlet, outlet);
        Assert.Null(_machine.Usb.Line);
        Assert.Equal(0UL, Status());
        _machine.Ok(Lv1Call.ConstructIoIrqOutlet, TestMachine.UsbInterrupt);
    }

    [Fact]
    public void A_block_whose_memory_was_released_shows_nothing_and_breaks_nothing()
    {
        ulong memory = _machine.Ok(Lv1Call.AllocateMemory, 16UL << 20, 24, 0, 4)[0];
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 0, memory);
        ulong outlet = ConnectedPort();
        _machine.Write64(memory + MaskOffset, Bit);
        _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 0);
        Send(outlet);
        Assert.True(_machine.Threads[0].ExternalInterrupt);
        _machine.Ok(Lv1Call.ReleaseMemory, memory);
        Assert.False(_machine.Threads[0].ExternalInterrupt);
        EndOfInterrupt();
        Send(outlet);
    }

    public void Dispose() => _machine.Dispose();

    private ulong Status() => _machine.Read64(Block0);

    private void Send(ulong outlet) => _machine.Ok(Lv1Call.SendEventLocally, outlet);

    private void EndOfInterrupt() => _machine.Ok(Lv1Call.EndOfInterruptExt, 1, 0, Plug);

    private void Unmask()
    {
        _machine.Write64(Block0 + MaskOffset, Bit);
        _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 0);
    }

    private ulong ConnectedPort()
    {
        ulong outlet = _machine.Ok(Lv1Call.ConstructEventReceivePort)[0];
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, Plug, outlet, 0);
        return outlet;
    }

    private IInterruptLine ConnectedDevice()
    {
        IInterruptLine? line = _machine.Lv1.Outlets.Create("device", out uint outlet);
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, Plug, outlet, 0);
        return line!;
    }
}
