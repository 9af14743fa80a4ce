using SkiaSharp;

namespace Boot.Tests.Screens;

/// <summary>
/// The logos on the screen: Linux shows one penguin a hardware thread, and a smaller one with "SPE" on it for each SPE in the row below.
/// </summary>
internal static class ScreenPenguins
{
    /// <summary>How many of each there are.</summary>
    public static (int Processors, int Spes) Count(SKBitmap screen)
    {
        int top = Enumerable.Range(0, screen.Height)
            .First(y => Enumerable.Range(0, screen.Width).Any(x => screen.GetPixel(x, y).Green > 40));
        const int Tall = 80;
        const int Small = 40;
        return (Count(screen, top, Tall), Count(screen, top + Tall, Small));
    }

    // Their feet are the only deep yellow on the screen: count the separate groups of columns that have some, feet in pairs. Two
    // penguins stand further apart than two feet of one, which are nearly as far apart as a penguin is high.
    private static int Count(SKBitmap screen, int top, int height)
    {
        bool IsFoot(SKColor colour) => colour is { Red: > 200, Green: > 120, Blue: < 60 };
        var columns = Enumerable.Range(0, screen.Width)
            .Where(x => Enumerable.Range(top, height).Any(y => IsFoot(screen.GetPixel(x, y)))).ToList();
        int penguins = 0;
        int end = -1;
        foreach (int x in columns)
        {
            if (x <= end)
                continue;
            penguins++;
            end = x + (height * 7 / 8);
        }

        return penguins;
    }
}
