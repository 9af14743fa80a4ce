using System.Buffers.Binary;
using Devices.Tests.Fakes;
using Xunit;

namespace Devices.Tests.Usb;

/// <summary>A driver of the first EHCI, as small as can be: one queue for control, two for bulk.</summary>
internal sealed class EhciHost
{
    public const uint Base = FakeDma.Start + 0x2_0000;
    public const uint Control = Base;
    public const uint BulkIn = Base + 0x80;
    public const uint BulkOut = Base + 0x100;
    public const uint Transfers = Base + 0x1000;
    public const uint FrameList = Base + 0x2000;
    public const uint Buffer = Base + 0x4000;
    public const uint Setup = Base + 0x3000;
    private const uint Command = 0x10;
    private const uint Status = 0x14;
    private readonly UsbFixture _usb;
    private uint _tag;

    public EhciHost(UsbFixture usb)
    {
        _usb = usb;
        Queue(Control, BulkIn, 0, 64, isHead: true);
        Queue(BulkIn, BulkOut, 5 | (1 << 8), 512);
        Queue(BulkOut, Control, 5 | (2 << 8), 512);
        for (uint i = 0; i < 1024; i++)
            usb.SetLittle(FrameList + (4 * i), 1);
        usb.Ehci.Write(Command, 4, 2);
        usb.Ehci.Write(0x24, 4, FrameList);
        usb.Ehci.Write(0x28, 4, Control);
        usb.Ehci.Write(0x18, 4, 0x37);
        usb.Ehci.Write(Command, 4, 0x0001_0021);
        usb.Ehci.Write(0x50, 4, 1);
    }

    public uint Port(int port) => (uint)_usb.Ehci.Read(0x54 + (4 * (ulong)port), 4);

    public void SetPort(int port, uint value) => _usb.Ehci.Write(0x54 + (4 * (ulong)port), 4, value);

    /// <summary>Resets a port and gives its device address 5 and configuration 1.</summary>
    public void Configure(int port = 0)
    {
        SetPort(port, 0x1100);
        _usb.RunFor(milliseconds: 50);
        SetPort(port, 0x1000);
        Assert.Equal(0x1005u, Port(port) & 0x1005);
        SetPort(port, 0x1006);
        Assert.Equal(0u, ControlOut(0, 0x00, 5, 5, 0));
        Assert.Equal(0u, ControlOut(5, 0x00, 9, 1, 0));
    }

    /// <summary>A control request that brings bytes; null: it stalled.</summary>
    public byte[]? ControlIn(int address, byte type, byte request, ushort value, ushort index, ushort length)
    {
        SetSetup((byte)(type | 0x80), request, value, index, length);
        Queue(Control, BulkIn, (uint)address, 64, isHead: true);
        uint token = Run(Control, (2, Setup, 8, false), (1, Buffer, length, true), (0, 0, 0, true));
        int left = (int)(_usb.Little(Transfers + 0x40 + 8) >> 16) & 0x7fff;
        return token == 0 ? _usb.Dma.At(Buffer, length - left).ToArray() : null;
    }

    /// <summary>A control request without bytes.</summary>
    /// <returns>The status bits of the last transfer: 0 for none, 0x40 for a stall.</returns>
    public uint ControlOut(int address, byte type, byte request, ushort value, ushort index)
    {
        SetSetup(type, request, value, index, 0);
        Queue(Control, BulkIn, (uint)address, 64, isHead: true);
        return Run(Control, (2, Setup, 8, false), (1, 0, 0, true));
    }

    /// <summary>One bulk transfer. Returns its status bits, and the bytes that are left.</summary>
    public (uint Status, int Left) Bulk(bool isIn, uint buffer, int length)
    {
        uint status = Run(isIn ? BulkIn : BulkOut, (isIn ? 1u : 0, buffer, length, false));
        return (status, (int)(_usb.Little(Transfers + 8) >> 16) & 0x7fff);
    }

    /// <summary>A SCSI command with the three parts of Bulk-Only Transport.</summary>
    /// <returns>The status byte, what was left, and the bytes that came.</returns>
    public (byte Status, uint Residue, byte[] Data) Scsi(byte[] command, int length, byte[]? data = null)
    {
        byte[] wrapper = new byte[31];
        BinaryPrimitives.WriteUInt32LittleEndian(wrapper, 0x4342_5355);
        BinaryPrimitives.WriteUInt32LittleEndian(wrapper.AsSpan(4), ++_tag);
        BinaryPrimitives.WriteInt32LittleEndian(wrapper.AsSpan(8), length);
        wrapper[12] = (byte)(data is null ? 0x80 : 0);
        wrapper[14] = (byte)command.Length;
        command.CopyTo(wrapper, 15);
        wrapper.CopyTo(_usb.Dma.At(Buffer, 31));
        Assert.Equal((0u, 0), Bulk(isIn: false, Buffer, 31));
        byte[] came = [];
        if (length > 0)
        {
            data?.CopyTo(_usb.Dma.At(Buffer, length));
            (uint status, int left) = Bulk(data is null, Buffer, length);
            came = data is null ? _usb.Dma.At(Buffer, length - left).ToArray() : [];
            if ((status & 0x40) != 0)
                ClearHalt(data is null ? BulkIn : BulkOut);
        }

        (uint ended, int rest) = Bulk(isIn: true, Buffer, 13);
        if ((ended & 0x40) != 0)
        {
            ClearHalt(BulkIn);
            (ended, rest) = Bulk(isIn: true, Buffer, 13);
        }

        Assert.Equal((0u, 0), (ended, rest));
        Assert.Equal([0x5342_5355u, _tag], (uint[])[_usb.Little(Buffer), _usb.Little(Buffer + 4)]);
        return (_usb.Dma.At(Buffer + 12, 1)[0], _usb.Little(Buffer + 8), came);
    }

    public void ClearHalt(uint queue)
    {
        Assert.Equal(0u, ControlOut(5, 0x02, 1, 0, (ushort)(queue == BulkIn ? 0x81 : 2)));
        _usb.SetLittle(queue + 24, 0);
    }

    private void Queue(uint at, uint next, uint characteristics, uint size, bool isHead = false) => _usb.SetLittle(
        at, next | 2, characteristics | (2 << 12) | (isHead ? 0x8000u : 0) | (size << 16) | (isHead ? 1u << 14 : 0), 1 << 30, 0, 1, 1, 0);

    // Links transfers into a queue and waits for the last.
    private uint Run(uint queue, params (uint Pid, uint Buffer, int Length, bool Toggle)[] transfers)
    {
        for (int i = 0; i < transfers.Length; i++)
        {
            (uint pid, uint buffer, int length, bool toggle) = transfers[i];
            uint at = Transfers + (0x40 * (uint)i);
            bool isLast = i == transfers.Length - 1;
            uint token = 0x80 | (pid << 8) | (3 << 10) | (isLast ? 0x8000u : 0) | ((uint)length << 16) | (toggle ? 1u << 31 : 0);
            uint next = isLast ? 1 : at + 0x40;
            // A short packet goes on with the last transfer, the status.
            uint alternate = isLast ? 1 : Transfers + (0x40 * (uint)(transfers.Length - 1));
            uint page = buffer & ~0xfffu;
            _usb.SetLittle(at, next, alternate, token, buffer, page + 0x1000, page + 0x2000, page + 0x3000, page + 0x4000);
        }

        _usb.SetLittle(queue + 16, Transfers, 1);
        uint last = Transfers + (0x40 * (uint)(transfers.Length - 1));
        bool IsOver() => (_usb.Little(last + 8) & 0x80) == 0 || (_usb.Little(queue + 24) & 0x40) != 0;
        Assert.True(_usb.RunUntil(IsOver), "the transfer does not end");
        _usb.Ehci.Write(Status, 4, 0x3f);
        return _usb.Little(queue + 24) & 0x7c;
    }

    private void SetSetup(byte type, byte request, ushort value, ushort index, ushort length) => _usb.SetLittle(
        Setup, type | ((uint)request << 8) | ((uint)value << 16), index | ((uint)length << 16));
}
