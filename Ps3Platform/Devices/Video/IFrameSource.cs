using System.Diagnostics.CodeAnalysis;

namespace Ps3Platform.Devices.Video;

/// <summary>Captures the picture that a monitor would show now. To be called on the machine's emulation thread.</summary>
public interface IFrameSource
{
    /// <summary>Blits and flips of the guest since power-on. While it grows, the guest brings its picture to the screen itself.</summary>
    long Pictures { get; }

    /// <summary>Captures a picture.</summary>
    /// <returns>False when nothing is scanned out: no guest has flipped a head yet.</returns>
    bool TryCapture([NotNullWhen(true)] out Frame? frame);

    /// <summary>Reads the picture without a copy of it.</summary>
    /// <param name="receiver">Is given each line.</param>
    /// <param name="preview">
    /// True to show what the guest's last blit would bring now, as <see cref="TryCapture"/> does. False for what it has brought: a picture
    /// that the guest has finished, even while it draws the next one.
    /// </param>
    /// <returns>False when nothing is scanned out.</returns>
    bool TryRead(IFrameReceiver receiver, bool preview);
}

/// <summary>Takes a picture line by line.</summary>
public interface IFrameReceiver
{
    /// <summary>A picture begins.</summary>
    /// <param name="width">Pixels in a line.</param>
    /// <param name="height">Lines.</param>
    void Begin(int width, int height);

    /// <summary>A line of it. All lines come, from the top.</summary>
    /// <param name="number">0 is the top.</param>
    /// <param name="pixels">As in <see cref="Frame"/>; valid during the call.</param>
    void Line(int number, ReadOnlySpan<byte> pixels);
}
