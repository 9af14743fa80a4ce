using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.Gpu;

/// <summary>
/// Reads the picture from GPU memory as a display head does. The guest sets its offset with a flip, and its size and pitch with the
/// AV settings. Head B is preferred to A, because guest drivers synchronise to it. When a guest closes its framebuffer, as Linux does
/// before it powers off, the last picture is kept.
/// </summary>
public sealed class FrameCapture : IFrameSource
{
    private readonly GpuDevice _gpu;
    private readonly DisplayState _display;
    private Frame? _last;

    /// <summary>Captures the heads of a GPU.</summary>
    public FrameCapture(GpuDevice gpu, DisplayState display)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        _gpu = gpu;
        _display = display;
        gpu.ScanOutEnding += () => _last = CaptureLive() ?? _last;
    }

    /// <inheritdoc/>
    public bool TryCapture([NotNullWhen(true)] out Frame? frame)
    {
        frame = CaptureLive() ?? _last;
        return frame is not null;
    }

    private Frame? CaptureLive()
    {
        for (int head = DisplayState.HeadCount - 1; head >= 0; head--)
        {
            if (_gpu.TryGetScanOut(head, out ReadOnlySpan<byte> memory))
                return Capture(memory, head);
        }

        return null;
    }

    private Frame Capture(ReadOnlySpan<byte> memory, int head)
    {
        HeadMode mode = _display[head];
        int lineBytes = mode.Width * Frame.BytesPerPixel;
        byte[] pixels = new byte[lineBytes * mode.Height];
        for (int line = 0; line < mode.Height && !mode.IsBlack; line++)
        {
            // Lines outside the guest's allocation stay black.
            long start = (long)line * mode.Pitch;
            if (start + lineBytes > memory.Length)
                break;
            Span<byte> shown = pixels.AsSpan(line * lineBytes, lineBytes);
            memory.Slice((int)start, lineBytes).CopyTo(shown);
            _gpu.PreviewScanOut(head, (ulong)start, shown);
        }

        return new Frame(mode.Width, mode.Height, pixels);
    }
}
