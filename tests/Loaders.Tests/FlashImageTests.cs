using System.Buffers.Binary;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Flash;
using Xunit;

namespace Loaders.Tests;

/// <summary>The flash that <c>--flash</c> takes and <c>ps3 flash</c> edits.</summary>
public class FlashImageTests
{
    private const int Database = 1024;

    [Fact]
    public void A_new_flash_is_what_Linux_takes_and_says_what_a_console_would()
    {
        FlashImage flash = FlashImage.Make("new");
        Assert.Equal(FlashImage.Size, FlashImage.Read(flash.File).File.Bytes.Length);
        var area = OsArea.Read(new ImageFile("copy", flash.File.Bytes[..OsArea.Bytes]));
        Assert.Equal(946_684_800, area.RtcDiff);
        Assert.True(flash.StartsOtherOs);
        Assert.Null(flash.BootImage);
        Assert.Equal(FlashImage.Size - 2048, flash.Room);
    }

    [Theory]
    [InlineData("boot-flag", "game-os", "2")]
    [InlineData("rtc-offset", "-5", "soon")]
    [InlineData("av-multi-out", "pal-ycbcr", "hdmi")]
    [InlineData("yes-button", "x", "y")]
    [InlineData("address", "192.168.1.10", "1")]
    [InlineData("netmask", "255.255.255.0", "255.255.255.256")]
    [InlineData("gateway", "10.0.0.1", "::1")]
    [InlineData("dns1", "9.9.9.9", "1.1.1")]
    [InlineData("dns2", "1.1.1.1", "")]
    [InlineData("linux-rtc-offset", "-946684800", "1e3")]
    [InlineData("video-mode", "65535", "65536")]
    [InlineData("video-mode", "none", "-1")]
    public void A_setting_is_read_back_and_a_wrong_value_changes_nothing(string name, string value, string wrong)
    {
        FlashImage flash = FlashImage.Make("flash");
        OsAreaField field = OsAreaFields.Find(name)!;
        Assert.True(field.TrySet(flash, value, out _));
        Assert.False(field.TrySet(flash, wrong, out string? problem));
        Assert.StartsWith("give", problem, StringComparison.Ordinal);
        FlashImage read = FlashImage.Read(flash.File);
        Assert.Equal(value, field.Get(read));
        FlashImage fresh = FlashImage.Make("fresh");
        Assert.All(OsAreaFields.All.Where(other => other != field), other => Assert.Equal(other.Get(fresh), other.Get(read)));
    }

    [Fact]
    public void Values_stand_where_Linux_looks_for_them()
    {
        FlashImage flash = FlashImage.Make("flash");
        foreach ((string name, string value) in ((string, string)[])
            [("linux-rtc-offset", "1"), ("linux-rtc-offset", "258"), ("video-mode", "5"), ("address", "1.2.3.4")])
            Assert.True(OsAreaFields.Find(name)!.TrySet(flash, value, out _));
        ReadOnlySpan<byte> bytes = flash.File.Bytes.Span;
        Assert.Equal((0x11, 1, 2), (bytes[Database + 24], bytes[Database + 88 + 6], bytes[Database + 88 + 7]));
        // Set twice, it has one entry.
        Assert.Equal(0, bytes[Database + 25]);
        Assert.Equal((0x1a, 5), (bytes[Database + 836], bytes[Database + 836 + 64 + 1]));
        Assert.Equal([1, 2, 3, 4], bytes.Slice(0x230, 4).ToArray());
        Assert.Equal(258, OsArea.Read(new ImageFile("copy", flash.File.Bytes[..OsArea.Bytes])).LinuxRtcDiffEntry);
    }

    [Fact]
    public void A_database_that_is_none_reads_as_empty_and_is_formatted_by_the_first_value()
    {
        byte[] bytes = FlashImage.Make("flash").File.Bytes.ToArray();
        bytes.AsSpan(Database, 1024).Fill(0xff);
        FlashImage flash = FlashImage.Read(new ImageFile("flash", bytes));
        OsAreaField field = OsAreaFields.Find("linux-rtc-offset")!;
        Assert.Equal("none", field.Get(flash));
        Assert.True(field.TrySet(flash, "none", out _));
        Assert.Equal(0xff, flash.File.Bytes.Span[Database]);
        Assert.True(field.TrySet(flash, "7", out _));
        Assert.Equal("-db-"u8, flash.File.Bytes.Span.Slice(Database, 4));
        Assert.Equal("7", field.Get(flash));
    }

    [Fact]
    public void A_full_database_and_a_damaged_index_are_refused_by_file_and_offset()
    {
        byte[] bytes = FlashImage.Make("flash").File.Bytes.ToArray();
        bytes.AsSpan(Database + 24, 57).Fill(0x21);
        OsAreaField field = OsAreaFields.Find("linux-rtc-offset")!;
        FlashImage full = FlashImage.Read(new ImageFile("full.bin", bytes));
        ImageFormatException problem = Assert.Throws<ImageFormatException>(() => field.TrySet(full, "1", out _));
        Assert.Equal(("full.bin", Database + 24L), (problem.FileName, problem.Offset));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(Database + 10), 1000);
        FlashImage damaged = FlashImage.Read(new ImageFile("damaged.bin", bytes));
        Assert.Equal(Database + 8L, Assert.Throws<ImageFormatException>(() => field.Get(damaged)).Offset);
    }

    [Fact]
    public void A_boot_image_goes_in_and_out()
    {
        FlashImage flash = FlashImage.Make("flash");
        flash.SetBootImage(new ImageFile("kernel", new byte[flash.Room]));
        Assert.Equal(flash.Room, FlashImage.Read(flash.File).BootImage!.Bytes.Length);
        flash.SetBootImage(new ImageFile("kernel.gz", new byte[] { 0x1f, 0x8b, 8 }));
        Assert.True(flash.IsBootImagePacked);
        Assert.Equal([0x1f, 0x8b, 8], FlashImage.Read(flash.File).BootImage!.Bytes.ToArray());
        var big = new ImageFile("big", new byte[flash.Room + 1]);
        ImageFormatException problem = Assert.Throws<ImageFormatException>(() => flash.SetBootImage(big));
        Assert.Equal(("big", (long)flash.Room), (problem.FileName, problem.Offset));
        byte[] xz = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0];
        Assert.Throws<ImageFormatException>(() => flash.SetBootImage(new ImageFile("x.xz", xz)));
        Assert.Throws<ImageFormatException>(() => flash.SetBootImage(new ImageFile("empty", Array.Empty<byte>())));
        Assert.Equal(3, flash.BootImage!.Bytes.Length);
        flash.SetBootImage(null);
        Assert.Equal(FlashImage.Make("flash").File.Bytes, flash.File.Bytes, static (a, b) => a.Span.SequenceEqual(b.Span));
    }

    [Theory]
    [InlineData(0x00, 0U)]
    [InlineData(0x10, 0U)]
    [InlineData(0x14, 1U)]
    [InlineData(0x14, 7U)]
    [InlineData(0x14, uint.MaxValue)]
    [InlineData(0x18, 3U)]
    [InlineData(0x18, 8193U)]
    [InlineData(0x20, 2U)]
    [InlineData(0x24, (uint)FlashImage.Size)]
    [InlineData(0x24, uint.MaxValue)]
    public void A_header_that_a_guest_would_not_take_is_refused(int offset, uint value)
    {
        byte[] bytes = FlashImage.Make("flash").File.Bytes.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(offset), value);
        ImageFormatException problem = Assert.Throws<ImageFormatException>(() => FlashImage.Read(new ImageFile("bad.bin", bytes)));
        Assert.Equal("bad.bin", problem.FileName);
        Assert.InRange(problem.Offset, 0, 0x24);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(FlashImage.Size - 1)]
    [InlineData(16 << 20)]
    public void Another_size_is_refused(int size)
    {
        ImageFormatException problem = Assert.Throws<ImageFormatException>(() => FlashImage.Read(new ImageFile("nor.bin", new byte[size])));
        Assert.Contains($"It has {size} bytes", problem.Message, StringComparison.Ordinal);
    }
}
