using Microsoft.Playwright;

using Xunit;

namespace Browser.Tests;

/// <summary>The tests that share one browser, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Chromium>
{
    public const string Name = "browser";
}

/// <summary>Debian's Chromium without a window. Tests are skipped by name where it is missing.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private IPlaywright? _driver;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (!File.Exists(Program))
            return;
        _driver = await Playwright.CreateAsync();
        // Chromium's sandbox refuses root.
        string[] arguments = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [];
        _browser = await _driver.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = arguments });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _driver?.Dispose();
    }

    /// <summary>A browser of somebody else's: its own cookies, with one page. Skips the calling test without Chromium.</summary>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="height">Of the window, in pixels.</param>
    /// <param name="scheme">Dark or light.</param>
    public async Task<IPage> NewPageAsync(int width = 1440, int height = 1000, ColorScheme scheme = ColorScheme.Light)
    {
        Skip.If(_browser is null, $"{Program} is not installed");
        IBrowserContext context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
        });
        context.SetDefaultTimeout(30_000);
        return await context.NewPageAsync();
    }
}
