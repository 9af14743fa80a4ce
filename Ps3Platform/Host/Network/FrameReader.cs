using System.Buffers.Binary;

using Ps3Platform.Devices.Network;

namespace Ps3Platform.Host.Network;

/// <summary>Cuts a stream of bytes into frames, each behind its length as four bytes, big-endian. The stream is not trusted.</summary>
internal sealed class FrameReader(FrameReader.Taker take, Action malformed)
{
    private const int Prefix = sizeof(uint);
    private readonly byte[] _frame = new byte[FrameQueue.LongestFrame];
    private readonly byte[] _prefix = new byte[Prefix];
    private int _prefixUsed;
    private int _length;
    private int _used;
    private bool _isEnded;

    /// <summary>Is given one frame; the bytes are only valid during the call.</summary>
    public delegate void Taker(ReadOnlySpan<byte> frame);

    /// <summary>Takes more bytes. Frames of impossible sizes are skipped and counted.</summary>
    /// <returns>False when a length cannot be one: nothing that follows can be understood.</returns>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_isEnded)
        {
            if (_prefixUsed < Prefix)
            {
                int part = Math.Min(Prefix - _prefixUsed, bytes.Length);
                bytes[..part].CopyTo(_prefix.AsSpan(_prefixUsed));
                _prefixUsed += part;
                bytes = bytes[part..];
                if (_prefixUsed == Prefix)
                    Begin();
                continue;
            }

            int count = Math.Min(_length - _used, bytes.Length);
            if (_length <= FrameQueue.LongestFrame)
                bytes[..count].CopyTo(_frame.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
            if (_used == _length)
                Finish();
        }

        return !_isEnded;
    }

    private void Begin()
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_prefix);
        _used = 0;
        _length = (int)Math.Min(length, SwitchPeer.LongestSkipped + 1);
        if (length > SwitchPeer.LongestSkipped)
        {
            _isEnded = true;
            malformed();
        }
        else if (length == 0)
            Finish();
    }

    private void Finish()
    {
        _prefixUsed = 0;
        if (_length is < EthernetFrame.HeaderSize or > FrameQueue.LongestFrame)
            malformed();
        else
            take(_frame.AsSpan(0, _length));
    }
}
