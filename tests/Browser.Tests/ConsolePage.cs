using System.Globalization;
using System.Text.Json;

using Microsoft.Playwright;

using SkiaSharp;

using Xunit;

namespace Browser.Tests;

/// <summary>What a test reads off the console's page.</summary>
internal static class ConsolePage
{
    private const int BytesPerPixel = 4;

    /// <summary>Opens the address that was printed, and waits until the machine's screen is there.</summary>
    public static async Task OpenAsync(this IPage page, Uri address)
    {
        await page.GotoAsync(address.AbsoluteUri);
        await page.WaitForFunctionAsync("() => Number(document.getElementById('screen').dataset.updates) > 0");
    }

    /// <summary>The canvas's pixels, as 0xRRGGBB.</summary>
    public static async Task<(int Width, int Height, uint[] Pixels)> ReadScreenAsync(this IPage page)
    {
        JsonElement read = await page.EvaluateAsync<JsonElement>(
            """
            () => {
              const canvas = document.getElementById('screen');
              const bytes = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              let text = '';
              for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
              return { width: canvas.width, height: canvas.height, bytes: btoa(text) };
            }
            """);
        byte[] bytes = read.GetProperty("bytes").GetBytesFromBase64();
        uint[] pixels = [.. bytes.Chunk(BytesPerPixel).Select(static pixel => (uint)((pixel[0] << 16) | (pixel[1] << 8) | pixel[2]))];
        return (read.GetProperty("width").GetInt32(), read.GetProperty("height").GetInt32(), pixels);
    }

    /// <summary>Writes the canvas's pixels to a PNG file.</summary>
    public static async Task SaveScreenAsync(this IPage page, string path)
    {
        (int width, int height, uint[] pixels) = await page.ReadScreenAsync();
        using var picture = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        picture.Pixels = [.. pixels.Select(static pixel => (SKColor)(pixel | 0xff000000))];
        using FileStream file = File.Create(path);
        Assert.True(picture.Encode(file, SKEncodedImageFormat.Png, 100));
    }

    /// <summary>Waits until a pixel of the canvas has a colour.</summary>
    public static Task WaitForPixelAsync(this IPage page, int x, int y, uint color) => page.WaitForFunctionAsync(
        string.Create(CultureInfo.InvariantCulture, $$"""
        () => {
          const [r, g, b] = document.getElementById('screen').getContext('2d').getImageData({{x}}, {{y}}, 1, 1).data;
          return (r << 16 | g << 8 | b) === {{color}};
        }
        """));

    /// <summary>The element that has the keyboard.</summary>
    public static Task<string> FocusedAsync(this IPage page) => page.EvaluateAsync<string>(
        "() => document.activeElement.id || document.activeElement.dataset.name || document.activeElement.textContent.trim()");
}
