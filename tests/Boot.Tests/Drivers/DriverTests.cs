using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

using Xunit;

namespace Boot.Tests.Drivers;

/// <summary>
/// The embedded guest's own drivers for disk, optical drive, flash and network: they check the devices from inside.
/// <c>PS3_NET_RESTARTS</c> sets how often receiving is stopped and started (200 without it).
/// </summary>
public sealed partial class DriverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-drivers-").FullName;

    private static string Restarts => Environment.GetEnvironmentVariable("PS3_NET_RESTARTS") ?? "200";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_devices_it_says_so_and_goes_on()
    {
        ProgramResult run = Boot();

        Has(run, "ok   notification: 1 devices reported, those of the repository; then silence");
        Has(run, "  disk: none");
        Has(run, "ok   optical: \"SONY    PS-SYSTEM   302R1.0 \", no disc: sense key 2, code 3a");
        Has(run, "  flash: none");
        Has(run, "ok   network sending: 6 frames in one chain, two of them in two pieces");
        Has(run, "  network: nobody answers");
    }

    [Theory]
    [InlineData("host", "1")]
    [InlineData("host", "2")]
    [InlineData("instructions", "1")]
    public void A_disk_is_read_and_written_and_what_is_wrong_is_refused(string clock, string hostThreads)
    {
        string disk = Disk(16 << 20);
        string before = Sum(disk);

        ProgramResult run = Boot("--append", "scratch", "--disk", disk, "--clock", clock, "--host-threads", hostThreads);

        Has(run, "ok   notification: 2 devices reported, those of the repository; then silence");
        Has(run, "  disk region 0: id 0, blocks 0 to 57201416, refused (-5)");
        Has(run, "  disk region 1: id 1, blocks 8 to 52974336, refused (-5)");
        Has(run, "  disk region 2: id 2, blocks 52974344 to 57168640, refused (-5)");
        Has(run, "  disk region 3: id 3, blocks 57168648 to 57201416, readable (0)");
        Has(run, "ok   disk: region 3: 32768 blocks of 512 bytes");
        Has(run, "ok   disk queue: 16 reads at once, ascending tags, the next is refused: -9");
        Has(run, "ok   disk reads: polled, to an odd address, as part of the whole disk: the same");
        Has(run, "ok   disk identify: \"PS3 SIMULATOR DISK\", 57201416 sectors");
        Has(run, "ok   disk statuses: 21 calls, each with its status");
        Has(run, "ok   disk writes: a pattern written, flushed and read, the old content restored");
        Assert.Equal(before, Sum(disk));
    }

    [Theory]
    [InlineData("", "", "  disk: nothing is written, because scratch is not asked for")]
    [InlineData(",ro", "scratch", "ok   disk writes: refused: the disk is read-only")]
    [InlineData(",snapshot", "scratch", "ok   disk writes: a pattern written, flushed and read, the old content restored")]
    public void A_disk_that_must_not_change_does_not(string option, string arguments, string line)
    {
        // The pattern's 128 blocks are the whole disk.
        string disk = Disk(64 << 10);
        string before = Sum(disk);
        DateTime written = File.GetLastWriteTimeUtc(disk);

        Has(Boot("--append", arguments, "--disk", disk + option), line);

        Assert.Equal(before, Sum(disk));
        Assert.Equal(written, File.GetLastWriteTimeUtc(disk));
    }

    [Fact]
    public void A_disc_is_read_to_its_last_block()
    {
        string disc = Path.Combine(_folder, "disc.iso");
        File.WriteAllBytes(disc, new byte[1000 * 2048]);

        Has(Boot("--cdrom", disc), "ok   optical: \"SONY    PS-SYSTEM   302R1.0 \", a disc of 1000 blocks, first and last read");
    }

    [Fact]
    public void The_flash_holds_what_its_tool_has_set()
    {
        string flash = Path.Combine(_folder, "flash.bin");

        ProgramResult fresh = Boot("--append", "scratch", "--flash", flash, "penguin");
        Assert.Equal(0, Ps3Program.Run("flash", "set", flash, "linux-rtc-offset=1234567890").ExitCode);
        string before = Sum(flash);
        ProgramResult changed = Boot("--append", "scratch", "--flash", flash, "penguin");

        Has(fresh, "  flash region 0: id 0, blocks 0 to 489472, refused (-5)");
        Has(fresh, "  flash region 5: id 5, blocks 473600 to 481792, readable (0)");
        Has(fresh, "ok   flash: os-area version 1, database in segment 2, boot image in segment 4");
        Has(fresh, "ok   flash database: version 1, room for 57 long values, 57 words, 57 halfwords");
        Assert.Matches("ok   flash clock: the clock's offset is [0-9]+, from the parameters; boot flag [01]\n", fresh.Output);
        Has(fresh, "ok   flash copy: lv1's copy in boot memory is the same");
        Has(fresh, "ok   flash statuses: 7 calls, each with its status");
        Has(fresh, "ok   flash writes: a pattern written and read, the old content restored");
        Assert.Contains("ok   flash clock: the clock's offset is 1234567890, from the database", changed.Output, StringComparison.Ordinal);
        Assert.Equal(before, Sum(flash));
    }

    [SkippableTheory]
    [InlineData("plain", "1")]
    [InlineData("vlan", "1")]
    [InlineData("plain", "2")]
    public void The_user_network_answers_and_receiving_is_stopped_and_started(string gelic, string hostThreads)
    {
        Skip.IfNot(NativeLibrary.TryLoad("libslirp.so.0", out nint library), "libslirp is not installed (apt-get install libslirp0)");
        NativeLibrary.Free(library);

        ProgramResult run = Boot(
            "--append", $"net dhcp restarts={Restarts}", "--net", "user", "--mac", "02:00:50:53:33:44", "--gelic", gelic,
            "--host-threads", hostThreads);

        Has(run, "ok   network: 020050533344, link up, 1000 Mbit/s, full duplex");
        Has(run, "ok   network sending: 6 frames in one chain, two of them in two pieces");
        Has(run, "ok   network address: DHCP offers 10.0.2.15");
        Has(run, "ok   network gateway: at 52:55:0a:00:02:02");
        NothingIsLost(run);
    }

    /// <summary>
    /// A peer that floods all the time: no ping is lost while the engine receives, and no frame of the flood between two others.
    /// </summary>
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void Receiving_is_stopped_and_started_under_a_flood(string hostThreads)
    {
        // The restarts take tenths of a second. On a busy host the peer may not get to send in that time, and the run shows nothing.
        const int Attempts = 4;
        long seen = 0;
        for (int attempt = 0; attempt < Attempts && seen < 200; attempt++)
            seen = FramesSeenUnderAFlood(hostThreads, Path.Combine(_folder, $"switch{attempt}"));
        Assert.True(seen >= 200, $"{seen} frames of a flood");
    }

    private static long FramesSeenUnderAFlood(string hostThreads, string path)
    {
        RunningProgram started = Ps3Program.Start(
            "boot", "--append", $"net restarts={Restarts}", "--net", $"switch,socket={path}", "--host-threads", hostThreads);
        using var peer = new FloodingPeer(path);
        ProgramResult run = Checked(started.Wait());

        Has(run, "ok   network gateway: at 02:00:00:00:00:22");
        NothingIsLost(run);
        Match flood = FloodLine().Match(run.Output);
        Assert.True(flood.Success, run.Output);
        Assert.True(peer.Answered > 45);
        long seen = long.Parse(flood.Groups["frames"].Value, CultureInfo.InvariantCulture);
        Assert.InRange(seen, 0, peer.Flooded);
        return seen;
    }

    [GeneratedRegex("  network: [0-9]+ answers came across a restart or before it, (?<frames>[0-9]+) frames of a flood\n")]
    private static partial Regex FloodLine();

    private static void NothingIsLost(ProgramResult run)
    {
        int pings = 6 * int.Parse(Restarts, CultureInfo.InvariantCulture);
        Has(run, "ok   network pings: 10 of 4 to 1472 bytes, answered to the byte");
        Has(run, "ok   network full ring: 16 descriptors full, 45 of 45 pings answered");
        Has(run, $"ok   network restarts: {Restarts} under traffic, 0 of {pings} pings lost, 0 damaged, 0 twice, 0 gaps in a flood");
    }

    private static ProgramResult Boot(params string[] arguments) => Checked(Ps3Program.Run(["boot", .. arguments]));

    private static ProgramResult Checked(ProgramResult run)
    {
        Assert.DoesNotContain("FAIL", run.Output, StringComparison.Ordinal);
        Assert.Contains("PENGUIN OK", run.Output, StringComparison.Ordinal);
        Assert.Equal("ps3: the guest powered off\n", run.Messages);
        Assert.Equal(0, run.ExitCode);
        return run;
    }

    private static void Has(ProgramResult run, string line) => Assert.Contains(line, run.Output.Split('\n'));

    private static string Sum(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private string Disk(int size)
    {
        string path = Path.Combine(_folder, "disk.img");
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(size));
        return path;
    }
}
