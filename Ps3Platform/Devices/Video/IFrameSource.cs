using System.Diagnostics.CodeAnalysis;

namespace Ps3Platform.Devices.Video;

/// <summary>Captures the picture that a monitor would show now. To be called on the machine's emulation thread.</summary>
public interface IFrameSource
{
    /// <summary>Captures a picture.</summary>
    /// <returns>False when nothing is scanned out: no guest has flipped a head yet.</returns>
    bool TryCapture([NotNullWhen(true)] out Frame? frame);
}
