using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Flash;
using Xunit;
using Xunit.Abstractions;

namespace Fuzz.Tests;

/// <summary>A flash that a hostile guest has written: os-area header and database.</summary>
public class FlashFuzzTests(ITestOutputHelper output)
{
    private const int Head = 4096;

    [Fact]
    public void Os_area()
    {
        FlashImage flash = FlashImage.Make("flash");
        foreach ((string name, string value) in ((string, string)[])[("linux-rtc-offset", "946684800"), ("video-mode", "5")])
            Assert.True(OsAreaFields.Find(name)!.TrySet(flash, value, out _));
        flash.SetBootImage(new ImageFile("kernel", new byte[512]));
        byte[] whole = flash.File.Bytes.ToArray();
        // Damage in the 4 MiB behind would seldom meet anything. They are not copied; what a round changes lies in the head.
        new FuzzRun(output).Run("os-area", whole[..Head], static (head, random) => Damage(head, random), 32 << 20, file =>
        {
            file.Bytes.Span[..Math.Min(Head, file.Bytes.Length)].CopyTo(whole);
            FlashImage read = FlashImage.Over(file.Name, whole);
            _ = read.BootImage;
            foreach (OsAreaField field in OsAreaFields.All)
                field.Get(read);
            Assert.True(OsAreaFields.Find("linux-rtc-offset")!.TrySet(read, "1", out _));
            Assert.Equal("1", OsAreaFields.Find("linux-rtc-offset")!.Get(read));
        });
    }

    // Bytes of the header and of the database's head, where each counts, and few others.
    private static byte[] Damage(byte[] head, Random random)
    {
        byte[] damaged = [.. head];
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int at = random.Next(4) switch
            {
                0 => random.Next(0x10, 0x28),
                1 => 1024 + random.Next(0x14),
                2 => 1024 + random.Next(1024),
                _ => random.Next(Head),
            };
            damaged[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(damaged[at] + random.Next(-2, 3));
        }

        return damaged;
    }
}
