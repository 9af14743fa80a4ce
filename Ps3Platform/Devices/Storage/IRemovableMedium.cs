using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// A device whose medium a user takes out and puts in while the machine runs. To be used on the machine's thread (<c>Ps3Machine.Post</c>).
/// </summary>
public interface IRemovableMedium
{
    /// <summary>The device's name, for users: "cdrom".</summary>
    string Name { get; }

    /// <summary>What the medium is, for users, or null when there is none.</summary>
    string? Medium { get; }

    /// <summary>The guest has asked that the medium stays in.</summary>
    bool IsLocked { get; }

    /// <summary>
    /// Takes the medium out. Commands that are under way still end with its bytes. When the guest has locked the drive and
    /// <paramref name="force"/> is false, the medium stays, and the guest is told that the eject button was pressed.
    /// </summary>
    /// <returns>True when no medium is in the drive any more.</returns>
    bool Eject(bool force);

    /// <summary>Puts a medium in, in place of the one that is there, as after a forced <see cref="Eject"/>.</summary>
    /// <param name="medium">Belongs to the drive from now on.</param>
    /// <exception cref="ArgumentException">It is no medium that the drive can read; it is not disposed of.</exception>
    void Change(IBlockBackend medium);
}
