using System.Buffers.Binary;

namespace Ps3Platform.Devices.Usb.Bus;

/// <summary>The eight bytes of a control request (USB 2.0, table 9-2).</summary>
/// <param name="RequestType">Direction, type and recipient.</param>
/// <param name="Request">The request.</param>
/// <param name="Value">Its parameter.</param>
/// <param name="Index">Interface, endpoint or another parameter.</param>
/// <param name="Length">Bytes of the data stage at most.</param>
public readonly record struct UsbSetup(byte RequestType, byte Request, ushort Value, ushort Index, ushort Length)
{
    /// <summary>Bytes of a request.</summary>
    public const int Size = 8;

    /// <summary>The data stage goes to the host.</summary>
    public bool IsIn => (RequestType & 0x80) != 0;

    /// <summary>Type and recipient together: 0x00 a standard request to the device, 0x21 a class request to an interface.</summary>
    public int Kind => RequestType & 0x7f;

    /// <summary>Reads the bytes of a SETUP packet.</summary>
    public static UsbSetup Parse(ReadOnlySpan<byte> bytes) => new(
        bytes[0],
        bytes[1],
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]));
}

/// <summary>Standard requests (USB 2.0, table 9-4) and the features that they set (table 9-6).</summary>
internal static class UsbRequest
{
    public const byte GetStatus = 0;
    public const byte ClearFeature = 1;
    public const byte SetFeature = 3;
    public const byte SetAddress = 5;
    public const byte GetDescriptor = 6;
    public const byte GetConfiguration = 8;
    public const byte SetConfiguration = 9;
    public const byte GetInterface = 10;
    public const byte SetInterface = 11;

    public const ushort EndpointHalt = 0;
    public const ushort RemoteWakeup = 1;

    public const int ToDevice = 0;
    public const int ToInterface = 1;
    public const int ToEndpoint = 2;
    public const int ClassToInterface = 0x21;
    public const int VendorToDevice = 0x40;
}
