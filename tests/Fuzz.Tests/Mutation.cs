using System.Buffers.Binary;

namespace Fuzz.Tests;

/// <summary>Damages bytes as accidents or attackers do.</summary>
internal static class Mutation
{
    private static readonly ulong[] NastyValues =
    [
        0, 1, 2, 3, 4, 7, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
        0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_fff8, 0xffff_ffff_ffff_ffff,
    ];

    public static byte[] Apply(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        int times = random.Next(1, 4);
        for (int time = 0; time < times && bytes.Length > 0; time++)
            bytes = Once(bytes, random);
        return bytes;
    }

    private static byte[] Once(byte[] bytes, Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                for (int flips = random.Next(1, 9); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                return WithField(bytes, random, random.Next(bytes.Length));
            case 3:
                // Headers are at the beginning and hold most of the values that a parser trusts.
                return WithField(bytes, random, random.Next(Math.Min(bytes.Length, 160)) & ~1);
            case 4:
                return WithCopiedPart(bytes, random);
            case 5:
                byte[] tail = new byte[random.Next(1, 200)];
                random.NextBytes(tail);
                return [.. bytes, .. tail];
            default:
                return WithField(bytes, random, random.Next(bytes.Length) & ~3);
        }
    }

    private static byte[] WithField(byte[] bytes, Random random, int offset)
    {
        ulong value = NastyValues[random.Next(NastyValues.Length)];
        if (random.Next(4) == 0)
            value = (ulong)bytes.Length + (ulong)random.Next(-8, 9);
        Span<byte> field = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(field, value);
        int width = 1 << random.Next(4);
        ReadOnlySpan<byte> low = field[(8 - width)..];
        low[..Math.Min(width, bytes.Length - offset)].CopyTo(bytes.AsSpan(offset));
        return bytes;
    }

    private static byte[] WithCopiedPart(byte[] bytes, Random random)
    {
        int length = random.Next(1, Math.Min(bytes.Length, 256) + 1);
        bytes.AsSpan(random.Next(bytes.Length - length + 1), length).ToArray().CopyTo(bytes, random.Next(bytes.Length - length + 1));
        return bytes;
    }
}
