namespace Ps3Platform.Host.Terminals;

/// <summary>What a byte from the terminal is.</summary>
internal enum TerminalKey
{
    /// <summary>A byte for the guest or the monitor.</summary>
    Byte,

    /// <summary>Ctrl-A: the next byte is a command.</summary>
    Prefix,

    /// <summary>End the machine.</summary>
    Quit,

    /// <summary>Change between guest and monitor.</summary>
    Switch,

    /// <summary>Send a break.</summary>
    Break,

    /// <summary>Press the power button.</summary>
    Power,

    /// <summary>List the keys.</summary>
    Help,

    /// <summary>No command.</summary>
    Unknown,
}

/// <summary>The keys behind Ctrl-A, by the letters that QEMU has given them (qemu(1), keys of the character multiplexer).</summary>
internal sealed class TerminalKeys
{
    private const byte ControlA = 1;

    private bool _isPrefixed;

    /// <summary>The list of keys.</summary>
    public static string Help => """

        Ctrl-A h       this list
        Ctrl-A x       end the machine at once
        Ctrl-A p       press the power button: a guest that listens shuts down
        Ctrl-A c       to the monitor, and back to the guest
        Ctrl-A b       send a break
        Ctrl-A Ctrl-A  send Ctrl-A

        """.ReplaceLineEndings("\r\n");

    /// <summary>Takes the next byte.</summary>
    public TerminalKey Take(byte key)
    {
        if (!_isPrefixed)
        {
            _isPrefixed = key == ControlA;
            return _isPrefixed ? TerminalKey.Prefix : TerminalKey.Byte;
        }

        _isPrefixed = false;
        return (char)key switch
        {
            (char)ControlA => TerminalKey.Byte,
            'x' => TerminalKey.Quit,
            'c' => TerminalKey.Switch,
            'b' => TerminalKey.Break,
            'p' => TerminalKey.Power,
            'h' or '?' => TerminalKey.Help,
            _ => TerminalKey.Unknown,
        };
    }
}
