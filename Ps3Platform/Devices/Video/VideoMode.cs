using System.Diagnostics.CodeAnalysis;

namespace Ps3Platform.Devices.Video;

/// <summary>
/// A picture size that the console can show: the monitor reports it as preferred, and it is scanned out until the guest sets a
/// mode itself.
/// </summary>
/// <param name="Name">As written in a configuration: "720p".</param>
/// <param name="Width">Pixels in a line.</param>
/// <param name="Height">Lines.</param>
/// <param name="VideoId">The "vid" of video mode packets (devices.md 8.5).</param>
/// <param name="MonitorBits">Its bits among a monitor's 60 Hz resolutions (devices.md 8.4).</param>
public sealed record VideoMode(string Name, int Width, int Height, uint VideoId, uint MonitorBits)
{
    /// <summary>720 x 480, progressive, 60 Hz.</summary>
    public static readonly VideoMode P480 = new("480p", 720, 480, 0x5, 0x0003);

    /// <summary>1280 x 720, progressive, 60 Hz.</summary>
    public static readonly VideoMode P720 = new("720p", 1280, 720, 0x9, 0x0004);

    /// <summary>1920 x 1080, progressive, 60 Hz.</summary>
    public static readonly VideoMode P1080 = new("1080p", 1920, 1080, 0xb, 0x4000);

    /// <summary>All of them, smallest first.</summary>
    public static IReadOnlyList<VideoMode> All { get; } = [P480, P720, P1080];

    /// <summary>Finds a mode by its name.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out VideoMode? mode)
    {
        mode = All.FirstOrDefault(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return mode is not null;
    }
}
