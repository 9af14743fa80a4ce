using System.IO.Compression;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Compression;
using Xunit;

namespace Loaders.Tests;

public class CompressionTests
{
    [SkippableTheory]
    [InlineData("--check=crc32")]
    [InlineData("--check=crc64")]
    [InlineData("--check=sha256")]
    [InlineData("--check=none")]
    [InlineData("--block-size=65536")]
    [InlineData("-0")]
    public void Xz_made_by_the_real_tool_unpacks(string option)
    {
        byte[] plain = Noise(300_000);
        byte[] packed = Xz(plain, option);

        Assert.Equal(plain, Unpack(packed));
        Assert.Equal([.. plain, .. plain], Unpack([.. packed, 0, 0, 0, 0, .. packed]));
    }

    [SkippableFact]
    public void Uncompressed_bytes_pass_through()
    {
        var file = new ImageFile("a", new byte[] { 1, 2, 3 });

        Assert.Same(file, CompressedFile.Unpack(file));
    }

    [SkippableFact]
    public void Gzip_unpacks_and_may_be_padded_with_zeros_as_in_flash()
    {
        byte[] plain = Noise(100_000);

        Assert.Equal(plain, Unpack(Gzip(plain)));
        Assert.Equal(plain, Unpack([.. Gzip(plain), .. new byte[1000]]));
    }

    [SkippableFact]
    public void Truncated_data_are_refused()
    {
        byte[] plain = Noise(100_000);
        byte[] gzip = Gzip(plain);
        byte[] xz = Xz(plain, "-6");

        foreach (int keep in new[] { 1, 5, 50, 1000 })
        {
            Assert.Contains(
                "fetch it again", Assert.Throws<ImageFormatException>(() => Unpack(gzip.AsSpan(0, gzip.Length - keep).ToArray())).Message);
            Assert.Contains("again", Assert.Throws<ImageFormatException>(() => Unpack(xz.AsSpan(0, xz.Length - keep).ToArray())).Message);
        }
    }

    [SkippableFact]
    public void A_flipped_bit_is_noticed()
    {
        byte[] plain = Noise(100_000);
        byte[] gzip = Gzip(plain);
        byte[] xz = Xz(plain, "-6");
        gzip[gzip.Length / 2] ^= 4;
        xz[xz.Length / 2] ^= 4;

        Assert.Throws<ImageFormatException>(() => Unpack(gzip));
        Assert.Throws<ImageFormatException>(() => Unpack(xz));
    }

    [SkippableFact]
    public void Bombs_stop_at_the_cap()
    {
        byte[] zeros = new byte[8 << 20];

        Assert.Contains("larger than the 1 MiB", Assert.Throws<ImageFormatException>(() => Unpack(Gzip(zeros), 1 << 20)).Message);
        Assert.Contains("larger than the 1 MiB", Assert.Throws<ImageFormatException>(() => Unpack(Xz(zeros, "-6"), 1 << 20)).Message);
    }

    [SkippableFact]
    public void Other_filters_are_refused_with_the_way_out()
    {
        // The program's own option; a kernel's zImage uses it.
        byte[] packed = Xz(new byte[1000], "--powerpc", "--lzma2");

        Assert.Contains("plain 'xz'", Assert.Throws<ImageFormatException>(() => Unpack(packed)).Message);
    }

    private static byte[] Unpack(byte[] packed, int maximumBytes = CompressedFile.DefaultMaximumBytes) =>
        CompressedFile.Unpack(new ImageFile("packed", packed), maximumBytes).Bytes.ToArray();

    private static byte[] Noise(int length)
    {
        // Half of it compressible, so that matches, literals and stored chunks all occur.
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes.AsSpan(0, length / 2));
        for (int index = length / 2; index < length; index++)
            bytes[index] = (byte)(index / 100);
        return bytes;
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
            gzip.Write(plain);
        return output.ToArray();
    }

    private static byte[] Xz(byte[] plain, params string[] options) => Tool.Run("xz", plain, ["-c", "-T1", .. options]);
}
