using System.Diagnostics;
using System.Text;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;

using Xunit;

namespace Boot.Tests.Terminals;

/// <summary>The program in a pseudo terminal, as a user has it, and the user.</summary>
internal sealed class PtyProgram : IDisposable
{
    // asm-generic/termbits.h
    private const uint Signals = 1;
    private const uint Canonical = 2;
    private const uint Echo = 8;
    private const uint CarriageReturnToLineFeed = 0x100;
    private const uint Processed = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly CharacterBackend _user = CharacterBackends.Open(CharacterSpec.TryParse("pty", out CharacterSpec? pty, out _)
        ? pty : throw new InvalidOperationException(), takesInput: true);
    private readonly int _terminal;
    private readonly Termios _before;
    private readonly Process _process;
    private readonly StringBuilder _text = new();
    private int _seen;

    /// <summary>Starts it with the settings that a shell's user has.</summary>
    public PtyProgram(string folder, params string[] arguments)
    {
        _terminal = PosixDescriptor.Open(
            _user.Name, PosixDescriptor.ReadWrite | PosixDescriptor.NoControllingTerminal | PosixDescriptor.CloseOnExec);
        using (Process sane = Process.Start("stty", ["-F", _user.Name, "sane"]))
            sane.WaitForExit();
        _before = Termios.TryGet(_terminal)!;
        Assert.False(IsRaw);
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder };
        foreach (string word in (string[])
            [
                "-c", "t=$1; shift; exec \"$@\" <$t >$t 2>$t", "bash", _user.Name, "dotnet",
                Path.Combine(AppContext.BaseDirectory, "ps3.dll"), .. arguments,
            ])
            start.ArgumentList.Add(word);
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    /// <summary>Keys come one by one and unchanged, but what is printed is treated as before.</summary>
    public bool IsRaw
    {
        get
        {
            (uint input, uint output, _, uint local) = Termios.TryGet(_terminal)!.Flags;
            return (local & (Signals | Canonical | Echo)) == 0 && (input & CarriageReturnToLineFeed) == 0 && (output & Processed) != 0;
        }
    }

    /// <summary>The terminal has the settings that it had.</summary>
    public bool IsAsBefore => Termios.TryGet(_terminal)!.IsSameAs(_before);

    public void Type(string keys) => _user.Write(Encoding.Latin1.GetBytes(keys));

    /// <summary>Waits for a text behind what was waited for before, and returns what came up to its end.</summary>
    public string WaitFor(string text)
    {
        int at = -1;
        bool isThere = SpinWait.SpinUntil(
            () =>
            {
                // In this order: what was printed before the end is read behind it.
                bool hasEnded = _process.HasExited;
                Pump();
                at = _text.ToString(_seen, _text.Length - _seen).IndexOf(text, StringComparison.Ordinal);
                Thread.Sleep(10);
                return at >= 0 || hasEnded;
            },
            Patience);
        Assert.True(isThere && at >= 0, $"no \"{text}\" in:\n{_text}");
        string before = _text.ToString(_seen, at + text.Length);
        _seen += at + text.Length;
        return before;
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public int Wait()
    {
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    Pump();
                    return _process.WaitForExit(20);
                },
                Patience),
            $"ps3 has not ended:\n{_text}");
        Thread.Sleep(50);
        Pump();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _ = PosixDescriptor.Close(_terminal);
        _user.Dispose();
    }

    private void Pump()
    {
        byte[] piece = new byte[4096];
        for (int count; (count = _user.Read(piece)) > 0;)
            _text.Append(Encoding.Latin1.GetString(piece, 0, count));
    }
}
