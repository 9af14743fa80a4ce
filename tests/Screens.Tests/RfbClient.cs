using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

using Xunit;

namespace Screens.Tests;

/// <summary>A viewer of the tests: speaks RFC 6143 and keeps the picture in the bytes of its format.</summary>
internal sealed class RfbClient : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly NetworkStream _stream;
    private readonly MemoryStream _packed = new();
    private readonly ZLibStream _unpacked;

    public RfbClient(IPEndPoint address)
    {
        _client.Connect(address);
        _stream = _client.GetStream();
        _stream.ReadTimeout = 20_000;
        _unpacked = new ZLibStream(new Feeder(_packed), CompressionMode.Decompress);
    }

    public int Width { get; private set; }

    public int Height { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>Bytes of a pixel as the server sends it in raw encoding.</summary>
    public int PixelBytes { get; set; } = 4;

    /// <summary>Bytes of a compressed pixel.</summary>
    public int CompressedBytes { get; set; } = 3;

    public byte[] Picture { get; private set; } = [];

    public Stream Stream => _stream;

    /// <summary>The handshake without a password.</summary>
    public void Connect(string version = "RFB 003.008\n", bool isShared = true)
    {
        Greet(version);
        Assert.Equal([1, 1], Read(2));
        _stream.Write([1]);
        Assert.Equal([0, 0, 0, 0], Read(4));
        Init(isShared);
    }

    public void Greet(string version)
    {
        Assert.Equal("RFB 003.008\n", Encoding.Latin1.GetString(Read(12)));
        _stream.Write(Encoding.Latin1.GetBytes(version));
    }

    public void Init(bool isShared = true)
    {
        _stream.Write([(byte)(isShared ? 1 : 0)]);
        byte[] init = Read(24);
        Width = BinaryPrimitives.ReadUInt16BigEndian(init);
        Height = BinaryPrimitives.ReadUInt16BigEndian(init.AsSpan(2));
        Name = Encoding.UTF8.GetString(Read(BinaryPrimitives.ReadInt32BigEndian(init.AsSpan(20))));
        Picture = new byte[Width * Height * PixelBytes];
    }

    public void SetEncodings(params int[] encodings)
    {
        byte[] message = new byte[4 + (4 * encodings.Length)];
        message[0] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)encodings.Length);
        for (int i = 0; i < encodings.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4 + (4 * i)), encodings[i]);
        _stream.Write(message);
    }

    public void Request(bool isIncremental)
    {
        byte[] message = new byte[10];
        message[0] = 3;
        message[1] = (byte)(isIncremental ? 1 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)Width);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)Height);
        _stream.Write(message);
    }

    /// <summary>Reads one update into the picture.</summary>
    /// <returns>How many rectangles it had.</returns>
    public int Update()
    {
        byte[] header = Read(4);
        Assert.Equal(0, header[0]);
        int count = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2));
        for (int i = 0; i < count; i++)
        {
            byte[] part = Read(12);
            int x = BinaryPrimitives.ReadUInt16BigEndian(part);
            int y = BinaryPrimitives.ReadUInt16BigEndian(part.AsSpan(2));
            int width = BinaryPrimitives.ReadUInt16BigEndian(part.AsSpan(4));
            int height = BinaryPrimitives.ReadUInt16BigEndian(part.AsSpan(6));
            switch (BinaryPrimitives.ReadInt32BigEndian(part.AsSpan(8)))
            {
                case 0:
                    for (int line = 0; line < height; line++)
                        Read(width * PixelBytes).CopyTo(Picture, (((y + line) * Width) + x) * PixelBytes);
                    break;
                case 16:
                    Unpack(x, y, width, height);
                    break;
                case -223:
                    (Width, Height) = (width, height);
                    Picture = new byte[width * height * PixelBytes];
                    break;
                default:
                    Assert.Fail("an encoding that was not asked for");
                    break;
            }
        }

        return count;
    }

    public byte[] Read(int length)
    {
        byte[] bytes = new byte[length];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose()
    {
        _unpacked.Dispose();
        _packed.Dispose();
        _client.Dispose();
    }

    private void Unpack(int x, int y, int width, int height)
    {
        byte[] data = Read(BinaryPrimitives.ReadInt32BigEndian(Read(4)));
        long at = _packed.Position;
        _packed.Position = _packed.Length;
        _packed.Write(data);
        _packed.Position = at;
        for (int top = 0; top < height; top += 64)
        {
            for (int left = 0; left < width; left += 64)
                UnpackTile(x + left, y + top, Math.Min(64, width - left), Math.Min(64, height - top));
        }
    }

    private void UnpackTile(int x, int y, int width, int height)
    {
        int kind = Next();
        int palette = kind & 127;
        byte[][] colors = [.. Enumerable.Range(0, palette).Select(_ => Pixel())];
        List<byte[]> pixels = [];
        while (pixels.Count < width * height)
        {
            if (kind == 0)
                pixels.Add(Pixel());
            else if (kind == 1)
                pixels.Add(colors[0]);
            else if (kind < 128)
            {
                int bits = palette == 2 ? 1 : palette <= 4 ? 2 : 4;
                int value = Next();
                for (int shift = 8 - bits; shift >= 0 && pixels.Count < width * height; shift -= bits)
                {
                    pixels.Add(colors[(value >> shift) & ((1 << bits) - 1)]);
                    // The rest of a line's last byte is nothing.
                    if (pixels.Count % width == 0)
                        break;
                }
            }
            else
            {
                Assert.Equal(128, kind);
                byte[] pixel = Pixel();
                int run = 1;
                int more;
                do
                {
                    more = Next();
                    run += more;
                }
                while (more == 255);
                pixels.AddRange(Enumerable.Repeat(pixel, run));
            }
        }

        Assert.Equal(width * height, pixels.Count);
        for (int i = 0; i < pixels.Count; i++)
            pixels[i].CopyTo(Picture, (((y + (i / width)) * Width) + x + (i % width)) * PixelBytes);
    }

    private byte[] Pixel()
    {
        byte[] bytes = new byte[CompressedBytes];
        _unpacked.ReadExactly(bytes);
        return bytes;
    }

    private int Next()
    {
        int value = _unpacked.ReadByte();
        Assert.True(value >= 0, "the packed data end");
        return value;
    }

    // Hides the end of what has come so far: the stream goes on with the next rectangle.
    private sealed class Feeder(Stream packed) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        // One byte at a time, so that nothing behind the sync flush is awaited.
        public override int Read(byte[] buffer, int offset, int count) => packed.Read(buffer, offset, Math.Min(count, 1));

        public override int Read(Span<byte> buffer) => packed.Read(buffer[..Math.Min(buffer.Length, 1)]);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
