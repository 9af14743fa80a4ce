using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Video;
using Ps3Platform.Screens.Feed;

namespace Screens.Tests;

/// <summary>A screen that the test draws on, and the thread of a machine that runs what is posted.</summary>
internal sealed class FakeScreen : IFrameSource, IDisposable
{
    private readonly BlockingCollection<Action> _posted = [];
    private readonly Thread _machine;
    private byte[] _pixels;

    public FakeScreen(int width, int height)
    {
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * Frame.BytesPerPixel];
        Feed = new ScreenFeed(width, height);
        Feed.Connect(this, Post);
        _machine = new Thread(() =>
        {
            foreach (Action action in _posted.GetConsumingEnumerable())
                action();
        });
        _machine.Start();
    }

    public ScreenFeed Feed { get; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    public long Pictures { get; set; }

    /// <summary>Whether the last reading asked for the guest's own drawing.</summary>
    public bool WasPreview { get; private set; }

    public void Post(Action action) => _posted.Add(action);

    /// <summary>Runs an action on the machine's thread, and waits for it.</summary>
    public void Do(Action action)
    {
        using var done = new ManualResetEventSlim();
        _posted.Add(() =>
        {
            action();
            done.Set();
        });
        done.Wait();
    }

    /// <summary>Fills a rectangle. On the machine's thread.</summary>
    public void Fill(int x, int y, int width, int height, uint color)
    {
        for (int line = y; line < y + height; line++)
        {
            for (int column = x; column < x + width; column++)
                Set(column, line, color);
        }
    }

    /// <summary>Sets a pixel to 0xRRGGBB.</summary>
    public void Set(int x, int y, uint color)
    {
        Span<byte> pixel = _pixels.AsSpan(((y * Width) + x) * 4, 4);
        (pixel[1], pixel[2], pixel[3]) = ((byte)(color >> 16), (byte)(color >> 8), (byte)color);
    }

    public uint Get(int x, int y)
    {
        ReadOnlySpan<byte> pixel = _pixels.AsSpan(((y * Width) + x) * 4, 4);
        return (uint)((pixel[1] << 16) | (pixel[2] << 8) | pixel[3]);
    }

    public void Resize(int width, int height)
    {
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * Frame.BytesPerPixel];
    }

    public bool TryCapture([NotNullWhen(true)] out Frame? frame)
    {
        frame = new Frame(Width, Height, _pixels);
        return true;
    }

    public bool TryRead(IFrameReceiver receiver, bool preview)
    {
        WasPreview = preview;
        receiver.Begin(Width, Height);
        for (int line = 0; line < Height; line++)
            receiver.Line(line, _pixels.AsSpan(line * Width * 4, Width * 4));
        return true;
    }

    /// <summary>Something with all kinds of tiles: one colour, a few colours, runs, and noise.</summary>
    public void Draw(int seed)
    {
        var random = new Random(seed);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                uint color = (((x / 64) + (y / 64)) % 4) switch
                {
                    0 => 0x204060u,
                    1 => (x * y % 7) < 3 ? 0xffffffu : 0x112233u,
                    2 => (uint)(((x / 9) << 16) + ((y & 0xff) << 8) + 0x55),
                    _ => (uint)random.Next(0x1000000),
                };
                Set(x, y, color);
            }
        }
    }

    public void Dispose()
    {
        Feed.Dispose();
        _posted.CompleteAdding();
        _machine.Join();
        _posted.Dispose();
    }
}
