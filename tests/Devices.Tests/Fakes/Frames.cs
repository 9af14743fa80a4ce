using System.Buffers.Binary;
using System.Text;

namespace Devices.Tests.Fakes;

/// <summary>Builds Ethernet frames byte by byte, independently of the code under test.</summary>
internal static class Frames
{
    public const ulong Broadcast = 0xffff_ffff_ffff;
    public const ulong Station = 0x0200_5053_3301;

    public static byte[] Ethernet(ulong destination, ushort type, ReadOnlySpan<byte> payload, ushort? vlan = null)
    {
        List<byte> frame = [];
        for (int shift = 40; shift >= 0; shift -= 8)
            frame.Add((byte)(destination >> shift));
        frame.AddRange([0x02, 0x00, 0x50, 0x53, 0x33, 0x02]);
        if (vlan is { } tag)
            frame.AddRange([0x81, 0x00, (byte)(tag >> 8), (byte)tag]);
        frame.AddRange([(byte)(type >> 8), (byte)type]);
        frame.AddRange(payload);
        return [.. frame];
    }

    /// <summary>A frame of Linux's gelic_udbg: source 0.0.0.0, no UDP checksum.</summary>
    public static byte[] Console(string text, ushort port = 18194, ushort? vlan = null) =>
        Ethernet(Broadcast, 0x0800, Udp(Encoding.ASCII.GetBytes(text), port), vlan);

    public static byte[] Udp(ReadOnlySpan<byte> payload, ushort port)
    {
        byte[] packet = Ip(17, 8 + payload.Length, source: 0, destination: 0xffff_ffff);
        Span<byte> udp = packet.AsSpan(20);
        BinaryPrimitives.WriteUInt16BigEndian(udp, port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(8 + payload.Length));
        payload.CopyTo(udp[8..]);
        return packet;
    }

    public static byte[] Tcp(ReadOnlySpan<byte> payload)
    {
        byte[] packet = Ip(6, 20 + payload.Length, source: 0x0a00_0002, destination: 0x0a00_0001);
        Span<byte> tcp = packet.AsSpan(20);
        BinaryPrimitives.WriteUInt32BigEndian(tcp, 0x1234_0050);
        tcp[12] = 0x50;
        payload.CopyTo(tcp[20..]);
        return packet;
    }

    private static byte[] Ip(byte protocol, int length, uint source, uint destination)
    {
        byte[] packet = new byte[20 + length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 10;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), source);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), destination);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~OnesSum(packet.AsSpan(0, 20)));
        return packet;
    }

    /// <summary>The one's complement sum of big-endian 16-bit words, slowly.</summary>
    public static ushort OnesSum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
            if (sum > 0xffff)
                sum -= 0xffff;
        }

        return (ushort)sum;
    }
}
