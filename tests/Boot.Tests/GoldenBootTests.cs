using Boot.Tests.Screens;
using SkiaSharp;

using Xunit;

namespace Boot.Tests;

/// <summary>
/// Boots every prebuilt kernel whose console is the framebuffer, from its first instruction to its power-off. Its init runs the self-test,
/// and its output is read from the picture of its screen. (LinuxTests boots the kernel that has a debug console.)
/// </summary>
public sealed class GoldenBootTests : IDisposable
{
    private static readonly string[] SelfTest = ["sha256", "md5-8M", "gzip", "sort", "float", "trig", "fork", "cpus"];

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-golden-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("vmlinux-6.1-ps3.xz", "720p", 1280, 720)]
    [InlineData("vmlinux-6.1-multi.xz", "1080p", 1920, 1080)]
    [InlineData("vmlinux-6.1-full.xz", "1080p", 1920, 1080)]
    [InlineData("vmlinux-6.12-full.xz", "1080p", 1920, 1080)]
    [InlineData("dtbImage-6.1.ps3.xz", "480p", 720, 480)]
    public void A_kernel_with_its_console_on_the_screen_passes_the_self_test_and_powers_off(
        string kernel, string video, int width, int height)
    {
        string path = Path.Combine(_folder, "screen.png");

        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path(kernel), "--initrd", Guests.Path("initramfs.cpio.gz"), "--video", video, "--screenshot", path,
            "--usb", "none", "--timeout", "4m");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("the guest powered off", run.Messages, StringComparison.Ordinal);
        using (SKBitmap screen = SKBitmap.Decode(path))
        {
            Assert.Equal((width, height), (screen.Width, screen.Height));
            Assert.Equal((2, 6), ScreenPenguins.Count(screen));
        }

        IReadOnlyList<string> lines = ScreenText.Read(path, ConsoleFont.Of("vmlinux-6.1-ps3.xz"));
        string text = string.Join('\n', lines);
        Assert.True(lines.Any(static line => line.StartsWith("INIT-REACHED", StringComparison.Ordinal)), text);
        foreach (string test in SelfTest)
            Assert.True(lines.Contains($"ok   {test}"), text);
        Assert.True(lines.Contains("SELFTEST OK"), text);
        Assert.True(lines.Any(static line => line.StartsWith("POWEROFF", StringComparison.Ordinal)), text);
        Assert.DoesNotContain("FAIL", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Call Trace", text, StringComparison.Ordinal);
    }
}
