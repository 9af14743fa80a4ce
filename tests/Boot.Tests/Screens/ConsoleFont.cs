using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;

namespace Boot.Tests.Screens;

/// <summary>The letters a Linux kernel draws on its framebuffer, taken from a kernel's own image: a row of pixels is a byte.</summary>
internal sealed class ConsoleFont
{
    /// <summary>Pixels of a character cell.</summary>
    public const int Width = 8;

    // "A" and "B" of lib/fonts/font_8x16.c, and of font_8x8.c, which small screens get; the leftmost pixel is the highest bit.
    private static readonly byte[] TallAb =
    [
        0x00, 0x00, 0x10, 0x38, 0x6c, 0xc6, 0xc6, 0xfe, 0xc6, 0xc6, 0xc6, 0xc6, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0xfc, 0x66, 0x66, 0x66, 0x7c, 0x66, 0x66, 0x66, 0x66, 0xfc, 0x00, 0x00, 0x00, 0x00,
    ];

    private static readonly byte[] SmallAb =
    [
        0x38, 0x6c, 0xc6, 0xfe, 0xc6, 0xc6, 0xc6, 0x00,
        0xfc, 0x66, 0x66, 0x7c, 0x66, 0x66, 0xfc, 0x00,
    ];

    private readonly Dictionary<UInt128, char> _characters = [];

    private ConsoleFont(ReadOnlySpan<byte> glyphs, int height)
    {
        Height = height;
        const char First = ' ';
        const char Last = '~';
        for (char character = First; character <= Last; character++)
        {
            UInt128 rows = 0;
            foreach (byte row in glyphs.Slice(character * height, height))
                rows = (rows << 8) | row;
            _characters.TryAdd(rows, character);
        }
    }

    /// <summary>Pixels of a character cell.</summary>
    public int Height { get; }

    /// <summary>The fonts of a prebuilt kernel. Skips the calling test when the kernel is not there.</summary>
    public static IReadOnlyList<ConsoleFont> Of(string kernel)
    {
        BootImage image = OtherOsImage.Read(ImageFile.Read(Guests.Path(kernel)), BootRequest.RetailBootMemory);
        return [Find(image, TallAb), Find(image, SmallAb)];
    }

    /// <summary>The printable character with these pixels, or null. Rows from the top, 8 bits each.</summary>
    public char? Character(UInt128 rows) => _characters.TryGetValue(rows, out char character) ? character : null;

    private static ConsoleFont Find(BootImage image, byte[] letters)
    {
        int height = letters.Length / 2;
        foreach (BootSegment segment in image.Segments)
        {
            int start = segment.Bytes.Span.IndexOf(letters) - ('A' * height);
            if (start >= 0)
                return new ConsoleFont(segment.Bytes.Span.Slice(start, 256 * height), height);
        }

        throw new InvalidDataException($"{image.File.Name} has no console font of 8 by {height} pixels");
    }
}
