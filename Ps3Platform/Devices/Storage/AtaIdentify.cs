using System.Buffers.Binary;
using System.Text;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// The answer to IDENTIFY DEVICE (ATA/ATAPI-7, 6.17): 256 words, little-endian; in texts the first letter is the high byte of its word.
/// </summary>
internal static class AtaIdentify
{
    public const int Size = 512;
    public const byte Command = 0xec;

    private const int SerialWord = 10;
    private const int FirmwareWord = 23;
    private const int ModelWord = 27;
    private const ulong LargestLba28 = 0x0fff_ffff;

    /// <summary>Fills in the words.</summary>
    /// <param name="data"><see cref="Size"/> bytes.</param>
    /// <param name="model">At most 40 letters.</param>
    /// <param name="sectors">Sectors of 512 bytes.</param>
    public static void Write(Span<byte> data, string model, ulong sectors)
    {
        data[..Size].Clear();
        Word(data, 0, 0x0040);
        // CHS, for programs that still ask: 16383 cylinders, 16 heads, 63 sectors is what all large disks say.
        Word(data, 1, 16383);
        Word(data, 3, 16);
        Word(data, 6, 63);
        Text(data, SerialWord, 10, "PS3SIM0001");
        Text(data, FirmwareWord, 4, "1.0");
        Text(data, ModelWord, 20, model);
        // LBA and DMA.
        Word(data, 49, 0x0300);
        ulong lba28 = Math.Min(sectors, LargestLba28);
        Word(data, 60, (ushort)lba28);
        Word(data, 61, (ushort)(lba28 >> 16));
        Word(data, 80, 0x00f0);
        // Write cache, FLUSH CACHE, FLUSH CACHE EXT and 48-bit addresses, supported and enabled.
        Word(data, 82, 0x0020);
        Word(data, 83, 0x7400);
        Word(data, 84, 0x4000);
        Word(data, 85, 0x0020);
        Word(data, 86, 0x3400);
        Word(data, 87, 0x4000);
        for (int i = 0; i < 4; i++)
            Word(data, 100 + i, (ushort)(sectors >> (16 * i)));
    }

    private static void Word(Span<byte> data, int word, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(data[(2 * word)..], value);

    private static void Text(Span<byte> data, int word, int words, string text)
    {
        Span<byte> letters = stackalloc byte[40];
        letters.Fill((byte)' ');
        Encoding.ASCII.GetBytes(text.AsSpan(0, Math.Min(text.Length, 2 * words)), letters);
        for (int i = 0; i < words; i++)
            Word(data, word + i, (ushort)((letters[2 * i] << 8) | letters[(2 * i) + 1]));
    }
}
