namespace Differential.Tests.Guest;

/// <summary>Where things stand in the test guest's memory, in real mode.</summary>
internal static class GuestLayout
{
    /// <summary>Readable and writable; everything around it faults.</summary>
    public const ulong Window = 0x10000;
    public const ulong WindowSize = 0x10000;

    /// <summary>Almost every 16-bit displacement from here stays inside; the largest ones cross the edges.</summary>
    public const ulong Middle = Window + (WindowSize / 2);

    /// <summary>Read-only to the guest, so that no case changes its own instructions.</summary>
    public const ulong Code = 0x100000;
    public const ulong CodeSize = 0x1000;
    public const ulong RealModeLimit = 0x1000000;
}
