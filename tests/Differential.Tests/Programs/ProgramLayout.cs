using Differential.Tests.Guest;

namespace Differential.Tests.Programs;

/// <summary>
/// Where things stand for random programs: one memory of 256 KB with interrupt handlers, data and code. Effective addresses
/// are the same as real ones in segment 0, and the same again in a segment above 4 GB and in one of 16 MB pages.
/// </summary>
internal static class ProgramLayout
{
    public const ulong MemorySize = 0x40000;
    public const ulong RealModeLimit = 0x100000;

    /// <summary>Where <see cref="StateGenerator"/> lets registers point.</summary>
    public const ulong Data = GuestLayout.Window;
    public const ulong DataSize = GuestLayout.WindowSize;
    public const ulong Middle = GuestLayout.Middle;

    public const ulong Code = 0x20000;
    public const ulong CodeSize = 0x4000;

    /// <summary>Words from here to the end of the code pages are never jumped to on purpose: data beside code.</summary>
    public const int TailWord = 0xf80;

    /// <summary>Segment 16: the same offsets, beyond what 32-bit mode reaches.</summary>
    public const ulong Alias = 0x1_0000_0000;

    /// <summary>Segment 2: 16 MB pages, because the handlers set L for segments with this bit.</summary>
    public const ulong Large = 0x2000_0000;
}
