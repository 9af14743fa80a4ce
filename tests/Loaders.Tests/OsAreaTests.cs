using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Xunit;

namespace Loaders.Tests;

public class OsAreaTests
{
    [Fact]
    public void A_written_os_area_reads_back_the_same()
    {
        var area = new OsArea
        {
            RtcDiff = -5,
            AvMultiOut = AvMultiOut.PalYCbCr,
            LoaderCompressed = true,
            LoaderSize = 1234,
            LinuxRtcDiffEntry = 946684800
        };

        byte[] bytes = area.Write();

        Assert.Equal(0x1000, bytes.Length);
        Assert.Equal(area, OsArea.Read(new ImageFile("flash", bytes)));
        Assert.Null(OsArea.Read(new ImageFile("flash", new OsArea().Write())).LinuxRtcDiffEntry);
    }

    [Fact]
    public void Fields_are_at_the_offsets_that_Linux_reads()
    {
        byte[] bytes = new OsArea { AvMultiOut = AvMultiOut.PalRgb, LinuxRtcDiffEntry = 1 }.Write();

        Assert.Equal("cell_ext_os_area"u8, bytes.AsSpan(0, 16));
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4], bytes.AsSpan(0x10, 12).ToArray());
        Assert.Equal(1, bytes[512 + 0x28]);
        Assert.Equal("-db-"u8, bytes.AsSpan(1024, 4));
        Assert.Equal([0, 24, 0, 57, 2, 32, 0, 57, 3, 68, 0, 57], bytes.AsSpan(1024 + 8, 12).ToArray());
        // Owner 2 (Linux), key 1 (rtc_diff), value at index + 64.
        Assert.Equal(0x11, bytes[1024 + 24]);
        Assert.Equal(1, bytes[1024 + 88 + 7]);
    }

    [Fact]
    public void What_is_no_os_area_is_refused()
    {
        Assert.Equal(0, Assert.Throws<ImageFormatException>(() => OsArea.Read(new ImageFile("flash", new byte[4096]))).Offset);
        Assert.Throws<ImageFormatException>(() => OsArea.Read(new ImageFile("flash", new OsArea().Write().AsMemory(0, 600))));
    }
}
