using System.Buffers.Binary;
using CellPpe.Core.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>
/// The AV settings service behind virtual UART port 0: answers each command packet with exactly one reply, and keeps the
/// display heads' modes. Owned by the emulation thread.
/// </summary>
public sealed class AvSettings : IVirtualUartPeer
{
    private const int StatusReplySize = 12;
    private const int HardwareConfigurationReplySize = 20;

    /// <summary>Turning HDCP off needs a console for developers.</summary>
    private const byte HdmiHdcpOff = 1;

    private readonly VideoMode _preferred;
    private readonly AvVideo _video;
    private readonly ILogger _logger;
    private readonly byte[] _input = new byte[AvPacket.MaxSize];
    private int _inputLength;

    /// <summary>Bytes still to come of a packet that is too long to be looked at.</summary>
    private int _skip;
    private IVirtualUartPort? _port;

    /// <summary>Makes the service with a monitor that prefers <paramref name="preferred"/>.</summary>
    public AvSettings(VideoMode preferred, DisplayState display, ILogger<AvSettings>? logger = null)
    {
        _preferred = preferred;
        _video = new AvVideo(display);
        _logger = logger ?? NullLogger<AvSettings>.Instance;
    }

    /// <inheritdoc/>
    public void Attach(IVirtualUartPort port) => _port = port;

    /// <inheritdoc/>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                int skipped = Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            int taken = Math.Min(Wanted() - _inputLength, bytes.Length);
            bytes[..taken].CopyTo(_input.AsSpan(_inputLength));
            _inputLength += taken;
            bytes = bytes[taken..];
            if (_inputLength == AvPacket.HeaderSize && !CheckHeader())
                continue;
            if (_inputLength >= AvPacket.HeaderSize && AvPacket.TryParse(_input.AsSpan(0, _inputLength), out AvPacket packet))
            {
                _inputLength = 0;
                Answer(packet);
            }
        }
    }

    /// <summary>Bytes needed before the input can be looked at again: the header, then the whole packet.</summary>
    private int Wanted() => _inputLength < AvPacket.HeaderSize ? AvPacket.HeaderSize : AnnouncedSize();

    private int AnnouncedSize() => AvPacket.PrefixSize + BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(2));

    /// <summary>False when the packet that starts here cannot be taken in; it is then answered and passed over.</summary>
    private bool CheckHeader()
    {
        int size = AnnouncedSize();
        if (size is >= AvPacket.HeaderSize and <= AvPacket.MaxSize)
            return true;

        uint command = BinaryPrimitives.ReadUInt32BigEndian(_input.AsSpan(4));
        _logger.LogDebug("AV settings: packet for command {Command:x8} announces {Size} bytes", command, size);
        _inputLength = 0;
        _skip = Math.Max(0, size - AvPacket.HeaderSize);
        ReplyStatus(command, size > AvPacket.MaxSize ? AvStatus.BufferOverflow : AvStatus.Failure);
        return false;
    }

    private void Answer(AvPacket packet)
    {
        if (packet.PacketVersion != AvPacket.Version)
        {
            ReplyStatus(packet.Command, AvStatus.UnsupportedVersion);
            return;
        }

        switch (packet.Command)
        {
            case AvCommand.GetHardwareConfiguration:
                ReplyHardwareConfiguration();
                break;
            case AvCommand.GetMonitorInfo:
                ReplyMonitorInfo(packet);
                break;
            default:
                AvStatus status = Execute(packet);
                if (status != AvStatus.Success)
                    _logger.LogInformation("AV settings: command {Command:x8} answered with status {Status}", packet.Command, status);
                ReplyStatus(packet.Command, status);
                break;
        }
    }

    private AvStatus Execute(AvPacket packet) => packet.Command switch
    {
        AvCommand.VideoMode => _video.SetMode(packet),
        AvCommand.VideoFormat => _video.SetFormat(packet),
        AvCommand.VideoPitch => _video.SetPitch(packet),
        AvCommand.AvbParameters => _video.SetBundle(packet),
        AvCommand.AvVideoColorSpace => AvVideo.CheckColorSpace(packet),
        AvCommand.TvMute or AvCommand.AvVideoMute or AvCommand.AvVideoSignalOff
            or AvCommand.AvAudioMute or AvCommand.AvAudioParameter => CheckPort(packet),
        AvCommand.HdmiMode => CheckHdmiMode(packet),
        // Nothing to do for a machine without an AV encoder and without sound; the events they ask for never happen.
        AvCommand.Init or AvCommand.Fin or AvCommand.EnableEvent or AvCommand.DisableEvent or AvCommand.VideoInit
            or AvCommand.AudioInit or AvCommand.AudioMode or AvCommand.AudioMute or AvCommand.AudioActive
            or AvCommand.AudioInactive or AvCommand.SpdifBits or AvCommand.AudioControl => AvStatus.Success,
        _ => AvStatus.UnsupportedCommand,
    };

    private static AvStatus CheckPort(AvPacket packet)
    {
        if (packet.Size < AvPacket.HeaderSize + sizeof(ushort))
            return AvStatus.Failure;
        return AvPort.Exists(packet.UInt16(0x08)) ? AvStatus.Success : AvStatus.InvalidPort;
    }

    private static AvStatus CheckHdmiMode(AvPacket packet)
    {
        if (packet.Size <= AvPacket.HeaderSize)
            return AvStatus.Failure;
        return packet.Bytes[0x08] == HdmiHdcpOff ? AvStatus.UnsupportedHdmiMode : AvStatus.Success;
    }

    private void ReplyHardwareConfiguration()
    {
        Span<byte> reply = stackalloc byte[HardwareConfigurationReplySize];
        reply.Clear();
        AvPacket.WriteReply(reply, AvCommand.GetHardwareConfiguration, AvStatus.Success);
        // One HDMI, one AV multi, one S/PDIF connector. More would overrun Linux's tables (devices.md 8.3).
        BinaryPrimitives.WriteUInt16BigEndian(reply[0x0c..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(reply[0x0e..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(reply[0x10..], 1);
        Send(reply);
    }

    private void ReplyMonitorInfo(AvPacket packet)
    {
        AvStatus status = CheckPort(packet);
        if (status != AvStatus.Success)
        {
            ReplyStatus(packet.Command, status);
            return;
        }

        Span<byte> reply = stackalloc byte[AvMonitor.ReplySize];
        reply.Clear();
        AvPacket.WriteReply(reply, AvCommand.GetMonitorInfo, AvStatus.Success);
        AvMonitor.Describe(reply, packet.UInt16(0x08), _preferred);
        Send(reply);
    }

    private void ReplyStatus(uint command, AvStatus status)
    {
        Span<byte> reply = stackalloc byte[StatusReplySize];
        AvPacket.WriteReply(reply, command, status);
        Send(reply);
    }

    private void Send(ReadOnlySpan<byte> reply)
    {
        // A guest that never reads loses replies; it cannot make this side hold them for it.
        if (_port is null || !_port.Send(reply))
            _logger.LogDebug("AV settings: no room for a reply of {Length} bytes", reply.Length);
    }
}
