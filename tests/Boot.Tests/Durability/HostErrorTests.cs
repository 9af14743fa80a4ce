using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Boot.Tests.Linux;
using Boot.Tests.Monitors;

using Xunit;

namespace Boot.Tests.Durability;

/// <summary>
/// A full disk, reads that fail and a server that vanishes, below a guest that runs. It writes pieces past its caches, reads each again and
/// says what came of it.
/// </summary>
public sealed partial class HostErrorTests : IDisposable
{
    private const int Piece = 64 << 10;
    private const int Pieces = 256;
    private const long DiskSize = (long)Piece * Pieces;

    private const string Script = """
        until [ -b /dev/ps3da ]; do usleep 20000; done
        n=0
        while true; do
          { echo $n; head -c 4096 /dev/urandom; dd if=/dev/zero bs=65536 count=1 2>/dev/null; } | head -c 65536 >/tmp/piece
          sum=$(sha256sum </tmp/piece); sum=${sum%% *}
          at=$((n % 256))
          if dd if=/tmp/piece of=/dev/ps3da bs=65536 seek=$at count=1 oflag=direct conv=notrunc,fsync 2>/dev/null; then
            echo "WRITTEN $n $sum"
            if dd if=/dev/ps3da of=/tmp/back bs=65536 skip=$at count=1 iflag=direct 2>/dev/null; then
              cmp -s /tmp/piece /tmp/back && echo "READ right $n" || echo "READ wrong $n"
            else
              echo "READ failed $n"
            fi
          else
            echo "WRITE failed $n"
          fi
          n=$((n + 1))
        done
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-host-error-").FullName;

    private RunningProgram? _run;

    private string Image => Path.Combine(_folder, "disk.img");

    public void Dispose()
    {
        _run?.Kill();
        Directory.Delete(_folder, recursive: true);
    }

    [SkippableFact]
    public void With_report_the_guest_gets_the_servers_errors_and_goes_on_when_they_are_mended()
    {
        MakeImage(Image);
        using var server = new FaultyServer(_folder, Image);
        (RunningProgram run, MonitorClient program) = Start(server.Address, "report");
        using MonitorClient monitor = program;
        int at = 0;
        run.WaitForNext("READ right", ref at);

        server.FailsWrites = true;
        run.WaitForNext("WRITE failed", ref at);
        Reported(program, "write", "the server has no space left");
        server.FailsWrites = false;
        run.WaitForNext("READ right", ref at);

        server.FailsReads = true;
        run.WaitForNext("READ failed", ref at);
        Reported(program, "read", "the server reports error 5");
        server.FailsReads = false;
        run.WaitForNext("READ right", ref at);

        server.Kill();
        run.WaitForNext("WRITE failed", ref at);
        Reported(program, null, "server has closed the connection");
        server.Start();
        run.WaitForNext("READ right", ref at);

        ProgramResult end = End(run, program);
        Assert.DoesNotContain("READ wrong", end.Output, StringComparison.Ordinal);
        foreach (string line in (string[])
            ["cannot be written: the server has no space left", "cannot be read: the server reports error 5"])
        {
            Assert.Contains($"{server.Address}: {line}; the guest gets an I/O error", end.Messages, StringComparison.Ordinal);
        }

        Assert.Matches("cannot be [a-z]+: (nobody listens there|the server has closed the connection)", end.Messages);
        CheckImage(end.Output);
    }

    [SkippableFact]
    public void With_pause_the_machine_waits_for_the_server_and_the_guest_sees_no_error()
    {
        MakeImage(Image);
        using var server = new FaultyServer(_folder, Image);
        (RunningProgram run, MonitorClient program) = Start(server.Address, "pause");
        using MonitorClient monitor = program;
        int at = 0;
        run.WaitForNext("READ right", ref at);

        Wait(run, program, () => server.FailsWrites = true, () => server.FailsWrites = false, "the server has no space left");
        Wait(run, program, () => server.FailsReads = true, () => server.FailsReads = false, "the server reports error 5");
        Wait(run, program, server.Kill, server.Start, "");

        ProgramResult end = End(run, program);
        Assert.DoesNotContain("failed", end.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("READ wrong", end.Output, StringComparison.Ordinal);
        Assert.Contains(
            "cannot be written: the server has no space left; the machine waits until that is mended", end.Messages,
            StringComparison.Ordinal);
        Assert.Contains($"{server.Address}: goes on", end.Messages, StringComparison.Ordinal);
        CheckImage(end.Output);
    }

    [SkippableTheory]
    [InlineData("report")]
    [InlineData("pause")]
    public void A_full_file_system_of_the_host_is_an_error_or_waits_for_space(string policy)
    {
        string mount = Directory.CreateDirectory(Path.Combine(_folder, "full")).FullName;
        Skip.If(OperatingSystem.IsWindows(), "a file system of a fixed size is mounted");
        Skip.IfNot(
            HostTool.Find("mount") is not null && HostTool.Run("mount", "-t", "tmpfs", "-o", "size=2m", "none", mount).ExitCode == 0,
            "only root may mount a file system of a fixed size");
        try
        {
            string image = Path.Combine(mount, "disk.img");
            MakeImage(image);
            (RunningProgram run, MonitorClient program) = Start(image, policy);
            using MonitorClient monitor = program;
            void Enlarge() => HostTool.Succeed("mount", "-o", "remount,size=64m", mount);
            int at = 0;
            run.WaitForNext("READ right", ref at);

            // 32 pieces later no space is left.
            if (policy == "report")
            {
                run.WaitForNext("WRITE failed", ref at);
                Reported(program, "write", "no space is left");
                Enlarge();
                run.WaitForNext("READ right", ref at);
            }
            else
            {
                Wait(run, program, static () => { }, Enlarge, "no space is left");
            }

            ProgramResult end = End(run, program);
            Assert.DoesNotContain("READ wrong", end.Output, StringComparison.Ordinal);
            Assert.Equal(policy == "report", end.Output.Contains("failed", StringComparison.Ordinal));
            Assert.Contains($"{image}: cannot be written: ", end.Messages, StringComparison.Ordinal);
            CheckImage(end.Output, image);
        }
        finally
        {
            HostTool.Run("umount", "-l", mount);
        }
    }

    // Breaks something, sees the machine stop, mends it and has the guest go on.
    private static void Wait(RunningProgram run, MonitorClient program, Action break_, Action mend, string reason)
    {
        program.ForgetEvents();
        break_();
        JsonNode error = program.WaitFor("BLOCK_IO_ERROR");
        Assert.Equal("stop", (string?)error["data"]!["action"]);
        Assert.Contains(reason, (string)error["data"]!["reason"]!, StringComparison.Ordinal);
        program.WaitFor("STOP");
        Assert.Equal("io-error", (string?)program.Execute("query-status")["status"]);
        Assert.Equal((string?)error["data"]!["reason"], Problem(program));

        // Text of the guest may still be on its way through the host.
        Thread.Sleep(300);
        int printed = run.OutputLength;
        Thread.Sleep(1500);
        Assert.Equal(printed, run.OutputLength);
        Assert.DoesNotContain("RESUME", program.Events);

        mend();
        program.Execute("cont");
        program.WaitFor("RESUME");
        int at = printed;
        run.WaitForNext("WRITTEN", ref at);
        run.WaitForNext("READ right", ref at);
        Assert.Equal("running", (string?)program.Execute("query-status")["status"]);
    }

    private static string? Problem(MonitorClient program) => (string?)program.Execute("query-block").AsArray()
        .Single(static device => (string?)device!["device"] == "disk")!["medium"]!["problem"];

    // Null: any operation; the guest may have been at either.
    private static void Reported(MonitorClient program, string? operation, string reason)
    {
        // Requests that failed before the last fault was mended may be told of only now.
        JsonNode error = program.WaitFor("BLOCK_IO_ERROR", data =>
            ((string)data["reason"]!).Contains(reason, StringComparison.Ordinal)
            && (operation is null || (string?)data["operation"] == operation));
        Assert.Equal("report", (string?)error["data"]!["action"]);
        Assert.DoesNotContain("STOP", program.Events);
        Assert.Equal("running", (string?)program.Execute("query-status")["status"]);
        program.ForgetEvents();
    }

    private static ProgramResult End(RunningProgram run, MonitorClient program)
    {
        program.Execute("quit");
        return run.Wait();
    }

    private static void MakeImage(string image)
    {
        using FileStream file = File.Create(image);
        file.SetLength(DiskSize);
    }

    private (RunningProgram Run, MonitorClient Program) Start(string disk, string policy)
    {
        string kernel = Guests.Path(Records.Kernel);
        string initrd = new GuestScript(_folder).Write(Script);
        int port = MonitorClient.FreePort();
        _run = Ps3Program.Start(
            "boot", kernel, "--initrd", initrd, "--append", Records.CommandLine, "--spes", "0", "--timeout", "4m",
            "--disk", $"{disk},onerror={policy}", "--qmp", $"tcp:127.0.0.1:{port}");
        return (_run, MonitorClient.ToQmp(port));
    }

    private void CheckImage(string console) => CheckImage(console, Image);

    // The newest piece at each place that was written without an error afterwards is there.
    private static void CheckImage(string console, string image)
    {
        byte[] disk = File.ReadAllBytes(image);
        var newest = new Dictionary<int, string?>();
        foreach (Match match in Outcome().Matches(console))
        {
            int number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            // What a write that failed has left is not known.
            newest[number % Pieces] = match.Groups["sum"].Success ? match.Groups["sum"].Value : null;
        }

        // The one after the last may have been under way.
        newest.Remove((newest.Count == 0 ? 0 : LastNumber(console) + 1) % Pieces);
        Assert.NotEmpty(newest);
        foreach ((int place, string? sum) in newest.Where(static one => one.Value is not null))
            Assert.Equal(sum, Convert.ToHexStringLower(SHA256.HashData(disk.AsSpan(place * Piece, Piece))));
    }

    private static int LastNumber(string console) =>
        int.Parse(Outcome().Matches(console)[^1].Groups["number"].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(WRITTEN (?<number>\d+) (?<sum>[0-9a-f]{64})|WRITE failed (?<number>\d+))\r?\n")]
    private static partial Regex Outcome();
}
