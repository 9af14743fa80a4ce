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
    private byte[] _line = [];

    /// <summary>Captures the heads of a GPU.</summary>
    public FrameCapture(GpuDevice gpu, DisplayState display)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        _gpu = gpu;
        _display = display;
        gpu.ScanOutEnding += () => _last = CaptureLive() ?? _last;
    }

    /// <inheritdoc/>
    public long Pictures => _gpu.Pictures;

    /// <inheritdoc/>
    public bool TryCapture([NotNullWhen(true)] out Frame? frame)
    {
        frame = CaptureLive() ?? _last;
        return frame is not null;
    }

    /// <inheritdoc/>
    public bool TryRead(IFrameReceiver receiver, bool preview)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        if (TryReadLive(receiver, preview))
            return true;
        if (_last is not { } last)
            return false;
        receiver.Begin(last.Width, last.Height);
        int bytes = last.Width * Frame.BytesPerPixel;
        for (int line = 0; line < last.Height; line++)
            receiver.Line(line, last.Pixels.Span.Slice(line * bytes, bytes));
        return true;
    }

    private Frame? CaptureLive()
    {
        var picture = new PictureBuffer();
        return TryReadLive(picture, preview: true) ? picture.ToFrame() : null;
    }

    private bool TryReadLive(IFrameReceiver receiver, bool preview)
    {
        for (int head = DisplayState.HeadCount - 1; head >= 0; head--)
        {
            if (!_gpu.TryGetScanOut(head, out ReadOnlySpan<byte> memory))
                continue;
            Read(memory, head, receiver, preview);
            return true;
        }

        return false;
    }

    private void Read(ReadOnlySpan<byte> memory, int head, IFrameReceiver receiver, bool preview)
    {
        HeadMode mode = _display[head];
        int bytes = mode.Width * Frame.BytesPerPixel;
        if (_line.Length != bytes)
            _line = new byte[bytes];
        receiver.Begin(mode.Width, mode.Height);
        for (int line = 0; line < mode.Height; line++)
        {
            long start = (long)line * mode.Pitch;
            // Lines outside the guest's allocation stay black.
            if (mode.IsBlack || start + bytes > memory.Length)
            {
                Array.Clear(_line);
                receiver.Line(line, _line);
                continue;
            }

            ReadOnlySpan<byte> shown = memory.Slice((int)start, bytes);
            if (!preview)
            {
                receiver.Line(line, shown);
                continue;
            }

            shown.CopyTo(_line);
            _gpu.PreviewScanOut(head, (ulong)start, _line);
            receiver.Line(line, _line);
        }
    }

    private sealed class PictureBuffer : IFrameReceiver
    {
        private int _width;
        private int _height;
        private byte[] _pixels = [];

        public void Begin(int width, int height)
        {
            (_width, _height) = (width, height);
            _pixels = new byte[width * height * Frame.BytesPerPixel];
        }

        public void Line(int number, ReadOnlySpan<byte> pixels) => pixels.CopyTo(_pixels.AsSpan(number * pixels.Length));

        public Frame ToFrame() => new(_width, _height, _pixels);
    }
}
