using Ps3Platform.Devices.Audio;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>The sound commands of the AV settings service (devices.md 8.2; structures in arch/powerpc/include/asm/ps3av.h).</summary>
internal sealed class AvAudio(IAudioControl? control)
{
    private const int AudioModeSize = 68;
    private const int AudioMuteSize = 16;
    private const int AvAudioMuteSize = 12;
    private const int ActiveSize = 12;
    private const uint MostChannels = 6;
    private const uint SerialSource = 0;
    private const uint SpdifSource = 1;

    // Bits of the port word of 0x02000004 and 5. The second connectors do not exist, and Linux names them all the same.
    private const uint HdmiBits = 1 << 0 | 1 << 1;
    private const uint AvMultiBit = 1 << 10;
    private const uint SpdifBits = 1 << 20 | 1 << 21;

    /// <summary>0x02000002: sampling rate and width. The last packet counts, whatever its port: there is one serial output.</summary>
    public AvStatus SetMode(AvPacket packet)
    {
        AvStatus status = ParseMode(packet, out Mode mode);
        if (status == AvStatus.Success)
            Apply(mode);
        return status;
    }

    /// <summary>Checks a mode packet without an effect.</summary>
    public static AvStatus ParseMode(AvPacket packet, out Mode mode)
    {
        mode = default;
        if (packet.Size < AudioModeSize)
            return AvStatus.InvalidAudioParameter;
        if (!AvPort.Exists(packet.Bytes[0x08]))
            return AvStatus.InvalidPort;
        if (packet.UInt32(0x10) > MostChannels)
            return AvStatus.InvalidChannels;
        // PS3AV_CMD_AUDIO_FS_32K to 192K.
        int rate = packet.UInt32(0x14) switch
        {
            1 => 32000,
            2 => 44100,
            3 => 48000,
            4 => 88200,
            5 => 96000,
            6 => 176400,
            7 => 192000,
            _ => 0,
        };
        if (rate == 0)
            return AvStatus.InvalidSamplingRate;
        int bits = packet.UInt32(0x18) switch { 1 => 16, 2 => 20, 3 => 24, _ => 0 };
        if (bits == 0)
            return AvStatus.InvalidSampleSize;
        uint source = packet.UInt32(0x20);
        if (source is not (SerialSource or SpdifSource))
            return AvStatus.InvalidAudioParameter;
        mode = new Mode(rate, bits, source == SerialSource);
        return AvStatus.Success;
    }

    /// <summary>Applies what <see cref="ParseMode"/> has found.</summary>
    public void Apply(Mode mode)
    {
        // The S/PDIF outputs' own buffers are not supported.
        if (mode.IsSerial)
            control?.SetMode(mode.Rate, mode.Bits);
    }

    /// <summary>0x02000003: mutes the optical connector.</summary>
    public AvStatus SetMute(AvPacket packet) => packet.Size < AudioMuteSize ? AvStatus.InvalidAudioParameter
        : Mute(packet.Bytes[0x08], packet.UInt32(0x0c));

    /// <summary>0x00020002: mutes HDMI or the analogue connector.</summary>
    public AvStatus SetAvMute(AvPacket packet) => packet.Size < AvAudioMuteSize ? AvStatus.Failure
        : Mute(packet.UInt16(0x08), packet.UInt16(0x0a));

    /// <summary>0x02000004 and 5: turns the signal of connectors on or off.</summary>
    public AvStatus SetActive(AvPacket packet, bool isActive)
    {
        if (packet.Size < ActiveSize)
            return AvStatus.InvalidAudioParameter;
        uint ports = packet.UInt32(0x08);
        AudioConnectors connectors = ((ports & HdmiBits) != 0 ? AudioConnectors.Hdmi : 0)
            | ((ports & AvMultiBit) != 0 ? AudioConnectors.AvMulti : 0)
            | ((ports & SpdifBits) != 0 ? AudioConnectors.Spdif : 0);
        control?.SetActive(connectors, isActive);
        return AvStatus.Success;
    }

    private AvStatus Mute(ushort port, uint mute)
    {
        AudioConnectors connector = port switch
        {
            AvPort.Hdmi0 => AudioConnectors.Hdmi,
            AvPort.AvMulti0 => AudioConnectors.AvMulti,
            AvPort.Spdif0 => AudioConnectors.Spdif,
            _ => AudioConnectors.None,
        };
        if (connector == AudioConnectors.None)
            return AvStatus.InvalidPort;
        control?.SetMuted(connector, mute != 0);
        return AvStatus.Success;
    }

    /// <summary>What a mode packet says.</summary>
    /// <param name="Rate">Frames a second.</param>
    /// <param name="Bits">Bits of a sample.</param>
    /// <param name="IsSerial">The source is the serial output, not the S/PDIF outputs' own buffers.</param>
    internal readonly record struct Mode(int Rate, int Bits, bool IsSerial);
}
