using System.Buffers.Binary;

namespace Ps3Platform.Devices.Usb.Bus;

/// <summary>How an endpoint transfers (USB 2.0, table 9-13). Isochronous endpoints do not occur.</summary>
internal enum UsbTransferType : byte
{
    Bulk = 2,
    Interrupt = 3,
}

/// <summary>An endpoint.</summary>
/// <param name="Address">Its number; bit 7: it sends to the host.</param>
/// <param name="Type">How it transfers.</param>
/// <param name="PacketSize">Bytes of its largest packet.</param>
/// <param name="Interval">Time between two polls of an interrupt endpoint: frames, or the exponent of microframes at high speed.</param>
internal sealed record UsbEndpoint(byte Address, UsbTransferType Type, ushort PacketSize, byte Interval = 0);

/// <summary>The one interface of a device.</summary>
/// <param name="Class">Its class: 3 HID, 8 mass storage, 0xff the vendor's.</param>
/// <param name="SubClass">The subclass.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="ClassDescriptor">What the class puts between interface and endpoints.</param>
/// <param name="Endpoints">At full and low speed.</param>
/// <param name="HighSpeedEndpoints">At high speed; null for a device that has none.</param>
internal sealed record UsbInterface(
    byte Class, byte SubClass, byte Protocol, byte[] ClassDescriptor, IReadOnlyList<UsbEndpoint> Endpoints,
    IReadOnlyList<UsbEndpoint>? HighSpeedEndpoints = null);

/// <summary>What a device says of itself, as data, and the bytes that it sends for it (USB 2.0, 9.6).</summary>
internal sealed record UsbDescriptors
{
    public const byte DeviceType = 1;
    public const byte ConfigurationType = 2;
    public const byte StringType = 3;
    public const byte QualifierType = 6;
    public const byte OtherSpeedType = 7;

    // Languages are the string of index 0: English (United States).
    private const ushort Language = 0x0409;

    public required ushort Vendor { get; init; }

    public required ushort ProductId { get; init; }

    public ushort Release { get; init; } = 0x0100;

    public required string Manufacturer { get; init; }

    public required string Product { get; init; }

    public required string Serial { get; init; }

    public required UsbInterface Interface { get; init; }

    /// <summary>The device can wake a suspended bus.</summary>
    public bool CanWake { get; init; }

    /// <summary>Bytes of the largest packet of endpoint 0.</summary>
    public static int ControlPacketSize(UsbSpeed speed) => speed == UsbSpeed.Low ? 8 : 64;

    /// <summary>A descriptor, or null when the device has none of this type and index.</summary>
    public byte[]? Find(byte type, byte index, UsbSpeed speed) => type switch
    {
        DeviceType => Device(speed),
        ConfigurationType when index == 0 => Configuration(ConfigurationType, speed),
        StringType => Text(index),
        QualifierType when Interface.HighSpeedEndpoints is not null => Qualifier(),
        OtherSpeedType when Interface.HighSpeedEndpoints is not null && index == 0 =>
        Configuration(OtherSpeedType, speed == UsbSpeed.High ? UsbSpeed.Full : UsbSpeed.High),
        _ => null,
    };

    /// <summary>The endpoint of an address, at a speed; null: there is none.</summary>
    public UsbEndpoint? FindEndpoint(int address, UsbSpeed speed) =>
        Endpoints(speed).FirstOrDefault(endpoint => endpoint.Address == address);

    private IReadOnlyList<UsbEndpoint> Endpoints(UsbSpeed speed) =>
        speed == UsbSpeed.High && Interface.HighSpeedEndpoints is { } high ? high : Interface.Endpoints;

    private byte[] Device(UsbSpeed speed)
    {
        byte[] bytes = new byte[18];
        bytes[0] = (byte)bytes.Length;
        bytes[1] = DeviceType;
        Put(bytes, 2, Interface.HighSpeedEndpoints is null ? 0x0110 : 0x0200);
        bytes[7] = (byte)ControlPacketSize(speed);
        Put(bytes, 8, Vendor);
        Put(bytes, 10, ProductId);
        Put(bytes, 12, Release);
        bytes[14] = 1;
        bytes[15] = 2;
        bytes[16] = 3;
        bytes[17] = 1;
        return bytes;
    }

    private static byte[] Qualifier() => [10, QualifierType, 0x00, 0x02, 0, 0, 0, 64, 1, 0];

    private byte[] Configuration(byte type, UsbSpeed speed)
    {
        const byte BusPowered = 0x80;
        const byte Wakes = 0x20;
        IReadOnlyList<UsbEndpoint> endpoints = Endpoints(speed);
        List<byte> bytes =
        [
            9, type, 0, 0, 1, 1, 0, (byte)(BusPowered | (CanWake ? Wakes : 0)), 50,
            9, 4, 0, 0, (byte)endpoints.Count, Interface.Class, Interface.SubClass, Interface.Protocol, 0,
            .. Interface.ClassDescriptor,
        ];
        foreach (UsbEndpoint endpoint in endpoints)
        {
            (byte low, byte high) = ((byte)endpoint.PacketSize, (byte)(endpoint.PacketSize >> 8));
            bytes.AddRange([7, 5, endpoint.Address, (byte)endpoint.Type, low, high, endpoint.Interval]);
        }

        byte[] all = [.. bytes];
        Put(all, 2, all.Length);
        return all;
    }

    private byte[]? Text(byte index)
    {
        string? text = index switch
        {
            0 => ((char)Language).ToString(),
            1 => Manufacturer,
            2 => Product,
            3 => Serial,
            _ => null,
        };
        return text is null ? null : [(byte)(2 + (2 * text.Length)), StringType, .. System.Text.Encoding.Unicode.GetBytes(text)];
    }

    private static void Put(byte[] bytes, int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)value);
}
