using System.Buffers.Binary;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.MassStorage;

/// <summary>A disk: USB Mass Storage Class, Bulk-Only Transport 1.0, around SCSI's commands.</summary>
internal sealed class UsbDisk : UsbFunction, IHeldDevice, IDisposable
{
    private const int CommandBytes = 31;
    private const int StatusBytes = 13;
    private const uint CommandSignature = 0x4342_5355;
    private const uint StatusSignature = 0x5342_5355;
    private const byte InAddress = 0x81;
    private const byte OutAddress = 0x02;
    private const byte MassStorageReset = 0xff;
    private const byte GetMaxLun = 0xfe;

    private readonly ScsiDisk _scsi;
    private Phase _phase;
    private uint _tag;
    private bool _isIn;

    // What the host wants to move, what was moved, and what the command brings or takes.
    private uint _wanted;
    private uint _moved;
    private CommandStatus _status;

    /// <param name="ports">What it needs of the machine.</param>
    /// <param name="backend">Its bytes; it outlives the disk.</param>
    /// <param name="id">Its name, which the serial number is made of.</param>
    public UsbDisk(StoragePorts ports, IBlockBackend backend, string id)
        : base(Describe(id)) => _scsi = new ScsiDisk(new DiskTransfer(ports, backend, NotifyReady));

    private enum Phase
    {
        Command,
        Data,
        Status,

        /// <summary>After what was no command only a reset helps (Bulk-Only Transport, 5.3.3).</summary>
        Broken,
    }

    private enum CommandStatus : byte
    {
        Passed,
        Failed,
        PhaseError,
    }

    /// <inheritdoc/>
    public override UsbSpeed Speed => UsbSpeed.High;

    /// <inheritdoc/>
    public void SetHeld(bool held) => _scsi.Transfer.SetHeld(held);

    /// <inheritdoc/>
    public void Dispose() => _scsi.Transfer.Dispose();

    /// <inheritdoc/>
    protected override UsbReply EndpointIn(int endpoint, Span<byte> packet)
    {
        switch (_phase)
        {
            case Phase.Data when _isIn:
                return SendData(packet);
            case Phase.Data or Phase.Status:
                // A write that the host did not finish: it asks for the status of what there was.
                if (_scsi.Transfer.IsBusy)
                    return UsbReply.Nak;
                return SendStatus(packet);
            case Phase.Command:
                return UsbReply.Nak;
            default:
                Halt(InAddress);
                return UsbReply.Stall;
        }
    }

    /// <inheritdoc/>
    protected override UsbReply EndpointOut(int endpoint, ReadOnlySpan<byte> packet)
    {
        switch (_phase)
        {
            case Phase.Command:
                return TakeCommand(packet);
            case Phase.Data when !_isIn:
                return TakeData(packet);
            case Phase.Data or Phase.Status:
                return UsbReply.Nak;
            default:
                Halt(OutAddress);
                return UsbReply.Stall;
        }
    }

    /// <inheritdoc/>
    protected override byte[]? AnswerRequest(in UsbSetup setup) =>
        setup is { Kind: UsbRequest.ClassToInterface, Request: GetMaxLun, Index: 0 } ? [0] : null;

    /// <inheritdoc/>
    protected override bool ObeyRequest(in UsbSetup setup, ReadOnlySpan<byte> data)
    {
        if (setup is not { Kind: UsbRequest.ClassToInterface, Request: MassStorageReset, Index: 0, Length: 0 })
            return false;
        BeginAnew();
        return true;
    }

    /// <inheritdoc/>
    protected override void OnReset()
    {
        // The constructor of the base calls nothing, but a device that is unplugged before it was used comes here.
        BeginAnew();
        _scsi.Reset();
    }

    /// <inheritdoc/>
    protected override void OnConfigured() => BeginAnew();

    /// <inheritdoc/>
    protected override void OnHaltCleared(int address)
    {
        // After what was no command the endpoints stay halted until a reset (Bulk-Only Transport, 6.6.1).
        if (_phase == Phase.Broken)
            Halt(address);
    }

    private static UsbDescriptors Describe(string id)
    {
        IReadOnlyList<UsbEndpoint> Endpoints(ushort size) =>
            [new UsbEndpoint(InAddress, UsbTransferType.Bulk, size), new UsbEndpoint(OutAddress, UsbTransferType.Bulk, size)];

        // The specification asks for at least twelve digits (Bulk-Only Transport, 4.1.1).
        string serial = string.Concat(id.Select(static letter => ((int)letter).ToString("X2", null)));
        return new UsbDescriptors
        {
            Vendor = 0x1209,
            ProductId = 0x0005,
            Release = 0x0100,
            Manufacturer = "PS3 emulator",
            Product = "USB Disk",
            Serial = serial.PadLeft(12, '0')[..12],
            Interface = new UsbInterface(8, 6, 0x50, [], Endpoints(64), Endpoints(512)),
        };
    }

    private UsbReply TakeCommand(ReadOnlySpan<byte> packet)
    {
        if (packet.Length != CommandBytes || BinaryPrimitives.ReadUInt32LittleEndian(packet) != CommandSignature
            || packet[13] != 0 || packet[14] is 0 or > 16)
        {
            _phase = Phase.Broken;
            Halt(InAddress);
            Halt(OutAddress);
            return UsbReply.Stall;
        }

        _tag = BinaryPrimitives.ReadUInt32LittleEndian(packet[4..]);
        _wanted = BinaryPrimitives.ReadUInt32LittleEndian(packet[8..]);
        _isIn = (packet[12] & 0x80) != 0;
        _moved = 0;
        _scsi.Begin(packet.Slice(15, packet[14]));
        _status = CommandStatus.Passed;
        // The thirteen cases of Bulk-Only Transport, 6.7: the host and the command disagree on the direction, or the host moves less.
        if (_scsi.Length > 0 && (_wanted < _scsi.Length || _scsi.IsIn != _isIn))
        {
            _scsi.Abandon();
            _status = CommandStatus.PhaseError;
        }

        _phase = _wanted > 0 ? Phase.Data : Phase.Status;
        return UsbReply.Ack;
    }

    private UsbReply SendData(Span<byte> packet)
    {
        if (_scsi.Transfer.IsBusy)
            return UsbReply.Nak;
        int size = PacketSize(InAddress);
        int most = (int)Math.Min((uint)size, _wanted - _moved);
        int length = _scsi.Read(packet[..most]);
        if (length == 0 && _scsi.Transfer.IsBusy)
            return UsbReply.Nak;
        if (length == 0 && _moved < _wanted)
        {
            // Less than the host wants: it learns that by a stall, or by a short packet before (6.7.2).
            _phase = Phase.Status;
            Halt(InAddress);
            return UsbReply.Stall;
        }

        _moved += (uint)length;
        if (_moved == _wanted || length < size)
            _phase = Phase.Status;
        return UsbReply.Data(length);
    }

    private UsbReply TakeData(ReadOnlySpan<byte> packet)
    {
        if (packet.Length > _wanted - _moved)
        {
            _scsi.Abandon();
            _status = CommandStatus.PhaseError;
            _phase = Phase.Status;
            Halt(OutAddress);
            return UsbReply.Stall;
        }

        if (_scsi.Length - Math.Min(_moved, _scsi.Length) == 0 && !_scsi.Transfer.IsBusy)
        {
            // It takes no more than it had asked for (6.7.3).
            _phase = Phase.Status;
            Halt(OutAddress);
            return UsbReply.Stall;
        }

        if (!_scsi.TryWrite(packet))
            return UsbReply.Nak;
        _moved += (uint)packet.Length;
        if (_moved == _wanted)
            _phase = Phase.Status;
        return UsbReply.Ack;
    }

    private UsbReply SendStatus(Span<byte> packet)
    {
        bool isPassed = _scsi.End();
        BinaryPrimitives.WriteUInt32LittleEndian(packet, StatusSignature);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[4..], _tag);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], _wanted - Math.Min(_moved, _wanted));
        packet[12] = (byte)(_status == CommandStatus.PhaseError ? _status : isPassed ? CommandStatus.Passed : CommandStatus.Failed);
        _phase = Phase.Command;
        return UsbReply.Data(StatusBytes);
    }

    private void BeginAnew()
    {
        _phase = Phase.Command;
        _scsi.Abandon();
    }
}
