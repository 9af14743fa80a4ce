using CellPpe.Core;
using Devices.Tests.Fakes;
using Devices.Tests.Gpu;
using Devices.Tests.VirtualUart;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using SkiaSharp;
using Xunit;

namespace Devices.Tests.Video;

public sealed class FrameCaptureTests : IDisposable
{
    private readonly GpuFixture _gpu = new();
    private readonly DisplayState _display = new(VideoMode.P480);
    private readonly FrameCapture _capture;

    public FrameCaptureTests()
    {
        _capture = new FrameCapture(_gpu.Device, _display);
    }

    [Fact]
    public void Nothing_is_shown_before_the_first_flip()
    {
        Assert.False(_capture.TryCapture(out _));
        _gpu.SetUp();
        Assert.False(_capture.TryCapture(out _));
        _gpu.Device.ContextFree(_gpu.Context);
        Assert.False(_capture.TryCapture(out _));
    }

    [Fact]
    public void The_last_picture_is_kept_when_the_context_goes()
    {
        _gpu.SetUp();
        _gpu.Memory.TryWriteUInt32(_gpu.Ddr, 0x0011_2233);
        Flip(1, 0);

        _gpu.Device.ContextFree(_gpu.Context);

        Assert.True(_capture.TryCapture(out Frame? frame));
        Assert.Equal([0x00, 0x11, 0x22, 0x33], frame.Pixels[..4].ToArray());
    }

    [Fact]
    public void Without_a_mode_set_the_boot_mode_is_scanned_out()
    {
        _gpu.SetUp();
        _gpu.Memory.TryWriteUInt32(_gpu.Ddr + (0x1000 + (720 * 4 * 2) + 4), 0x00a1_b2c3);
        Flip(0, 0x1000);

        Assert.True(_capture.TryCapture(out Frame? frame));

        Assert.Equal((720, 480), (frame.Width, frame.Height));
        Assert.Equal([0x00, 0xa1, 0xb2, 0xc3], frame.Pixels.Slice(((2 * 720) + 1) * 4, 4).ToArray());
    }

    [Fact]
    public void Head_b_and_the_guests_mode_take_precedence_and_the_pitch_is_used()
    {
        var av = new AvSettings(new FakeHost(), VideoMode.P480, _display);
        av.Receive(AvPackets.SetMode(1, 9, 1280, 720, 8192));
        _gpu.SetUp();
        _gpu.Memory.TryWriteUInt32(_gpu.Ddr + 8192, 0x0011_2233);
        Flip(0, 0x2000);
        Flip(1, 0);

        Assert.True(_capture.TryCapture(out Frame? frame));

        Assert.Equal((1280, 720), (frame.Width, frame.Height));
        Assert.Equal([0x00, 0x11, 0x22, 0x33], frame.Pixels.Slice(1280 * 4, 4).ToArray());
    }

    [Fact]
    public void Lines_beyond_the_guests_memory_are_black()
    {
        _gpu.SetUp();
        ulong offset = (9 * GpuFixture.Mib) - (720 * 4);
        _gpu.Memory.TryWriteUInt32(_gpu.Ddr + offset, 0x00ff_ffff);
        Flip(1, offset);

        Assert.True(_capture.TryCapture(out Frame? frame));

        Assert.Equal(0xff, frame.Pixels.Span[1]);
        Assert.Equal(-1, frame.Pixels.Span[(720 * 4)..].IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_black_head_shows_black()
    {
        _gpu.SetUp();
        _gpu.Memory.TryWriteUInt32(_gpu.Ddr, 0x00ff_ffff);
        Flip(1, 0);
        var av = new AvSettings(new FakeHost(), VideoMode.P480, _display);
        av.Receive(AvPackets.Command(0x0100_0004, 20, (8, 1)));
        Assert.True(_capture.TryCapture(out Frame? frame));
        Assert.Equal(-1, frame.Pixels.Span.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_png_holds_the_same_colours()
    {
        byte[] pixels = [0, 255, 0, 0, 0, 0, 255, 0, 0x80, 0, 0, 255, 0xff, 1, 2, 3];
        using var stream = new MemoryStream();

        PngWriter.Write(new Frame(2, 2, pixels), stream);

        using SKBitmap picture = SKBitmap.Decode(stream.ToArray());
        Assert.Equal((2, 2), (picture.Width, picture.Height));
        Assert.Equal(new SKColor(255, 0, 0), picture.GetPixel(0, 0));
        Assert.Equal(new SKColor(0, 255, 0), picture.GetPixel(1, 0));
        Assert.Equal(new SKColor(0, 0, 255), picture.GetPixel(0, 1));
        Assert.Equal(new SKColor(1, 2, 3), picture.GetPixel(1, 1));
    }

    [Fact]
    public void A_png_file_replaces_an_older_one()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(path, new byte[100_000]);
            PngWriter.Write(new Frame(1, 1, new byte[4]), path);
            Assert.True(new FileInfo(path).Length < 1000);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("480P", 0x5u)]
    [InlineData("720p", 0x9u)]
    [InlineData("1080p", 0xbu)]
    public void Modes_are_found_by_name(string name, uint vid)
    {
        Assert.True(VideoMode.TryParse(name, out VideoMode? mode));
        Assert.Equal(vid, mode.VideoId);
    }

    [Fact]
    public void Other_names_are_no_modes() => Assert.False(VideoMode.TryParse("4k", out _));

    public void Dispose() => _gpu.Dispose();

    private void Flip(ulong head, ulong offset)
    {
        Assert.Equal(CellPpe.Core.Ports.Lv1Status.Success, _gpu.Device.ContextAttribute(_gpu.Context, 0x102, head, offset, 0, 0));
        _gpu.RunUntil(_gpu.Clock.TimeBase + 1_331_330);
    }
}
