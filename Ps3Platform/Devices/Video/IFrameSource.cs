using System.Diagnostics.CodeAnalysis;

namespace Ps3Platform.Devices.Video;

/// <summary>Something that can say what a monitor would show now. To be asked on the machine's emulation thread.</summary>
public interface IFrameSource
{
    /// <summary>Takes a picture.</summary>
    /// <returns>False when nothing is scanned out: no guest has flipped a head yet.</returns>
    bool TryCapture([NotNullWhen(true)] out Frame? frame);
}
