using System.Net.Sockets;

using Ps3Platform.Devices.Video;
using Ps3Platform.Screens.Feed;

namespace Ps3Platform.Screens.Vnc;

/// <summary>
/// Sends a viewer what has changed on the screen, when it has asked for it (RFC 6143 7.5.3): one update for each request, so that a slow
/// viewer gets fewer updates and not later ones.
/// </summary>
internal sealed class VncUpdates(NetworkStream stream, ScreenViewer screen) : IDisposable
{
    private const int Raw = 0;
    private const int Zrle = 16;
    private const int DesktopSize = -223;
    private const int MostRectangles = 1000;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _requested = new(0, 1);
    private readonly RfbWriter _message = new();
    private readonly ZrleEncoder _zrle = new();

    // Guarded by the gate: the reader sets them.
    private RfbPixelFormat _format = RfbPixelFormat.Standard;
    private bool _usesZrle;
    private bool _mayResize;
    private bool _wantsAll;

    // What the viewer takes for the size of the screen.
    private int _width = screen.Width;
    private int _height = screen.Height;

    /// <summary>The size of the screen as the viewer knows it, in pixels.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            lock (_gate)
                return (_width, _height);
        }
    }

    /// <summary>True for an encoding that may be used, and a pseudo-encoding that is understood.</summary>
    public static bool Knows(int encoding) => encoding is Raw or Zrle or DesktopSize;

    public void SetFormat(RfbPixelFormat format)
    {
        lock (_gate)
            _format = format;
    }

    /// <summary>What the viewer understands, best first.</summary>
    public void SetEncodings(IReadOnlyList<int> encodings)
    {
        lock (_gate)
        {
            // Raw first means that the viewer is as near as to prefer it; those that name it last do so as a duty.
            _usesZrle = encodings.FirstOrDefault(static encoding => encoding is Raw or Zrle, Raw) == Zrle;
            _mayResize = encodings.Contains(DesktopSize);
        }
    }

    /// <summary>The viewer wants an update.</summary>
    /// <param name="isIncremental">Of what has changed; else of all.</param>
    public void Request(bool isIncremental)
    {
        lock (_gate)
        {
            _wantsAll |= !isIncremental;
            if (_requested.CurrentCount == 0)
                _requested.Release();
        }
    }

    /// <summary>Sends updates until it is cancelled or the viewer is gone, which ends it with an exception.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            await _requested.WaitAsync(cancel).ConfigureAwait(false);
            while (!Build())
                await WaitAsync(cancel).ConfigureAwait(false);
            await stream.WriteAsync(_message.Written, cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _zrle.Dispose();
        _requested.Dispose();
    }

    // Waits for a change, or for a request of everything, which needs none.
    private async Task WaitAsync(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task changed = screen.WaitAsync(either.Token);
        Task asked = _requested.WaitAsync(either.Token);
        await Task.WhenAny(changed, asked).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(changed, asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    // Writes an update into the message. False when there is nothing to send.
    private bool Build()
    {
        RfbPixelFormat format;
        bool usesZrle;
        bool mayResize;
        lock (_gate)
        {
            (format, usesZrle, mayResize) = (_format, _usesZrle, _mayResize);
            if (_wantsAll)
                screen.Invalidate();
            _wantsAll = false;
        }

        IReadOnlyList<ScreenRectangle> changed = screen.Take();
        _message.Clear();
        bool resized = (screen.Width, screen.Height) != (_width, _height);
        if (resized && mayResize)
        {
            lock (_gate)
                (_width, _height) = (screen.Width, screen.Height);
            Begin(1);
            _message.Rectangle(0, 0, _width, _height, DesktopSize);
            // The viewer asks for its contents.
            screen.Invalidate();
            return true;
        }

        // A viewer that cannot be resized sees the part that fits.
        List<ScreenRectangle> parts = [.. changed.Select(Clip).Where(static part => part is { Width: > 0, Height: > 0 })];
        if (parts.Count == 0)
            return false;
        if (parts.Count > MostRectangles)
            parts = [Clip(new ScreenRectangle(0, 0, screen.Width, screen.Height))];
        Begin(parts.Count);
        foreach (ScreenRectangle part in parts)
        {
            _message.Rectangle(part.X, part.Y, part.Width, part.Height, usesZrle ? Zrle : Raw);
            if (usesZrle)
                _zrle.Encode(screen.Pixels, screen.Width, part, format, _message);
            else
                WriteRaw(part, format);
        }

        return true;
    }

    private ScreenRectangle Clip(ScreenRectangle part) => part with
    {
        Width = Math.Min(part.Width, Math.Max(0, _width - part.X)),
        Height = Math.Min(part.Height, Math.Max(0, _height - part.Y)),
    };

    private void Begin(int rectangles)
    {
        _message.Byte(0);
        _message.Byte(0);
        _message.UInt16(rectangles);
    }

    private void WriteRaw(ScreenRectangle part, RfbPixelFormat format)
    {
        for (int y = part.Y; y < part.Y + part.Height; y++)
        {
            int from = ((y * screen.Width) + part.X) * Frame.BytesPerPixel;
            format.Convert(screen.Pixels.Slice(from, part.Width * Frame.BytesPerPixel), _message.Room(part.Width * format.Bytes));
        }
    }
}
