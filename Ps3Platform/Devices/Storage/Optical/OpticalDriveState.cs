using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>What the optical drive remembers.</summary>
/// <param name="Stopped">True between stop and continue.</param>
public sealed record OpticalDriveState(bool Stopped) : DeviceState(Stopped)
{
    /// <summary>The guest has opened it.</summary>
    public bool Open { get; init; }

    /// <summary>What the medium is; empty: there is none.</summary>
    public string Medium { get; init; } = "";

    /// <summary>Sectors of the medium.</summary>
    public uint Sectors { get; init; }

    /// <summary>The guest has asked that the medium stays in.</summary>
    public bool Locked { get; init; }

    /// <summary>The guest has the medium put out; it is not readable.</summary>
    public bool PutOut { get; init; }

    /// <summary>Sense key, code and qualifier of the unit attention that is pending, as in a status word; 0: none.</summary>
    public ulong Attention { get; init; }

    /// <summary>Number of the event that is reported next.</summary>
    public int Event { get; init; }

    /// <summary>Commands of any kind since power-on.</summary>
    public long Packets { get; init; }

    /// <summary>Reads of sectors since power-on.</summary>
    public long Reads { get; init; }

    /// <summary>Commands that ended in an error since power-on.</summary>
    public long Failures { get; init; }

    /// <summary>Commands under way.</summary>
    public int UnderWay { get; init; }

    /// <summary>Commands that have ended and were not fetched.</summary>
    public int Unfetched { get; init; }

    /// <summary>The tag given out last.</summary>
    public ulong LastTag { get; init; }
}
