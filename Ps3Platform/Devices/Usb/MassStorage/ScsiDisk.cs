using System.Buffers.Binary;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Usb.MassStorage;

/// <summary>A direct-access device's commands (SCSI: SPC-3 and SBC-2), one at a time, with blocks of 512 bytes.</summary>
/// <param name="transfer">Its bytes.</param>
internal sealed class ScsiDisk(DiskTransfer transfer)
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 512;

    // Bytes of one request to the back end at most.
    private const int PieceBytes = 64 << 10;

    private byte[] _buffer = new byte[PieceBytes];
    private byte[]? _answer;
    private int _filled;
    private int _taken;
    private ulong _place;
    private ulong _left;
    private bool _isFailed;
    private ScsiSense _sense;
    private Kind _kind;

    private enum Kind
    {
        None,
        Answer,
        Read,
        Write,
        Flush,
    }

    /// <summary>The requests to the back end.</summary>
    public DiskTransfer Transfer => transfer;

    /// <summary>Bytes that the command moves.</summary>
    public uint Length { get; private set; }

    /// <summary>They go to the host.</summary>
    public bool IsIn => _kind is Kind.Answer or Kind.Read;

    /// <summary>As after power-on.</summary>
    public void Reset()
    {
        Abandon();
        _sense = default;
    }

    /// <summary>Begins a command.</summary>
    public void Begin(ReadOnlySpan<byte> block)
    {
        Span<byte> command = stackalloc byte[16];
        command.Clear();
        block.CopyTo(command);
        _kind = Kind.None;
        _isFailed = false;
        transfer.ForgetError();
        _answer = null;
        _filled = _taken = 0;
        _left = 0;
        Length = 0;
        if (ScsiAnswers.Find(command, transfer, _sense) is { } answer)
        {
            // What is asked for again after a success is no sense.
            _sense = default;
            _answer = answer;
            _kind = Kind.Answer;
            Length = (uint)answer.Length;
            return;
        }

        ScsiSense sense = BeginOther(command);
        _sense = sense;
        _isFailed = sense != default;
    }

    /// <summary>The next bytes for the host. 0 while the back end is busy, and at the end.</summary>
    public int Read(Span<byte> packet)
    {
        if (_kind == Kind.Answer)
        {
            int part = Math.Min(packet.Length, _answer!.Length - _taken);
            _answer.AsSpan(_taken, part).CopyTo(packet);
            _taken += part;
            return part;
        }

        if (_kind != Kind.Read || transfer.IsBusy || !CheckEnded())
            return 0;
        int length = Math.Min(packet.Length, _filled - _taken);
        _buffer.AsSpan(_taken, length).CopyTo(packet);
        _taken += length;
        if (_taken == _filled && _left > 0)
            BeginPiece();
        return length;
    }

    /// <summary>Takes bytes of the host.</summary>
    /// <returns>False while the back end is busy.</returns>
    public bool TryWrite(ReadOnlySpan<byte> packet)
    {
        if (transfer.IsBusy)
            return false;
        // What comes after an error is of no use, but it must come.
        if (!CheckEnded() || _kind != Kind.Write)
            return true;
        int length = (int)Math.Min((ulong)packet.Length, Math.Min(_left, (ulong)(PieceBytes - _filled)));
        packet[..length].CopyTo(_buffer.AsSpan(_filled));
        _filled += length;
        _left -= (ulong)length;
        if (_filled < PieceBytes && _left > 0)
            return true;
        if (!transfer.TryBegin(BlockOperation.Write, _place, _buffer.AsMemory(0, _filled)))
            Fail(ScsiSense.NotReady);
        _place += (ulong)_filled;
        _filled = 0;
        return true;
    }

    /// <summary>The command has ended; nothing is under way.</summary>
    /// <returns>False: it failed, and the host asks why.</returns>
    public bool End()
    {
        CheckEnded();
        bool passed = !_isFailed;
        _kind = Kind.None;
        return passed;
    }

    /// <summary>Gives the command up. What is under way goes on at the host.</summary>
    public void Abandon()
    {
        // The host may still write to the buffer.
        if (transfer.Abandon())
            _buffer = new byte[PieceBytes];
        _kind = Kind.None;
        Length = 0;
        _left = 0;
    }

    private ScsiSense BeginOther(ReadOnlySpan<byte> command)
    {
        switch (command[0])
        {
            case ScsiCommand.TestUnitReady or ScsiCommand.StartStopUnit or ScsiCommand.PreventRemoval or ScsiCommand.Verify10:
                return default;
            case ScsiCommand.Read6 or ScsiCommand.Read10 or ScsiCommand.Read12 or ScsiCommand.Read16:
                return BeginBlocks(command, Kind.Read);
            case ScsiCommand.Write6 or ScsiCommand.Write10 or ScsiCommand.Write12 or ScsiCommand.Write16:
                return transfer.IsReadOnly ? ScsiSense.WriteProtected : BeginBlocks(command, Kind.Write);
            case ScsiCommand.SynchronizeCache10 or ScsiCommand.SynchronizeCache16:
                _kind = Kind.Flush;
                return transfer.TryBegin(BlockOperation.Flush, 0, default) ? default : ScsiSense.NotReady;
            default:
                return ScsiAnswers.IsKnown(command[0]) ? ScsiSense.InvalidField : ScsiSense.InvalidCommand;
        }
    }

    private ScsiSense BeginBlocks(ReadOnlySpan<byte> command, Kind kind)
    {
        (ulong first, uint count) = ScsiCommand.Range(command);
        ulong blocks = transfer.Length / BlockSize;
        if (first > blocks || count > blocks - first)
            return ScsiSense.OutOfRange;
        ulong bytes = (ulong)count * BlockSize;
        // What a transfer's length cannot say cannot be asked for.
        if (bytes > uint.MaxValue)
            return ScsiSense.InvalidField;
        _kind = kind;
        _place = first * BlockSize;
        _left = bytes;
        Length = (uint)bytes;
        if (kind == Kind.Read && count > 0)
            BeginPiece();
        return _isFailed ? _sense : default;
    }

    private void BeginPiece()
    {
        _taken = 0;
        _filled = (int)Math.Min(_left, PieceBytes);
        if (!transfer.TryBegin(BlockOperation.Read, _place, _buffer.AsMemory(0, _filled)))
            Fail(ScsiSense.NotReady);
        _place += (ulong)_filled;
        _left -= (ulong)_filled;
    }

    // Checks how the last request ended. False: the command has failed.
    private bool CheckEnded()
    {
        if (!_isFailed && _kind is Kind.Read or Kind.Write or Kind.Flush && transfer.Error != BlockError.None)
            Fail(_kind == Kind.Read ? ScsiSense.ReadError : ScsiSense.WriteError);
        return !_isFailed;
    }

    private void Fail(ScsiSense sense)
    {
        _isFailed = true;
        _sense = sense;
    }
}
