using System.Text;

using SkiaSharp;

using Xunit;

namespace Boot.Tests.Linux;

/// <summary>The messages about kernels that print nothing on a terminal, with real kernels; skipped where those are missing.</summary>
public sealed class KernelLogTests : IDisposable
{
    private const string OnScreen = "its console is on the screen";
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("vmlinux-6.1-ps3.xz", "Linux version 6.1.192")]
    [InlineData("vmlinux-6.12-full.xz", "Linux version 6.12.")]
    public void The_log_of_a_kernel_that_only_draws_is_found_in_memory(string kernel, string version)
    {
        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path(kernel), "--clock", "instructions", "--instructions", "600000000", "--log-buffer");

        Assert.Equal(124, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains($"[    0.000000] {version}", run.Messages, StringComparison.Ordinal);
        Assert.Contains(OnScreen, run.Messages, StringComparison.Ordinal);
        Assert.Contains("instructions reached", run.Messages, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_panic_of_a_kernel_that_only_draws_is_reported_and_its_last_line_is_in_the_picture()
    {
        string path = Path.Combine(_folder, "panic.png");

        // No initial RAM disk and no root.
        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path("vmlinux-6.1-full.xz"), "--append", "panic=0", "--clock", "instructions", "--timeout", "4m",
            "--screenshot", path);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("guest panic: Kernel panic - not syncing: VFS: Unable to mount root fs", run.Messages, StringComparison.Ordinal);
        // The last of what ps3_panic prints (arch/powerpc/platforms/ps3/setup.c), in the log and in the picture.
        Assert.Contains("the last 40 of", run.Messages, StringComparison.Ordinal);
        Assert.Contains("Please press POWER button.", run.Messages, StringComparison.Ordinal);
        using SKBitmap screen = SKBitmap.Decode(path);
        Assert.Matches("T-TT-+$", Lines(screen));
    }

    [SkippableFact]
    public void What_the_console_has_shown_is_not_printed_again()
    {
        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path("vmlinux-6.1-ps3-debug.xz"), "--append", "console=hvc0", "--clock", "instructions", "--instructions",
            "100000000");

        Assert.Equal(124, run.ExitCode);
        Assert.DoesNotContain("kernel's log", run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain(OnScreen, run.Messages, StringComparison.Ordinal);
    }

    // What ps3_panic prints are a line with nothing but its time, two indented lines and another empty one, above the cursor. A line of
    // text is a group of rows with pixels in them; "T": one with text behind the time, "-": one without.
    private static string Lines(SKBitmap screen)
    {
        const int BehindTime = 196;
        bool HasPixels(int y, int from) => Enumerable.Range(from, screen.Width - from).Any(x => screen.GetPixel(x, y).Green > 100);
        var lines = new StringBuilder();
        for (int y = 0; y < screen.Height; y++)
        {
            if (!HasPixels(y, 0))
                continue;
            bool text = false;
            for (; y < screen.Height && HasPixels(y, 0); y++)
                text |= HasPixels(y, BehindTime);
            lines.Append(text ? 'T' : '-');
        }

        return lines.ToString();
    }
}
