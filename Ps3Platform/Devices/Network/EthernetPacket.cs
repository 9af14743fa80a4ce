using System.Buffers.Binary;

namespace Ps3Platform.Devices.Network;

/// <summary>
/// Where the IPv4 parts of an Ethernet frame lie. Frames come from the guest or from outside, so that every length in them is checked
/// against the bytes there are.
/// </summary>
internal readonly struct EthernetPacket
{
    public const int AddressSize = 6;
    public const int HeaderSize = 14;
    public const int VlanTagSize = 4;
    public const ushort VlanType = 0x8100;
    public const ushort Ipv4Type = 0x0800;
    public const byte Tcp = 6;
    public const byte Udp = 17;

    private const int MinimumIpHeader = 20;

    private EthernetPacket(int ipOffset, int payloadOffset, int payloadLength, byte protocol)
    {
        IpOffset = ipOffset;
        PayloadOffset = payloadOffset;
        PayloadLength = payloadLength;
        Protocol = protocol;
    }

    /// <summary>First byte of the IPv4 header.</summary>
    public int IpOffset { get; }

    /// <summary>First byte after the IPv4 header.</summary>
    public int PayloadOffset { get; }

    /// <summary>Bytes after the IPv4 header, as its total length says; link padding is not among them.</summary>
    public int PayloadLength { get; }

    /// <summary>The IPv4 protocol number.</summary>
    public byte Protocol { get; }

    /// <summary>Finds an unfragmented IPv4 packet, with or without one 802.1Q tag in front.</summary>
    public static bool TryParseIpv4(ReadOnlySpan<byte> frame, out EthernetPacket packet)
    {
        packet = default;
        if (frame.Length < HeaderSize + MinimumIpHeader)
            return false;

        int ip = HeaderSize;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        if (type == VlanType)
        {
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[16..]);
            ip += VlanTagSize;
        }

        if (type != Ipv4Type || frame.Length < ip + MinimumIpHeader || frame[ip] >> 4 != 4)
            return false;

        int headerLength = (frame[ip] & 0xf) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + 2)..]);
        if (headerLength < MinimumIpHeader || totalLength < headerLength || totalLength > frame.Length - ip)
            return false;

        // More fragments, or not the first one: the transport header is not (all) here.
        if ((BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + 6)..]) & 0x3fff) != 0)
            return false;

        packet = new EthernetPacket(ip, ip + headerLength, totalLength - headerLength, frame[ip + 9]);
        return true;
    }
}
