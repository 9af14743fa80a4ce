using System.Diagnostics;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Blocks;

using Xunit;

namespace Host.Tests.Blocks;

/// <summary>The NBD client against the servers that people use.</summary>
public sealed class NbdTests : IDisposable
{
    private const int Size = 4 << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-nbd-test-").FullName;
    private readonly List<string> _said = [];

    private string Image => Path.Combine(_folder, "disk.img");

    private string Socket => Path.Combine(_folder, "socket");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void Qemu_nbd_reads_writes_flushes_and_trims()
    {
        File.WriteAllBytes(Image, new byte[Size]);
        using NbdServers server = NbdServers.Qemu(Socket, Image, "--discard=unmap");
        ReadAndWrite("");
        Assert.Empty(_said);
    }

    [SkippableFact]
    public void Nbdkit_reads_writes_flushes_and_trims()
    {
        using NbdServers server = NbdServers.Kit(Socket, "memory", $"{Size}");
        ReadAndWrite("");
        Assert.Empty(_said);
    }

    [SkippableFact]
    public void A_server_without_structured_replies_is_read_too()
    {
        File.WriteAllBytes(Image, new byte[Size]);
        using NbdServers server = NbdServers.Kit(Socket, "--no-sr", "file", Image);
        ReadAndWrite("");
    }

    [SkippableFact]
    public void Holes_read_as_zeroes()
    {
        using (FileStream file = File.Create(Image))
            file.SetLength(Size);
        using NbdServers server = NbdServers.Qemu(Socket, Image);
        using IBlockBackend disk = Open(",ro");
        byte[] bytes = BlockUser.Pattern(1 << 20, 1);
        Assert.Equal(BlockError.None, new BlockUser(disk).Read(0, bytes));
        Assert.All(bytes, static value => Assert.Equal(0, value));
    }

    [SkippableFact]
    public void An_export_that_is_not_there_is_named()
    {
        File.WriteAllBytes(Image, new byte[Size]);
        using NbdServers server = NbdServers.Qemu(Socket, Image, "-x", "root");
        BlockOpenException refused = Assert.Throws<BlockOpenException>(() => Open("", "other"));
        Assert.Contains("no export \"other\"", refused.Message, StringComparison.Ordinal);
        Open("", "root").Dispose();
    }

    [SkippableFact]
    public void A_read_only_export_wants_ro_or_snapshot()
    {
        byte[] before = BlockUser.Pattern(Size, 2);
        File.WriteAllBytes(Image, before);
        using NbdServers server = NbdServers.Qemu(Socket, Image, "-r");
        Assert.Contains("add ro, or snapshot", Assert.Throws<BlockOpenException>(() => Open("")).Message, StringComparison.Ordinal);
        using IBlockBackend disk = Open(",snapshot");
        var user = new BlockUser(disk);
        Assert.Equal(BlockError.None, user.Write(512, new byte[512]));
        Assert.Equal(new byte[512], user.Read(512, 512));
        Assert.Equal(before[1024..], user.Read(1024, Size - 1024));
    }

    [SkippableFact]
    public void A_servers_error_reaches_the_guest_as_its_kind()
    {
        using NbdServers server = NbdServers.Kit(Socket, "--filter=error", "memory", $"{Size}", "error=ENOSPC", "error-rate=100%");
        using IBlockBackend disk = Open("");
        var user = new BlockUser(disk);
        Assert.Equal(BlockError.NoSpace, user.Write(0, new byte[512]));
        Assert.Equal(BlockError.NoSpace, user.Read(0, new byte[512]));
        Assert.Contains("no space left", _said[0], StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_server_that_vanishes_is_an_error_until_it_is_back()
    {
        File.WriteAllBytes(Image, new byte[Size]);
        NbdServers server = NbdServers.Qemu(Socket, Image);
        using IBlockBackend disk = Open("");
        var user = new BlockUser(disk);
        byte[] bytes = BlockUser.Pattern(512, 3);
        Assert.Equal(BlockError.None, user.Write(0, bytes));
        server.Dispose();

        Assert.Equal(BlockError.Gone, user.Read(0, new byte[512]));
        Assert.Equal(BlockError.Gone, user.Flush());
        using NbdServers again = NbdServers.Qemu(Socket, Image);
        Assert.Equal(bytes, user.Read(0, 512));
    }

    [SkippableFact]
    public async Task With_pause_nothing_unflushed_is_lost_with_the_server_that_held_it()
    {
        // nbdkit's memory goes with its process: what comes back is what this client writes again.
        NbdServers server = NbdServers.Kit(Socket, "memory", $"{Size}");
        using IBlockBackend disk = Open(",onerror=pause");
        var user = new BlockUser(disk);
        byte[] bytes = BlockUser.Pattern(65536, 4);
        Assert.Equal(BlockError.None, user.Write(0, bytes));
        server.Dispose();

        Task<BlockError> flush = user.Start(static request => request.Operation = BlockOperation.Flush);
        Assert.True(SpinWait.SpinUntil(() => disk.StallReason is not null, TimeSpan.FromSeconds(20)));
        using NbdServers again = NbdServers.Kit(Socket, "memory", $"{Size}");
        Assert.Equal(BlockError.None, await flush.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(bytes, user.Read(0, bytes.Length));
        Assert.Contains(_said, static line => line.EndsWith("goes on", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_qcow2_image_is_served_by_a_qemu_nbd_that_ends_with_it()
    {
        Skip.IfNot(QemuNbdServer.IsInstalled && NbdServers.Find("qemu-img") is not null, "qemu-nbd and qemu-img are not installed");
        string image = Path.Combine(_folder, "disk.qcow2");
        Process.Start(new ProcessStartInfo("qemu-img", ["create", "-q", "-f", "qcow2", image, "64M"]))!.WaitForExit();
        byte[] bytes = BlockUser.Pattern(65536, 5);
        var options = new BlockOptions(image) { Format = BlockFormat.Qcow2 };
        HashSet<string> before = [.. Directory.GetDirectories(Path.GetTempPath(), "ps3-nbd-*")];
        using (IBlockBackend disk = BlockBackends.Open(options, _said.Add))
        {
            Assert.Equal(64UL << 20, disk.Length);
            Assert.Equal(BlockError.None, new BlockUser(disk).Write(32 << 20, bytes));
            BlockOpenException second = Assert.Throws<BlockOpenException>(() => BlockBackends.Open(options, _said.Add));
            Assert.Contains("qemu-nbd does not open it", second.Message, StringComparison.Ordinal);
            Assert.Contains(Directory.GetDirectories(Path.GetTempPath(), "ps3-nbd-*"), folder => !before.Contains(folder));
        }

        Assert.DoesNotContain(Directory.GetDirectories(Path.GetTempPath(), "ps3-nbd-*"), folder =>
            File.Exists(Path.Combine(folder, "socket")) && !before.Contains(folder));
        using (IBlockBackend again = BlockBackends.Open(options with { IsSnapshot = true }, _said.Add))
        {
            Assert.Equal(bytes, new BlockUser(again).Read(32 << 20, bytes.Length));
            Assert.Equal(BlockError.None, new BlockUser(again).Write(32 << 20, new byte[512]));
        }

        using IBlockBackend third = BlockBackends.Open(options with { IsReadOnly = true }, _said.Add);
        Assert.Equal(bytes, new BlockUser(third).Read(32 << 20, bytes.Length));
        Assert.Empty(_said);
    }

    [Theory]
    [InlineData("nbd://localhost/", "localhost", 10809, null, "")]
    [InlineData("nbd://[::1]:7/a%20b", "::1", 7, null, "a b")]
    [InlineData("nbd+unix:///root?socket=/run/a%2Cb", null, 10809, "/run/a,b", "root")]
    public void Addresses_are_read(string text, string? host, int port, string? socket, string export)
    {
        Assert.True(NbdAddress.TryParse(text, out NbdAddress? address, out _));
        Assert.Equal((host, socket, export), (address.Host, address.Socket, address.Export));
        if (host is not null)
            Assert.Equal(port, address.Port);
    }

    [Theory]
    [InlineData("nbd://")]
    [InlineData("nbd:localhost:10809")]
    [InlineData("nbd+unix:///x")]
    [InlineData("nbd+unix://host/x?socket=/a")]
    [InlineData("nbds://host/x")]
    public void Other_addresses_are_refused(string text) => Assert.False(NbdAddress.TryParse(text, out _, out _));

    [Fact]
    public void A_server_that_is_not_there_is_named()
    {
        BlockOpenException refused = Assert.Throws<BlockOpenException>(
            () => BlockBackends.Open(new BlockOptions($"nbd+unix:///?socket={_folder}/none"), _said.Add));
        Assert.Contains("give the address of an NBD server that runs", refused.Message, StringComparison.Ordinal);
    }

    private IBlockBackend Open(string options, string export = "")
    {
        Assert.True(
            BlockOptions.TryParse($"nbd+unix:///{export}?socket={Socket}{options}", out BlockOptions? read, out string? problem), problem);
        return BlockBackends.Open(read, _said.Add);
    }

    private void ReadAndWrite(string options)
    {
        byte[] expected = new byte[Size];
        using (IBlockBackend disk = Open(options))
        {
            Assert.Equal((ulong)Size, disk.Length);
            var user = new BlockUser(disk);
            var random = new Random(1);
            for (int i = 0; i < 40; i++)
            {
                int count = random.Next(1, 200) * 512;
                int offset = random.Next(0, (Size - count) / 512) * 512;
                byte[] bytes = BlockUser.Pattern(count, i);
                bytes.CopyTo(expected, offset);
                Assert.Equal(BlockError.None, user.Write((ulong)offset, bytes, forceUnitAccess: i % 5 == 0));
            }

            Assert.Equal(BlockError.None, user.Flush());
            Assert.Equal(expected, user.Read(0, Size));
            Assert.Equal(BlockError.None, user.Trim(1 << 20, 1 << 20));
            Assert.Equal(expected[..(1 << 20)], user.Read(0, 1 << 20));
        }

        using IBlockBackend again = Open(options);
        Assert.Equal(expected[(2 << 20)..], new BlockUser(again).Read(2 << 20, 2 << 20));
    }
}
