using System.Buffers.Binary;
using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>
/// Writes the information packet of the monitor on the HDMI connector (devices.md 8.4). The monitor prefers the configured mode, so
/// that a guest chooses it by default, and also supports the smaller modes.
/// </summary>
internal static class AvMonitor
{
    /// <summary>Total size of the reply.</summary>
    public const int ReplySize = 268;

    private const byte HdmiMonitor = 1;
    private const byte NotConnected = 0;
    private const byte ColorSpaceSupported = 1;
    private const byte LinearPcm = 1;

    /// <summary>Fills in the reply after the status.</summary>
    public static void Describe(Span<byte> reply, ushort port, VideoMode preferred)
    {
        reply[0x0c] = (byte)port;
        if (port != AvPort.Hdmi0)
        {
            // A console cannot detect a monitor on the analogue connector.
            reply[0x17] = NotConnected;
            return;
        }

        // Linux has no quirk for this name.
        "PS3 display"u8.CopyTo(reply[0x18..0x28]);
        reply[0x17] = HdmiMonitor;

        uint supported = 0;
        foreach (VideoMode mode in VideoMode.All)
        {
            if (mode.Height <= preferred.Height)
                supported |= mode.MonitorBits;
        }

        BinaryPrimitives.WriteUInt32BigEndian(reply[0x28..], supported);
        BinaryPrimitives.WriteUInt32BigEndian(reply[0x2c..], preferred.MonitorBits);

        reply[0x48] = ColorSpaceSupported;
        reply[0x62] = 1;
        // One audio block: two channels of linear PCM at 44.1, 48, 88.2 and 96 kHz, with 16, 20 and 24 bits (bits as in CEA-861).
        reply[0x63] = LinearPcm;
        reply[0x64] = 2;
        reply[0x65] = 0x1e;
        reply[0x66] = 0x7;
    }
}
