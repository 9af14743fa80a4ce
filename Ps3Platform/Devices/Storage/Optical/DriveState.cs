namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>What replies depend on.</summary>
/// <param name="Sectors">Sectors of the medium; 0: there is none.</param>
/// <param name="IsLocked">The guest has asked that the medium stays in.</param>
/// <param name="Event">The event that GET EVENT STATUS NOTIFICATION reports next.</param>
/// <param name="Attention">The unit attention that is pending, for REQUEST SENSE.</param>
internal readonly record struct DriveState(uint Sectors, bool IsLocked, MediumEvent Event, Sense Attention)
{
    /// <summary>A medium is in the drive.</summary>
    public bool HasMedium => Sectors != 0;
}

/// <summary>Events of the class "media" (MMC-5, 6.7.2.5).</summary>
internal enum MediumEvent : byte
{
    /// <summary>Nothing has happened.</summary>
    None = 0,

    /// <summary>The eject button was pressed.</summary>
    EjectRequested = 1,

    /// <summary>A medium has been put in.</summary>
    Inserted = 2,

    /// <summary>The medium has been taken out.</summary>
    Removed = 3,
}
