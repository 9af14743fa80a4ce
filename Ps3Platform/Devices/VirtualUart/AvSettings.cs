using System.Buffers.Binary;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>
/// The AV settings service on virtual UART port 0: sends exactly one reply to each command packet, and sets the
/// display heads' modes and those of the sound device. Owned by the emulation thread.
/// </summary>
public sealed class AvSettings : IDevice, IVirtualUartPeer
{
    private const int Port = 0;

    private const int StatusReplySize = 12;
    private const int HardwareConfigurationReplySize = 20;

    /// <summary>Turning HDCP off is possible on developers' consoles only.</summary>
    private const byte HdmiHdcpOff = 1;

    private readonly VideoMode _preferred;
    private readonly DisplayState _display;
    private readonly AvVideo _video;
    private readonly AvAudio _audio;
    private readonly ILogger _logger;
    private readonly byte[] _input = new byte[AvPacket.MaxSize];
    private int _inputLength;

    /// <summary>Bytes still to be skipped of a packet that is too long.</summary>
    private int _skip;
    private readonly IVirtualUartPort _port;
    private bool _stopped;

    /// <summary>Makes the service with a monitor that prefers <paramref name="preferred"/>, and connects it to its port.</summary>
    public AvSettings(
        IDeviceHost host, VideoMode preferred, DisplayState display, ILogger<AvSettings>? logger = null, IAudioControl? audio = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _display = display;
        _preferred = preferred;
        _audio = new AvAudio(audio);
        _video = new AvVideo(display, _audio);
        _logger = logger ?? NullLogger<AvSettings>.Instance;
        _port = host.ServeVirtualUart(Port, "avset", this);
    }

    /// <inheritdoc/>
    public string Name => "av-settings";

    /// <inheritdoc/>
    public void Reset()
    {
        _inputLength = 0;
        _skip = 0;
        _display.Reset();
    }

    /// <summary>Changes only the reported state: the service accepts nothing from the host.</summary>
    public void Stop() => _stopped = true;

    /// <inheritdoc/>
    public void Continue() => _stopped = false;

    /// <inheritdoc/>
    public DeviceState Inspect() =>
        new AvSettingsState(_stopped, _display[0], _display[1], [.. _input.AsSpan(0, _inputLength)], _skip);

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

    /// <summary>Bytes needed before the input can be parsed further: the header, then the whole packet.</summary>
    private int Wanted() => _inputLength < AvPacket.HeaderSize ? AvPacket.HeaderSize : AnnouncedSize();

    private int AnnouncedSize() => AvPacket.PrefixSize + BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(2));

    /// <summary>False when the packet that starts here is invalid or too long; it then gets an error reply and is skipped.</summary>
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
        AvCommand.AudioMode => _audio.SetMode(packet),
        AvCommand.AudioMute => _audio.SetMute(packet),
        AvCommand.AvAudioMute => _audio.SetAvMute(packet),
        AvCommand.AudioActive => _audio.SetActive(packet, isActive: true),
        AvCommand.AudioInactive => _audio.SetActive(packet, isActive: false),
        // AvAudioParameter is about the HDMI signal, and says the same as AudioMode.
        AvCommand.TvMute or AvCommand.AvVideoMute or AvCommand.AvVideoSignalOff or AvCommand.AvAudioParameter => CheckPort(packet),
        AvCommand.HdmiMode => CheckHdmiMode(packet),
        // Without an AV encoder these have no effect; the events that they enable do not occur.
        AvCommand.Init or AvCommand.Fin or AvCommand.EnableEvent or AvCommand.DisableEvent or AvCommand.VideoInit
            or AvCommand.AudioInit or AvCommand.SpdifBits or AvCommand.AudioControl => AvStatus.Success,
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
        // Replies are dropped when the guest does not read, so that it cannot make the host store them.
        if (!_port.Send(reply))
            _logger.LogDebug("AV settings: no room for a reply of {Length} bytes", reply.Length);
    }
}
