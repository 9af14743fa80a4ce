using System.Buffers.Binary;

using CellPpe.Core;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.Serial;

/// <summary>
/// A serial adapter with FTDI's FT232BM, which guests know well (Linux: ftdi_sio.c and ftdi_sio.h have the requests). The line is a
/// character back end: speed and format are accepted and do not slow it down.
/// </summary>
internal sealed class UsbSerialAdapter : UsbFunction, IHeldDevice, IDisposable
{
    private const int Packet = 64;
    private const int StatusBytes = 2;
    private const byte InAddress = 0x81;

    // Requests of the vendor.
    private const byte ResetRequest = 0;
    private const byte SetModemControl = 1;
    private const byte SetFlowControl = 2;
    private const byte SetBaudRate = 3;
    private const byte SetData = 4;
    private const byte GetModemStatus = 5;
    private const byte SetEventCharacter = 6;
    private const byte SetErrorCharacter = 7;
    private const byte SetLatency = 9;
    private const byte GetLatency = 10;
    private const ushort PurgeReceiver = 1;

    // Clear to send, data set ready, carrier; the low bits are fixed. Transmitter and its holding register are empty.
    private const byte LinesReady = 0x31;
    private const byte CarrierDetected = 0x80;
    private const byte TransmitterEmpty = 0x60;

    // In the line status. It belongs to the last byte of the packet, which is a NUL (Linux: ftdi_process_packet and FTDI_RS_BI).
    private const byte BreakInterrupt = 0x10;

    // Bytes that the back end had no room for. The endpoint refuses more meanwhile, as the adapter does whose buffer is full.
    private const int OutRoom = 384;

    private static readonly UsbDescriptors Description = new()
    {
        Vendor = 0x0403,
        ProductId = 0x6001,
        Release = 0x0400,
        Manufacturer = "FTDI",
        Product = "USB-Serial Converter",
        Serial = "PS3SER01",
        Interface = new UsbInterface(
            0xff, 0xff, 0xff, [],
            [new UsbEndpoint(InAddress, UsbTransferType.Bulk, Packet), new UsbEndpoint(2, UsbTransferType.Bulk, Packet)]),
    };

    private readonly CharacterPort _port;
    private readonly byte[] _out = new byte[OutRoom];
    private int _outLength;
    private byte _latency = 16;
    private byte? _reportedStatus;
    private bool _isHeld;

    /// <param name="backend">The other end of the line; it outlives the adapter.</param>
    /// <param name="events">The machine's events.</param>
    public UsbSerialAdapter(ICharacterBackend backend, EventQueue events)
        : base(Description)
    {
        _port = new CharacterPort(backend, events);
        _port.Ready += OnPortReady;
    }

    // A peer is the carrier: guests that wait for one hang up when it goes.
    private byte ModemStatus => (byte)(LinesReady | (_port.State == CharacterState.Connected ? CarrierDetected : 0));

    /// <inheritdoc/>
    public void SetHeld(bool held)
    {
        _isHeld = held;
        if (!held)
            OnPortReady();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _port.Ready -= OnPortReady;
        _port.Dispose();
    }

    /// <inheritdoc/>
    protected override UsbReply EndpointIn(int endpoint, Span<byte> packet)
    {
        Span<byte> data = stackalloc byte[Packet - StatusBytes];
        byte status = ModemStatus;
        if (!_isHeld && _port.TakeBreak())
        {
            _reportedStatus = status;
            packet[0] = status;
            packet[1] = TransmitterEmpty | BreakInterrupt;
            packet[StatusBytes] = 0;
            return UsbReply.Data(StatusBytes + 1);
        }

        int length = _isHeld ? 0 : _port.Read(data);
        // The chip sends its status each latency period. Here it sends it when there is something new to say, so that an idle line is idle.
        if (length == 0 && status == _reportedStatus)
            return UsbReply.Nak;
        _reportedStatus = status;
        packet[0] = status;
        packet[1] = TransmitterEmpty;
        data[..length].CopyTo(packet[StatusBytes..]);
        return UsbReply.Data(StatusBytes + length);
    }

    /// <inheritdoc/>
    protected override UsbReply EndpointOut(int endpoint, ReadOnlySpan<byte> packet)
    {
        Flush();
        if (_isHeld || packet.Length > OutRoom - _outLength)
            return UsbReply.Nak;
        packet.CopyTo(_out.AsSpan(_outLength));
        _outLength += packet.Length;
        Flush();
        return UsbReply.Ack;
    }

    /// <inheritdoc/>
    protected override byte[]? AnswerRequest(in UsbSetup setup)
    {
        if (setup.Kind != UsbRequest.VendorToDevice)
            return null;
        switch (setup.Request)
        {
            case GetModemStatus:
                byte[] status = new byte[StatusBytes];
                BinaryPrimitives.WriteUInt16LittleEndian(status, (ushort)(ModemStatus | (TransmitterEmpty << 8)));
                return status;
            case GetLatency:
                return [_latency];
            default:
                return null;
        }
    }

    /// <inheritdoc/>
    protected override bool ObeyRequest(in UsbSetup setup, ReadOnlySpan<byte> data)
    {
        if (setup.Kind != UsbRequest.VendorToDevice)
            return false;
        switch (setup.Request)
        {
            case ResetRequest:
                if (setup.Value == PurgeReceiver)
                    Drain();
                return true;
            case SetLatency:
                _latency = (byte)setup.Value;
                return true;
            case SetModemControl or SetFlowControl or SetBaudRate or SetData or SetEventCharacter or SetErrorCharacter:
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void OnReset()
    {
        _outLength = 0;
        _latency = 16;
        _reportedStatus = null;
    }

    private void OnPortReady()
    {
        Flush();
        NotifyReady();
    }

    private void Flush()
    {
        if (_isHeld || _outLength == 0)
            return;
        int sent = _port.Write(_out.AsSpan(0, _outLength));
        _out.AsSpan(sent, _outLength - sent).CopyTo(_out);
        _outLength -= sent;
    }

    private void Drain()
    {
        Span<byte> dropped = stackalloc byte[Packet];
        // The back end holds some kilobytes; a peer that goes on sending is not waited for.
        for (int i = 0; i < 256 && (_port.TakeBreak() || _port.Read(dropped) > 0); i++)
        {
        }
    }
}
