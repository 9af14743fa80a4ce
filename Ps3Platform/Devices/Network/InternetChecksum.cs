using System.Buffers.Binary;

namespace Ps3Platform.Devices.Network;

/// <summary>What checking a received frame's checksums has found.</summary>
[Flags]
internal enum ChecksumResult
{
    /// <summary>There was nothing to check: no TCP or UDP over IPv4, a fragment, or a UDP packet without a checksum.</summary>
    None = 0,

    /// <summary>The IPv4 header and the TCP or UDP packet were checked.</summary>
    Done = 1,

    /// <summary>The IPv4 header's checksum is wrong.</summary>
    WrongHeader = 2,

    /// <summary>The TCP or UDP checksum is wrong.</summary>
    WrongPayload = 4,
}

/// <summary>The TCP and UDP checksums over IPv4 that the Ethernet controller computes and verifies (RFC 793, RFC 768, RFC 1071).</summary>
internal static class InternetChecksum
{
    private const int TcpHeader = 20;
    private const int UdpHeader = 8;
    private const int TcpChecksum = 16;
    private const int UdpChecksum = 6;

    /// <summary>Fills in the checksum of a TCP or UDP packet; leaves a frame alone that is not one.</summary>
    public static bool TryInsert(Span<byte> frame, byte protocol)
    {
        if (!TryFindField(frame, out EthernetPacket packet, out int field) || packet.Protocol != protocol)
            return false;

        BinaryPrimitives.WriteUInt16BigEndian(frame[field..], 0);
        ushort checksum = (ushort)~Sum(frame, packet);
        // Zero in a UDP header means "no checksum"; the sum that comes out as zero is sent as its other form.
        if (checksum == 0 && protocol == EthernetPacket.Udp)
            checksum = 0xffff;
        BinaryPrimitives.WriteUInt16BigEndian(frame[field..], checksum);
        return true;
    }

    /// <summary>Checks the checksums of a TCP or UDP packet that has one.</summary>
    public static ChecksumResult Check(ReadOnlySpan<byte> frame)
    {
        if (!TryFindField(frame, out EthernetPacket packet, out int field)
            || (packet.Protocol == EthernetPacket.Udp && BinaryPrimitives.ReadUInt16BigEndian(frame[field..]) == 0))
        {
            return ChecksumResult.None;
        }

        ChecksumResult result = ChecksumResult.Done;
        if (Fold(Add(0, frame[packet.IpOffset..packet.PayloadOffset])) != 0xffff)
            result |= ChecksumResult.WrongHeader;
        if (Sum(frame, packet) != 0xffff)
            result |= ChecksumResult.WrongPayload;
        return result;
    }

    private static bool TryFindField(ReadOnlySpan<byte> frame, out EthernetPacket packet, out int field)
    {
        field = 0;
        if (!EthernetPacket.TryParseIpv4(frame, out packet))
            return false;
        switch (packet.Protocol)
        {
            case EthernetPacket.Tcp when packet.PayloadLength >= TcpHeader:
                field = packet.PayloadOffset + TcpChecksum;
                return true;
            case EthernetPacket.Udp when packet.PayloadLength >= UdpHeader:
                field = packet.PayloadOffset + UdpChecksum;
                return true;
            default:
                return false;
        }
    }

    private static ushort Sum(ReadOnlySpan<byte> frame, EthernetPacket packet)
    {
        // Pseudo header: source, destination, protocol, length.
        ulong sum = Add((ulong)packet.Protocol + (ulong)packet.PayloadLength, frame.Slice(packet.IpOffset + 12, 8));
        return Fold(Add(sum, frame.Slice(packet.PayloadOffset, packet.PayloadLength)));
    }

    private static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        // Words of 32 bits have the same one's complement sum as their halves (RFC 1071, 2).
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            ulong words = BinaryPrimitives.ReadUInt64BigEndian(bytes);
            sum += (words >> 32) + (uint)words;
        }

        for (; bytes.Length >= 2; bytes = bytes[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return bytes.IsEmpty ? sum : sum + ((ulong)bytes[0] << 8);
    }

    private static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }
}
