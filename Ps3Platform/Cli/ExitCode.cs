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

    /// <summary>The guest can provably never go on.</summary>
    public const int GuestLockup = 4;

    /// <summary>--no-reboot was given and the guest asked for a restart.</summary>
    public const int GuestRestart = 5;

    /// <summary>An SPU program met an invalid instruction or channel; 128 + SIGILL, the signal Linux sends for it.</summary>
    public const int SpuInvalid = 132;

    /// <summary>An SPU program halted, or stopped with a code that nobody knows; 128 + SIGABRT.</summary>
    public const int SpuAborted = 134;

    /// <summary>An SPU program's DMA failed; 128 + SIGBUS.</summary>
    public const int SpuDmaError = 135;

    /// <summary>An SPU program made a call-back that is not served; 128 + SIGSYS.</summary>
    public const int SpuNotServed = 159;

    /// <summary>The time or instruction limit was reached; as timeout(1) has it.</summary>
    public const int Timeout = 124;

    /// <summary>Ended by Ctrl-C; 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
