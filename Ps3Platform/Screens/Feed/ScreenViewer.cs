using Ps3Platform.Devices.Video;

namespace Ps3Platform.Screens.Feed;

/// <summary>
/// One that views a <see cref="ScreenFeed"/>, at its own speed: changes that it has not taken add up to what it takes next. Its members are
/// for one thread at a time.
/// </summary>
public sealed class ScreenViewer : IDisposable
{
    private readonly ScreenFeed _feed;
    private readonly SemaphoreSlim _changed = new(0, 1);
    private byte[] _pixels = [];

    internal ScreenViewer(ScreenFeed feed) => _feed = feed;

    /// <summary>Pixels in a line, as last taken.</summary>
    public int Width { get; private set; }

    /// <summary>Lines, as last taken.</summary>
    public int Height { get; private set; }

    /// <summary>The picture as last taken, in the form of <see cref="Frame"/>.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>What has changed since it was last taken. With the feed's lock held.</summary>
    internal DamageMap Damage { get; } = new();

    /// <summary>It has not been told of any reading yet. With the feed's lock held.</summary>
    internal bool IsNew { get; set; }

    /// <summary>Where the feed copies to.</summary>
    internal Span<byte> Target => _pixels;

    /// <summary>Waits until something has changed since the last <see cref="Take"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task WaitAsync(CancellationToken cancel) => _changed.WaitAsync(cancel);

    /// <summary>Brings the picture up to date.</summary>
    /// <returns>The parts that have changed, which do not overlap; all of it when the size has changed. May be empty.</returns>
    public IReadOnlyList<ScreenRectangle> Take() => _feed.Take(this);

    /// <summary>Has the next <see cref="Take"/> answer all of the screen.</summary>
    public void Invalidate() => _feed.Invalidate(this);

    /// <inheritdoc/>
    public void Dispose() => _feed.Detach(this);

    internal void Accept(int width, int height)
    {
        if ((width, height) == (Width, Height))
            return;
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * Frame.BytesPerPixel];
    }

    internal void Signal()
    {
        // With the feed's lock held, so that nobody else releases it in between.
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }
}
