using System.Buffers.Binary;

namespace Ps3Platform.Devices.Network;

/// <summary>
/// A wire that also reads what the guest sends: it gives the text of the kernel's early debug console (Linux's PPC_EARLY_DEBUG_PS3GELIC,
/// UDP broadcasts to port 18194) to a console, and passes every frame on to the wire behind it, if there is one.
/// </summary>
public sealed class UdpConsole : INetworkWire
{
    /// <summary>The UDP port the kernel's console sends to.</summary>
    public const ushort Port = 18194;

    private const int UdpHeader = 8;
    private readonly Action<ReadOnlySpan<byte>> _console;
    private readonly INetworkWire? _behind;

    /// <summary>Makes the wire.</summary>
    /// <param name="console">Is given the text of each console packet; the bytes are only valid during the call.</param>
    /// <param name="behind">The wire all frames go on to; null for a cable that ends here.</param>
    public UdpConsole(Action<ReadOnlySpan<byte>> console, INetworkWire? behind = null)
    {
        _console = console;
        _behind = behind;
    }

    /// <inheritdoc/>
    public FrameHandler? Receiver
    {
        get => _behind?.Receiver;
        set
        {
            if (_behind is not null)
                _behind.Receiver = value;
        }
    }

    /// <inheritdoc/>
    public bool CanReceive => _behind?.CanReceive ?? false;

    /// <inheritdoc/>
    public void Resume() => _behind?.Resume();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> frame)
    {
        if (TryReadText(frame, out ReadOnlySpan<byte> text))
            _console(text);
        _behind?.Send(frame);
    }

    private static bool TryReadText(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!EthernetPacket.TryParseIpv4(frame, out EthernetPacket packet)
            || packet.Protocol != EthernetPacket.Udp || packet.PayloadLength < UdpHeader
            || frame[..EthernetPacket.AddressSize].IndexOfAnyExcept((byte)0xff) >= 0
            || BinaryPrimitives.ReadUInt32BigEndian(frame[(packet.IpOffset + 16)..]) != uint.MaxValue)
        {
            return false;
        }

        ReadOnlySpan<byte> udp = frame.Slice(packet.PayloadOffset, packet.PayloadLength);
        int length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) != Port || length < UdpHeader || length > udp.Length)
            return false;

        text = udp[UdpHeader..length];
        return true;
    }
}
