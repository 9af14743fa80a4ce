namespace Ps3Platform.Cli.Shell;

/// <summary>Exit codes of the process; part of the documented interface.</summary>
internal static class ExitCode
{
    /// <summary>The guest powered off, or the command succeeded.</summary>
    public const int Success = 0;

    /// <summary>A fault of this program.</summary>
    public const int Internal = 1;

    /// <summary>A file or value that cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>The guest panicked.</summary>
    public const int GuestPanic = 3;

    /// <summary>The guest can provably never make progress again.</summary>
    public const int GuestLockup = 4;

    /// <summary>--no-reboot was given and the guest asked for a restart.</summary>
    public const int GuestRestart = 5;

    /// <summary>The run succeeded, but a requested file or the console's text could not be written.</summary>
    public const int OutputLost = 6;

    /// <summary>--break: the guest has reached the breakpoint.</summary>
    public const int Stopped = 7;

    /// <summary>--expect: the dialogue with the guest has failed.</summary>
    public const int DialogueFailed = 8;

    /// <summary>An SPU program used an invalid instruction or channel; 128 + SIGILL, the signal that Linux sends for it.</summary>
    public const int SpuInvalid = 132;

    /// <summary>An SPU program halted, or stopped with an unknown code; 128 + SIGABRT.</summary>
    public const int SpuAborted = 134;

    /// <summary>An SPU program's DMA failed; 128 + SIGBUS.</summary>
    public const int SpuDmaError = 135;

    /// <summary>An SPU program made a call-back that is not served; 128 + SIGSYS.</summary>
    public const int SpuNotServed = 159;

    /// <summary>The time or instruction limit was reached; the same code as timeout(1).</summary>
    public const int Timeout = 124;

    /// <summary>Ended because the terminal has gone; 128 + SIGHUP.</summary>
    public const int HungUp = 129;

    /// <summary>Ended by Ctrl-C; 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended because the reader of standard output has closed it; 128 + SIGPIPE.</summary>
    public const int OutputClosed = 141;

    /// <summary>Ended by kill, timeout and the like; 128 + SIGTERM.</summary>
    public const int Terminated = 143;
}
