using System.Buffers.Binary;

namespace Devices.Tests.VirtualUart;

/// <summary>Builds AV packets from (offset, value) pairs, as the reference lists them.</summary>
internal static class AvPackets
{
    public static byte[] Command(uint cid, int size, params (int Offset, uint Value)[] words)
    {
        byte[] packet = new byte[size];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 0x205);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(size - 4));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), cid);
        foreach ((int offset, uint value) in words)
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(offset), value);
        return packet;
    }

    /// <summary>A 48-byte video mode packet. Width and height are in the low halves of their words.</summary>
    public static byte[] SetMode(uint head, uint vid, uint width, uint height, uint pitch, uint format = 7) =>
        Command(0x0100_0002, 48, (0x08, head), (0x10, vid), (0x14, width), (0x18, height), (0x1c, pitch), (0x24, format));

    public static byte[] ColorSpace(ushort port) => Command(0x0001_0001, 20, (0x08, (uint)port << 16 | 4));

    public static byte[] Bundle(int video, int audio, int colorSpace, int avAudio, params byte[][] packets)
    {
        byte[] rest = [.. packets.SelectMany(packet => packet)];
        byte[] header = Command(
            0x0400_0001, 16 + rest.Length, (0x08, (uint)(video << 16 | audio)), (0x0c, (uint)(colorSpace << 16 | avAudio)));
        rest.CopyTo(header, 16);
        return header;
    }

    public static uint Word(byte[] packet, int offset) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(offset));

    public static ushort Half(byte[] packet, int offset) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(offset));
}
