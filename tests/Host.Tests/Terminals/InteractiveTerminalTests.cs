using System.Text;

using Host.Tests.Characters;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;
using Ps3Platform.Host.Terminals;

using Xunit;

namespace Host.Tests.Terminals;

/// <summary>The user's terminal: the keys behind Ctrl-A, the monitor that shares it, breaks, and pastes.</summary>
public sealed class InteractiveTerminalTests : IDisposable
{
    private readonly FakeKeyboard _keyboard = new();
    private readonly InteractiveTerminal _terminal;

    public InteractiveTerminalTests()
    {
        _terminal = new InteractiveTerminal(_keyboard, _keyboard, hasMode: false);
        _terminal.Enter();
    }

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void Every_key_is_the_guests_but_those_behind_control_a()
    {
        _keyboard.Type("\u0003\u001a\u0004ls\r\u0001\u0001\u0001zx\u001b[A\u00ff");

        // Ctrl-A twice is one; Ctrl-A z is nothing.
        Assert.Equal("\u0003\u001a\u0004ls\r\u0001x\u001b[A\u00ff", Receive(12));
        Assert.Equal("\a", _keyboard.Shown);
    }

    [Fact]
    public void A_command_may_come_in_two_pieces()
    {
        int quits = 0;
        _terminal.QuitAsked += () => quits++;
        _keyboard.Type(1);
        _keyboard.Type("x");

        Eventually.True(() => quits == 1, "Ctrl-A x");
        _keyboard.Type("y");
        Assert.Equal("y", Receive(1));
    }

    [Fact]
    public void The_help_and_the_power_button_are_the_programs()
    {
        int presses = 0;
        _terminal.PowerAsked += () => presses++;
        _keyboard.Type("\u0001h\u0001p");

        Eventually.True(() => presses == 1 && _keyboard.Shown.Contains("send Ctrl-A\r\n", StringComparison.Ordinal), "both");
        foreach (string key in (string[])["Ctrl-A x", "Ctrl-A c", "Ctrl-A b", "Ctrl-A p", "Ctrl-A Ctrl-A"])
            Assert.Contains(key, _keyboard.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_break_keeps_its_place_among_the_keys()
    {
        _keyboard.Type("ab\u0001b\u0001bc");
        Eventually.True(() => _terminal.Backend.Counts.Received == 3, "all keys");

        Assert.False(_terminal.Backend.TakeBreak());
        Assert.Equal("ab", Receive(2));
        Assert.Equal(0, _terminal.Backend.Read(new byte[1]));
        Assert.True(_terminal.Backend.TakeBreak());
        Assert.True(_terminal.Backend.TakeBreak());
        Assert.False(_terminal.Backend.TakeBreak());
        Assert.Equal("c", Receive(1));
    }

    [Fact]
    public void The_monitor_gets_whole_lines_that_are_echoed_and_edited()
    {
        ICharacterBackend monitor = _terminal.Monitor;
        Assert.Equal((CharacterState.Waiting, 0), (monitor.State, monitor.Connections));
        _keyboard.Type("a\u0001cinfi\u007fo  wrong\u0017usc\u0008b\r\u001b[Ano\u0015quit\r\u0001cb");

        Assert.Equal("ab", Receive(2));
        byte[] line = new byte[100];
        Assert.Equal("info  usb\nquit\n", Encoding.ASCII.GetString(line, 0, monitor.Read(line)));
        Assert.Equal((CharacterState.Waiting, 1), (monitor.State, monitor.Connections));
        Assert.StartsWith("\r\ninfi\b \bo  wrong", _keyboard.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("[A", _keyboard.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_monitor_that_reads_nothing_fills_no_memory()
    {
        _keyboard.Type("\u0001c");
        for (int i = 0; i < 1000; i++)
            _keyboard.Type(new string('x', 999) + "\r");
        _keyboard.Type("\u0001cdone");

        Assert.Equal("done", Receive(4));
        Assert.InRange(_terminal.Monitor.Read(new byte[1 << 20]), 1, 20_000);
    }

    [Fact]
    public void Help_is_there_while_the_guest_reads_nothing()
    {
        int quits = 0;
        _terminal.QuitAsked += () => quits++;
        for (int i = 0; i < 30; i++)
            _keyboard.Type(new string('x', 32_000));
        _keyboard.Type("\u0001x");

        Eventually.True(() => quits == 1, "Ctrl-A x behind 960,000 unread bytes");
    }

    [Fact]
    public void A_terminal_that_hangs_up_is_one_at_which_nobody_types()
    {
        _keyboard.Type("a");
        _keyboard.HangUp();
        Assert.Equal("a", Receive(1));
        Thread.Sleep(50);

        Assert.Equal(CharacterState.Connected, _terminal.Backend.State);
        _terminal.Backend.Write("still shown"u8);
        Eventually.True(() => _keyboard.Shown == "still shown", "text");
    }

    [SkippableFact]
    public void A_large_paste_waits_for_a_slow_guest_and_loses_nothing()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "pseudo terminals are Linux's");
        using CharacterBackend user = CharacterBackends.Open(
            new PtyEndpoint(), new CharacterBuffers(16 << 20, 4096), takesInput: true);
        int descriptor = PosixDescriptor.Open(user.Name, PosixDescriptor.ReadWrite | PosixDescriptor.NoControllingTerminal);
        using var keyboard = new PosixDescriptor(descriptor, isReadable: true);
        using var terminal = new InteractiveTerminal(keyboard, _keyboard, hasMode: false);
        terminal.Enter();
        // Ctrl-A in a paste would be a command.
        byte[] paste = [.. Eventually.Pattern(3 << 20).Select(static one => one == 1 ? (byte)2 : one)];
        Eventually.True(() => user.State == CharacterState.Connected, "the terminal is open");
        user.Write(paste);
        Eventually.True(() => terminal.Backend.Counts.Received >= 1 << 20, "as much as is kept");
        Thread.Sleep(200);
        Assert.InRange(terminal.Backend.Counts.Received, 1 << 20, (1 << 20) + (64 << 10));

        byte[] received = new byte[paste.Length];
        int count = 0;
        // As many as the adapter takes at a time.
        bool TakesOne()
        {
            int read = terminal.Backend.Read(received.AsSpan(count, Math.Min(62, paste.Length - count)));
            count += read;
            return read > 0;
        }

        while (count < paste.Length)
            Eventually.True(TakesOne, "more of it");
        Assert.Equal(paste, received);
    }

    private string Receive(int length)
    {
        byte[] received = new byte[length];
        int count = 0;
        Eventually.True(() => (count += _terminal.Backend.Read(received.AsSpan(count))) == length, $"{length} bytes");
        return Encoding.Latin1.GetString(received);
    }
}
