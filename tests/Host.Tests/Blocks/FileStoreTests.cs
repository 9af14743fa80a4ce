using System.Diagnostics;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Blocks;

using Xunit;

namespace Host.Tests.Blocks;

/// <summary>Raw files: made sparse, locked, read-only and with a snapshot.</summary>
public sealed class FileStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-blocks-").FullName;
    private readonly List<string> _said = [];

    private string Image => Path.Combine(_folder, "disk.img");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_made_sparse_and_keeps_what_is_written()
    {
        byte[] bytes = BlockUser.Pattern(65536, 1);
        using (IBlockBackend made = Open($"{Image},size=8G"))
        {
            Assert.Equal((8UL << 30, 512U, false), (made.Length, made.SectorSize, made.IsReadOnly));
            var user = new BlockUser(made);
            Assert.Equal(BlockError.None, user.Write((8UL << 30) - 65536, bytes));
            Assert.Equal(BlockError.None, user.Flush());
            Assert.All(user.Read(4UL << 30, 512), static value => Assert.Equal(0, value));
        }

        using IBlockBackend again = Open(Image);
        Assert.Equal(bytes, new BlockUser(again).Read((8UL << 30) - 65536, 65536));
        Assert.Equal(8L << 30, new FileInfo(Image).Length);
        if (OperatingSystem.IsLinux())
            Assert.True(UsedBytes(Image) < 1 << 20, "holes take no space");
        Assert.Empty(_said);
    }

    [SkippableFact]
    public void What_the_host_has_in_memory_is_read_at_once_and_nothing_else()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "reads that do not wait are Linux's");
        byte[] bytes = BlockUser.Pattern(65536, 7);
        File.WriteAllBytes(Image, bytes);
        using IBlockBackend backend = Open(Image);
        var request = new BlockRequest(static _ => Assert.Fail("it is not completed")) { Operation = BlockOperation.Read };
        byte[] read = new byte[4096];
        request.Buffer = read;
        request.Offset = 8192;
        Skip.IfNot(backend.TryReadNow(request), "the file system of the temporary folder has no reads that do not wait");
        Assert.Equal(bytes[8192..12288], read);
        Assert.Equal(BlockError.None, request.Error);

        foreach (ulong outside in (ulong[])[65536 - 2048, 65536, ulong.MaxValue - 511, 8193])
        {
            request.Offset = outside;
            Assert.False(backend.TryReadNow(request));
        }
    }

    [Fact]
    public void A_second_writer_is_refused_with_the_name_of_the_first()
    {
        using IBlockBackend first = Open($"{Image},size=1M");
        BlockOpenException refused = Assert.Throws<BlockOpenException>(() => Open(Image));
        Assert.StartsWith($"{Image}: is in use", refused.Message, StringComparison.Ordinal);
        Assert.Throws<BlockOpenException>(() => Open($"{Image},ro"));
        if (OperatingSystem.IsLinux())
            Assert.Contains($"(process {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Readers_share_a_file_and_keep_a_writer_out()
    {
        File.WriteAllBytes(Image, BlockUser.Pattern(4096, 2));
        using (IBlockBackend first = Open($"{Image},ro"))
        using (IBlockBackend second = Open($"{Image},snapshot"))
        {
            Assert.True(first.IsReadOnly);
            Assert.Equal(BlockError.ReadOnly, new BlockUser(first).Write(0, new byte[512]));
            Assert.Equal(BlockError.None, new BlockUser(first).Flush());
            Assert.Throws<BlockOpenException>(() => Open(Image));
        }

        Open(Image).Dispose();
    }

    [Fact]
    public void A_snapshot_reads_back_what_was_written_and_leaves_the_file_as_it_was()
    {
        // Not a multiple of the overlay's pieces.
        byte[] before = BlockUser.Pattern((64 << 10) + 512, 3);
        File.WriteAllBytes(Image, before);
        byte[] expected = [.. before];
        var random = new Random(4);
        using (IBlockBackend disk = Open($"{Image},snapshot"))
        {
            var user = new BlockUser(disk);
            for (int i = 0; i < 200; i++)
            {
                int count = random.Next(1, 24) * 512;
                int offset = random.Next(0, (before.Length - count) / 512 + 1) * 512;
                byte[] bytes = BlockUser.Pattern(count, i);
                bytes.CopyTo(expected, offset);
                Assert.Equal(BlockError.None, user.Write((ulong)offset, bytes));
                Assert.Equal(expected, user.Read(0, expected.Length));
            }
        }

        Assert.Equal(before, File.ReadAllBytes(Image));
    }

    [Theory]
    [InlineData("missing.img", "no such file")]
    [InlineData(".", "give the path of a regular file")]
    [InlineData("empty.img", "is empty")]
    [InlineData("small.img,size=1M", "has 4096 bytes already")]
    [InlineData("image.qcow2", "add format=qcow2")]
    [InlineData("none/disk.img,size=1M", "no such file or folder")]
    [InlineData("missing.qcow2,format=qcow2", "qemu-")]
    public void What_cannot_be_used_is_named_with_a_way_out(string disk, string expected)
    {
        File.WriteAllBytes(Path.Combine(_folder, "empty.img"), []);
        File.WriteAllBytes(Path.Combine(_folder, "small.img"), new byte[4096]);
        File.WriteAllBytes(Path.Combine(_folder, "image.qcow2"), [(byte)'Q', (byte)'F', (byte)'I', 0xfb, .. new byte[508]]);
        BlockOpenException refused = Assert.Throws<BlockOpenException>(() => Open(Path.Combine(_folder, disk)));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disk.img", "disk.img")]
    [InlineData("disk.img,ro", "disk.img,ro")]
    [InlineData("a,,b,snapshot,onerror=pause", "a,,b,snapshot,onerror=pause")]
    [InlineData("disk.img,size=8192M,format=raw", "disk.img,size=8G,format=raw")]
    [InlineData("nbd://127.0.0.1:10809/root,onerror=report", "nbd://127.0.0.1:10809/root")]
    public void Options_are_read_as_they_are_written(string text, string written)
    {
        Assert.True(BlockOptions.TryParse(text, out BlockOptions? options, out string? problem), problem);
        Assert.Equal(written, options.ToString());
        Assert.True(BlockOptions.TryParse(options.ToString(), out BlockOptions? again, out _));
        Assert.Equal(options, again);
    }

    [Theory]
    [InlineData("", "names no file")]
    [InlineData(",ro", "names no file")]
    [InlineData("d,rw", "\"rw\" is not understood")]
    [InlineData("d,ro,snapshot", "contradict")]
    [InlineData("d,size=8", "is no size")]
    [InlineData("d,size=999999999G", "is no size")]
    [InlineData("d,size=513B", "is no size")]
    [InlineData("d,size=1G,ro", "leave one of the two out")]
    [InlineData("d,format=vmdk", "is not understood")]
    [InlineData("d,format=nbd", "needs an address")]
    [InlineData("nbd://h/x,format=raw", "leave format= out")]
    [InlineData("nbd://h/x,size=1G", "leave size= out")]
    [InlineData("d,format=qcow2,size=1G", "qemu-img create")]
    public void Options_that_make_no_sense_are_refused(string text, string expected)
    {
        Assert.False(BlockOptions.TryParse(text, out _, out string? problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    private static long UsedBytes(string path)
    {
        using Process du = Process.Start(new ProcessStartInfo("du", ["-B1", path]) { RedirectStandardOutput = true })!;
        string text = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(text.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private IBlockBackend Open(string text)
    {
        Assert.True(BlockOptions.TryParse(text, out BlockOptions? options, out string? problem), problem);
        return BlockBackends.Open(options, _said.Add);
    }
}
