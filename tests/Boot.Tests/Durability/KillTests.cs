using System.Globalization;

using Boot.Tests.Linux;

using Xunit;
using Xunit.Abstractions;

namespace Boot.Tests.Durability;

/// <summary>
/// The simulator is killed at random times while Linux writes to its disk: nothing that the guest was told is durable may be lost. The next
/// guest mounts what the killed one has left. <c>PS3_KILLS</c> is the number of kills, ten by default.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const long DiskSize = 32 << 20;
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan LongestMount = TimeSpan.FromSeconds(0.3);

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Nothing_acknowledged_is_lost_when_the_simulator_is_killed()
    {
        Skip.If(OperatingSystem.IsWindows(), "the tools that check the file system are Linux's");
        HostTool.Need("mkfs.ext4", "e2fsck", "debugfs");
        string kernel = Guests.Path(Records.Kernel);
        int kills = int.Parse(Environment.GetEnvironmentVariable("PS3_KILLS") ?? "10", CultureInfo.InvariantCulture);
        bool hasQcow2 = HostTool.Find("qemu-nbd") is not null && HostTool.Find("qemu-img") is not null;
        // Two at a time, each with a disk of its own.
        int[] records = await Task.WhenAll(
            Task.Run(() => RunGuests(kernel, "raw", (kills + 1) / 2)),
            Task.Run(() => RunGuests(kernel, hasQcow2 ? "qcow2" : "raw", kills / 2)));
        output.WriteLine($"{kills} kills, {records.Sum()} records acknowledged, none lost");
        Assert.True(records.Sum() >= kills, $"{kills} kills, and only {records.Sum()} records were acknowledged");
    }

    // Returns how many records were acknowledged.
    private int RunGuests(string kernel, string format, int kills)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("n"))).FullName;
        string disk = Path.Combine(folder, "disk");
        HostTool.MakeExt4(disk, DiskSize);
        if (format == "qcow2")
        {
            HostTool.Succeed("qemu-img", "convert", "-f", "raw", "-O", "qcow2", disk, disk + ".qcow2");
            disk += ".qcow2";
        }

        var acknowledged = new Dictionary<int, string>();
        for (int kill = 1; kill <= kills; kill++)
        {
            // Every fourth is killed while it mounts what the one before has left.
            bool whileMounting = kill % 4 == 0;
            int first = acknowledged.Count == 0 ? 0 : acknowledged.Keys.Max() + 1;
            string text = RunAndKill(kernel, $"{disk},format={format}", folder, first, whileMounting);
            foreach ((int number, string digest) in Records.Acknowledged(text))
                acknowledged.Add(number, digest);
            string copy = Path.Combine(folder, "copy");
            Copy(disk, format, copy);
            Records.Check(copy, acknowledged, $"{format}, kill {kill}");
        }

        return acknowledged.Count;
    }

    private static string RunAndKill(string kernel, string disk, string folder, int first, bool whileMounting)
    {
        string initrd = new GuestScript(folder).Write(Records.Script(first));
        RunningProgram run = Ps3Program.Start(
            "boot", kernel, "--initrd", initrd, "--append", Records.CommandLine, "--disk", disk, "--spes", "0");
        try
        {
            // On a busy host one record may take as long as the longest run.
            int at = 0;
            for (int left = whileMounting ? 0 : Random.Shared.Next(1, 5); left > 0; left--)
                run.WaitForNext(Records.Acknowledgement, ref at);
            run.WaitFor(Records.Mounting);
            Thread.Sleep((whileMounting ? LongestMount : LongestRun) * Random.Shared.NextDouble());
        }
        finally
        {
            run.Kill();
            File.Delete(initrd);
        }

        string text = run.Wait().Output;
        Assert.DoesNotContain("FAILED", text, StringComparison.Ordinal);
        return text;
    }

    // qemu-nbd of the simulator that was killed ends by itself, and has the image locked until then.
    private static void Copy(string disk, string format, string copy)
    {
        if (format == "raw")
        {
            File.Copy(disk, copy, overwrite: true);
            return;
        }

        (int Code, string Said) result = default;
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    result = HostTool.Run("qemu-img", "convert", "-f", format, "-O", "raw", disk, copy);
                    return result.Code == 0;
                },
                TimeSpan.FromSeconds(20)),
            result.Said);
    }
}
