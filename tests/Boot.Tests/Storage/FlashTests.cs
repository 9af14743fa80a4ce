using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Boot.Tests.Linux;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Compression;
using Xunit;

namespace Boot.Tests.Storage;

/// <summary>The flash: <c>ps3 boot --flash</c> under real Linux, and <c>ps3 flash</c>.</summary>
public sealed class FlashTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-flash-").FullName;

    private string Flash => Path.Combine(_folder, "flash.bin");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("6.1")]
    [InlineData("6.12")]
    public void Linux_reads_its_settings_and_writes_the_clock_into_the_database(string version)
    {
        Make();
        Assert.Equal(0, Ps3Program.Run("flash", "set", Flash, "rtc-offset=946684801", "av-multi-out=pal-rgb").ExitCode);
        string before = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Flash)));

        IReadOnlyList<string> said = new GuestScript(_folder).Run($"vmlinux-{version}-full.xz", """
            say rtc $(xxd -p /proc/device-tree/linux,rtc_diff) av $(xxd -p /proc/device-tree/linux,av_multi_out)
            say flash $(sha256sum </dev/ps3flash)
            date -s 2030-01-01 >/dev/null; hwclock -w -u; say hwclock $?
            sleep 1
            say rtc $(xxd -p /proc/device-tree/linux,rtc_diff)
            echo written | dd of=/dev/ps3flash bs=1 seek=3000000 2>/dev/null; say dd $?
            dmesg | grep -E "First accessible|ps3flash|tag mismatch" | sayall
            """, "--flash", Flash);

        // 946684801 and 1.
        Assert.Equal("rtc 00000000386d4381 av 00000001", said[0]);
        Assert.Equal($"flash {before} -", said[1]);
        Assert.Equal("hwclock 0", said[2]);
        Assert.Equal("dd 0", said[4]);
        const string Region = "First accessible region has index 5 start 473600 size 8192";
        Assert.Contains(said, static line => line.EndsWith(Region, StringComparison.Ordinal));
        Assert.DoesNotContain(said, static line => line.Contains("tag mismatch", StringComparison.Ordinal));
        long offset = long.Parse(Get("linux-rtc-offset"), CultureInfo.InvariantCulture);
        Assert.Equal(said[3], $"rtc {offset:x16}");
        Assert.NotEqual(946_684_801, offset);
        Assert.Equal("written\n"u8, File.ReadAllBytes(Flash).AsSpan(3_000_000, 8));

        // The next machine finds it again.
        said = new GuestScript(_folder).Run(
            $"vmlinux-{version}-full.xz", "say rtc $(xxd -p /proc/device-tree/linux,rtc_diff); say $(date +%Y)", "--flash", Flash);
        Assert.Equal($"rtc {offset:x16}", said[0]);
        Assert.Equal("2030", said[1]);
    }

    [SkippableFact]
    public void The_kernel_in_the_flash_boots_when_none_is_named()
    {
        string kernel = Path.Combine(_folder, "otheros.bld");
        ImageFile vmlinux = CompressedFile.Unpack(ImageFile.Read(Guests.Path("vmlinux-6.1-ps3-debug.xz")));
        using (var gzip = new GZipStream(File.Create(kernel), CompressionLevel.SmallestSize))
            gzip.Write(vmlinux.Bytes.Span);
        Make();
        Assert.Equal(0, Ps3Program.Run("flash", "set", Flash, $"image={kernel}").ExitCode);
        string shown = Ps3Program.Run("flash", "show", Flash).Output;
        Assert.Contains($"image: {new FileInfo(kernel).Length} bytes of 4192256, gzip", shown, StringComparison.Ordinal);
        ProgramResult copied = Ps3Program.Shell($"$PS3 flash get {Flash} image | cmp - {kernel}", _folder);
        Assert.Equal(0, copied.ExitCode);

        ProgramResult run = Ps3Program.Run(
            "boot", "--flash", Flash, "--initrd", Guests.Path("initramfs.cpio.gz"), "--append", "console=hvc0", "--timeout", "4m");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Linux version 6.1", run.Output, StringComparison.Ordinal);
        Assert.Contains("POWEROFF", run.Output, StringComparison.Ordinal);

        Assert.Equal(0, Ps3Program.Run("flash", "set", Flash, "boot-flag=game-os").ExitCode);
        Refused("boot-flag=other-os", "boot", "--flash", Flash);
    }

    [SkippableFact]
    public void A_guest_that_restarts_is_started_from_what_it_has_written_to_the_flash()
    {
        // A flash with the built-in guest, for the first guest to write over its own.
        string penguin = Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "penguin", "penguin.elf");
        string second = Path.Combine(_folder, "second.bin");
        Make();
        File.Copy(Flash, second);
        Assert.Equal(0, Ps3Program.Run("flash", "set", second, $"image={penguin}").ExitCode);
        string kernel = Path.Combine(_folder, "otheros.bld");
        ImageFile vmlinux = CompressedFile.Unpack(ImageFile.Read(Guests.Path("vmlinux-6.1-ps3-debug.xz")));
        using (var gzip = new GZipStream(File.Create(kernel), CompressionLevel.SmallestSize))
            gzip.Write(vmlinux.Bytes.Span);
        Assert.Equal(0, Ps3Program.Run("flash", "set", Flash, $"image={kernel}").ExitCode);
        string initrd = new GuestScript(_folder).With("second.bin", File.ReadAllBytes(second))
            .Write("until [ -c /dev/ps3flash ]; do usleep 20000; done; dd if=/second.bin of=/dev/ps3flash bs=256k && reboot -f");

        ProgramResult run = Ps3Program.Run("boot", "--flash", Flash, "--initrd", initrd, "--append", "console=hvc0", "--timeout", "4m");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Linux version 6.1", run.Output, StringComparison.Ordinal);
        Assert.Contains("the guest restarts", run.Messages, StringComparison.Ordinal);
        Assert.Contains("PENGUIN OK", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_flash_has_no_kernel_and_says_how_to_put_one_in()
    {
        Make();
        Assert.Equal(4 << 20, new FileInfo(Flash).Length);
        Refused($"{Flash}, offset 0x24: The flash holds no boot image; write: ps3 flash set FILE", "boot", "--flash", Flash);
        Refused($"{Flash}, offset 0x24: The flash holds no boot image", "flash", "get", Flash, "image");
    }

    [Fact]
    public void Settings_are_shown_changed_together_or_refused_by_name()
    {
        Make();
        Assert.Equal("none", Get("video-mode"));
        Assert.Equal(0, Ps3Program.Run("flash", "set", Flash, "video-mode=5", "boot-flag=game-os").ExitCode);
        Assert.Equal("5", Get("video-mode"));
        Assert.Contains("boot-flag=game-os\n", Ps3Program.Run("flash", "show", Flash).Output, StringComparison.Ordinal);
        Refused("yes-button=z: give o or x", "flash", "set", Flash, "video-mode=6", "yes-button=z");
        Assert.Equal("5", Get("video-mode"));
        Refused("boot-flg: no such setting; did you mean boot-flag?", "flash", "get", Flash, "boot-flg");
        Refused("video-mode: a value is missing; write video-mode=VALUE", "flash", "set", Flash, "video-mode");
    }

    [Fact]
    public void What_is_no_flash_is_refused_by_name_and_stays_as_it_is()
    {
        string other = Path.Combine(_folder, "other.bin");
        Refused($"{other}: no such file", "flash", "show", other);
        foreach ((int size, string message) in ((int, string)[])
            [(100, "It has 100 bytes"), ((4 << 20) + 100, "It has 4194404 bytes"), (4 << 20, "offset 0x0: There is no os-area here")])
        {
            File.WriteAllBytes(other, new byte[size]);
            Refused(message, "boot", "penguin", "--flash", other);
            Refused(message, "flash", "set", other, "boot-flag=other-os");
            Assert.Equal(new byte[size], File.ReadAllBytes(other));
        }
    }

    private static void Refused(string message, params string[] arguments)
    {
        ProgramResult run = Ps3Program.Run(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Messages, StringComparison.Ordinal);
    }

    // The built-in guest uses no flash, but the machine it runs on makes one.
    private void Make() => Assert.Equal(124, Ps3Program.Run("boot", "penguin", "--flash", Flash, "--instructions", "1000").ExitCode);

    private string Get(string name)
    {
        ProgramResult run = Ps3Program.Run("flash", "get", Flash, name);
        Assert.Equal(0, run.ExitCode);
        return run.Output.Trim();
    }
}
