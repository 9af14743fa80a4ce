namespace Ps3Platform.Devices.Blocks;

/// <summary>A device that reads and writes a back end, for those who show it to a user.</summary>
public interface IMediumHolder
{
    /// <summary>The device's name: "disk".</summary>
    string Name { get; }

    /// <summary>What it reads and writes now; null: no medium is in the drive. To be used on the machine's thread.</summary>
    IBlockBackend? Medium { get; }
}
