using System.Diagnostics;

using Boot.Tests;
using Boot.Tests.Linux;
using Boot.Tests.Monitors;
using Boot.Tests.Screens;

using Microsoft.Playwright;

using SkiaSharp;

using Xunit;

namespace Browser.Tests;

/// <summary>Real Linux in a real browser. Skipped where its prebuilt kernel or Chromium is missing.</summary>
[Collection(BrowserTests.Name)]
public sealed class LinuxPageTests(Chromium chromium) : IDisposable
{
    private const string Kernel = "vmlinux-6.1-full.xz";
    private const int Patience = 180_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-browser-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task A_command_typed_into_the_page_is_answered_on_the_canvas_and_in_the_terminal()
    {
        IPage page = await chromium.NewPageAsync();
        page.Context.SetDefaultTimeout(Patience);
        string kernel = Guests.Path(Kernel);
        string script = new GuestScript(_folder).Write(
            """
            dmesg -n 1; echo 0 >/sys/class/graphics/fbcon/cursor_blink
            until [ -e /dev/ttyUSB0 ] && grep -q "USB Keyboard" /proc/bus/input/devices; do sleep 1; done
            (exec setsid sh -c 'exec sh -i </dev/ttyUSB0 >/dev/ttyUSB0 2>&1') &
            printf '\033[2J\033[H' >/dev/tty1
            setsid sh -c 'exec sh -i </dev/tty1 >/dev/tty1 2>&1'
            """);
        using var guest = new WebGuest(
            [
                "boot", kernel, "--initrd", script, "--log-buffer", "--append", "console=tty0", "--timeout", "10m",
                "--web", "0", "--serial", "web", "--net", "user", "--pcap", $"{_folder}/capture", "--spe-timeline", $"{_folder}/timeline",
                "--monitor", $"unix:{_folder}/monitor.sock",
            ]);
        await page.OpenAsync(guest.WaitForAddress());
        await WaitForLineAsync(page, "/ #");

        await page.Locator("#screen").FocusAsync();
        // The answers have what the command has not; the second needs Shift, as on a keyboard.
        await page.Keyboard.TypeAsync("uname -m; echo ", new() { Delay = 20 });
        await page.Keyboard.PressAsync("Shift+KeyX");
        await page.Keyboard.PressAsync("Enter");
        await WaitForLineAsync(page, "ppc64");
        await WaitForLineAsync(page, "X");
        await AssertSameAsync(page);

        await page.Locator("#serial-input").FocusAsync();
        await page.Keyboard.TypeAsync("echo $((7*8))-$(cat /proc/cmdline | cut -c1-7)\n");
        await page.Locator("#terminal .xterm-rows, #terminal pre").Filter(new() { HasText = "56-console" }).WaitForAsync();

        await PanelsShowTheMachineAsync(page);
        await FilesComeAsync(page);
        await page.Locator("#screen").FocusAsync();
        await page.Keyboard.TypeAsync("exit\n", new() { Delay = 20 });
        Assert.Equal(0, guest.Wait());
    }

    private static async Task PanelsShowTheMachineAsync(IPage page)
    {
        foreach ((string tab, string text) in (IEnumerable<(string, string)>)[
            ("PPE", "running"), ("Hypercalls", "lv1_"), ("Last calls", "= Success"), ("Network", "gelic"), ("Devices", "usb")])
        {
            await page.GetByRole(AriaRole.Tab, new() { Name = tab, Exact = true }).ClickAsync();
            await page.Locator("#panel").Filter(new() { HasText = text }).WaitForAsync();
        }

        await page.Locator("#plugs li").Filter(new() { HasText = "Keyboard" }).WaitForAsync();
    }

    private static async Task FilesComeAsync(IPage page)
    {
        foreach ((string file, string start) in (IEnumerable<(string, string)>)[
            ("capture.pcapng", "\n\r\r\n"), ("timeline.json", ""), ("profile.speedscope.json", "{\"$schema\"")])
        {
            Task<IDownload> coming = page.WaitForDownloadAsync();
            await page.Locator($"#files a[href=\"{file}\"]").ClickAsync();
            IDownload download = await coming;
            Assert.Equal(file, download.SuggestedFilename);
            string text = await File.ReadAllTextAsync((await download.PathAsync())!, System.Text.Encoding.Latin1);
            Assert.StartsWith(start, text, StringComparison.Ordinal);
            if (file.EndsWith(".json", StringComparison.Ordinal))
                System.Text.Json.JsonDocument.Parse(text).Dispose();
        }
    }

    // Reads the console on the canvas, letter by letter, until it has a line.
    private async Task WaitForLineAsync(IPage page, string line)
    {
        IReadOnlyList<ConsoleFont> fonts = ConsoleFont.Of(Kernel);
        string picture = Path.Combine(_folder, "canvas.png");
        IReadOnlyList<string> lines = [];
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMilliseconds < Patience;)
        {
            await page.SaveScreenAsync(picture);
            lines = ScreenText.Read(picture, fonts);
            if (lines.Contains(line))
                return;
            await Task.Delay(200);
        }

        Assert.Fail($"no line \"{line}\" on the canvas:\n{string.Join('\n', lines)}");
    }

    // The canvas is what the machine shows.
    private async Task AssertSameAsync(IPage page)
    {
        string shot = Path.Combine(_folder, "shot.png");
        using (MonitorClient monitor = MonitorClient.ToLines($"{_folder}/monitor.sock"))
            Assert.Equal("", monitor.Say($"screendump {shot}"));
        (int width, int height, uint[] pixels) = await page.ReadScreenAsync();
        using SKBitmap picture = SKBitmap.Decode(shot);
        Assert.Equal((picture.Width, picture.Height), (width, height));
        Assert.Equal(picture.Pixels.Select(static pixel => (uint)pixel & 0xffffff), pixels);
    }
}
