using System.Buffers.Binary;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>Result codes in a reply of the AV settings service (devices.md 8.1).</summary>
internal enum AvStatus : uint
{
    Success = 0x0,
    InvalidPort = 0x4,
    InvalidVideoId = 0x5,
    InvalidSamplingRate = 0x7,
    InvalidChannels = 0x8,
    UnsupportedVersion = 0x9,
    InvalidSampleSize = 0xa,
    Failure = 0xb,
    UnsupportedCommand = 0xc,
    BufferOverflow = 0xd,
    InvalidVideoParameter = 0xe,
    InvalidAudioParameter = 0x11,
    UnsupportedHdmiMode = 0x12,
    NoSyncHead = 0x13,
}

/// <summary>Command numbers ("cid") of the AV settings service (devices.md 8.2).</summary>
internal static class AvCommand
{
    public const uint Init = 0x0000_0001;
    public const uint Fin = 0x0000_0002;
    public const uint GetHardwareConfiguration = 0x0000_0003;
    public const uint GetMonitorInfo = 0x0000_0004;
    public const uint EnableEvent = 0x0000_0006;
    public const uint DisableEvent = 0x0000_0007;
    public const uint TvMute = 0x0000_000a;
    public const uint AvVideoColorSpace = 0x0001_0001;
    public const uint AvVideoMute = 0x0001_0002;
    public const uint AvVideoSignalOff = 0x0001_0003;
    public const uint AvAudioParameter = 0x0002_0001;
    public const uint AvAudioMute = 0x0002_0002;
    public const uint HdmiMode = 0x0004_0001;
    public const uint VideoInit = 0x0100_0001;
    public const uint VideoMode = 0x0100_0002;
    public const uint VideoFormat = 0x0100_0004;
    public const uint VideoPitch = 0x0100_0005;
    public const uint AudioInit = 0x0200_0001;
    public const uint AudioMode = 0x0200_0002;
    public const uint AudioMute = 0x0200_0003;
    public const uint AudioActive = 0x0200_0004;
    public const uint AudioInactive = 0x0200_0005;
    public const uint SpdifBits = 0x0200_0006;
    public const uint AudioControl = 0x0200_0007;
    public const uint AvbParameters = 0x0400_0001;

    public const uint ReplyBit = 0x8000_0000;
}

/// <summary>AV connectors (devices.md 8.2).</summary>
internal static class AvPort
{
    public const ushort Hdmi0 = 0x00;
    public const ushort AvMulti0 = 0x10;
    public const ushort Spdif0 = 0x20;

    /// <summary>True for the connectors of this console: one of each kind.</summary>
    public static bool Exists(ushort port) => port is Hdmi0 or AvMulti0 or Spdif0;
}

/// <summary>One AV packet: version, size, cid and payload, big-endian.</summary>
internal readonly ref struct AvPacket
{
    public const ushort Version = 0x205;

    /// <summary>Bytes of version and size. The size counts the bytes after these four.</summary>
    public const int PrefixSize = 4;

    /// <summary>Bytes of the header with the command number.</summary>
    public const int HeaderSize = 8;

    /// <summary>Bytes of the largest packet in either direction: the size of the guest's buffers.</summary>
    public const int MaxSize = 512;

    private AvPacket(ReadOnlySpan<byte> bytes)
    {
        Bytes = bytes;
    }

    /// <summary>The whole packet, header included: offsets are those of the reference.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public uint Command => BinaryPrimitives.ReadUInt32BigEndian(Bytes[4..]);

    public int Size => Bytes.Length;

    public ushort PacketVersion => UInt16(0);

    public ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Bytes[offset..]);

    public uint UInt32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Bytes[offset..]);

    /// <summary>Parses the packet at the start of <paramref name="bytes"/>. False when it is not complete.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out AvPacket packet)
    {
        packet = default;
        if (bytes.Length < HeaderSize)
            return false;
        int size = PrefixSize + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (size < HeaderSize || size > bytes.Length)
            return false;
        packet = new AvPacket(bytes[..size]);
        return true;
    }

    /// <summary>Writes the header and status of a reply whose total size is that of <paramref name="reply"/>.</summary>
    public static void WriteReply(Span<byte> reply, uint command, AvStatus status)
    {
        BinaryPrimitives.WriteUInt16BigEndian(reply, Version);
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)(reply.Length - PrefixSize));
        BinaryPrimitives.WriteUInt32BigEndian(reply[4..], command | AvCommand.ReplyBit);
        BinaryPrimitives.WriteUInt32BigEndian(reply[8..], (uint)status);
    }
}
