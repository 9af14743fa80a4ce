using Devices.Tests.Fakes;
using Xunit;

namespace Devices.Tests.Usb;

/// <summary>A driver of the first OHCI, as small as can be: one control endpoint, one bulk endpoint, one interrupt endpoint.</summary>
internal sealed class OhciHost
{
    public const uint Hcca = FakeDma.Start;
    public const uint Control = Hcca + 0x400;
    public const uint Bulk = Hcca + 0x420;
    public const uint Interrupt = Hcca + 0x440;
    public const uint Buffer = Hcca + 0x8000;
    public const uint SetupBuffer = Hcca + 0x7000;
    private const uint Transfers = Hcca + 0x1000;
    private const uint Rounds = 1 << 18;
    private readonly UsbFixture _usb;
    private uint _next = Transfers;

    public OhciHost(UsbFixture usb)
    {
        _usb = usb;
        usb.PowerPorts();
        usb.Ohci.Write(0x08, 4, 1);
        usb.Ohci.Write(0x18, 4, Hcca);
        usb.Ohci.Write(0x34, 4, 0x2778_2edf);
        usb.Ohci.Write(0x40, 4, 0x2a2f);
        usb.Ohci.Write(0x20, 4, Control);
        usb.Ohci.Write(0x28, 4, Bulk);
        foreach (uint endpoint in (uint[])[Control, Bulk, Interrupt])
            usb.SetLittle(endpoint, 1 << 14, 0, 0, 0);
        for (uint i = 0; i < 32; i++)
            usb.SetLittle(Hcca + (4 * i), Interrupt);
        usb.Ohci.Write(0x10, 4, 0x8000_0052);
        // Operational, with all lists but the isochronous.
        usb.Ohci.Write(0x04, 4, 0xb4);
    }

    /// <summary>Resets a port and gives its device address 5 and configuration 1.</summary>
    public void Configure(int port = 0)
    {
        ResetPort(port);
        Assert.Equal(0u, Out(0, 0x00, 5, 5, 0));
        Assert.Equal(0u, Out(5, 0x00, 9, 1, 0));
    }

    public void ResetPort(int port)
    {
        ulong register = 0x54u + (4 * (ulong)port);
        _usb.Ohci.Write(register, 4, 1 << 4);
        _usb.RunFor(milliseconds: 11);
        Assert.Equal(0x0010_0003u, (uint)_usb.Ohci.Read(register, 4) & 0x0010_0003);
        _usb.Ohci.Write(register, 4, 0x001f_0000);
    }

    /// <summary>A control request that brings bytes; null: it stalled.</summary>
    public byte[]? In(int address, byte type, byte request, ushort value, ushort index, ushort length)
    {
        SetSetup((byte)(type | 0x80), request, value, index, length);
        uint condition = Submit(
            Control, (uint)address | (64 << 16),
            (0u, SetupBuffer, 8, 2u << 24), (2u, Buffer, length, (3u << 24) | Rounds), (1u, 0, 0, 3u << 24));
        // The second descriptor has moved on by what came.
        uint current = _usb.Little(LastTransfer(1) + 4);
        int came = current == 0 ? length : (int)(current - Buffer);
        return condition == 0 ? _usb.Dma.At(Buffer, came).ToArray() : null;
    }

    /// <summary>A control request without bytes, or with bytes for the device.</summary>
    /// <returns>The condition code: 0 for none, 4 for a stall, 5 for no answer.</returns>
    public uint Out(int address, byte type, byte request, ushort value, ushort index, params byte[] data)
    {
        SetSetup(type, request, value, index, (ushort)data.Length);
        data.CopyTo(_usb.Dma.At(Buffer, data.Length));
        (uint, uint, int, uint) status = (2u, 0u, 0, 3u << 24);
        (uint, uint, int, uint) setup = (0u, SetupBuffer, 8, 2u << 24);
        return data.Length == 0 ? Submit(Control, (uint)address | (64 << 16), setup, status)
            : Submit(Control, (uint)address | (64 << 16), setup, (1u, Buffer, data.Length, 3u << 24), status);
    }

    /// <summary>Puts transfers into an endpoint's queue and waits until they have ended.</summary>
    /// <returns>The condition of the last that did.</returns>
    public uint Submit(uint endpoint, uint control, params (uint Direction, uint Buffer, int Length, uint Flags)[] transfers)
    {
        Queue(endpoint, control, transfers);
        Assert.True(_usb.RunUntil(() => (_usb.Ohci.Read(0x0c, 4) & 2) != 0), "nothing was reported done");
        uint last = _usb.Little(Hcca + 0x84) & ~0xfu;
        _usb.Ohci.Write(0x0c, 4, 0x7f);
        _usb.SetLittle(endpoint, 1 << 14);
        return _usb.Little(last) >> 28;
    }

    /// <summary>The queue alone, with its doorbell.</summary>
    public void Queue(uint endpoint, uint control, params (uint Direction, uint Buffer, int Length, uint Flags)[] transfers)
    {
        _next = Transfers;
        uint at = _next;
        for (int i = 0; i < transfers.Length; i++)
        {
            (uint direction, uint buffer, int length, uint flags) = transfers[i];
            uint delay = i == transfers.Length - 1 ? 0u : 6u << 21;
            _usb.SetLittle(
                at, (15u << 28) | flags | delay | (direction << 19), length == 0 ? 0 : buffer, at + 16,
                length == 0 ? 0 : buffer + (uint)length - 1);
            at += 16;
        }

        uint carry = _usb.Little(endpoint + 8) & 2;
        _usb.SetLittle(endpoint + 4, at, _next | carry);
        _usb.SetLittle(endpoint, control);
        _usb.Ohci.Write(0x08, 4, endpoint == Control ? 2u : endpoint == Bulk ? 4u : 0);
    }

    public static uint LastTransfer(int index) => Transfers + (16 * (uint)index);

    private void SetSetup(byte type, byte request, ushort value, ushort index, ushort length) => _usb.SetLittle(
        SetupBuffer, type | ((uint)request << 8) | ((uint)value << 16), index | ((uint)length << 16));
}
