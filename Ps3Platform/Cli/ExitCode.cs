namespace Ps3Platform.Cli;

/// <summary>What the process says to its caller; part of the documented interface.</summary>
internal static class ExitCode
{
    /// <summary>The guest powered off, or the command did what it was asked.</summary>
    public const int Success = 0;

    /// <summary>A fault of this program.</summary>
    public const int Internal = 1;

    /// <summary>A file or value that cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>The guest panicked.</summary>
    public const int GuestPanic = 3;

    /// <summary>The guest can never get on.</summary>
    public const int GuestLockup = 4;

    /// <summary>--no-reboot was given and the guest asked for a restart.</summary>
    public const int GuestRestart = 5;

    /// <summary>The time or instruction limit was reached; as timeout(1) has it.</summary>
    public const int Timeout = 124;

    /// <summary>Ended by Ctrl-C; 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
