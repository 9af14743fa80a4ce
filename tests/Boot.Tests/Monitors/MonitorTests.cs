using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Boot.Tests.Linux;
using Xunit;

namespace Boot.Tests.Monitors;

/// <summary><c>--monitor</c>, <c>--qmp</c> and <c>--paused</c>, as a person and a program use them.</summary>
public sealed class MonitorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-monitor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--host-threads=1")]
    [InlineData("--host-threads=2")]
    public void A_person_stops_inspects_continues_and_ends_a_guest(string threads)
    {
        string socket = Path.Combine(_folder, "monitor.sock");
        RunningProgram run = Ps3Program.Start(
            "boot", "--append", "noshutdown", "--lockup", "off", "--monitor", $"unix:{socket}", "-S", threads);
        using MonitorClient monitor = MonitorClient.ToLines(socket);

        Assert.Equal("VM status: paused (prelaunch)\n", monitor.Say("info status"));
        Assert.Equal("", monitor.Say("cont"));
        run.WaitFor("PENGUIN OK");
        Assert.Equal("VM status: running\n", monitor.Say("info status"));
        Assert.Equal("", monitor.Say("stop"));
        Thread.Sleep(100);
        string before = monitor.Say("info cpus");
        Thread.Sleep(500);
        Assert.Equal(before, monitor.Say("info cpus"));
        Assert.Matches("(?m)^ +0 +[a-z]+ +0x[0-9a-f]+ ", before);
        Assert.Equal("VM status: paused\n", monitor.Say("info status"));
        Assert.Contains("lv1_write_virtual_uart", monitor.Say("info hypercalls"), StringComparison.Ordinal);
        Assert.Contains("gelic:\n", monitor.Say("info network"), StringComparison.Ordinal);
        Assert.Contains("system-manager:\n", monitor.Say("info devices"), StringComparison.Ordinal);

        // A picture of a guest that is stopped.
        string picture = Path.Combine(_folder, "screen.png");
        Assert.Equal("", monitor.Say($"screendump {picture}"));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(picture)[..4]);
        Assert.StartsWith("Error: ", monitor.Say("screendump /no/such/folder/screen.png"), StringComparison.Ordinal);
        Assert.Equal("", monitor.Say("eject cdrom"));
        Assert.Contains("The medium of 'gpu' cannot be taken out", monitor.Say("eject gpu"), StringComparison.Ordinal);
        string disc = Path.Combine(_folder, "disc.iso");
        Assert.Contains("no such file", monitor.Say($"change cdrom {disc}"), StringComparison.Ordinal);
        File.WriteAllBytes(disc, new byte[4096]);
        Assert.Equal("", monitor.Say($"change cdrom {disc}"));
        Assert.Contains(disc, monitor.Say("info block"), StringComparison.Ordinal);

        Assert.Equal("", monitor.Say("cont"));
        Assert.True(SpinWait.SpinUntil(() => monitor.Say("info cpus") != before, TimeSpan.FromMinutes(1)));
        monitor.Say("quit");
        ProgramResult end = run.Wait();
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("the monitor ended the machine", end.Messages, StringComparison.Ordinal);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public void A_program_sees_events_and_survives_a_reset()
    {
        int port = MonitorClient.FreePort();
        RunningProgram run = Ps3Program.Start("boot", "--append", "noshutdown", "--lockup", "off", "--qmp", $"tcp:127.0.0.1:{port}");
        using (MonitorClient first = MonitorClient.ToQmp(port))
        {
            run.WaitFor("PENGUIN OK");
            Assert.Equal("GenericError", (string?)first.Request("{\"execute\":")["error"]!["class"]);
            Assert.Equal("CommandNotFound", (string?)first.Request("{\"execute\":\"no-such\",\"id\":1}")["error"]!["class"]);
            first.Execute("stop");
            Assert.Equal(["STOP"], first.Events);
            Assert.Equal("paused", (string?)first.Execute("query-status")["status"]);
            first.Execute("system_reset");
            Assert.Equal("host-qmp-system-reset", (string?)first.WaitFor("RESET")["data"]!["reason"]);

            // A machine that was stopped stays stopped: the new one has run nothing yet.
            JsonArray threads = first.Execute("query-cpus").AsArray();
            Assert.All(threads, static thread => Assert.Equal(0, (long)thread!["instructions"]!));
            first.Send("{\"execute\":\"cont\"}{\"never ends");
        }

        using MonitorClient second = MonitorClient.ToQmp(port);
        Assert.Equal("paused", (string?)second.Execute("query-status")["status"]);
        second.Execute("cont");
        Assert.True((bool)second.Execute("query-status")["running"]!);
        Assert.True(SpinWait.SpinUntil(
            () => (long)second.Execute("query-cpus")[0]!["instructions"]! > 0, TimeSpan.FromMinutes(1)));
        second.Execute("quit");
        JsonNode shutdown = second.WaitFor("SHUTDOWN");
        Assert.Equal("""{"guest":false,"reason":"host-qmp-quit"}""", shutdown["data"]!.ToJsonString());
        Assert.Equal(0, run.Wait().ExitCode);
    }

    [Fact]
    public void The_guests_own_end_is_an_event()
    {
        int port = MonitorClient.FreePort();
        RunningProgram run = Ps3Program.Start("boot", "--qmp", $"tcp:{port}", "-S");
        using MonitorClient program = MonitorClient.ToQmp(port);
        program.Execute("cont");

        JsonNode end = program.WaitFor("SHUTDOWN");

        Assert.Equal("""{"guest":true,"reason":"guest-shutdown"}""", end["data"]!.ToJsonString());
        Assert.Equal(["RESUME", "SHUTDOWN"], program.Events);
        Assert.Equal(0, run.Wait().ExitCode);
    }

    [Theory]
    [InlineData("--host-threads=1")]
    [InlineData("--host-threads=2")]
    public void A_time_limit_does_not_count_while_the_machine_is_stopped(string threads)
    {
        int port = MonitorClient.FreePort();
        RunningProgram run = Ps3Program.Start(
            "boot", "--append", "noshutdown", "--lockup", "off", "--qmp", $"tcp:{port}", "-S", "--timeout", "6s", threads);
        using MonitorClient program = MonitorClient.ToQmp(port);
        // Building the two machines counts, which takes long on a busy host.
        Thread.Sleep(TimeSpan.FromSeconds(7));
        Assert.Equal("prelaunch", (string?)program.Execute("query-status")["status"]);
        program.Execute("system_reset");
        program.WaitFor("RESET");
        Assert.Equal("prelaunch", (string?)program.Execute("query-status")["status"]);
        program.Execute("cont");

        ProgramResult end = run.Wait();

        Assert.Equal(124, end.ExitCode);
        Assert.Contains("time limit of 6 s reached", end.Messages, StringComparison.Ordinal);
        Assert.Equal(["RESET", "RESUME", "SHUTDOWN"], program.ReadToEnd());
    }

    [SkippableFact]
    public void The_guests_own_eject_is_an_event()
    {
        string disc = Path.Combine(_folder, "disc.iso");
        File.WriteAllBytes(disc, new byte[4096]);
        string initrd = new GuestScript(_folder).Write("until [ -b /dev/sr0 ]; do usleep 20000; done; eject /dev/sr0; eject -t /dev/sr0");
        int port = MonitorClient.FreePort();
        RunningProgram run = Ps3Program.Start(
            "boot", Guests.Path("vmlinux-6.1-ps3-debug.xz"), "--initrd", initrd, "--cdrom", disc, "--qmp", $"tcp:{port}",
            "--timeout", "4m");
        using MonitorClient program = MonitorClient.ToQmp(port);

        JsonNode end = program.WaitFor("SHUTDOWN");

        Assert.Equal("guest-shutdown", (string?)end["data"]!["reason"]);
        Assert.Equal(["DEVICE_TRAY_MOVED", "DEVICE_TRAY_MOVED", "SHUTDOWN"], program.Events);
        Assert.Equal([true, false], program.Happened("DEVICE_TRAY_MOVED").Select(static moved => (bool)moved["data"]!["tray-open"]!));
        Assert.Equal(0, run.Wait().ExitCode);
    }

    [Fact]
    public async Task Clients_that_flood_or_do_not_read_stop_nobody()
    {
        string socket = Path.Combine(_folder, "monitor.sock");
        int port = MonitorClient.FreePort();
        RunningProgram run = Ps3Program.Start("boot", "-S", "--monitor", $"unix:{socket}", "--qmp", $"tcp:{port}");
        using MonitorClient lines = MonitorClient.ToLines(socket);
        using MonitorClient program = MonitorClient.ToQmp(port);
        Task flood = Task.Run(() =>
        {
            while (true)
                lines.Send("help\n" + new string('x', 5000) + "\n");
        });
        program.Send("{\"execute\":\"cont\"}\n");

        // Nobody reads either of the two any more.
        ProgramResult end = run.Wait();

        Assert.Equal(0, end.ExitCode);
        Assert.Contains("PENGUIN OK", end.Output, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<SocketException>(() => flood);
    }

    [SkippableFact]
    public void Linux_sees_nothing_of_a_stop_and_shuts_down_at_the_power_button()
    {
        string kernel = Guests.Path("vmlinux-6.12-full.xz");
        string initrd = new GuestScript(_folder).Write(
            """
            trap 'say BUTTON; poweroff -f' INT
            until [ -b /dev/ps3da ]; do usleep 20000; done
            dd if=/init of=/dev/ps3da bs=512 count=1 conv=fsync
            while true; do say up $(cat /proc/uptime); usleep 100000; done
            """);
        string socket = Path.Combine(_folder, "monitor.sock");
        int port = MonitorClient.FreePort();
        RunningProgram run = Ps3Program.Start(
            "boot", kernel, "--initrd", initrd, "--monitor", $"unix:{socket}", "--qmp", $"tcp:{port}", "--timeout", "4m", "--log-buffer",
            "--disk", $"{Path.Combine(_folder, "ready.img")},size=1M");
        using MonitorClient monitor = MonitorClient.ToLines(socket);
        using MonitorClient program = MonitorClient.ToQmp(port);
        // The script says to the disk that it is ready: its console is on the screen.
        Assert.True(SpinWait.SpinUntil(() => Regex.IsMatch(monitor.Say("info block"), "writes +[1-9]"), TimeSpan.FromMinutes(3)));
        Thread.Sleep(TimeSpan.FromSeconds(8));
        monitor.Say("stop");
        Thread.Sleep(TimeSpan.FromSeconds(4));
        monitor.Say("cont");
        Thread.Sleep(TimeSpan.FromSeconds(1));
        Assert.Equal("", monitor.Say("system_powerdown"));

        ProgramResult end = run.Wait();

        Assert.Equal(0, end.ExitCode);
        program.WaitFor("SHUTDOWN");
        Assert.Equal(["STOP", "RESUME", "POWERDOWN", "SHUTDOWN"], program.Events);
        string[] said = [.. end.Messages.Split('\n').Where(static line => line.Contains("] SAY ", StringComparison.Ordinal))];
        Assert.Contains(said, static line => line.EndsWith("SAY BUTTON", StringComparison.Ordinal));
        double[] times =
        [
            .. said.Where(static line => line.Contains("SAY up ", StringComparison.Ordinal))
                .Select(static line => double.Parse(line.Split("SAY up ")[1].Split(' ')[0], CultureInfo.InvariantCulture)),
        ];
        Assert.True(times.Length > 10, $"{times.Length} times");
        Assert.All(times.Zip(times.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, 0, 3));
    }

    [Theory]
    [InlineData("--monitor stdio: the guest's console is there; move one of the two", "--monitor", "stdio")]
    [InlineData("--qmp unix:/tmp/ps3-m: --monitor is there already", "--qmp", "unix:/tmp/ps3-m", "--monitor", "unix:/tmp/ps3-m")]
    [InlineData("--monitor pty: no commands come from there; give stdio, unix:PATH or tcp:[HOST:]PORT.", "--monitor", "pty")]
    [InlineData("--monitor unxi:a: no such place; give stdio, unix:PATH or tcp:[HOST:]PORT.", "--monitor", "unxi:a")]
    [InlineData("-S: the guest would wait for ever; add --monitor WHERE or --qmp WHERE.", "-S")]
    [InlineData("--monitor unix:/dev/null: /dev/null is a device, not a socket", "--monitor", "unix:/dev/null")]
    public void A_monitor_that_cannot_be_is_named(string message, params string[] options)
    {
        ProgramResult run = Ps3Program.Run(["boot", .. options]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"ps3: error: {message}", run.Messages, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Commands_come_from_standard_input_when_the_console_is_elsewhere()
    {
        Skip.If(OperatingSystem.IsWindows(), "the line is for a shell");
        ProgramResult run = Ps3Program.Shell(
            "(sleep 1; echo info status; sleep 0.5; echo quit; sleep 5) | $PS3 boot -S --monitor stdio --console file:console.txt",
            _folder);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("VM status: paused (prelaunch)", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "console.txt")));
    }
}
