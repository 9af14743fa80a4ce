using System.Text;

using SkiaSharp;

namespace Boot.Tests.Screens;

/// <summary>Reads the text console on a picture of the screen, letter by letter, as the kernel drew it.</summary>
internal static class ScreenText
{
    /// <summary>
    /// The lines of text from the top, without trailing spaces. A cell whose pixels are not a letter (a logo, the cursor) is a
    /// space.
    /// </summary>
    public static IReadOnlyList<string> Read(string path, IReadOnlyList<ConsoleFont> fonts)
    {
        using SKBitmap screen = SKBitmap.Decode(path);
        byte[,] rows = PixelRows(screen);
        // The console begins where the picture's margins end, which need not be at a multiple of a cell.
        (ConsoleFont Font, int X, int Y) best = (fonts[0], 0, 0);
        int most = -1;
        foreach (ConsoleFont font in fonts)
        {
            for (int place = 0; place < font.Height * ConsoleFont.Width; place++)
            {
                (int y, int x) = Math.DivRem(place, ConsoleFont.Width);
                int letters = Cells(rows, font, x, y).Count(static cell => cell.Character is not null and not ' ');
                if (letters > most)
                    (best, most) = ((font, x, y), letters);
            }
        }

        var lines = new List<string>();
        var line = new StringBuilder();
        foreach ((bool last, char? character) in Cells(rows, best.Font, best.X, best.Y))
        {
            line.Append(character ?? ' ');
            if (!last)
                continue;
            lines.Add(line.ToString().Trim());
            line.Clear();
        }

        return lines;
    }

    private static IEnumerable<(bool LastOfLine, char? Character)> Cells(byte[,] rows, ConsoleFont font, int left, int top)
    {
        for (int y = top; y + font.Height <= rows.GetLength(0); y += font.Height)
        {
            for (int x = left; x + ConsoleFont.Width <= rows.GetLength(1); x += ConsoleFont.Width)
            {
                UInt128 pixels = 0;
                for (int row = 0; row < font.Height; row++)
                    pixels = (pixels << 8) | rows[y + row, x];
                yield return (x + (2 * ConsoleFont.Width) > rows.GetLength(1), font.Character(pixels));
            }
        }
    }

    // At each pixel, it and the seven to its right: a bit each, set if it is bright.
    private static byte[,] PixelRows(SKBitmap screen)
    {
        const byte Bright = 100;
        SKColor[] pixels = screen.Pixels;
        var rows = new byte[screen.Height, screen.Width];
        for (int y = 0; y < screen.Height; y++)
        {
            byte row = 0;
            for (int x = screen.Width - 1; x >= 0; x--)
            {
                row = (byte)((row >> 1) | (pixels[(y * screen.Width) + x].Green > Bright ? 0x80 : 0));
                rows[y, x] = row;
            }
        }

        return rows;
    }
}
