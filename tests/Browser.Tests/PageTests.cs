using System.Text.Json;

using Microsoft.Playwright;

using Xunit;

namespace Browser.Tests;

/// <summary>The console's page in a real browser, over a machine that the test draws.</summary>
[Collection(BrowserTests.Name)]
public sealed class PageTests(Chromium chromium) : IDisposable
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Phone = 390;

    private readonly FakeConsole _console = new(Width, Height);

    public void Dispose() => _console.Dispose();

    [SkippableFact]
    public async Task The_canvas_has_the_screens_pixels_and_what_changes()
    {
        _console.Screen.Do(() => _console.Screen.Draw(3));
        IPage page = await chromium.NewPageAsync();
        await page.OpenAsync(_console.Address);
        await AssertSameAsync(page);

        _console.Screen.Do(() =>
        {
            _console.Screen.Draw(4);
            _console.Screen.Set(Width - 1, Height - 1, 0x123456);
        });
        await page.WaitForPixelAsync(Width - 1, Height - 1, 0x123456);
        await AssertSameAsync(page);

        _console.Screen.Do(() =>
        {
            _console.Screen.Resize(320, 200);
            _console.Screen.Fill(0, 0, 320, 200, 0x654321);
        });
        await page.WaitForFunctionAsync("() => document.getElementById('screen').width === 320");
        await page.WaitForPixelAsync(319, 199, 0x654321);
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Keys_go_by_their_place_and_the_pointer_by_the_screens_pixels()
    {
        IPage page = await chromium.NewPageAsync();
        await page.OpenAsync(_console.Address);
        ILocator canvas = page.Locator("#screen");
        LocatorBoundingBoxResult box = (await canvas.BoundingBoxAsync())!;
        await canvas.ClickAsync(new() { Position = new() { X = box.Width / 2, Y = box.Height / 2 } });
        _console.Guest.Await("buttons Left");
        Assert.Contains(_console.Guest.Seen, static seen => seen.StartsWith("at 16", StringComparison.Ordinal));
        // Tab and F-keys are the guest's while the screen has the keyboard.
        foreach (string key in (string[])["KeyZ", "Tab", "F11", "ArrowUp", "NumpadEnter", "ShiftRight"])
        {
            await page.Keyboard.PressAsync(key);
        }

        _console.Guest.Await("0xe5 up");
        Assert.Equal("screen", await page.FocusedAsync());
        string[] keys = [.. _console.Guest.Seen.Where(static seen => seen.EndsWith(" down", StringComparison.Ordinal))];
        Assert.Equal(["0x1d down", "0x2b down", "0x44 down", "0x52 down", "0x58 down", "0xe5 down"], keys);

        // Whoever has no mouse leaves by the keyboard, and holds nothing any more.
        await page.Keyboard.DownAsync("ControlLeft");
        await page.Keyboard.DownAsync("AltLeft");
        await page.Keyboard.DownAsync("ShiftLeft");
        Assert.NotEqual("screen", await page.FocusedAsync());
        foreach (string usage in (string[])["0xe0", "0xe2"])
            _console.Guest.Await($"{usage} up");
    }

    [SkippableFact]
    public async Task Two_browsers_see_and_use_the_same_machine()
    {
        IPage one = await chromium.NewPageAsync();
        IPage other = await chromium.NewPageAsync();
        await one.OpenAsync(_console.Address);
        await other.OpenAsync(_console.Address);
        _console.Screen.Do(() =>
        {
            _console.Screen.Draw(8);
            _console.Screen.Set(0, 0, 0x0a0b0c);
        });
        foreach (IPage page in (IPage[])[one, other])
        {
            await page.WaitForPixelAsync(0, 0, 0x0a0b0c);
            await AssertSameAsync(page);
        }

        await one.Locator("#screen").FocusAsync();
        await one.Keyboard.PressAsync("KeyA");
        _console.Guest.Await("0x04 up");
        await other.Locator("#screen").FocusAsync();
        await other.Keyboard.PressAsync("KeyB");
        _console.Guest.Await("0x05 up");
        // What one does, the other is told of.
        await one.Locator("#pause").ClickAsync();
        await other.Locator("#events li").Filter(new() { HasText = "STOP" }).WaitForAsync();
    }

    [SkippableFact]
    public async Task A_dropped_connection_is_made_again()
    {
        IPage page = await chromium.NewPageAsync();
        await page.AddInitScriptAsync(
            "window.sockets = []; window.WebSocket = class extends WebSocket { constructor(...a) { super(...a); sockets.push(this); } };");
        await page.OpenAsync(_console.Address);
        // The server ends a connection that sends anything else.
        await page.EvaluateAsync("() => sockets.find(one => one.url.endsWith('/screen')).send('no message of the page')");
        await page.WaitForFunctionAsync("() => sockets.filter(one => one.url.endsWith('/screen')).length === 2");
        _console.Screen.Do(() =>
        {
            _console.Screen.Draw(21);
            _console.Screen.Set(5, 5, 0xfedcba);
        });
        await page.WaitForPixelAsync(5, 5, 0xfedcba);
        await AssertSameAsync(page);
        Assert.Equal(1008, await page.EvaluateAsync<int>(
            """
            () => new Promise(resolve => {
              const socket = sockets.findLast(one => one.url.endsWith('/screen'));
              socket.addEventListener('close', event => resolve(event.code));
              socket.send('{"key":"KeyA"}');
            })
            """));
    }

    [SkippableFact]
    public async Task A_browser_without_the_token_and_a_page_of_another_origin_see_nothing()
    {
        IPage page = await chromium.NewPageAsync();
        IResponse wrong = (await page.GotoAsync(new Uri(_console.Address, "/?token=wrong").AbsoluteUri))!;
        Assert.Equal(403, wrong.Status);
        Assert.Contains("Open the address", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Empty(await page.Context.CookiesAsync());

        await page.OpenAsync(_console.Address);
        BrowserContextCookiesResult cookie = Assert.Single(await page.Context.CookiesAsync());
        Assert.Equal((SameSiteAttribute.Strict, true), (cookie.SameSite, cookie.HttpOnly));
        IPage stranger = await page.Context.NewPageAsync();
        await stranger.GotoAsync("about:blank");
        Assert.Equal("closed", await stranger.EvaluateAsync<string>(
            """
            url => new Promise(resolve => {
              const socket = new WebSocket(url);
              socket.onopen = () => resolve('open');
              socket.onclose = () => resolve('closed');
            })
            """,
            $"ws://{_console.Address.Authority}/control"));
    }

    [SkippableTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_phone_needs_no_scrolling_sideways_in_light_and_dark(ColorScheme scheme)
    {
        IPage page = await chromium.NewPageAsync(Phone, 844, scheme);
        await page.OpenAsync(_console.Address);
        foreach (string tab in await page.Locator("[role=tab]").AllTextContentsAsync())
        {
            await page.GetByRole(AriaRole.Tab, new() { Name = tab, Exact = true }).ClickAsync();
            Assert.Equal(Phone, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        }

        // Fingers need 44 pixels; text needs a contrast of 4.5 (WCAG 2.2, 2.5.5 and 1.4.3).
        Assert.Empty(await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('button, input, select, .controls a')].filter(one => one.checkVisibility())
              .filter(one => one.offsetHeight < 44).map(one => one.outerHTML)
            """));
        Assert.Empty(await page.EvaluateAsync<string[]>(
            """
            () => {
              const pixel = new OffscreenCanvas(1, 1).getContext('2d');
              const light = color => {
                pixel.fillStyle = color; pixel.fillRect(0, 0, 1, 1);
                const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map(value => value / 255)
                  .map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4);
                return .2126 * r + .7152 * g + .0722 * b + .05;
              };
              const ground = one => {
                for (; one; one = one.parentElement) {
                  const color = getComputedStyle(one).backgroundColor;
                  if (color !== 'rgba(0, 0, 0, 0)') return color;
                }
                return 'white';
              };
              const texts = [...document.querySelectorAll('h1, h2, p, button, label, a, pre, td, th')];
              return texts.filter(one => one.offsetParent).filter(one => {
                const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
                return a / b < 4.5;
              }).map(one => one.outerHTML);
            }
            """));
        bool isDark = await page.EvaluateAsync<bool>(
            "() => { const [r] = getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g); return Number(r) < 128; }");
        Assert.Equal(scheme == ColorScheme.Dark, isDark);
    }

    [SkippableFact]
    public async Task The_keyboard_reaches_everything_in_the_order_of_the_page()
    {
        Assert.True(_console.Line.TryTake());
        IPage page = await chromium.NewPageAsync();
        await page.OpenAsync(_console.Address);
        await page.Locator("#terminal").WaitForAsync();
        List<string> order = [];
        await page.Keyboard.PressAsync("Tab");
        for (int step = 0; step < 60; step++)
        {
            string at = await page.FocusedAsync();
            if (order.Contains(at))
                break;
            order.Add(at);
            if (at is "screen" or "serial-input")
            {
                await page.Keyboard.PressAsync("Control+Alt+Shift");
                Assert.NotEqual(at, await page.FocusedAsync());
            }

            await page.Keyboard.PressAsync("Tab");
        }

        string[] all = await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('#screen, button, input, select, textarea, a[href], [tabindex="0"]')]
              .filter(one => one.checkVisibility() && one.tabIndex >= 0 && !one.disabled)
              .map(one => one.id || one.dataset.name || one.textContent.trim())
            """);
        Assert.Equal(all, order.Take(all.Length));
    }

    [SkippableFact]
    public async Task A_screen_reader_finds_a_name_for_everything_that_can_be_used()
    {
        IPage page = await chromium.NewPageAsync();
        await page.OpenAsync(_console.Address);
        ICDPSession protocol = await page.Context.NewCDPSessionAsync(page);
        JsonElement tree = (await protocol.SendAsync("Accessibility.getFullAXTree"))!.Value;
        string[] used =
        [
            "button", "link", "textbox", "tab", "tablist", "tabpanel", "combobox", "checkbox", "Canvas", "image", "region", "form",
        ];
        int seen = 0;
        foreach (JsonElement node in tree.GetProperty("nodes").EnumerateArray())
        {
            if (node.GetProperty("ignored").GetBoolean() || !used.Contains(node.GetProperty("role").GetProperty("value").GetString()))
                continue;
            seen++;
            Assert.True(
                node.TryGetProperty("name", out JsonElement name) && name.GetProperty("value").GetString() is { Length: > 0 },
                node.GetRawText());
        }

        Assert.InRange(seen, 20, 200);
        Assert.Equal("status", await page.Locator("#status").GetAttributeAsync("role"));
    }

    private async Task AssertSameAsync(IPage page)
    {
        (int width, int height, uint[] pixels) = await page.ReadScreenAsync();
        Assert.Equal((Width, Height), (width, height));
        for (int at = 0; at < pixels.Length; at++)
        {
            if (_console.Screen.Get(at % width, at / width) != pixels[at])
                Assert.Fail($"{at % width}, {at / width}: {pixels[at]:x6} instead of {_console.Screen.Get(at % width, at / width):x6}");
        }
    }
}
