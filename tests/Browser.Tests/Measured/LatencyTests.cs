using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

using Boot.Tests;
using Boot.Tests.Linux;

using Microsoft.Playwright;

using Xunit;
using Xunit.Abstractions;

namespace Browser.Tests.Measured;

/// <summary>
/// How long a key takes from the browser through Linux to the screen. Only on demand, on a host without other work:
/// <c>PS3_WEB_KEYS=200 dotnet test tests/Browser.Tests -c Release --filter LatencyTests -l "console;verbosity=detailed"</c>.
/// </summary>
[Collection(BrowserTests.Name)]
public sealed class LatencyTests(Chromium chromium, ITestOutputHelper output) : IDisposable
{
    private const string Variable = "PS3_WEB_KEYS";
    private const double MostToServer = 40;
    private const double MostToPixel = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-latency-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task A_keys_letter_leaves_the_server_and_is_seen_in_time()
    {
        bool isAsked = int.TryParse(
            Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int keys);
        Skip.IfNot(isAsked, $"{Variable} is not set");
        string script = new GuestScript(_folder).Write(
            """
            dmesg -n 1; echo 0 >/sys/class/graphics/fbcon/cursor_blink
            until grep -q "USB Keyboard" /proc/bus/input/devices; do sleep 1; done
            printf '\033[2J\033[H' >/dev/tty1
            cat </dev/tty1 >/dev/null
            """);
        using var guest = new WebGuest(
            ["boot", Guests.Path("vmlinux-6.1-full.xz"), "--initrd", script, "--append", "console=tty0", "--web", "0"]);
        Uri address = guest.WaitForAddress();
        IPage page = await chromium.NewPageAsync();
        await page.OpenAsync(address);
        // Until the guest has cleared its screen and waits.
        await Task.Delay(30_000);

        double[] toServer = await ToServerAsync(address, keys);
        double[] toPixel = await ToPixelAsync(page, keys);
        Report("key to changed frame out of the server", toServer);
        Report("key to pixel in the browser", toPixel);
        Assert.InRange(Median(toServer), 0, MostToServer);
        Assert.InRange(Median(toPixel), 0, MostToPixel);
    }

    private static double Median(double[] times) => times.Order().ElementAt(times.Length / 2);

    private void Report(string what, double[] times)
    {
        double[] sorted = [.. times.Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {sorted.Length} keys, least {sorted[0]:0.0} ms, median {Median(times):0.0} ms, nine of ten within "
            + $"{sorted[sorted.Length * 9 / 10]:0.0} ms, most {sorted[^1]:0.0} ms; load {File.ReadAllText("/proc/loadavg").Trim()}"));
    }

    // From the moment when the message with the key is given to a socket of this host, to the arrival of the message with the change.
    private static async Task<double[]> ToServerAsync(Uri address, int keys)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using HttpResponseMessage answer = await client.GetAsync(address);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        socket.Options.SetRequestHeader("Origin", $"http://{address.Authority}");
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/screen"), default);
        byte[] buffer = new byte[4 << 20];
        async Task ReceiveAsync()
        {
            while (!(await socket.ReceiveAsync(buffer, default)).EndOfMessage)
            {
                // The first picture comes in several parts.
            }

            await SayAsync("""{"shown":true}""");
        }

        Task SayAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

        await ReceiveAsync();
        double[] times = new double[keys];
        var random = new Random(1);
        for (int i = 0; i < keys; i++)
        {
            string key = i % 2 == 0 ? "KeyA" : "Backspace";
            await Task.Delay(random.Next(100, 200));
            long start = Stopwatch.GetTimestamp();
            await SayAsync($$"""{"key":"{{key}}","down":true}""");
            await ReceiveAsync();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            await SayAsync($$"""{"key":"{{key}}","down":false}""");
        }

        return times;
    }

    // From the key's event in the browser to the end of the frame in which the change was painted.
    private static async Task<double[]> ToPixelAsync(IPage page, int keys)
    {
        await page.EvaluateAsync(
            """
            () => {
              window.times = [];
              let start = 0;
              const canvas = document.getElementById('screen');
              canvas.addEventListener('keydown', event => { start = event.timeStamp; }, true);
              new MutationObserver(() => {
                if (!start) return;
                const from = start;
                start = 0;
                requestAnimationFrame(() => {
                  // A message that is sent in a frame comes after it was painted.
                  const channel = new MessageChannel();
                  channel.port1.onmessage = () => times.push(performance.now() - from);
                  channel.port2.postMessage(0);
                });
              }).observe(canvas, { attributeFilter: ['data-updates'] });
            }
            """);
        await page.Locator("#screen").FocusAsync();
        var random = new Random(2);
        for (int i = 0; i < keys; i++)
        {
            string key = i % 2 == 0 ? "KeyA" : "Backspace";
            await Task.Delay(random.Next(100, 200));
            await page.Keyboard.DownAsync(key);
            await page.WaitForFunctionAsync($"() => times.length > {i}");
            await page.Keyboard.UpAsync(key);
        }

        return await page.EvaluateAsync<double[]>("() => times");
    }
}
