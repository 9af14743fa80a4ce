using System.Text;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;

using Xunit;

namespace Host.Tests.Characters;

/// <summary>Pseudo terminals. The peers are plain file streams on the terminal, like cat(1).</summary>
public sealed class PtyTests
{
    public PtyTests() => Skip.IfNot(OperatingSystem.IsLinux(), "pseudo terminals are Linux's");

    [SkippableFact]
    public void Bytes_go_both_ways_unchanged()
    {
        using CharacterBackend backend = Open(takesInput: true);
        Assert.StartsWith("/dev/pts/", backend.Name, StringComparison.Ordinal);
        backend.Write("before\n"u8);
        using FileStream terminal = OpenTerminal(backend);
        // Raw: ends of lines, Ctrl-C and Ctrl-D are bytes like others, and nothing is echoed.
        byte[] typed = [3, 4, 13, 10, 26, 255];
        terminal.Write(typed);
        byte[] received = new byte[typed.Length];
        int count = 0;
        Eventually.True(() => (count += backend.Read(received.AsSpan(count))) == typed.Length, "what was typed");
        backend.Write("after\n"u8);

        Assert.Equal(typed, received);
        Assert.Equal("before\nafter\n", Read(terminal, 13));
    }

    [SkippableFact]
    public void A_megabyte_gets_through_to_a_slow_reader()
    {
        using CharacterBackend backend = Open(takesInput: false);
        using FileStream terminal = OpenTerminal(backend);
        byte[] text = Eventually.Pattern(1 << 20);
        var reading = new Background<byte[]>(() =>
        {
            byte[] all = new byte[text.Length];
            terminal.ReadExactly(all);
            return all;
        });

        Eventually.WriteAll(backend, text);

        Assert.Equal(text, reading.Result);
        Assert.Equal(0, backend.Counts.Dropped);
    }

    [SkippableFact]
    public void A_peer_that_never_reads_stops_no_one_else()
    {
        using CharacterBackend backend = Open(takesInput: false, output: 10_000);
        using FileStream terminal = OpenTerminal(backend);
        byte[] text = Eventually.Pattern(100_000);
        Eventually.Fill(backend, text);

        Eventually.Soon(() =>
        {
            for (int i = 0; i < 1000; i++)
                backend.Write(text);
        });
        Eventually.Soon(() => Assert.False(backend.Drain()));
        Eventually.Soon(backend.Dispose);
    }

    [SkippableFact]
    public void A_terminal_can_be_closed_and_opened_again()
    {
        using CharacterBackend backend = Open(takesInput: true);
        for (int round = 0; round < 5; round++)
        {
            using (FileStream terminal = OpenTerminal(backend))
            {
                backend.Write(Encoding.UTF8.GetBytes($"round {round}"));
                Assert.Equal($"round {round}", Read(terminal, 7));
                terminal.Write("ok"u8);
                Eventually.Reads(backend, "ok");
            }

            Eventually.True(() => backend.State == CharacterState.Waiting, "its end");
        }

        Assert.Equal(5, backend.Counts.Connections);
    }

    [SkippableFact]
    public void The_last_text_is_read_before_the_terminal_is_closed()
    {
        byte[] text = Eventually.Pattern(3000);
        byte[] all = new byte[text.Length];
        CharacterBackend backend = Open(takesInput: false);
        using FileStream terminal = OpenTerminal(backend);
        var reading = new Background<byte[]>(() =>
        {
            Thread.Sleep(300);
            terminal.ReadExactly(all);
            return all;
        });
        backend.Write(text);

        Assert.True(backend.Drain());
        backend.Dispose();

        Assert.Equal(text, reading.Result);
        Assert.False(File.Exists(backend.Name));
    }

    private static CharacterBackend Open(bool takesInput, int output = 1 << 20) =>
        CharacterBackends.Open(new PtyEndpoint(), new CharacterBuffers(output, 4096), takesInput);

    private static FileStream OpenTerminal(CharacterBackend backend)
    {
        var terminal = new FileStream(backend.Name, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        Eventually.True(() => backend.State == CharacterState.Connected, "the terminal's opening noticed");
        return terminal;
    }

    private static string Read(FileStream terminal, int count)
    {
        byte[] bytes = new byte[count];
        terminal.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
