using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Storage;

/// <summary>What a storage device remembers.</summary>
/// <param name="Stopped">True between stop and continue.</param>
public sealed record StorageState(bool Stopped) : DeviceState(Stopped)
{
    /// <summary>The guest has opened it.</summary>
    public bool Open { get; init; }

    /// <summary>It was not taken away.</summary>
    public bool Present { get; init; }

    /// <summary>Bytes of the back end.</summary>
    public ulong Length { get; init; }

    /// <summary>Reads and other commands that bring bytes, since power-on.</summary>
    public long Reads { get; init; }

    /// <summary>Writes since power-on.</summary>
    public long Writes { get; init; }

    /// <summary>Flushes since power-on.</summary>
    public long Flushes { get; init; }

    /// <summary>Commands that ended in an error since power-on.</summary>
    public long Failures { get; init; }

    /// <summary>Commands under way.</summary>
    public int UnderWay { get; init; }

    /// <summary>Commands that have ended and were not fetched.</summary>
    public int Unfetched { get; init; }

    /// <summary>The tag given out last.</summary>
    public ulong LastTag { get; init; }
}
