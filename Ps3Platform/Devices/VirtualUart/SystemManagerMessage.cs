using System.Buffers.Binary;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>Kinds of system manager messages (devices.md 9).</summary>
internal enum SystemManagerService : ushort
{
    Request = 1,
    Response = 2,
    Command = 3,
    ExternalEvent = 4,
    SetNextOperation = 5,
    RequestError = 6,
    SetAttributes = 8,
}

/// <summary>The 16-byte header and the payload of a system manager message.</summary>
internal static class SystemManagerMessage
{
    public const int HeaderSize = 16;
    public const int MaxPayload = 16;
    public const byte Version = 1;

    /// <summary>The payload's size according to the header, or null when this is not a header.</summary>
    public static int? PayloadSize(ReadOnlySpan<byte> header)
    {
        uint size = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        return header[0] == Version && header[1] == HeaderSize && size is 8 or MaxPayload ? (int)size : null;
    }

    public static SystemManagerService Service(ReadOnlySpan<byte> header) =>
        (SystemManagerService)BinaryPrimitives.ReadUInt16BigEndian(header[8..]);

    /// <summary>
    /// Builds a message to the guest with a full 16-byte payload: Linux reads that much of commands and events, and stops
    /// with BUG() at any other size than 8 or 16.
    /// </summary>
    public static void Write(Span<byte> message, SystemManagerService service, byte type, uint value)
    {
        message.Clear();
        message[0] = Version;
        message[1] = HeaderSize;
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], MaxPayload);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], (ushort)service);
        Span<byte> payload = message[HeaderSize..];
        payload[0] = Version;
        payload[1] = type;
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], value);
    }
}
