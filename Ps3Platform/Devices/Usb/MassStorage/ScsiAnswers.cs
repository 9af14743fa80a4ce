using System.Buffers.Binary;
using System.Text;

namespace Ps3Platform.Devices.Usb.MassStorage;

/// <summary>What the disk says of itself (SPC-3, SBC-2).</summary>
internal static class ScsiAnswers
{
    private const byte ReadCapacity16Action = 0x10;
    private const byte WriteProtectBit = 0x80;

    /// <summary>
    /// The bytes that a command asks for, cut to what it has room for; null: it is no such command, or a field is not supported.
    /// </summary>
    public static byte[]? Find(ReadOnlySpan<byte> command, DiskTransfer disk, ScsiSense sense)
    {
        ulong last = Math.Max(1, disk.Length / ScsiDisk.BlockSize) - 1;
        return command[0] switch
        {
            ScsiCommand.RequestSense => Cut(Sense(sense), command[4]),
            ScsiCommand.Inquiry => Inquiry(command) is { } inquiry
                ? Cut(inquiry, BinaryPrimitives.ReadUInt16BigEndian(command[3..])) : null,
            ScsiCommand.ModeSense6 => Cut([3, 0, disk.IsReadOnly ? WriteProtectBit : (byte)0, 0], command[4]),
            ScsiCommand.ModeSense10 => Cut(
                [0, 6, 0, disk.IsReadOnly ? WriteProtectBit : (byte)0, 0, 0, 0, 0], BinaryPrimitives.ReadUInt16BigEndian(command[7..])),
            ScsiCommand.ReadFormatCapacities => Cut(
                [0, 0, 0, 8, .. Big((uint)Math.Min(last + 1, uint.MaxValue)), 2, 0, ScsiDisk.BlockSize >> 8, 0],
                BinaryPrimitives.ReadUInt16BigEndian(command[7..])),
            // A larger disk says so, and is then asked in the longer form (SBC-2, 5.10).
            ScsiCommand.ReadCapacity10 => [.. Big((uint)Math.Min(last, uint.MaxValue)), .. Big(ScsiDisk.BlockSize)],
            ScsiCommand.ServiceActionIn16 when (command[1] & 0x1f) == ReadCapacity16Action => Cut(
                Capacity16(last), BinaryPrimitives.ReadUInt32BigEndian(command[10..])),
            ScsiCommand.ReportLuns => Cut(
                [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], BinaryPrimitives.ReadUInt32BigEndian(command[6..])),
            _ => null,
        };
    }

    /// <summary>A command that <see cref="Find"/> knows, with a field that it does not.</summary>
    public static bool IsKnown(byte code) => code is ScsiCommand.Inquiry or ScsiCommand.ServiceActionIn16;

    private static byte[] Sense(ScsiSense sense)
    {
        byte[] bytes = new byte[18];
        bytes[0] = 0x70;
        bytes[2] = sense.Key;
        bytes[7] = 10;
        bytes[12] = sense.Code;
        bytes[13] = sense.Qualifier;
        return bytes;
    }

    private static byte[]? Inquiry(ReadOnlySpan<byte> command)
    {
        const byte Vital = 1;
        if ((command[1] & Vital) != 0)
        {
            // The list of such pages, and no others.
            return command[2] == 0 ? [0, 0, 0, 1, 0] : null;
        }

        if (command[2] != 0)
            return null;
        // A disk whose medium can be taken out, as sticks have it, of SPC-3.
        return [0, 0x80, 5, 2, 31, 0, 0, 0, .. Encoding.ASCII.GetBytes("PS3 emu USB Disk        0001")];
    }

    private static byte[] Capacity16(ulong last)
    {
        byte[] bytes = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, last);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), ScsiDisk.BlockSize);
        return bytes;
    }

    private static byte[] Big(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Cut(byte[] answer, uint room) => room < answer.Length ? answer[..(int)room] : answer;
}
