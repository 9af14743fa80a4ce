using System.Net;
using System.Net.Sockets;
using System.Text;

using Xunit;

namespace Boot.Tests;

/// <summary><c>--console</c>: every kind of back end, and badly behaved peers.</summary>
public sealed class ConsoleTests : IDisposable
{
    // Every run is the same.
    private static readonly string[] Boot = ["boot", "--clock", "instructions"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-console-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_has_what_standard_output_would_have()
    {
        ProgramResult usual = Ps3Program.Run(Boot);
        string path = Path.Combine(_folder, "console.txt");
        File.WriteAllText(path, new string('x', 100_000));

        ProgramResult run = Ps3Program.Run([.. Boot, "--console", $"file:{path}"]);

        Assert.Equal((0, "", usual.Messages), (run.ExitCode, run.Output, run.Messages));
        Assert.Contains("PENGUIN OK", usual.Output, StringComparison.Ordinal);
        Assert.Equal(usual.Output, File.ReadAllText(path));
    }

    [Fact]
    public void Null_prints_nothing_and_stdio_is_the_default()
    {
        ProgramResult usual = Ps3Program.Run(Boot);
        ProgramResult named = Ps3Program.Run([.. Boot, "--console=stdio"]);
        ProgramResult none = Ps3Program.Run([.. Boot, "--console", "null"]);

        Assert.Equal(usual, named);
        Assert.Equal((0, "", usual.Messages), (none.ExitCode, none.Output, none.Messages));
    }

    [SkippableTheory]
    [InlineData("unix")]
    [InlineData("tcp")]
    public void A_socket_sends_each_client_the_text_since_the_last_one(string kind)
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGTERM");
        int port = FreePort();
        string path = Path.Combine(_folder, "console.sock");
        EndPoint address = kind == "tcp" ? new IPEndPoint(IPAddress.Loopback, port) : new UnixDomainSocketEndPoint(path);
        string console = kind == "tcp" ? $"tcp:{port}" : $"unix:{path}";
        string place = kind == "tcp" ? $"tcp:127.0.0.1:{port}; read it with: nc 127.0.0.1 {port}"
            : $"unix:{path}; read it with: nc -U {path}";
        RunningProgram run = Ps3Program.Start("boot", "--append", "noshutdown", "--console", console);

        // The text was printed before a client connected, and a client that connects and disconnects does not lose it.
        using (Socket client = Connect(address))
            ReadUntil(client, "PENGUIN OK");
        using (Socket reset = Connect(address))
            reset.LingerState = new LingerOption(true, 0);
        using (Socket last = Connect(address))
        {
            last.Send("nobody takes this\r"u8);
            Thread.Sleep(200);
            Signals.Send(run.Id, "TERM");
            ProgramResult end = run.Wait();

            Assert.Equal((143, ""), (end.ExitCode, end.Output));
            Assert.Contains($"the guest's console is at {place}", end.Messages, StringComparison.Ordinal);
            Assert.Contains("18 bytes from ", end.Messages, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Neither_a_client_that_never_reads_nor_a_missing_one_stops_the_guest()
    {
        string path = Path.Combine(_folder, "console.sock");
        RunningProgram watched = Ps3Program.Start([.. Boot, "--console", $"unix:{path}"]);
        using (Socket client = Connect(new UnixDomainSocketEndPoint(path)))
            Assert.Equal(0, watched.Wait().ExitCode);

        ProgramResult alone = Ps3Program.Run([.. Boot, "--console", "tcp:0"]);

        Assert.Equal(0, alone.ExitCode);
        Assert.Matches("[0-9]+ bytes of the guest's console were not read at tcp:127", alone.Messages);
    }

    [SkippableFact]
    public void A_terminal_shows_the_text()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "pseudo terminals are Linux's");
        ProgramResult run = Ps3Program.Shell(
            "$PS3 boot --append noshutdown --console pty 2>messages & p=$!; until grep -q /dev/pts messages; do sleep 0.05; done; "
            + "cat $(grep -o '/dev/pts/[0-9]*' messages | head -n 1) >text 2>/dev/null & "
            + "until grep -qs 'PENGUIN OK' text; do sleep 0.05; done; kill -TERM $p; wait $p", _folder);

        Assert.Equal(143, run.ExitCode);
        string text = File.ReadAllText(Path.Combine(_folder, "text"));
        Assert.Contains("PENGUIN OK", text, StringComparison.Ordinal);
        Assert.Contains("; read it with: cat /dev/pts/", File.ReadAllText(Path.Combine(_folder, "messages")), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_file_that_takes_no_more_loses_text_and_says_so()
    {
        Skip.IfNot(File.Exists("/dev/full"), "there is no /dev/full");
        ProgramResult run = Ps3Program.Run([.. Boot, "--console", "file:/dev/full"]);

        Assert.Equal(6, run.ExitCode);
        Assert.Contains("file:/dev/full takes no more: no space is left on its device", run.Messages, StringComparison.Ordinal);
        Assert.Contains("the guest powered off", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fiel:a", "no such kind; did you mean file? Give stdio, pty, tcp:[HOST:]PORT, unix:PATH, file:PATH or null.")]
    [InlineData("tcp:70000", "port 70000 is out of range; give 1 to 65535, or 0 for any that is free.")]
    [InlineData("unix:/dev/null", "/dev/null is a device, not a socket; give another path.")]
    [InlineData("file:/", "is a folder; give the name of a file to write.")]
    public void A_console_that_cannot_be_opened_is_named(string console, string message)
    {
        ProgramResult run = Ps3Program.Run("boot", "--console", console);

        Assert.Equal((2, "", $"ps3: error: --console {console}: {message}\n"), (run.ExitCode, run.Output, run.Messages));
    }

    [Fact]
    public void A_wrong_command_line_empties_no_file()
    {
        string path = Path.Combine(_folder, "console.txt");
        File.WriteAllText(path, "of the last run");

        Assert.Equal(2, Ps3Program.Run("boot", "no-such-kernel", "--console", $"file:{path}").ExitCode);
        Assert.Equal("of the last run", File.ReadAllText(path));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Retries, because the program needs time to start, and to notice that the previous client has gone.
    private static Socket Connect(EndPoint address)
    {
        Socket? client = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                ProtocolType protocol = address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
                client = new Socket(address.AddressFamily, SocketType.Stream, protocol);
                try
                {
                    client.Connect(address);
                    return true;
                }
                catch (SocketException)
                {
                    client.Dispose();
                    Thread.Sleep(50);
                    return false;
                }
            },
            Patience));
        client!.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        return client;
    }

    private static void ReadUntil(Socket client, string end)
    {
        var text = new StringBuilder();
        byte[] piece = new byte[4096];
        while (!text.ToString().Contains(end, StringComparison.Ordinal))
        {
            int count = client.Receive(piece);
            Assert.True(count > 0, $"closed after: {text}");
            text.Append(Encoding.UTF8.GetString(piece, 0, count));
        }
    }
}
