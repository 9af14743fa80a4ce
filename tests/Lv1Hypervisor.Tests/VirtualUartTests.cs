using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Tests;

/// <summary>devices.md 7.</summary>
public sealed class VirtualUartTests : IDisposable
{
    private const ulong Bitmap = 0x12000;
    private const ulong Buffer = 0x13001;
    private const ulong Port0 = 1UL << 63;
    private const ulong Port2 = 1UL << 61;
    private const ulong ReceiveInterrupt = 2;

    private readonly TestMachine _machine = new();

    private enum Parameter : ulong
    {
        TransmitTrigger,
        ReceiveTrigger,
        Mask,
        ReceiveSize,
        Waiting,
        TransmitSize,
        Queued,
        Status,
    }

    [Fact]
    public void Bytes_go_both_ways()
    {
        Assert.True(_machine.Memory.TryWrite(new LparAddress(Buffer), [1, 2, 3]));
        Assert.Equal(3UL, _machine.Ok(Lv1Call.WriteVirtualUart, 0, Buffer, 3)[0]);
        Assert.Equal([1, 2, 3], _machine.AvSettings.Received);
        Assert.True(_machine.AvSettings.Port!.Send([9, 8, 7, 6]));
        Assert.Equal(4UL, Get(0, Parameter.Waiting));
        Assert.Equal(3UL, _machine.Ok(Lv1Call.ReadVirtualUart, 0, Buffer, 3)[0]);
        Assert.Equal(1UL, _machine.Ok(Lv1Call.ReadVirtualUart, 0, Buffer + 3, 128)[0]);
        Assert.Equal(0UL, _machine.Ok(Lv1Call.ReadVirtualUart, 0, Buffer, 128)[0]);
        byte[] read = new byte[4];
        Assert.True(_machine.Memory.TryRead(new LparAddress(Buffer), read));
        Assert.Equal([9, 8, 7, 6], read);
    }

    [Fact]
    public void The_receive_buffer_takes_4096_bytes_or_nothing()
    {
        IVirtualUartPort port = _machine.AvSettings.Port!;
        Assert.True(port.Send(new byte[4000]));
        Assert.False(port.Send(new byte[97]));
        Assert.True(port.Send(new byte[96]));
        Assert.Equal(4096UL, Get(0, Parameter.Waiting));
        Assert.Equal(4096UL, _machine.Ok(Lv1Call.ReadVirtualUart, 0, 0x20000, 8192)[0]);
    }

    [Fact]
    public void A_port_without_a_peer_fills_up()
    {
        Assert.Equal(4096UL, _machine.Ok(Lv1Call.WriteVirtualUart, 1, 0x20000, 10000)[0]);
        Assert.Equal(0UL, _machine.Ok(Lv1Call.WriteVirtualUart, 1, 0x20000, 1)[0]);
        Assert.Equal(4096UL, Get(1, Parameter.Queued));
        Assert.Equal(0UL, Get(1, Parameter.Status) & 1);
    }

    [Fact]
    public void The_interrupt_follows_the_bytes_within_each_call()
    {
        ulong outlet = _machine.Ok(Lv1Call.ConfigureVirtualUartIrq, Bitmap)[0];
        _machine.Fails(Lv1Status.WrongState, Lv1Call.ConfigureVirtualUartIrq, Bitmap);
        Assert.Equal(16UL, outlet);
        Set(0, Parameter.ReceiveTrigger, 4095);
        Set(2, Parameter.ReceiveTrigger, 4095);
        Set(0, Parameter.Mask, ReceiveInterrupt);
        Assert.Equal(0UL, _machine.Read64(Bitmap));

        _machine.AvSettings.Port!.Send([1, 2]);
        Assert.Equal(Port0, _machine.Read64(Bitmap));
        // Port 2 is still masked, so only parameter 7 reports its condition.
        _machine.SystemManager.Port!.Send([1]);
        Assert.Equal(Port0, _machine.Read64(Bitmap));
        Assert.NotEqual(0UL, Get(2, Parameter.Status) & ReceiveInterrupt);
        Set(2, Parameter.Mask, ReceiveInterrupt);
        Assert.Equal(Port0 | Port2, _machine.Read64(Bitmap));

        _machine.Ok(Lv1Call.ReadVirtualUart, 0, Buffer, 1);
        Assert.Equal(Port0 | Port2, _machine.Read64(Bitmap));
        _machine.Ok(Lv1Call.ReadVirtualUart, 0, Buffer, 128);
        Assert.Equal(Port2, _machine.Read64(Bitmap));
        Set(2, Parameter.Mask, 0);
        Assert.Equal(0UL, _machine.Read64(Bitmap));
    }

    [Fact]
    public void An_answer_inside_the_write_is_shown_before_the_call_returns()
    {
        _machine.AvSettings.Answer = [5];
        _machine.Ok(Lv1Call.ConfigureVirtualUartIrq, Bitmap);
        Set(0, Parameter.ReceiveTrigger, 4095);
        Set(0, Parameter.Mask, ReceiveInterrupt);
        _machine.Ok(Lv1Call.WriteVirtualUart, 0, Buffer, 1);
        Assert.Equal(Port0, _machine.Read64(Bitmap));
    }

    [Fact]
    public void The_transmit_condition_is_a_queue_at_or_below_its_trigger()
    {
        _machine.Ok(Lv1Call.ConfigureVirtualUartIrq, Bitmap);
        Set(0, Parameter.TransmitTrigger, 1);
        Set(0, Parameter.Mask, 1);
        Assert.Equal(Port0, _machine.Read64(Bitmap));
        Set(0, Parameter.Mask, 0);
        Assert.Equal(0UL, _machine.Read64(Bitmap));
    }

    [Fact]
    public void The_interrupt_is_a_level_and_comes_again_after_its_end()
    {
        const ulong block = 0x10000;
        ulong outlet = _machine.Ok(Lv1Call.ConfigureVirtualUartIrq, Bitmap)[0];
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 0, block);
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, outlet, outlet, 0);
        _machine.Write64(block + 32, ulong.MaxValue);
        _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 0);
        Set(0, Parameter.ReceiveTrigger, 4095);
        Set(0, Parameter.Mask, ReceiveInterrupt);
        _machine.AvSettings.Port!.Send([1]);
        Assert.True(_machine.Threads[0].ExternalInterrupt);
        _machine.Ok(Lv1Call.EndOfInterruptExt, 1, 0, outlet);
        Assert.True(_machine.Threads[0].ExternalInterrupt);
        _machine.Ok(Lv1Call.ReadVirtualUart, 0, Buffer, 128);
        _machine.Ok(Lv1Call.EndOfInterruptExt, 1, 0, outlet);
        Assert.False(_machine.Threads[0].ExternalInterrupt);
    }

    [Fact]
    public void After_deconfiguring_polling_still_works_and_it_can_be_configured_again()
    {
        _machine.Fails(Lv1Status.WrongState, Lv1Call.DeconfigureVirtualUartIrq);
        ulong outlet = _machine.Ok(Lv1Call.ConfigureVirtualUartIrq, Bitmap)[0];
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, outlet, outlet, 0);
        _machine.Ok(Lv1Call.DeconfigureVirtualUartIrq);
        _machine.AvSettings.Port!.Send([1]);
        Assert.Equal(1UL, Get(0, Parameter.Waiting));
        // The number is used again, although a plug is still connected to the destroyed outlet.
        Assert.Equal(outlet, _machine.Ok(Lv1Call.ConfigureVirtualUartIrq, Bitmap)[0]);
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, outlet, outlet, 0);
    }

    [Fact]
    public void Linux_disconnects_the_plug_after_deconfiguring()
    {
        const ulong block = 0x10000;
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 0, block);
        _machine.Write64(block + 32, ulong.MaxValue);
        Set(0, Parameter.ReceiveTrigger, 4095);
        Set(0, Parameter.Mask, ReceiveInterrupt);
        for (int i = 0; i < 3; i++)
        {
            ulong outlet = _machine.Ok(Lv1Call.ConfigureVirtualUartIrq, Bitmap)[0];
            _machine.Ok(Lv1Call.ConnectIrqPlugExt, 1, 0, outlet, outlet, 0);
            _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 0);
            _machine.AvSettings.Port!.Send([1]);
            Assert.True(_machine.Threads[0].ExternalInterrupt);
            _machine.Ok(Lv1Call.DeconfigureVirtualUartIrq);
            Assert.False(_machine.Threads[0].ExternalInterrupt);
            _machine.Ok(Lv1Call.DidUpdateInterruptMask, 1, 0);
            Assert.False(_machine.Threads[0].ExternalInterrupt);
            _machine.Ok(Lv1Call.DisconnectIrqPlugExt, 1, 0, outlet);
        }
    }

    [Fact]
    public void Wrong_arguments_have_the_platform_status()
    {
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.SetVirtualUartParam, 3, 2, 0);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.GetVirtualUartParam, ulong.MaxValue, 2);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ReadVirtualUart, 3, Buffer, 1);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.WriteVirtualUart, 3, Buffer, 1);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.SetVirtualUartParam, 0, (ulong)Parameter.Waiting, 0);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.SetVirtualUartParam, 0, (ulong)Parameter.Mask, 8);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.SetVirtualUartParam, 0, (ulong)Parameter.ReceiveTrigger, 4097);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.GetVirtualUartParam, 0, 8);
        _machine.Fails(Lv1Status.AlignmentError, Lv1Call.ConfigureVirtualUartIrq, Bitmap + 8);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.ConfigureVirtualUartIrq, TestMachine.BootSize);
        _machine.AvSettings.Port!.Send([1]);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.ReadVirtualUart, 0, TestMachine.BootSize, 1);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.WriteVirtualUart, 0, TestMachine.BootSize - 1, 2);
        // The byte is still there.
        Assert.Equal(1UL, Get(0, Parameter.Waiting));
    }

    [Fact]
    public void Sizes_are_4096()
    {
        Assert.Equal(4096UL, Get(0, Parameter.ReceiveSize));
        Assert.Equal(4096UL, Get(2, Parameter.TransmitSize));
    }

    public void Dispose() => _machine.Dispose();

    private ulong Get(ulong port, Parameter parameter) => _machine.Ok(Lv1Call.GetVirtualUartParam, port, (ulong)parameter)[0];

    private void Set(ulong port, Parameter parameter, ulong value) =>
        _machine.Ok(Lv1Call.SetVirtualUartParam, port, (ulong)parameter, value);
}
