using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

using Ps3Platform.Devices.Usb.Input;
using Ps3Platform.Screens.Input;
using Ps3Platform.Screens.Vnc;

using SkiaSharp;

using Xunit;

namespace Screens.Tests;

/// <summary>The VNC server against a viewer of our own, existing viewers, and hostile ones.</summary>
public sealed class VncServerTests
{
    private const int Raw = 0;
    private const int Zrle = 16;
    private const int DesktopSize = -223;

    [Theory]
    [InlineData(Raw)]
    [InlineData(Zrle)]
    public void The_picture_arrives_to_the_pixel_and_follows_changes(int encoding)
    {
        using var screen = new FakeScreen(333, 200);
        screen.Do(() => screen.Draw(1));
        using VncServer server = Open(screen);
        using var viewer = new RfbClient(server.Address) { CompressedBytes = 3 };
        viewer.Connect();
        Assert.Equal((333, 200, "the test"), (viewer.Width, viewer.Height, viewer.Name));
        viewer.SetEncodings(encoding);

        viewer.Request(isIncremental: false);
        viewer.Update();
        AwaitSame(viewer, screen);
        for (int seed = 2; seed < 6; seed++)
        {
            int drawn = seed;
            screen.Do(() => screen.Draw(drawn));
            AwaitSame(viewer, screen);
        }
    }

    [Theory]
    [InlineData(Raw, 8, false, 7, 7, 3, 0, 3, 6)]
    [InlineData(Zrle, 8, false, 7, 7, 3, 0, 3, 6)]
    [InlineData(Raw, 16, true, 31, 63, 31, 11, 5, 0)]
    [InlineData(Zrle, 16, false, 31, 63, 31, 11, 5, 0)]
    [InlineData(Raw, 32, true, 255, 255, 255, 16, 8, 0)]
    [InlineData(Zrle, 32, true, 255, 255, 255, 16, 8, 0)]
    [InlineData(Zrle, 32, false, 255, 255, 255, 24, 16, 8)]
    [InlineData(Zrle, 32, true, 255, 255, 255, 24, 16, 8)]
    public void Every_true_colour_format_is_served(int encoding, int bits, bool big, int red, int green, int blue, int r, int g, int b)
    {
        using var screen = new FakeScreen(150, 70);
        screen.Do(() => screen.Draw(bits));
        using VncServer server = Open(screen);
        using var viewer = new RfbClient(server.Address) { PixelBytes = bits / 8, CompressedBytes = bits == 32 ? 3 : bits / 8 };
        viewer.Connect();
        byte[] message = new byte[20];
        message[4] = (byte)bits;
        message[5] = (byte)(bits == 32 ? 24 : bits);
        message[6] = (byte)(big ? 1 : 0);
        message[7] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)red);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)green);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(12), (ushort)blue);
        (message[14], message[15], message[16]) = ((byte)r, (byte)g, (byte)b);
        viewer.Stream.Write(message);
        viewer.SetEncodings(encoding);
        screen.Do(static () => { });
        viewer.Request(isIncremental: false);
        viewer.Update();

        int bytes = bits / 8;
        byte[] pixel = new byte[4];
        for (int at = 0; at < 150 * 70; at++)
        {
            uint color = screen.Get(at % 150, at / 150);
            uint expected = (Scale(color >> 16, red) << r) | (Scale(color >> 8, green) << g) | (Scale(color, blue) << b);
            if (big)
                BinaryPrimitives.WriteUInt32BigEndian(pixel, expected << (32 - bits));
            else
                BinaryPrimitives.WriteUInt32LittleEndian(pixel, expected);
            ReadOnlySpan<byte> got = viewer.Picture.AsSpan(at * bytes, bytes);
            // The test's viewer keeps the three bytes of a compressed pixel from the left.
            ReadOnlySpan<byte> want = encoding == Zrle && bits == 32 ? Compressed(pixel, big, r) : pixel.AsSpan(0, bytes);
            Assert.True(want.SequenceEqual(got[..want.Length]), $"pixel {at}: {Convert.ToHexString(want)} {Convert.ToHexString(got)}");
        }

        static uint Scale(uint value, int max) => (uint)((((value & 0xff) * max) + 127) / 255);

        static ReadOnlySpan<byte> Compressed(byte[] pixel, bool big, int redShift) =>
            pixel.AsSpan(redShift == 24 ? (big ? 0 : 1) : (big ? 1 : 0), 3);
    }

    [Fact]
    public void A_new_size_reaches_a_viewer_that_knows_it_and_is_cut_for_others()
    {
        using var screen = new FakeScreen(128, 64);
        using VncServer server = Open(screen);
        using var viewer = new RfbClient(server.Address);
        using var old = new RfbClient(server.Address);
        viewer.Connect();
        old.Connect();
        viewer.SetEncodings(Raw, DesktopSize);
        old.SetEncodings(Raw);
        foreach (RfbClient one in (RfbClient[])[viewer, old])
        {
            one.Request(isIncremental: false);
            one.Update();
        }

        screen.Do(() =>
        {
            screen.Resize(300, 32);
            screen.Fill(0, 0, 300, 32, 0x00ff00);
        });
        viewer.Request(isIncremental: true);
        viewer.Update();
        Assert.Equal((300, 32), (viewer.Width, viewer.Height));
        AwaitSame(viewer, screen);
        old.Request(isIncremental: true);
        old.Update();
        Assert.Equal([0, 0xff, 0, 0], old.Picture.AsSpan((31 * 128 * 4) + (127 * 4), 4).ToArray());
        Assert.Equal(128 * 64 * 4, old.Picture.Length);
    }

    [Fact]
    public void Keys_and_pointer_reach_the_guest_and_are_let_go_when_the_viewer_leaves()
    {
        using var screen = new FakeScreen(101, 51);
        var guest = new FakeInput();
        var router = new InputRouter();
        router.Attach(guest);
        var input = new InputQueue();
        input.Connect(router, screen.Post);
        using VncServer server = Open(screen, input);
        using (var viewer = new RfbClient(server.Address))
        {
            viewer.Connect();
            foreach (uint symbol in (uint[])['a', 'A', '!', 0xff0d, 0xffe1, 0x20ac])
            {
                Key(viewer, symbol, isDown: true);
                Key(viewer, symbol, isDown: false);
            }

            Key(viewer, 0xffe3, isDown: true);
            Key(viewer, 0xffe3, isDown: true);
            viewer.Stream.Write([5, 1, 0, 50, 0, 25]);
            viewer.Stream.Write([5, 8, 0xff, 0xff, 0, 0]);
            guest.Await("wheel 1");
        }

        guest.Await("0xe0 up");
        guest.Await("buttons None");
        Assert.Equal(
            "0x04 down, 0x04 up, 0x04 down, 0x04 up, 0x1e down, 0x1e up, 0x28 down, 0x28 up, 0xe1 down, 0xe1 up, 0xe0 down, "
            + "at 16383 16383, buttons Left, at 32767 0, buttons None, wheel 1, 0xe0 up",
            string.Join(", ", guest.Seen));
    }

    [Fact]
    public void A_password_lets_in_who_knows_it()
    {
        using var screen = new FakeScreen(64, 64);
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "secret42 and more\n");
        using VncServer server = VncServer.Open(new IPEndPoint(IPAddress.Loopback, 0), screen.Feed, new InputQueue(), "the test",
            new VncPassword("secret42"));
        foreach ((string password, bool right) in new[] { ("secret42", true), ("secret43", false) })
        {
            using var viewer = new RfbClient(server.Address);
            viewer.Greet("RFB 003.008\n");
            Assert.Equal([1, 2], viewer.Read(2));
            viewer.Stream.Write([2]);
            viewer.Stream.Write(new VncPassword(password).Answer(viewer.Read(16)));
            Assert.Equal([0, 0, 0, (byte)(right ? 0 : 1)], viewer.Read(4));
            if (right)
                viewer.Init();
            else
                Assert.Equal("wrong password", System.Text.Encoding.ASCII.GetString(viewer.Read(viewer.Read(4)[3])));
        }

        File.Delete(file);
    }

    [Fact]
    public void The_answer_to_a_challenge_is_the_known_one()
    {
        // What "openssl enc -des-ecb -nopad -K 0e86ceceeef64e26" makes of zeros; the key is "password" with each byte mirrored.
        byte[] answer = new VncPassword("password").Answer(new byte[16]);
        Assert.Equal("FF97502E9422F089FF97502E9422F089", Convert.ToHexString(answer));
    }

    [Fact]
    public void A_viewer_that_wants_the_screen_alone_gets_it()
    {
        using var screen = new FakeScreen(64, 64);
        using VncServer server = Open(screen);
        using var first = new RfbClient(server.Address);
        first.Connect();
        using var second = new RfbClient(server.Address);
        second.Connect(isShared: false);

        Assert.True(IsOver(first));
        second.Request(isIncremental: false);
        second.Update();
    }

    [Theory]
    [InlineData("99")]
    [InlineData("00000000 08 03 00 01 0000 0000 0000 00 00 00 000000")]
    [InlineData("00000000 20 18 00 01 00fe 00ff 00ff 10 08 00 000000")]
    [InlineData("00000000 20 18 00 01 00ff 00ff 00ff 1f 08 00 000000")]
    [InlineData("00000000 20 18 00 00 00ff 00ff 00ff 10 08 00 000000")]
    [InlineData("06000000 ffffffff")]
    public void What_breaks_the_protocol_is_disconnected_and_others_stay(string bytes)
    {
        using var screen = new FakeScreen(64, 64);
        using VncServer server = Open(screen);
        var notes = new ConcurrentQueue<string>();
        server.Noted = notes.Enqueue;
        using var good = new RfbClient(server.Address);
        good.Connect();
        using var bad = new RfbClient(server.Address);
        bad.Connect();
        bad.Stream.Write(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));

        Assert.True(SpinWait.SpinUntil(() => server.Viewers == 1, TimeSpan.FromSeconds(20)));
        Assert.Contains("disconnected: it ", Assert.Single(notes), StringComparison.Ordinal);
        good.Request(isIncremental: false);
        Assert.True(good.Update() > 0);
    }

    [Fact]
    public void Random_bytes_harm_nobody()
    {
        using var screen = new FakeScreen(64, 64);
        using VncServer server = Open(screen);
        var random = new Random(11);
        int rounds = Environment.GetEnvironmentVariable("PS3_FUZZ_LONG") is null ? 60 : 3000;
        for (int round = 0; round < rounds; round++)
        {
            using var viewer = new RfbClient(server.Address);
            byte[] bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            if (round % 4 != 0)
                viewer.Connect();
            // Kinds that exist, so that what follows them is read too.
            if (round % 2 == 0)
                bytes[0] = (byte)random.Next(7);
            try
            {
                viewer.Stream.Write(bytes);
            }
            catch (IOException)
            {
                // It has been disconnected already.
            }
        }

        using var good = new RfbClient(server.Address);
        good.Connect();
        good.Request(isIncremental: false);
        Assert.True(good.Update() > 0);
        Assert.True(SpinWait.SpinUntil(() => server.Viewers == 1, TimeSpan.FromSeconds(60)), $"{server.Viewers} viewers");
    }

    [Fact]
    public void A_viewer_that_does_not_read_does_not_hold_up_the_machine()
    {
        using var screen = new FakeScreen(1280, 720);
        using VncServer server = Open(screen);
        using var stuck = new RfbClient(server.Address);
        stuck.Connect();
        stuck.SetEncodings(Raw);
        for (int i = 0; i < 50; i++)
            stuck.Request(isIncremental: false);
        long started = Stopwatch.GetTimestamp();
        for (int seed = 0; seed < 10; seed++)
            screen.Do(() => screen.Fill(0, 0, 1280, 720, (uint)seed));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    [SkippableFact]
    public void Gvnccapture_sees_the_same_pixels()
    {
        Skip.IfNot(File.Exists("/usr/bin/gvnccapture"), "gvnccapture is not installed (gvncviewer)");
        using var screen = new FakeScreen(400, 300);
        screen.Do(() => screen.Draw(3));
        using VncServer server = Open(screen, display: true);
        string file = Path.Combine(Path.GetTempPath(), $"vnc-{Guid.NewGuid():N}.png");
        Run("gvnccapture", $"127.0.0.1:{server.Address.Port - 5900}", file);

        using SKBitmap picture = SKBitmap.Decode(file);
        Assert.Equal((400, 300), (picture.Width, picture.Height));
        for (int y = 0; y < 300; y++)
        {
            for (int x = 0; x < 400; x++)
            {
                SKColor color = picture.GetPixel(x, y);
                Assert.Equal(screen.Get(x, y), (uint)((color.Red << 16) | (color.Green << 8) | color.Blue));
            }
        }

        File.Delete(file);
    }

    [SkippableFact]
    public void Vncsnapshot_sees_the_screen()
    {
        Skip.IfNot(File.Exists("/usr/bin/vncsnapshot"), "vncsnapshot is not installed");
        using var screen = new FakeScreen(320, 200);
        screen.Do(() => screen.Fill(0, 0, 320, 200, 0x3060c0));
        using VncServer server = Open(screen, display: true);
        string file = Path.Combine(Path.GetTempPath(), $"vnc-{Guid.NewGuid():N}.jpg");
        Run("vncsnapshot", "-quality", "100", $"127.0.0.1:{server.Address.Port - 5900}", file);

        using SKBitmap picture = SKBitmap.Decode(file);
        Assert.Equal((320, 200), (picture.Width, picture.Height));
        SKColor middle = picture.GetPixel(160, 100);
        Assert.InRange(middle.Red, 0x2c, 0x34);
        Assert.InRange(middle.Green, 0x5c, 0x64);
        Assert.InRange(middle.Blue, 0xbc, 0xc4);
        File.Delete(file);
    }

    private static VncServer Open(FakeScreen screen, InputQueue? input = null, bool display = false)
    {
        // Viewers count displays from port 5900.
        for (int port = display ? 5950 : 0; ; port++)
        {
            try
            {
                return VncServer.Open(
                    new IPEndPoint(IPAddress.Loopback, port), screen.Feed, input ?? new InputQueue(), "the test", password: null);
            }
            catch (VncException) when (display && port < 6400)
            {
                // Somebody else's.
            }
        }
    }

    private static bool IsOver(RfbClient viewer)
    {
        try
        {
            return viewer.Stream.Read(new byte[1]) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void Key(RfbClient viewer, uint symbol, bool isDown)
    {
        byte[] message = new byte[8];
        message[0] = 4;
        message[1] = (byte)(isDown ? 1 : 0);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), symbol);
        viewer.Stream.Write(message);
    }

    private static void AwaitSame(RfbClient viewer, FakeScreen screen)
    {
        long started = Stopwatch.GetTimestamp();
        while (!IsSame(viewer, screen))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "the picture is another one");
            viewer.Request(isIncremental: true);
            viewer.Update();
        }
    }

    private static bool IsSame(RfbClient viewer, FakeScreen screen)
    {
        for (int at = 0; at < screen.Width * screen.Height; at++)
        {
            ReadOnlySpan<byte> pixel = viewer.Picture.AsSpan(at * 4, 4);
            if ((uint)((pixel[2] << 16) | (pixel[1] << 8) | pixel[0]) != screen.Get(at % screen.Width, at / screen.Width))
                return false;
        }

        return true;
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(30_000), $"{program} does not end");
        Assert.True(process.ExitCode == 0, errors);
    }
}
