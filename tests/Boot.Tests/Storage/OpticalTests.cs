using System.Diagnostics;
using System.Security.Cryptography;
using Boot.Tests.Linux;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Storage.Optical;
using Ps3Platform.Host.Blocks;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;
using Xunit;

namespace Boot.Tests.Storage;

/// <summary>The optical drive under real Linux.</summary>
public sealed class OpticalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-optical-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("6.1")]
    [InlineData("6.12")]
    public void Linux_mounts_a_disc_reads_all_of_it_and_cannot_write_it(string version)
    {
        byte[] data = RandomNumberGenerator.GetBytes(5_000_001);
        string iso = WriteDisc("first.iso", "FIRST", data, out string sum);

        IReadOnlyList<string> said = new GuestScript(_folder).Run($"vmlinux-{version}-full.xz", """
            mount -t iso9660 -o ro /dev/sr0 /mnt; say mount $?
            say size $(cat /sys/block/sr0/size)
            say name $(ls /mnt)
            say file $(sha256sum </mnt/data)
            # The medium stays in while it is mounted; what follows reads it.
            eject /dev/sr0 2>/dev/null
            umount /mnt
            say disc $(dd if=/dev/sr0 bs=64k 2>/dev/null | sha256sum)
            dd if=/dev/zero of=/dev/sr0 bs=2048 count=1 2>/dev/null; say write $?
            grep -E "Can (read DVD|write DVD-R|lock|open)" /proc/sys/dev/cdrom/info | sayall
            eject /dev/sr0; say eject $?
            dd if=/dev/sr0 of=/dev/null count=1 2>/dev/null; say out $?
            eject -t /dev/sr0; say load $?
            say again $(dd if=/dev/sr0 bs=64k 2>/dev/null | sha256sum)
            dmesg | grep -E "sr0|PS-SYSTEM|tag mismatch|I/O error" | sayall
            """, "--cdrom", iso);

        Assert.Contains($"size {new FileInfo(iso).Length / 512}", said);
        Assert.Contains("mount 0", said);
        Assert.Contains("name data", said);
        Assert.Contains($"file {Convert.ToHexStringLower(SHA256.HashData(data))} -", said);
        Assert.Contains($"disc {sum} -", said);
        Assert.DoesNotContain("write 0", said);
        Assert.Contains("eject 0", said);
        Assert.DoesNotContain("out 0", said);
        Assert.Contains("load 0", said);
        Assert.Contains($"again {sum} -", said);
        Assert.Contains(said, static line => line.Contains("SONY     PS-SYSTEM   302R 1.0", StringComparison.Ordinal));
        Assert.DoesNotContain(said, static line => line.Contains("tag mismatch", StringComparison.Ordinal));
        Assert.Equal("END", said[^1]);
    }

    [SkippableFact]
    public void Without_a_disc_the_drive_is_there_and_empty()
    {
        IReadOnlyList<string> said = new GuestScript(_folder).Run("vmlinux-6.1-full.xz", """
            [ -b /dev/sr0 ] && say there
            dd if=/dev/sr0 of=/dev/null count=1 2>&1 | sayall
            """);

        Assert.Equal("there", said[0]);
        Assert.Contains(said, static line => line.Contains("No medium found", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_change_of_the_medium_is_noticed()
    {
        string first = WriteDisc("first.iso", "FIRST", [1, 2, 3], out string firstSum);
        string second = WriteDisc("second.iso", "SECOND", RandomNumberGenerator.GetBytes(100_000), out string secondSum);
        const string Script = """
            sum() { dd if=/dev/sr0 bs=2048 2>/dev/null | sha256sum | cut -c1-64; }
            a=$(sum); say first $a
            for i in $(seq 600); do b=$(sum); [ "$a" != "$b" ] && [ $(cat /sys/block/sr0/size) -gt 100 ] && break; usleep 100000; done
            say second $b size $(cat /sys/block/sr0/size)
            """;
        var options = new MachineOptions { Kernel = Guests.Path("vmlinux-6.1-full.xz"), Initrd = new GuestScript(_folder).Write(Script) };
        using var tray = new DiscTray(Open(first), Open);
        using Ps3Machine machine = MachineBuilder.Build(MachineConfigFactory.Create(options, new HostOptionFiles()) with { Disc = tray });
        IRemovableMedium drive = machine.Devices.OfType<IRemovableMedium>().Single();
        Assert.Equal(("cdrom", false), (drive.Name, drive.IsOpen));

        bool isChanged = false;
        var clock = Stopwatch.StartNew();
        while (machine.Run(new RunLimits { Timeout = TimeSpan.FromSeconds(1) }).End == RunEnd.Timeout
            && clock.Elapsed < TimeSpan.FromMinutes(4))
        {
            if (isChanged || !Said(machine).Any(static line => line.Contains("SAY first", StringComparison.Ordinal)))
                continue;
            try
            {
                drive.Eject(force: false);
            }
            catch (DeviceOperationException)
            {
                // Linux locks the door while a program has the drive open, which this one has now and then.
                continue;
            }

            Assert.True(drive.IsOpen);
            drive.Change(second);
            isChanged = true;
        }

        Assert.Contains(Said(machine), line => line.EndsWith($"SAY first {firstSum}", StringComparison.Ordinal));
        string last = $"SAY second {secondSum} size {new FileInfo(second).Length / 512}";
        Assert.Contains(Said(machine), line => line.EndsWith(last, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_disc_ends_before_the_guest_starts()
    {
        string small = Path.Combine(_folder, "small.iso");
        File.WriteAllBytes(small, new byte[1024]);
        foreach ((string[] arguments, string message) in ((string[], string)[])
            [
                (["--cdrom", small], "--cdrom " + small + ": has 1024 bytes, less than one sector of 2048"),
                (["--cdrom", Path.Combine(_folder, "none.iso")], "no such file"),
                (["--cdrom", small + ",snapshot"], "a disc is read and never written"),
            ])
        {
            ProgramResult run = Ps3Program.Run(["boot", .. arguments]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(message, run.Messages, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Said(Ps3Machine machine) => machine.FindKernelLog()?.Lines ?? [];

    private static IBlockBackend Open(string path) => BlockBackends.OpenDisc(new BlockOptions(path), static _ => { });

    private string WriteDisc(string name, string label, byte[] data, out string sum)
    {
        string path = Path.Combine(_folder, name);
        byte[] disc = IsoImage.Write(label, ("DATA.", data));
        File.WriteAllBytes(path, disc);
        sum = Convert.ToHexStringLower(SHA256.HashData(disc));
        return path;
    }
}
