using System.Buffers.Binary;

using CellPpe.Core;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>The block that lv1_storage_send_device_command takes for an ATAPI packet (devices.md 1.3).</summary>
/// <param name="Length">Bytes that move.</param>
/// <param name="IsWrite">They come from the guest.</param>
/// <param name="Buffer">Where they are.</param>
internal readonly record struct AtapiBlock(uint Length, bool IsWrite, LparAddress Buffer)
{
    public const int Size = 0x48;
    public const int PacketSize = 12;

    private const uint LastProtocol = 3;
    private const uint NoData = 0;

    /// <summary>Reads a block.</summary>
    /// <param name="bytes"><see cref="Size"/> bytes.</param>
    /// <param name="block">What it says.</param>
    /// <returns>False when it contradicts itself.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out AtapiBlock block)
    {
        uint packetLength = BinaryPrimitives.ReadUInt32BigEndian(bytes[0x20..]);
        uint blocks = BinaryPrimitives.ReadUInt32BigEndian(bytes[0x24..]);
        uint blockSize = BinaryPrimitives.ReadUInt32BigEndian(bytes[0x28..]);
        uint protocol = BinaryPrimitives.ReadUInt32BigEndian(bytes[0x2c..]);
        uint direction = BinaryPrimitives.ReadUInt32BigEndian(bytes[0x30..]);
        var buffer = new LparAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes[0x38..]));
        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[0x40..]);
        bool hasData = protocol != NoData;
        block = new AtapiBlock(hasData ? length : 0, hasData && direction == 0, buffer);
        return packetLength == PacketSize && protocol <= LastProtocol && direction <= 1
            && length <= StorageCommands.LargestTransfer && (!hasData || (ulong)blocks * blockSize == length);
    }
}
