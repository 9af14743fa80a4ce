using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;

using CellPpe.Core;
using CellPpe.Ppe.Engines;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Machine.Tests;

/// <summary>
/// The short form of tests/Speed/soak.sh: Linux with three busy shells, and far less room for compiled code than they need, so that as
/// much is evicted in half a minute as normally in hours. The guest checks its results itself.
/// </summary>
public sealed class LongRunTests
{
    private const int Seconds = 30;
    private const long CompiledLimit = 3000;
    private const int CodePageLimit = 2048;

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Linux_works_with_little_room_for_compiled_code_and_the_bounds_are_kept(bool hostThreads)
    {
        var console = new StringBuilder();
        using Ps3Machine machine = MachineBuilder.Build(new MachineConfig
        {
            Kernel = Kernel(),
            Initrd = Initrd(),
            CommandLine = $"console=hvc0 quiet run=/soak-shells soak_seconds={Seconds}",
            Console = bytes => console.Append(Encoding.UTF8.GetString(bytes)),
            HostThreads = hostThreads,
            CompiledLimit = CompiledLimit,
        });
        var seen = new List<(long Instructions, int Pages, EngineStatistics Engine)>();
        void Check()
        {
            EngineStatistics engine = machine.Ppe.Statistics;
            seen.Add((engine.RegionInstructions, machine.Ppe.DecodedPages, engine));
            machine.Events.Schedule(machine.Clock.TimeBase + (IMachineClock.Frequency / 4), Check);
        }

        machine.Events.Schedule(machine.Clock.TimeBase, Check);
        RunOutcome outcome = machine.Run(new RunLimits { Timeout = TimeSpan.FromMinutes(8) });

        string text = console.ToString();
        Assert.True(outcome.End == RunEnd.PowerOff, $"{outcome.End}: {text[^Math.Min(text.Length, 2000)..]}");
        Assert.Contains("SELFTEST OK", text, StringComparison.Ordinal);
        Assert.Contains("SOAK DONE", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SOAK FAIL", text, StringComparison.Ordinal);

        EngineStatistics last = seen[^1].Engine;
        Assert.Equal(0, last.Failures);
        Assert.All(seen, static one => Assert.InRange(one.Instructions, 0, CompiledLimit));
        Assert.All(seen, static one => Assert.InRange(one.Pages, 0, CodePageLimit + 64));
        // The bound was reached, and code continued to be compiled and freed.
        Assert.True(last.Evicted > 50, last.ToString());
        Assert.True(last.InstructionsCompiled > 2 * CompiledLimit, last.ToString());
        Assert.InRange(last.Retired.Regions, last.Evicted / 2, last.Dropped);
        Assert.Equal(last.Installed - last.Dropped, last.Regions);
    }

    private static BootImage Kernel() =>
        KernelFixups.Apply(OtherOsImage.Read(ImageFile.Read(Guest("vmlinux-6.1-ps3-debug.xz")), BootRequest.RetailBootMemory), out _);

    // Linux accepts concatenated archives.
    private static ImageFile Initrd()
    {
        using var bytes = new MemoryStream();
        bytes.Write(File.ReadAllBytes(Guest("initramfs.cpio.gz")));
        using (var packed = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            packed.Write(Archive("soak-shells", File.ReadAllBytes(InTree("tests", "Speed", "soak", "shells"))));
        return new ImageFile("initramfs with soak-shells", bytes.ToArray());
    }

    // cpio's newc format: a header of 110 characters, the name, the data, each filled up to 4 bytes.
    private static byte[] Archive(string name, byte[] data)
    {
        const int Executable = 0x81ed;
        var archive = new List<byte>();
        foreach ((string one, byte[] content) in (ReadOnlySpan<(string, byte[])>)[(name, data), ("TRAILER!!!", [])])
        {
            int[] fields =
                [archive.Count + 1, content.Length > 0 ? Executable : 0, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, one.Length + 1, 0];
            string numbers = string.Concat(fields.Select(static field => field.ToString("x8", CultureInfo.InvariantCulture)));
            archive.AddRange(Encoding.ASCII.GetBytes($"070701{numbers}{one}\0"));
            archive.AddRange(new byte[-archive.Count & 3]);
            archive.AddRange(content);
            archive.AddRange(new byte[-archive.Count & 3]);
        }

        return [.. archive];
    }

    private static string Guest(string name)
    {
        string path = InTree("..", "shared", "guests", name);
        Skip.IfNot(File.Exists(path), $"../shared/guests/{name} is not there");
        return path;
    }

    private static string InTree(params string[] parts) => Path.GetFullPath(Path.Combine([Root(), .. parts]));

    private static string Root([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "..", "..");
}
