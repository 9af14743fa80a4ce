using System.Diagnostics.CodeAnalysis;
using Ps3Platform.Devices.Gpu;

namespace Ps3Platform.Devices.Video;

/// <summary>
/// Reads the picture out of GPU memory as a display head does: where from the guest said with a flip, its size and pitch
/// with the AV settings. Head B is what a guest's drivers time themselves by, so it is preferred to A.
/// </summary>
public sealed class FrameCapture(GpuDevice gpu, DisplayState display) : IFrameSource
{
    /// <inheritdoc/>
    public bool TryCapture([NotNullWhen(true)] out Frame? frame)
    {
        for (int head = DisplayState.HeadCount - 1; head >= 0; head--)
        {
            if (!gpu.TryGetScanOut(head, out ReadOnlySpan<byte> memory))
                continue;
            frame = Capture(memory, display[head]);
            return true;
        }

        frame = null;
        return false;
    }

    private static Frame Capture(ReadOnlySpan<byte> memory, HeadMode mode)
    {
        int lineBytes = mode.Width * Frame.BytesPerPixel;
        byte[] pixels = new byte[lineBytes * mode.Height];
        for (int line = 0; line < mode.Height && !mode.IsBlack; line++)
        {
            // Lines that lie beyond the guest's allocation stay black.
            long start = (long)line * mode.Pitch;
            if (start + lineBytes > memory.Length)
                break;
            memory.Slice((int)start, lineBytes).CopyTo(pixels.AsSpan(line * lineBytes));
        }

        return new Frame(mode.Width, mode.Height, pixels);
    }
}
