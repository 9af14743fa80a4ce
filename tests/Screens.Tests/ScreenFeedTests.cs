using Ps3Platform.Screens.Feed;

using Xunit;

namespace Screens.Tests;

/// <summary>The feed finds what has changed, for each viewer, and reads nothing that nobody views.</summary>
public sealed class ScreenFeedTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_viewer_gets_the_whole_screen_and_then_what_changes()
    {
        using var screen = new FakeScreen(200, 100);
        screen.Do(() => screen.Fill(0, 0, 200, 100, 0x123456));
        using ScreenViewer viewer = screen.Feed.Attach();
        await Until(viewer, () => PixelOf(viewer, 150, 99) == 0x123456);

        screen.Do(() => screen.Fill(70, 20, 2, 2, 0xff0000));
        await viewer.WaitAsync(Cancel());
        IReadOnlyList<ScreenRectangle> changed = viewer.Take();

        Assert.Equal([new ScreenRectangle(64, 16, 64, 16)], changed);
        Assert.Equal(0xff0000U, PixelOf(viewer, 71, 21));
        Assert.Empty(viewer.Take());
    }

    [Fact]
    public async Task Changes_that_are_not_taken_add_up_for_each_viewer()
    {
        using var screen = new FakeScreen(320, 64);
        using ScreenViewer slow = screen.Feed.Attach();
        using ScreenViewer fast = screen.Feed.Attach();
        await Until(slow, () => slow.Width > 0);
        await Until(fast, () => fast.Width > 0);
        long readings = screen.Feed.Readings;
        screen.Do(() => screen.Fill(0, 0, 1, 1, 0xffffff));
        await Until(fast, () => PixelOf(fast, 0, 0) == 0xffffff);
        screen.Do(() => screen.Fill(319, 63, 1, 1, 0xffffff));
        await Until(fast, () => PixelOf(fast, 319, 63) == 0xffffff);

        Assert.True(screen.Feed.Readings > readings);
        Assert.Equal(
            [new ScreenRectangle(0, 0, 64, 16), new ScreenRectangle(256, 48, 64, 16)], slow.Take().OrderBy(static part => part.Y));
        Assert.Equal(0xffffffU, PixelOf(slow, 0, 0));
    }

    [Fact]
    public async Task A_new_size_changes_everything()
    {
        using var screen = new FakeScreen(64, 64);
        using ScreenViewer viewer = screen.Feed.Attach();
        await Until(viewer, () => viewer.Width == 64);
        screen.Do(() => screen.Resize(130, 70));
        await Until(viewer, () => viewer.Width == 130);

        viewer.Invalidate();
        Assert.Equal([new ScreenRectangle(0, 0, 130, 70)], viewer.Take());
        Assert.Equal(130 * 70 * 4, viewer.Pixels.Length);
    }

    [Fact]
    public async Task Without_viewers_nothing_is_read()
    {
        using var screen = new FakeScreen(64, 64);
        using (ScreenViewer viewer = screen.Feed.Attach())
        {
            screen.Do(() => screen.Fill(0, 0, 64, 64, 1));
            await Until(viewer, () => PixelOf(viewer, 0, 0) == 1);
        }

        screen.Do(static () => { });
        long readings = screen.Feed.Readings;
        await Task.Delay(100);
        Assert.InRange(screen.Feed.Readings, readings, readings + 1);
    }

    [Fact]
    public async Task What_the_guest_finishes_is_shown_while_it_does_and_its_drawing_when_it_has_stopped()
    {
        using var screen = new FakeScreen(64, 64);
        using ScreenViewer viewer = screen.Feed.Attach();
        long readings = screen.Feed.Readings;
        while (screen.Feed.Readings < readings + 20)
        {
            screen.Do(() => screen.Pictures++);
            await Task.Delay(5);
        }

        screen.Do(() => screen.Pictures++);
        bool drawing = true;
        screen.Do(() => drawing = screen.WasPreview);
        Assert.False(drawing);
        Assert.True(SpinWait.SpinUntil(() => screen.WasPreview, Soon));
    }

    [Fact]
    public void Rectangles_cover_what_has_changed_once()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            int width = random.Next(1, 900);
            int height = random.Next(1, 300);
            var map = new DamageMap();
            map.Resize(width, height);
            map.Clear();
            int columns = (width + DamageMap.TileWidth - 1) / DamageMap.TileWidth;
            int rows = (height + DamageMap.TileHeight - 1) / DamageMap.TileHeight;
            HashSet<(int, int)> added = [];
            for (int i = random.Next(columns * rows); i >= 0; i--)
            {
                (int column, int row) = (random.Next(columns), random.Next(rows));
                map.Add(column, row);
                added.Add((column, row));
            }

            int[] covered = new int[width * height];
            foreach (ScreenRectangle part in map.Take())
            {
                for (int y = part.Y; y < part.Y + part.Height; y++)
                {
                    for (int x = part.X; x < part.X + part.Width; x++)
                        covered[(y * width) + x]++;
                }
            }

            for (int at = 0; at < covered.Length; at++)
            {
                bool expected = added.Contains((at % width / DamageMap.TileWidth, at / width / DamageMap.TileHeight));
                Assert.Equal(expected ? 1 : 0, covered[at]);
            }

            Assert.True(map.IsEmpty);
        }
    }

    private static CancellationToken Cancel() => new CancellationTokenSource(Soon).Token;

    private static uint PixelOf(ScreenViewer viewer, int x, int y)
    {
        if (viewer.Pixels.Length == 0)
            return 0;
        ReadOnlySpan<byte> pixel = viewer.Pixels.Slice(((y * viewer.Width) + x) * 4, 4);
        return (uint)((pixel[1] << 16) | (pixel[2] << 8) | pixel[3]);
    }

    private static async Task Until(ScreenViewer viewer, Func<bool> condition)
    {
        CancellationToken cancel = Cancel();
        do
        {
            await viewer.WaitAsync(cancel);
            viewer.Take();
        }
        while (!condition());
    }
}
