using System.Buffers.Binary;
using System.Collections.Concurrent;

using Ps3Platform.Devices.Network;

namespace Host.Tests.Network;

/// <summary>Frames built byte by byte.</summary>
internal static class TestFrames
{
    public const ulong Broadcast = 0xffff_ffff_ffff;
    public const ulong Alpha = 0x0200_0000_000a;
    public const ulong Beta = 0x0200_0000_000b;
    public const ulong Gamma = 0x0200_0000_000c;

    public static byte[] Make(ulong destination, ulong source, int payload = 46, byte fill = 0, ushort type = 0x88b5)
    {
        var frame = new byte[14 + payload];
        Address(frame, destination);
        Address(frame.AsSpan(6), source);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        frame.AsSpan(14).Fill(fill);
        return frame;
    }

    /// <summary>An IPv4 packet over UDP, without a UDP checksum.</summary>
    public static byte[] Udp(ulong destination, ulong source, uint from, uint to, ushort fromPort, ushort toPort, ReadOnlySpan<byte> data)
    {
        byte[] frame = Make(destination, source, 28 + data.Length, type: 0x0800);
        Span<byte> ip = frame.AsSpan(14);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ip[8] = 64;
        ip[9] = 17;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], from);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], to);
        uint sum = 0;
        for (int i = 0; i < 20; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(ip[i..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~((sum & 0xffff) + (sum >> 16)));
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], toPort);
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], (ushort)(8 + data.Length));
        data.CopyTo(ip[28..]);
        return frame;
    }

    private static void Address(Span<byte> at, ulong address)
    {
        for (int i = 0; i < 6; i++)
            at[i] = (byte)(address >> (40 - (8 * i)));
    }
}

/// <summary>Keeps what arrives; takes frames on any thread.</summary>
internal sealed class Collector : IPacketSink
{
    public ConcurrentQueue<byte[]> Frames { get; } = new();

    public void Send(ReadOnlySpan<byte> frame) => Frames.Enqueue(frame.ToArray());

    /// <summary>Waits until a number of frames has arrived.</summary>
    public bool WaitFor(int count) => SpinWait.SpinUntil(() => Frames.Count >= count, TimeSpan.FromSeconds(20));
}

/// <summary>Adds a port that keeps the frames it receives to a switch.</summary>
internal static class PortExtensions
{
    public static Collector Listen(this INetworkBackend port)
    {
        var heard = new Collector();
        port.Attach(heard);
        return heard;
    }
}
