using System.Globalization;
using System.Text;

using Boot.Tests.Linux;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Blocks;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

using Xunit;
using Xunit.Abstractions;

namespace Boot.Tests.Durability;

/// <summary>
/// Power cuts under real Linux. One run of a guest on a disk that remembers everything is enough for cuts at any number of moments;
/// <c>PS3_POWER_CUTS</c> is how many, 30 by default.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output) : IDisposable
{
    private const long DiskSize = 16 << 20;
    private const int RecordCount = 50;

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-power-cut-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void What_Linux_has_flushed_survives_a_power_cut_at_any_moment()
    {
        HostTool.Need("mkfs.ext4", "e2fsck", "debugfs");
        int cuts = int.Parse(Environment.GetEnvironmentVariable("PS3_POWER_CUTS") ?? "30", CultureInfo.InvariantCulture);
        string image = Path.Combine(_folder, "disk.img");
        // Writes may be torn between two sectors. ext4's superblock has two and, with this feature, one checksum, which mount cannot do
        // without: a weakness of the file system's and not of the disk's.
        HostTool.MakeExt4(image, DiskSize, "-O", "^metadata_csum");
        using var disk = new PowerCutLog(File.ReadAllBytes(image), TimeSpan.FromMilliseconds(10));
        List<(int Moment, int Number, string Digest)> acknowledged = RunGuest(disk);
        Assert.Equal(RecordCount, acknowledged.Count);
        Assert.True(disk.Flushes >= RecordCount, $"{disk.Flushes} flushes for {RecordCount} calls of fsync");

        var random = new Random(1);
        int checkedRecords = 0;
        for (int seed = 0; seed < cuts; seed++)
        {
            int moment = random.Next(disk.Count + 1);
            var cut = (PowerCut)(seed % 3);
            Dictionary<int, string> promised = PromisedAt(moment, acknowledged);
            File.WriteAllBytes(image, disk.After(moment, cut, seed));
            Records.Check(image, promised, $"moment {moment} of {disk.Count}, {cut}, seed {seed}");
            checkedRecords += promised.Count;
        }

        output.WriteLine($"{disk.Count} writes and flushes, {cuts} power cuts, {checkedRecords} records checked, none lost");
        Assert.True(checkedRecords > 0, "no record was acknowledged before any of the power cuts");

        // The same run on a disk that only claims to flush: the checks above would have seen the loss.
        int losses = 0;
        for (int seed = 0; seed < 6; seed++)
        {
            File.WriteAllBytes(image, disk.After(disk.Count * 3 / 4, (PowerCut)(seed % 3), seed, ignoresFlushes: true));
            losses += Records.FindLoss(image, PromisedAt(disk.Count * 3 / 4, acknowledged)) is null ? 0 : 1;
        }

        Assert.Equal(6, losses);
    }

    private static Dictionary<int, string> PromisedAt(int moment, IEnumerable<(int Moment, int Number, string Digest)> acknowledged) =>
        acknowledged.Where(one => one.Moment <= moment).ToDictionary(static one => one.Number, static one => one.Digest);

    // How many writes and flushes had ended when the guest acknowledged a record.
    private List<(int Moment, int Number, string Digest)> RunGuest(PowerCutLog disk)
    {
        var options = new MachineOptions
        {
            Kernel = Guests.Path(Records.Kernel),
            Initrd = new GuestScript(_folder).Write(Records.Script(0, RecordCount)),
            CommandLine = Records.CommandLine,
            Spes = 0,
        };
        var text = new StringBuilder();
        List<(int Moment, int Number, string Digest)> acknowledged = [];
        using var worker = new BlockWorker(disk, BlockErrorPolicy.Report, static _ => { });
        using Ps3Machine machine = MachineBuilder.Build(MachineConfigFactory.Create(options, new HostOptionFiles()) with
        {
            Disk = worker,
            Console = bytes =>
            {
                text.Append(Encoding.Latin1.GetString(bytes));
                if (!bytes.Contains((byte)'\n'))
                    return;
                int moment = disk.Count;
                acknowledged.AddRange(Records.Acknowledged(text.ToString()).Skip(acknowledged.Count)
                    .Select(one => (moment, one.Number, one.Digest)));
            },
        });
        RunOutcome outcome = machine.Run(new RunLimits { Timeout = TimeSpan.FromMinutes(4) });
        Assert.True(outcome.End == RunEnd.PowerOff, $"{outcome}:\n{text}");
        return acknowledged;
    }
}
