using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.Json;

using Microsoft.Playwright;

using Monitor.Tests;

using Ps3Platform.Devices.Video;
using Ps3Platform.Screens.Feed;
using Ps3Platform.Screens.Input;
using Ps3Platform.Web;

using Xunit;
using Xunit.Abstractions;

namespace Browser.Tests.Measured;

/// <summary>
/// A screen of 1280 x 720 that changes everywhere 60 times a second, in one browser, and the memory of both ends. Only on demand:
/// <c>PS3_WEB_MINUTES=10 dotnet test tests/Browser.Tests -c Release --filter StreamTests -l "console;verbosity=detailed"</c>.
/// </summary>
[Collection(BrowserTests.Name)]
public sealed class StreamTests(Chromium chromium, ITestOutputHelper output)
{
    private const string Variable = "PS3_WEB_MINUTES";
    private const long MostGrowth = 32 << 20;

    [SkippableFact]
    public async Task A_stream_of_720p_needs_no_more_memory_at_its_end()
    {
        bool isAsked = int.TryParse(
            Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int minutes);
        Skip.IfNot(isAsked, $"{Variable} is not set");
        using var screen = new MovingScreen();
        using var console = WebConsole.Open(
            new WebSpec(IPAddress.Loopback, 0),
            new WebServices(screen.Feed, new InputQueue(), new FakeMachine(), static text => Assert.Fail(text)));
        IPage page = await chromium.NewPageAsync();
        await page.OpenAsync(console.Address);
        ICDPSession protocol = await page.Context.NewCDPSessionAsync(page);
        (long Server, long Page) first = default;
        (long Server, long Page) last = default;
        for (int half = 0; half <= 2 * minutes; half++)
        {
            long shown = await UpdatesAsync(page);
            long read = screen.Feed.Readings;
            long start = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(30));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            GC.Collect();
            await protocol.SendAsync("HeapProfiler.collectGarbage");
            JsonElement heap = (await protocol.SendAsync("Runtime.getHeapUsage"))!.Value;
            last = (Environment.WorkingSet, heap.GetProperty("usedSize").GetInt64() + heap.GetProperty("backingStorageSize").GetInt64());
            double shownRate = (await UpdatesAsync(page) - shown) / seconds;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(half + 1) * 0.5:0.0} min: {(screen.Feed.Readings - read) / seconds:0.0} pictures/s read, "
                + $"{shownRate:0.0}/s shown; server {last.Server >> 20} MB resident, "
                + $"{GC.GetTotalMemory(false) >> 20} MB managed; page {last.Page >> 10} KB; "
                + $"load {File.ReadAllText("/proc/loadavg").Trim()}"));
            // The first minute fills buffers and compiles.
            if (half == 1)
                first = last;
        }

        Assert.InRange(last.Server - first.Server, long.MinValue, MostGrowth);
        Assert.InRange(last.Page - first.Page, long.MinValue, MostGrowth);
    }

    private static Task<long> UpdatesAsync(IPage page) =>
        page.EvaluateAsync<long>("() => Number(document.getElementById('screen').dataset.updates)");

    /// <summary>Coloured bars that move by a line with each reading, and the thread that reads.</summary>
    private sealed class MovingScreen : IFrameSource, IDisposable
    {
        private const int Width = 1280;
        private const int Height = 720;
        private const int Bars = 64;

        private readonly BlockingCollection<Action> _posted = [];
        private readonly byte[][] _lines = [.. Enumerable.Range(0, Bars).Select(Line)];
        private readonly Thread _machine;
        private int _step;

        public MovingScreen()
        {
            Feed = new ScreenFeed(Width, Height);
            _machine = new Thread(() =>
            {
                foreach (Action action in _posted.GetConsumingEnumerable())
                    action();
            });
            _machine.Start();
            Feed.Connect(this, _posted.Add);
        }

        public ScreenFeed Feed { get; }

        public long Pictures => _step;

        public bool TryCapture([NotNullWhen(true)] out Frame? frame)
        {
            frame = null;
            return false;
        }

        public bool TryRead(IFrameReceiver receiver, bool preview)
        {
            _step++;
            receiver.Begin(Width, Height);
            for (int line = 0; line < Height; line++)
                receiver.Line(line, _lines[(line + _step) % Bars]);
            return true;
        }

        public void Dispose()
        {
            Feed.Dispose();
            _posted.CompleteAdding();
            _machine.Join();
            _posted.Dispose();
        }

        private static byte[] Line(int number)
        {
            byte[] line = new byte[Width * Frame.BytesPerPixel];
            for (int x = 0; x < Width; x++)
            {
                int bar = (x / 9) + number;
                line.AsSpan((x * Frame.BytesPerPixel) + 1, 3).Fill((byte)(bar * 37));
                line[(x * Frame.BytesPerPixel) + 2] = (byte)(number * 3);
            }

            return line;
        }
    }
}
