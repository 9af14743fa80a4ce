using Ps3Platform.Devices.Video;

namespace Ps3Platform.Screens.Feed;

/// <summary>
/// The screen of a machine, and of those that follow it when it restarts, for any number of viewers: what has changed for each, found by
/// comparing the picture with the one before. While nobody views, nothing is read; while nothing changes, nothing is copied.
/// </summary>
/// <remarks>
/// The picture is read on the machine's thread, up to 60 times a second of host time, also while the guest is stopped. A guest that blits
/// or flips is shown what it has finished, so that no half-drawn picture is seen; one that does not, for instance after a panic, what
/// it has drawn since.
/// </remarks>
public sealed class ScreenFeed : IFrameReceiver, IDisposable
{
    // How many readings without a blit or flip until the guest's own drawing is shown: a tenth of a second.
    private const int StillReadings = 6;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(16);

    private readonly Lock _gate = new();
    private readonly List<ScreenViewer> _viewers = [];
    private readonly DamageMap _damage = new();
    private readonly Timer _timer;
    private readonly Action _read;

    private IFrameSource? _source;
    private Action<Action>? _post;
    private byte[] _pixels = [];
    private bool _isPosted;
    private long _pictures;
    private int _still;
    private bool _isTicking;

    /// <summary>A black screen of this size, in pixels.</summary>
    public ScreenFeed(int width, int height)
    {
        _read = Read;
        Resize(width, height);
        _timer = new Timer(_ => Post(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Pixels in a line.</summary>
    public int Width { get; private set; }

    /// <summary>Lines.</summary>
    public int Height { get; private set; }

    /// <summary>How often the picture was read.</summary>
    public long Readings { get; private set; }

    /// <summary>Shows the screen of a machine from now on.</summary>
    /// <param name="source">Its screen.</param>
    /// <param name="post">Has its thread run an action soon; from any thread.</param>
    public void Connect(IFrameSource source, Action<Action> post)
    {
        lock (_gate)
        {
            (_source, _post) = (source, post);
            Tick();
        }
    }

    /// <summary>The machine does not run any more: its last picture stays. On its thread.</summary>
    public void Disconnect()
    {
        lock (_gate)
        {
            if (_viewers.Count > 0)
                ReadPicture();
            (_source, _post) = (null, null);
            // What was posted to that machine may never run.
            _isPosted = false;
            Tick();
        }
    }

    /// <summary>A new viewer, for whom all of the screen has changed. From any thread; to be disposed of.</summary>
    public ScreenViewer Attach()
    {
        lock (_gate)
        {
            var viewer = new ScreenViewer(this);
            viewer.Damage.Resize(Width, Height);
            // The picture that is kept may be old: the next reading tells the viewer.
            viewer.IsNew = _source is not null;
            if (!viewer.IsNew)
                viewer.Signal();
            _viewers.Add(viewer);
            Tick();
            return viewer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            (_source, _post) = (null, null);
        _timer.Dispose();
    }

    /// <inheritdoc/>
    void IFrameReceiver.Begin(int width, int height)
    {
        if ((width, height) != (Width, Height))
            Resize(width, height);
    }

    /// <inheritdoc/>
    void IFrameReceiver.Line(int number, ReadOnlySpan<byte> pixels)
    {
        Span<byte> before = _pixels.AsSpan(number * pixels.Length, pixels.Length);
        if (pixels.SequenceEqual(before))
            return;
        const int Tile = DamageMap.TileWidth * Frame.BytesPerPixel;
        int row = number / DamageMap.TileHeight;
        for (int column = 0, from = 0; from < pixels.Length; column++, from += Tile)
        {
            int length = Math.Min(Tile, pixels.Length - from);
            if (pixels.Slice(from, length).SequenceEqual(before.Slice(from, length)))
                continue;
            pixels.Slice(from, length).CopyTo(before[from..]);
            _damage.Add(column, row);
        }
    }

    /// <summary>Gives a viewer what has changed for it.</summary>
    internal IReadOnlyList<ScreenRectangle> Take(ScreenViewer viewer)
    {
        lock (_gate)
        {
            viewer.Accept(Width, Height);
            List<ScreenRectangle> changed = viewer.Damage.Take();
            int line = Width * Frame.BytesPerPixel;
            foreach (ScreenRectangle part in changed)
            {
                int start = (part.Y * line) + (part.X * Frame.BytesPerPixel);
                int bytes = part.Width * Frame.BytesPerPixel;
                for (int y = 0; y < part.Height; y++, start += line)
                    _pixels.AsSpan(start, bytes).CopyTo(viewer.Target[start..]);
            }

            return changed;
        }
    }

    /// <summary>All of the screen shall be given to a viewer again.</summary>
    internal void Invalidate(ScreenViewer viewer)
    {
        lock (_gate)
        {
            viewer.Damage.AddAll();
            viewer.Signal();
        }
    }

    internal void Detach(ScreenViewer viewer)
    {
        lock (_gate)
        {
            _viewers.Remove(viewer);
            Tick();
        }
    }

    // Runs the timer while there is a viewer and something to view.
    private void Tick()
    {
        bool wanted = _viewers.Count > 0 && _source is not null;
        if (wanted == _isTicking)
            return;
        _isTicking = wanted;
        // A guest that drew its last picture before anybody viewed may not blit it again: the first reading shows what it has drawn.
        _still = StillReadings;
        _pictures = _source?.Pictures ?? 0;
        TimeSpan period = wanted ? Period : Timeout.InfiniteTimeSpan;
        _timer.Change(wanted ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, period);
    }

    // A machine that is late is not asked again meanwhile.
    private void Post()
    {
        // With the lock held: nothing is posted to a machine that has been disconnected.
        lock (_gate)
        {
            if (_post is null || _isPosted)
                return;
            _isPosted = true;
            _post(_read);
        }
    }

    private void Read()
    {
        lock (_gate)
        {
            _isPosted = false;
            if (_viewers.Count > 0)
                ReadPicture();
        }
    }

    private void ReadPicture()
    {
        if (_source is not { } source)
            return;
        Readings++;
        _still = source.Pictures == _pictures ? _still + 1 : 0;
        _pictures = source.Pictures;
        source.TryRead(this, preview: _still >= StillReadings);
        foreach (ScreenViewer viewer in _viewers)
        {
            viewer.Damage.Add(_damage);
            if (viewer.IsNew || !_damage.IsEmpty)
                viewer.Signal();
            viewer.IsNew = false;
        }

        _damage.Clear();
    }

    private void Resize(int width, int height)
    {
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * Frame.BytesPerPixel];
        _damage.Resize(width, height);
        _damage.Clear();
        foreach (ScreenViewer viewer in _viewers)
        {
            viewer.Damage.Resize(width, height);
            viewer.Signal();
        }
    }
}
