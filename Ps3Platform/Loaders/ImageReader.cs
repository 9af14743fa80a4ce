using System.Buffers.Binary;
using System.Text;

namespace Ps3Platform.Loaders;

/// <summary>Bounds-checked big-endian reads from untrusted bytes. Every failure names the offset and the part being read.</summary>
internal readonly ref struct ImageReader(string name, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Length => _bytes.Length;

    public byte U8(ulong offset, string what) => Slice(offset, 1, what)[0];

    public ushort U16(ulong offset, string what) => BinaryPrimitives.ReadUInt16BigEndian(Slice(offset, 2, what));

    public uint U32(ulong offset, string what) => BinaryPrimitives.ReadUInt32BigEndian(Slice(offset, 4, what));

    public ulong U64(ulong offset, string what) => BinaryPrimitives.ReadUInt64BigEndian(Slice(offset, 8, what));

    public ReadOnlySpan<byte> Slice(ulong offset, ulong length, string what)
    {
        // Written so that no sum can wrap around.
        if (offset > (ulong)_bytes.Length || length > (ulong)_bytes.Length - offset)
        {
            throw Fail(offset, $"The {what} (0x{length:x} bytes) lies outside the file, which has 0x{_bytes.Length:x} bytes; "
                + "the file is truncated or damaged, fetch or build it again.");
        }

        return _bytes.Slice((int)offset, (int)length);
    }

    /// <summary>A string ended by a zero byte, at most <paramref name="maximum"/> bytes long.</summary>
    public string ZeroTerminated(ulong offset, int maximum, string what)
    {
        ReadOnlySpan<byte> rest = Slice(offset, (ulong)Math.Max(0, Math.Min((long)maximum + 1, _bytes.Length - (long)Math.Min(offset, long.MaxValue))), what);
        int end = rest.IndexOf((byte)0);
        if (end < 0)
            throw Fail(offset, $"The {what} has no end within {maximum} bytes; the file is damaged, fetch or build it again.");
        return Encoding.Latin1.GetString(rest[..end]);
    }

    public ImageFormatException Fail(ulong offset, string problem, Exception? inner = null) =>
        new(name, (long)Math.Min(offset, long.MaxValue), problem, inner);
}
