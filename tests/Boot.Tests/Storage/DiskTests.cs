using System.Globalization;
using System.IO.Compression;
using System.Text;

using Xunit;

namespace Boot.Tests.Storage;

/// <summary>A disk under real Linux: partitioned, formatted, written, and there after a restart.</summary>
public sealed class DiskTests : IDisposable
{
    // Writes its news to the kernel's log. On the second boot of the same disk the partition is there.
    private const string Script = """
        #!/bin/sh
        say() { echo "T: $*" > /dev/kmsg; }
        for i in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/ps3da ] && break; sleep 1; done
        say "size $(cat /sys/block/ps3da/size)"
        mkdir -p /m
        if [ ! -b /dev/ps3da1 ]; then
          printf 'n\np\n1\n\n\nw\n' | fdisk /dev/ps3da > /dev/null 2>&1
          sleep 1
          mkfs.ext4 -q /dev/ps3da1; say "mkfs $?"
          mount -t ext4 /dev/ps3da1 /m; say "mount $?"
          dd if=/dev/urandom of=/m/data bs=64k count=DATA; say "dd $?"
          (cd /m; sha256sum data > sum); sync; umount /m; say "umount $?"
          reboot -f
        fi
        mount -t ext4 /dev/ps3da1 /m; say "mount again $?"
        (cd /m; sha256sum -c sum > /tmp/check); say "check $(cat /tmp/check)"
        umount /m; e2fsck -fn /dev/ps3da1; say "e2fsck $?"

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-disk-").FullName;

    private string Image => Path.Combine(_folder, "disk.img");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("6.1", 3200)]
    [InlineData("6.12", 400)]
    public void Linux_partitions_formats_writes_and_finds_it_after_a_restart(string version, int pieces)
    {
        ProgramResult run = Boot(version, pieces, "--disk", $"{Image},size=512M");

        Assert.Equal(0, run.ExitCode);
        foreach (string line in (string[])
            [
                "First accessible region has index 3 start 57168648 size 1048576",
                "ps3da is a PS3 SIMULATOR DISK (28426 MiB total, 512 MiB for OtherOS)",
                "T: size 1048576", "T: mkfs 0", "T: mount 0", "T: dd 0", "T: umount 0", "the guest restarts", "T: mount again 0",
                "T: check data: OK", "T: e2fsck 0",
            ])
        {
            Assert.Contains(line, run.Messages, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("tag mismatch", run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("I/O error", run.Messages, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void With_the_instruction_clock_a_run_with_a_disk_is_the_same_twice()
    {
        Assert.Equal(0, Boot("6.1", 16, "--disk", $"{Image},size=64M").ExitCode);
        string[] arguments = ["--disk", $"{Image},snapshot", "--clock", "instructions", "--state-hash"];

        ProgramResult first = Boot("6.1", 16, arguments);
        ProgramResult second = Boot("6.1", 16, arguments);

        Assert.Equal(0, first.ExitCode);
        Assert.Contains("T: check data: OK", first.Messages, StringComparison.Ordinal);
        Assert.Equal(first.Messages, second.Messages);
    }

    [SkippableFact]
    public void A_disk_that_cannot_be_opened_ends_before_the_guest_starts()
    {
        ProgramResult run = Ps3Program.Run("boot", "--disk", Path.Combine(_folder, "none.img"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--disk", run.Messages, StringComparison.Ordinal);
        Assert.Contains(
            "no such file; give one that exists, or its size to have it made (size=8G)", run.Messages, StringComparison.Ordinal);
    }

    private ProgramResult Boot(string version, int pieces, params string[] more)
    {
        string initrd = Path.Combine(_folder, "initrd");
        using (FileStream file = File.Create(initrd))
        {
            file.Write(File.ReadAllBytes(Guests.Path("initramfs.cpio.gz")));
            file.Write(File.ReadAllBytes(Guests.Path("tools.cpio.gz")));
            using var gzip = new GZipStream(file, CompressionLevel.Fastest);
            gzip.Write(Archive("disk.sh", Script.Replace("DATA", $"{pieces}", StringComparison.Ordinal)));
        }

        return Ps3Program.Run(
        [
            "boot", Guests.Path($"vmlinux-{version}-full.xz"), "--initrd", initrd, "--append", "run=/disk.sh", "--log-buffer",
            "--symbols", Guests.Path($"System.map-{version}-full.xz"), "--timeout", "6m", .. more,
        ]);
    }

    // A cpio archive in the "newc" format, as initramfs takes it, with one executable file.
    private static byte[] Archive(string name, string text)
    {
        List<byte> archive = [];
        foreach ((string entry, byte[] data, uint mode) in ((string, byte[], uint)[])
            [(name, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")), 0x81ed), ("TRAILER!!!", [], 0)])
        {
            uint[] fields = [1, mode, 0, 0, 1, 0, (uint)data.Length, 0, 0, 0, 0, (uint)entry.Length + 1, 0];
            archive.AddRange(Encoding.ASCII.GetBytes(
                "070701" + string.Concat(fields.Select(static field => field.ToString("x8", CultureInfo.InvariantCulture)))));
            archive.AddRange([.. Encoding.ASCII.GetBytes(entry), 0]);
            Pad();
            archive.AddRange(data);
            Pad();
        }

        return [.. archive];

        void Pad()
        {
            while (archive.Count % 4 != 0)
                archive.Add(0);
        }
    }
}
