using Xunit;

namespace Boot.Tests.Terminals;

/// <summary>The program at a terminal: raw mode, the keys behind Ctrl-A, and the terminal's settings after every end.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-terminal-").FullName;

    public TerminalTests() => Skip.IfNot(OperatingSystem.IsLinux(), "the test opens Linux's pseudo terminals");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("INT", 130)]
    [InlineData("QUIT", 131)]
    [InlineData("keys", 0)]
    public void The_terminal_is_as_before_after_every_end(string end, int code)
    {
        Skip.If(Signals.IsIgnored(end), $"SIG{end} is ignored by whoever started the tests, as in a background job of a script");
        using var run = new PtyProgram(
            _folder, "boot", "penguin", "--append", "noshutdown", "--serial", "stdio", "--lockup", "off");
        Assert.Contains("Ctrl-A x ends the machine", run.WaitFor("PENGUIN OK"), StringComparison.Ordinal);
        Assert.True(run.IsRaw);

        if (end == "keys")
            run.Type("\u0001x");
        else
            Signals.Send(run.Id, end);

        Assert.Equal(code, run.Wait());
        Assert.True(run.IsAsBefore);
    }

    [SkippableFact]
    public void The_monitor_and_the_help_are_behind_control_a()
    {
        using var run = new PtyProgram(
            _folder, "boot", "penguin", "--append", "noshutdown", "--serial", "stdio", "--lockup", "off");
        run.WaitFor("PENGUIN OK");
        run.Type("\u0003\u0001h");
        run.WaitFor("Ctrl-A x       end the machine");
        run.Type("\u0001cinfo stat\u007ftus\r");
        run.WaitFor("(ps3) ");
        run.WaitFor("VM status: running");
        // Ctrl-C is a key, not a signal; and a stopped process leaves the terminal as it was.
        Signals.Send(run.Id, "TSTP");
        Assert.True(SpinWait.SpinUntil(() => run.IsAsBefore, TimeSpan.FromSeconds(20)));
        Signals.Send(run.Id, "CONT");
        Assert.True(SpinWait.SpinUntil(() => run.IsRaw, TimeSpan.FromSeconds(20)));
        run.Type("quit\r");

        Assert.Equal(0, run.Wait());
        Assert.True(run.IsAsBefore);
    }

    [SkippableTheory]
    [InlineData(2, "--serial", "stdio", "--disk", "nowhere.img")]
    [InlineData(0)]
    [InlineData(124, "--serial", "stdio", "--append", "noshutdown", "--instructions", "1000")]
    public void So_it_is_when_nothing_runs_or_the_run_ends_by_itself(int code, params string[] options)
    {
        using var run = new PtyProgram(_folder, ["boot", "penguin", .. options]);

        Assert.Equal(code, run.Wait());
        Assert.True(run.IsAsBefore);
    }

    // One boot of Linux for all that needs one.
    [SkippableFact]
    public void A_kernel_at_a_terminal_has_a_shell_there_and_its_panic_restores_the_settings()
    {
        using var run = new PtyProgram(
            _folder, "boot", Guests.Path("vmlinux-6.1-full.xz"), "--initrd", new Linux.GuestScript(_folder).Write(
                """
                until [ -e /dev/ttyUSB0 ]; do sleep 1; done
                setsid sh -c 'exec sh -i </dev/ttyUSB0 >/dev/ttyUSB0 2>&1'
                """),
            "--append", "console=tty0 console=ttyUSB0", "--timeout", "4m");
        run.WaitFor("# ");
        Assert.True(run.IsRaw);
        run.Type("tty; echo $((6 * 7)).\r");
        Assert.Contains("/dev/ttyUSB0", run.WaitFor("42."), StringComparison.Ordinal);
        // Ctrl-C goes to the guest's program.
        run.Type("sleep 1000\r");
        Thread.Sleep(1000);
        run.Type("\u0003");
        run.WaitFor("# ");
        // A paste larger than every buffer on its way, but the guest's lines.
        run.Type("stty -echo -icanon; head -c 100000 | sha256sum; stty sane\r");
        run.WaitFor("\n");
        Thread.Sleep(1000);
        string paste = string.Concat(Enumerable.Range(0, 12_500).Select(static number => $"{number:d7} "));
        run.Type(paste);
        run.WaitFor(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(paste))));
        // A break, and a key that asks the kernel for its list of keys.
        run.Type("\u0001bh");
        run.WaitFor("sysrq: HELP");
        run.Type("\recho c >/proc/sysrq-trigger\r");

        Assert.Equal(3, run.Wait());
        Assert.True(run.IsAsBefore);
    }
}
