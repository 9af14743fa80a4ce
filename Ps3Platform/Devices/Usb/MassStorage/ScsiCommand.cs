using System.Buffers.Binary;

namespace Ps3Platform.Devices.Usb.MassStorage;

/// <summary>Operation codes (SPC-3, SBC-2).</summary>
internal static class ScsiCommand
{
    public const byte TestUnitReady = 0x00;
    public const byte RequestSense = 0x03;
    public const byte Read6 = 0x08;
    public const byte Write6 = 0x0a;
    public const byte Inquiry = 0x12;
    public const byte ModeSense6 = 0x1a;
    public const byte StartStopUnit = 0x1b;
    public const byte PreventRemoval = 0x1e;
    public const byte ReadFormatCapacities = 0x23;
    public const byte ReadCapacity10 = 0x25;
    public const byte Read10 = 0x28;
    public const byte Write10 = 0x2a;
    public const byte Verify10 = 0x2f;
    public const byte SynchronizeCache10 = 0x35;
    public const byte ModeSense10 = 0x5a;
    public const byte Read16 = 0x88;
    public const byte Write16 = 0x8a;
    public const byte SynchronizeCache16 = 0x91;
    public const byte ServiceActionIn16 = 0x9e;
    public const byte ReportLuns = 0xa0;
    public const byte Read12 = 0xa8;
    public const byte Write12 = 0xaa;

    /// <summary>The blocks that a read or write names. In the six-byte form 0 stands for 256 (SBC-2, 5.5).</summary>
    public static (ulong First, uint Count) Range(ReadOnlySpan<byte> command) => (command[0] >> 5) switch
    {
        0 => (BinaryPrimitives.ReadUInt32BigEndian(command) & 0x1f_ffff, command[4] == 0 ? 256u : command[4]),
        1 => (BinaryPrimitives.ReadUInt32BigEndian(command[2..]), BinaryPrimitives.ReadUInt16BigEndian(command[7..])),
        4 => (BinaryPrimitives.ReadUInt64BigEndian(command[2..]), BinaryPrimitives.ReadUInt32BigEndian(command[10..])),
        _ => (BinaryPrimitives.ReadUInt32BigEndian(command[2..]), BinaryPrimitives.ReadUInt32BigEndian(command[6..])),
    };
}

/// <summary>Why a command failed (SPC-3, 4.5.6 and 4.5.7). The default is "nothing to tell".</summary>
/// <param name="Key">The class of the trouble.</param>
/// <param name="Code">The trouble.</param>
/// <param name="Qualifier">Its variant.</param>
internal readonly record struct ScsiSense(byte Key, byte Code, byte Qualifier = 0)
{
    public static ScsiSense NotReady => new(0x02, 0x04, 0x01);

    public static ScsiSense ReadError => new(0x03, 0x11);

    public static ScsiSense WriteError => new(0x03, 0x0c);

    public static ScsiSense InvalidCommand => new(0x05, 0x20);

    public static ScsiSense OutOfRange => new(0x05, 0x21);

    public static ScsiSense InvalidField => new(0x05, 0x24);

    public static ScsiSense WriteProtected => new(0x07, 0x27);
}
