using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>The video commands of the AV settings service: check packets and set the heads' modes (devices.md 8.5).</summary>
internal sealed class AvVideo(DisplayState display, AvAudio audio)
{
    private const int VideoModeSize = 48;
    private const int VideoFormatSize = 20;
    private const int VideoPitchSize = 16;
    private const int ColorSpaceSize = 20;
    private const int BundleHeaderSize = 16;

    private const int MaxAudioPackets = 1;
    private const int MaxColorSpacePackets = 3;
    private const int MaxAvAudioPackets = 2;

    private const uint FormatBlack = 0;
    private const uint FormatArgb = 7;
    private const int BytesPerPixel = 4;
    private const uint MaxPitch = 1 << 16;

    public AvStatus SetMode(AvPacket packet)
    {
        AvStatus status = ParseMode(packet, out int head, out HeadMode mode);
        if (status == AvStatus.Success)
            display[head] = mode;
        return status;
    }

    public AvStatus SetFormat(AvPacket packet)
    {
        if (packet.Size < VideoFormatSize)
            return AvStatus.InvalidVideoParameter;
        if (packet.UInt32(0x08) >= DisplayState.HeadCount)
            return AvStatus.NoSyncHead;
        if (packet.UInt32(0x0c) is not (FormatBlack or FormatArgb))
            return AvStatus.InvalidVideoParameter;
        int head = (int)packet.UInt32(0x08);
        display[head] = display[head] with { IsBlack = packet.UInt32(0x0c) == FormatBlack };
        return AvStatus.Success;
    }

    public AvStatus SetPitch(AvPacket packet)
    {
        if (packet.Size < VideoPitchSize)
            return AvStatus.InvalidVideoParameter;
        if (packet.UInt32(0x08) >= DisplayState.HeadCount)
            return AvStatus.NoSyncHead;
        int head = (int)packet.UInt32(0x08);
        uint pitch = packet.UInt32(0x0c);
        if (!IsPitch(pitch, display[head].Width))
            return AvStatus.InvalidVideoParameter;
        display[head] = display[head] with { Pitch = (int)pitch };
        return AvStatus.Success;
    }

    /// <summary>Applies all packets of a bundle or, if one is invalid, none.</summary>
    public AvStatus SetBundle(AvPacket bundle)
    {
        if (bundle.Size < BundleHeaderSize)
            return AvStatus.InvalidVideoParameter;
        int videoPackets = bundle.UInt16(0x08);
        int audioPackets = bundle.UInt16(0x0a);
        int colorSpacePackets = bundle.UInt16(0x0c);
        int avAudioPackets = bundle.UInt16(0x0e);
        if (videoPackets > DisplayState.HeadCount || audioPackets > MaxAudioPackets
            || colorSpacePackets > MaxColorSpacePackets || avAudioPackets > MaxAvAudioPackets)
        {
            return AvStatus.BufferOverflow;
        }

        ReadOnlySpan<byte> rest = bundle.Bytes[BundleHeaderSize..];
        Span<HeadMode> modes = [display[0], display[1]];
        for (int i = 0; i < videoPackets; i++)
        {
            if (!TryTake(ref rest, AvCommand.VideoMode, out AvPacket packet))
                return AvStatus.InvalidVideoParameter;
            AvStatus status = ParseMode(packet, out int head, out HeadMode mode);
            if (status != AvStatus.Success)
                return status;
            modes[head] = mode;
        }

        AvAudio.Mode? sound = null;
        for (int i = 0; i < audioPackets; i++)
        {
            if (!TryTake(ref rest, AvCommand.AudioMode, out AvPacket packet))
                return AvStatus.InvalidVideoParameter;
            AvStatus status = AvAudio.ParseMode(packet, out AvAudio.Mode mode);
            if (status != AvStatus.Success)
                return status;
            sound = mode;
        }

        for (int i = 0; i < colorSpacePackets; i++)
        {
            if (!TryTake(ref rest, AvCommand.AvVideoColorSpace, out AvPacket packet))
                return AvStatus.InvalidVideoParameter;
            AvStatus status = CheckColorSpace(packet);
            if (status != AvStatus.Success)
                return status;
        }

        for (int i = 0; i < avAudioPackets; i++)
        {
            if (!TryTake(ref rest, AvCommand.AvAudioParameter, out _))
                return AvStatus.InvalidVideoParameter;
        }

        display[0] = modes[0];
        display[1] = modes[1];
        if (sound is { } set)
            audio.Apply(set);
        return AvStatus.Success;
    }

    /// <summary>Checks a colour space packet. It has no effect, because the colour space does not change the pixels in memory.</summary>
    public static AvStatus CheckColorSpace(AvPacket packet)
    {
        if (packet.Size < ColorSpaceSize)
            return AvStatus.InvalidVideoParameter;
        return AvPort.Exists(packet.UInt16(0x08)) ? AvStatus.Success : AvStatus.InvalidPort;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, uint command, out AvPacket packet)
    {
        if (!AvPacket.TryParse(rest, out packet) || packet.Command != command)
            return false;
        rest = rest[packet.Size..];
        return true;
    }

    private static AvStatus ParseMode(AvPacket packet, out int head, out HeadMode mode)
    {
        head = 0;
        mode = default;
        if (packet.Size < VideoModeSize)
            return AvStatus.InvalidVideoParameter;
        if (packet.UInt32(0x08) >= DisplayState.HeadCount)
            return AvStatus.NoSyncHead;

        uint videoId = packet.UInt32(0x10);
        if (!TryFindSize(videoId, out int maxWidth, out int maxHeight))
            return AvStatus.InvalidVideoId;

        int width = packet.UInt16(0x16);
        int height = packet.UInt16(0x1a);
        uint pitch = packet.UInt32(0x1c);
        uint format = packet.UInt32(0x24);
        if (width == 0 || width > maxWidth || height == 0 || height > maxHeight || !IsPitch(pitch, width)
            || format is not (FormatBlack or FormatArgb))
        {
            return AvStatus.InvalidVideoParameter;
        }

        head = (int)packet.UInt32(0x08);
        mode = new HeadMode(width, height, (int)pitch, videoId, format == FormatBlack);
        return AvStatus.Success;
    }

    private static bool IsPitch(uint pitch, int width) =>
        pitch >= (uint)width * BytesPerPixel && pitch <= MaxPitch && pitch % BytesPerPixel == 0;

    private static bool TryFindSize(uint videoId, out int width, out int height)
    {
        (width, height) = videoId switch
        {
            0x1 or 0x5 or 0x10 => (720, 480),
            0x3 or 0x6 => (720, 576),
            0x9 or 0xa => (1280, 720),
            0x7 or 0x8 or 0xb or 0xc => (1920, 1080),
            0xd => (1280, 768),
            0xe => (1280, 1024),
            0xf => (1920, 1200),
            _ => (0, 0),
        };
        return width != 0;
    }
}
