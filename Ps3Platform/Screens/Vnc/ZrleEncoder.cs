using System.IO.Compression;

using Ps3Platform.Devices.Video;
using Ps3Platform.Screens.Feed;

namespace Ps3Platform.Screens.Vnc;

/// <summary>
/// ZRLE (RFC 6143 7.7.6): tiles of 64 x 64 pixels, each as one colour, a packed palette, runs, or as it is, whichever is shortest, through
/// one zlib stream a connection.
/// </summary>
internal sealed class ZrleEncoder : IDisposable
{
    private const int TileSize = 64;
    private const int MostColours = 16;
    private const int PlainRuns = 128;

    private readonly MemoryStream _compressed = new();
    private readonly ZLibStream _stream;
    private readonly RfbWriter _tiles = new();
    private readonly uint[] _pixels = new uint[TileSize * TileSize];
    private readonly uint[] _palette = new uint[MostColours];
    private byte[] _line = [];
    private RfbPixelFormat _format;
    private int _start;
    private int _bytes;

    public ZrleEncoder() => _stream = new ZLibStream(_compressed, CompressionLevel.Fastest, leaveOpen: true);

    /// <summary>Writes the data of a rectangle, behind its header.</summary>
    public void Encode(ReadOnlySpan<byte> picture, int width, ScreenRectangle part, RfbPixelFormat format, RfbWriter message)
    {
        _format = format;
        _start = Math.Max(format.CompressedStart, 0);
        _bytes = format.CompressedStart < 0 ? format.Bytes : 3;
        _tiles.Clear();
        for (int y = 0; y < part.Height; y += TileSize)
        {
            for (int x = 0; x < part.Width; x += TileSize)
            {
                int columns = Math.Min(TileSize, part.Width - x);
                int rows = Math.Min(TileSize, part.Height - y);
                Load(picture, width, part.X + x, part.Y + y, columns, rows);
                EncodeTile(_pixels.AsSpan(0, columns * rows), columns);
            }
        }

        _compressed.SetLength(0);
        _stream.Write(_tiles.Written.Span);
        // A sync flush: the viewer can unpack all of it, and the stream goes on.
        _stream.Flush();
        message.Int32((int)_compressed.Length);
        message.Bytes(_compressed.GetBuffer().AsSpan(0, (int)_compressed.Length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _compressed.Dispose();
    }

    // Reads a tile, each pixel as its bytes in the viewer's format.
    private void Load(ReadOnlySpan<byte> picture, int width, int x, int y, int columns, int rows)
    {
        if (_line.Length < TileSize * 4)
            _line = new byte[TileSize * 4];
        for (int row = 0; row < rows; row++)
        {
            int from = ((((y + row) * width) + x)) * Frame.BytesPerPixel;
            _format.Convert(picture.Slice(from, columns * Frame.BytesPerPixel), _line);
            for (int column = 0; column < columns; column++)
            {
                uint pixel = 0;
                for (int i = 0; i < _bytes; i++)
                    pixel |= (uint)_line[(column * _format.Bytes) + _start + i] << (8 * i);
                _pixels[(row * columns) + column] = pixel;
            }
        }
    }

    private void EncodeTile(ReadOnlySpan<uint> tile, int columns)
    {
        int colours = CountColours(tile, out int runBytes);
        if (colours == 1)
        {
            _tiles.Byte(1);
            Pixel(tile[0]);
            return;
        }

        int raw = tile.Length * _bytes;
        int bits = colours switch { 0 => 0, 2 => 1, <= 4 => 2, _ => 4 };
        int packed = colours == 0 ? int.MaxValue : (colours * _bytes) + (tile.Length / columns * (((columns * bits) + 7) / 8));
        if (packed <= runBytes && packed <= raw)
            Packed(tile, columns, colours, bits);
        else if (runBytes < raw)
            Runs(tile);
        else
        {
            _tiles.Byte(0);
            foreach (uint pixel in tile)
                Pixel(pixel);
        }
    }

    // How many colours there are, 0 for more than a palette has, and how long the tile is as runs.
    private int CountColours(ReadOnlySpan<uint> tile, out int runBytes)
    {
        int colours = 0;
        bool fits = true;
        runBytes = 0;
        for (int i = 0; i < tile.Length;)
        {
            uint pixel = tile[i];
            int run = tile[i..].IndexOfAnyExcept(pixel);
            run = run < 0 ? tile.Length - i : run;
            runBytes += _bytes + 1 + ((run - 1) / 255);
            i += run;
            if (!fits || _palette.AsSpan(0, colours).Contains(pixel))
                continue;
            fits = colours < MostColours;
            if (fits)
                _palette[colours++] = pixel;
        }

        return fits ? colours : 0;
    }

    private void Packed(ReadOnlySpan<uint> tile, int columns, int colours, int bits)
    {
        _tiles.Byte(colours);
        ReadOnlySpan<uint> palette = _palette.AsSpan(0, colours);
        foreach (uint colour in palette)
            Pixel(colour);
        for (int row = 0; row < tile.Length; row += columns)
        {
            int value = 0;
            int filled = 0;
            for (int column = 0; column < columns; column++)
            {
                value = (value << bits) | palette.IndexOf(tile[row + column]);
                filled += bits;
                if (filled < 8)
                    continue;
                _tiles.Byte(value);
                value = filled = 0;
            }

            // The leftmost pixel has the highest bits; each line is filled up to a byte.
            if (filled > 0)
                _tiles.Byte(value << (8 - filled));
        }
    }

    private void Runs(ReadOnlySpan<uint> tile)
    {
        _tiles.Byte(PlainRuns);
        for (int i = 0; i < tile.Length;)
        {
            int run = tile[i..].IndexOfAnyExcept(tile[i]);
            run = run < 0 ? tile.Length - i : run;
            Pixel(tile[i]);
            i += run;
            // The length is one more than the sum of the bytes, the last of which is not 255.
            for (run--; run >= 255; run -= 255)
                _tiles.Byte(255);
            _tiles.Byte(run);
        }
    }

    private void Pixel(uint pixel)
    {
        Span<byte> room = _tiles.Room(_bytes);
        for (int i = 0; i < _bytes; i++)
            room[i] = (byte)(pixel >> (8 * i));
    }
}
