using System.Diagnostics;

using SkiaSharp;

using Xunit;

namespace Boot.Tests.Screens;

/// <summary><c>--vnc</c> with an existing viewer.</summary>
public sealed class VncTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-vnc-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void A_viewer_sees_what_a_screenshot_shows()
    {
        Skip.IfNot(File.Exists("/usr/bin/gvnccapture"), "gvnccapture is not installed (gvncviewer)");
        string shot = Path.Combine(_folder, "shot.png");
        string seen = Path.Combine(_folder, "seen.png");
        const string Display = ":347";
        RunningProgram run = Ps3Program.Start(
            "boot", "--append", "noshutdown", "--lockup", "off", "--vnc", Display, "--screenshot", shot, "--monitor", $"unix:{_folder}/m");
        run.WaitFor("PENGUIN OK");
        // It is idle from here on.
        Thread.Sleep(500);
        using (Process viewer = Process.Start("gvnccapture", [$"127.0.0.1{Display}", seen]))
            Assert.True(viewer.WaitForExit(60_000));
        using (Monitors.MonitorClient monitor = Monitors.MonitorClient.ToLines($"{_folder}/m"))
            monitor.Say("quit");
        ProgramResult end = run.Wait();

        Assert.Equal(0, end.ExitCode);
        Assert.Contains("VNC on 127.0.0.1:6247", end.Messages, StringComparison.Ordinal);
        using SKBitmap one = SKBitmap.Decode(shot);
        using SKBitmap other = SKBitmap.Decode(seen);
        Assert.Equal((one.Width, one.Height), (other.Width, other.Height));
        for (int y = 0; y < one.Height; y++)
        {
            for (int x = 0; x < one.Width; x++)
                Assert.Equal(one.GetPixel(x, y), other.GetPixel(x, y));
        }
    }

    [Fact]
    public void A_place_that_is_none_and_one_that_is_taken_are_refused_by_name()
    {
        ProgramResult none = Ps3Program.Run("boot", "--vnc", "0");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("--vnc 0: a display is missing", none.Messages, StringComparison.Ordinal);
        ProgramResult file = Ps3Program.Run("boot", "--vnc", $":348,password={_folder}/none");
        Assert.Equal(2, file.ExitCode);
        Assert.Contains("password file", file.Messages, StringComparison.Ordinal);
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 5900 + 349);
        taken.Start();
        ProgramResult second = Ps3Program.Run("boot", "--vnc", ":349");
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("--vnc :349: cannot listen on 127.0.0.1:6249", second.Messages, StringComparison.Ordinal);
        Assert.Contains("give another display", second.Messages, StringComparison.Ordinal);
    }
}
