using System.Net;
using System.Net.WebSockets;
using System.Text;

using Monitor.Tests;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.Video;
using Ps3Platform.Screens.Input;
using Ps3Platform.Web;

using Screens.Tests;

using Xunit;

namespace Web.Tests;

/// <summary>The line of the serial terminal: what several browsers see of it, slow ones too, and what the guest gets of theirs.</summary>
public sealed class SerialTests : IDisposable
{
    private const int Kept = 256 << 10;

    private readonly FakeScreen _screen = new(8, 8);
    private readonly SerialLine _line = new();
    private readonly WebConsole _console;

    public SerialTests()
    {
        Assert.True(_line.TryTake());
        _console = WebConsole.Open(
            new WebSpec(IPAddress.Loopback, 0),
            new WebServices(_screen.Feed, new InputQueue(), new FakeMachine(), static text => Assert.Fail(text)) { Serial = _line });
    }

    public void Dispose()
    {
        _console.Dispose();
        _line.Dispose();
        _screen.Dispose();
    }

    [Fact]
    public async Task Every_browser_sees_what_came_before_it_and_what_comes()
    {
        Write("before ");
        using Page one = await OpenAsync();
        await one.WaitForAsync("before ");
        Write("then ");
        using Page other = await OpenAsync();
        await other.WaitForAsync("before then ");
        Write("now");
        await one.WaitForAsync("before then now");
        await other.WaitForAsync("before then now");
        Assert.Equal((CharacterState.Connected, 2L), (_line.State, _line.Connections));
    }

    [Fact]
    public async Task A_browser_that_does_not_read_neither_stops_the_guest_nor_grows_and_is_told_what_it_has_missed()
    {
        using Page slow = await OpenAsync();
        await slow.WaitForAsync("{\"plugged\":true}");
        byte[] piece = new byte[Kept];
        // Ten times as much as is kept; the machine never waits.
        for (int i = 0; i < 10; i++)
        {
            Array.Fill(piece, (byte)('0' + i));
            Assert.Equal(Kept, _line.Write(piece));
            Assert.Equal(Kept, _line.Room);
        }

        Write("end");
        string seen = await slow.WaitForAsync("end");
        Assert.Matches("\\{\"lost\":[0-9]+\\}", seen);
        Assert.InRange(seen.Length, 1000, 3 * Kept);
        Assert.EndsWith(new string('9', 1000) + "end", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_waits_until_the_guest_takes_it_and_a_browser_that_does_not_wait_is_sent_away()
    {
        using Page page = await OpenAsync();
        await page.SayAsync($$"""{"input":"{{new string('x', 4096)}}"}""");
        await page.WaitForAsync("{\"taken\":true}");
        // The guest's 4 KB are full.
        await page.SayAsync("""{"input":"more \u00fc"}""");
        Write("still shown");
        string seen = await page.WaitForAsync("still shown");
        Assert.Single(seen.Split("taken")[1..]);

        byte[] buffer = new byte[5000];
        Assert.Equal(4096, _line.Read(buffer));
        await page.WaitForAsync("{\"taken\":true}", count: 2);
        Assert.Equal("more ü", Encoding.UTF8.GetString(buffer, 0, _line.Read(buffer)));

        await page.SayAsync($$"""{"input":"{{new string('x', 4096)}}"}""");
        await page.WaitForAsync("{\"taken\":true}", count: 3);
        await page.SayAsync("""{"input":"a"}""");
        await page.SayAsync("""{"input":"b"}""");
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await page.WaitForCloseAsync());
    }

    [Fact]
    public async Task Without_a_device_input_is_dropped_and_one_device_at_a_time_has_the_line()
    {
        Assert.False(_line.TryTake());
        using Page page = await OpenAsync();
        await page.SayAsync("""{"input":"for the first"}""");
        await page.WaitForAsync("taken");
        _line.Dispose();
        await page.WaitForAsync("{\"plugged\":false}");
        await page.SayAsync("""{"input":"for nobody"}""");
        await page.WaitForAsync("taken", count: 2);
        Assert.True(_line.TryTake());
        Assert.Equal(0, _line.Read(new byte[100]));
    }

    private void Write(string text) => Assert.Equal(text.Length, _line.Write(Encoding.ASCII.GetBytes(text)));

    private async Task<Page> OpenAsync()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using HttpResponseMessage answer = await client.GetAsync(_console.Address);
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        socket.Options.SetRequestHeader("Origin", $"http://{_console.Address.Authority}");
        await socket.ConnectAsync(new Uri($"ws://{_console.Address.Authority}/serial"), default);
        return new Page(socket);
    }

    /// <summary>A terminal that says of each piece that it is shown.</summary>
    private sealed class Page(ClientWebSocket socket) : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
        private readonly StringBuilder _seen = new();
        private readonly byte[] _piece = new byte[64 << 10];

        public void Dispose() => socket.Dispose();

        public Task SayAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

        public async Task<string> WaitForAsync(string text, int count = 1)
        {
            while (_seen.ToString().Split(text).Length <= count)
                Assert.Null(await ReceiveAsync());
            return _seen.ToString();
        }

        public async Task<WebSocketCloseStatus?> WaitForCloseAsync()
        {
            while (true)
            {
                if (await ReceiveAsync() is { } status)
                    return status;
            }
        }

        private async Task<WebSocketCloseStatus?> ReceiveAsync()
        {
            using var patience = new CancellationTokenSource(Patience);
            WebSocketReceiveResult read = await socket.ReceiveAsync(_piece, patience.Token);
            if (read.MessageType == WebSocketMessageType.Close)
                return read.CloseStatus;
            _seen.Append(Encoding.UTF8.GetString(_piece, 0, read.Count));
            if (read is { MessageType: WebSocketMessageType.Binary, EndOfMessage: true })
                await SayAsync("""{"shown":true}""");
            return null;
        }
    }
}
