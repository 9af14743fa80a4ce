using Boot.Tests.Screens;
using Xunit;

namespace Boot.Tests.Linux;

/// <summary>Virtual machines inside the guest: Linux's KVM runs the kernels of firmware-stubs/kvm in problem state.</summary>
public sealed class KvmTests : IDisposable
{
    private static readonly string Userland = Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "kvm", "initramfs.cpio.gz");
    private static readonly string Golden = Path.Combine(Guests.RepositoryRoot(), "tests", "Boot.Tests", "Golden", "kvm.txt");

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-kvm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("vmlinux-6.1-full.xz", "6.1.192", "auto", "host")]
    [InlineData("vmlinux-6.1-full.xz", "6.1.192", "compiled", "instructions")]
    [InlineData("vmlinux-6.12-full.xz", "6.12.117", "auto", "host")]
    [InlineData("vmlinux-6.12-full.xz", "6.12.117", "interpreter", "instructions")]
    public void Machines_with_and_without_translation_compute_and_end_well(string kernel, string release, string engine, string clock)
    {
        string path = Path.Combine(_folder, "screen.png");

        // Without the kernel's own messages the whole output fits on the screen.
        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path(kernel), "--initrd", Userland, "--append", "loglevel=1", "--video", "1080p", "--screenshot", path,
            "--engine", engine, "--clock", clock, "--timeout", "4m");

        Assert.Equal(0, run.ExitCode);
        IReadOnlyList<string> lines = ScreenText.Read(path, ConsoleFont.Of("vmlinux-6.1-ps3.xz"));
        string[] printed =
            [.. lines.SkipWhile(static line => !line.StartsWith("KVMTEST-INIT", StringComparison.Ordinal))
                .Where(static line => line.Length > 0)];
        Assert.Equal(Sorted($"KVMTEST-INIT {release}, KVM API 12\n{File.ReadAllText(Golden)}".Trim().Split('\n')), Sorted(printed));
    }

    // The kernel's processes print in the order in which they are served, which the host's clock may change.
    private static string Sorted(IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        bool IsProcess(string line) => line.StartsWith("kernel|   [", StringComparison.Ordinal);
        var processes = new Queue<string>(all.Where(IsProcess).Order(StringComparer.Ordinal));
        return string.Join('\n', all.Select(line => IsProcess(line) ? processes.Dequeue() : line));
    }
}
