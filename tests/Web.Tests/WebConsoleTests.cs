using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;

using Monitor.Tests;

using Ps3Platform.Devices.Usb.Input;
using Ps3Platform.Devices.Video;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Screens.Input;
using Ps3Platform.Web;

using Screens.Tests;

using Xunit;

namespace Web.Tests;

/// <summary>Who is let in, what a browser gets and gives, and what is refused.</summary>
public sealed class WebConsoleTests : IDisposable
{
    private readonly FakeScreen _screen = new(200, 100);
    private readonly FakeMachine _machine = new();
    private readonly FakeInput _guest = new();
    private readonly WebConsole _console;
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    public WebConsoleTests()
    {
        var router = new InputRouter();
        router.Attach(_guest);
        var input = new InputQueue();
        input.Connect(router, _screen.Post);
        _console = WebConsole.Open(
            new WebSpec(IPAddress.Loopback, 0),
            new WebServices(_screen.Feed, input, _machine, static text => Assert.Fail(text))
            {
                Downloads =
                [
                    new("profile.json", "application/json", "Profile", () => new MemoryStream("{}"u8.ToArray())),
                    new("none.json", "application/json", "None", static () => throw new MonitorException("The machine has ended.")),
                ],
            });
    }

    private Uri Root => new(_console.Address, "/");

    public void Dispose()
    {
        _client.Dispose();
        _console.Dispose();
        _screen.Dispose();
    }

    [Fact]
    public async Task The_printed_address_lets_a_browser_in_and_leaves_no_token_in_its_history()
    {
        using HttpResponseMessage first = await _client.GetAsync(_console.Address);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal("/", first.Headers.Location!.OriginalString);
        string cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);

        using HttpResponseMessage page = await _client.GetAsync(Root);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("<canvas", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        foreach (string file in (string[])[
            "console.css", "console.js", "control.js", "panels.js", "serial.js", "terminal.js", "usb.js"])
            Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(new Uri(Root, file))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(new Uri(Root, "none.js"))).StatusCode);
        byte[] png = await _client.GetByteArrayAsync(new Uri(Root, "screenshot.png"));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
    }

    [Fact]
    public async Task Who_has_no_token_or_a_wrong_one_gets_nothing()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.GetAsync(Root)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.GetAsync(new Uri(Root, "screenshot.png"))).StatusCode);
        using HttpResponseMessage wrong = await _client.GetAsync(new Uri(Root, "/?token=AAAAAAAAAAAAAAAAAAAAAA"));
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", Origin);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Socket("screen"), default));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.2")]
    [InlineData("localhost.evil.example")]
    public async Task Another_name_of_the_host_is_refused(string name)
    {
        await _client.GetAsync(_console.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, _console.Address);
        request.Headers.Host = $"{name}:{_console.Address.Port}";
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await _client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("https://127.0.0.1")]
    [InlineData(null)]
    public async Task A_page_of_another_origin_is_refused(string? origin)
    {
        string cookie = await AdmitAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", cookie);
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Socket("control"), default));
        if (origin is null)
            return;
        using var request = new HttpRequestMessage(HttpMethod.Get, Root);
        request.Headers.Add("Origin", origin);
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_screen_comes_to_the_pixel_and_then_what_changes()
    {
        _screen.Do(() => _screen.Draw(5));
        using ClientWebSocket socket = await OpenAsync("screen");
        uint[] pixels = new uint[200 * 100];
        await TakeAsync(socket, pixels);
        AssertSame(pixels);

        await SendAsync(socket, """{"shown":true}""");
        _screen.Do(() => _screen.Fill(3, 3, 50, 20, 0xabcdef));
        await TakeAsync(socket, pixels);
        AssertSame(pixels);
    }

    [Fact]
    public async Task Two_browsers_see_the_same_and_a_new_one_everything()
    {
        using ClientWebSocket one = await OpenAsync("screen");
        uint[] first = new uint[200 * 100];
        await TakeAsync(one, first);
        await SendAsync(one, """{"shown":true}""");
        _screen.Do(() => _screen.Draw(9));
        await TakeAsync(one, first);
        using ClientWebSocket other = await OpenAsync("screen");
        uint[] second = new uint[200 * 100];
        await TakeAsync(other, second);

        AssertSame(first);
        AssertSame(second);
    }

    [Fact]
    public async Task Keys_pointer_and_text_reach_the_guest()
    {
        using (ClientWebSocket socket = await OpenAsync("screen"))
        {
            await TakeAsync(socket, new uint[200 * 100]);
            foreach (string message in (string[])[
                """{"key":"KeyQ","down":true}""", """{"key":"KeyQ","down":false}""", """{"key":"NoSuchKey","down":true}""",
                """{"x":199,"y":0,"buttons":1,"wheel":0}""", """{"text":"A!\n"}""", """{"key":"ShiftRight","down":true}"""])
            {
                await SendAsync(socket, message);
            }

            _guest.Await("0xe5 down");
        }

        _guest.Await("buttons None");
        Assert.Equal(
            "0x14 down, 0x14 up, at 32767 0, buttons Left, 0xe1 down, 0x04 down, 0x04 up, 0xe1 up, 0xe1 down, 0x1e down, 0x1e up, 0xe1 up, "
            + "0x28 down, 0x28 up, 0xe5 down, 0xe5 up, buttons None",
            string.Join(", ", _guest.Seen));
    }

    [Fact]
    public async Task Commands_and_events_go_through_the_monitors_service()
    {
        using ClientWebSocket socket = await OpenAsync("control");
        Assert.Contains("QMP", await ReadTextAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, """{"execute":"qmp_capabilities"}""");
        Assert.Contains("return", await ReadTextAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, """{"execute":"stop","id":7}""");
        string text = await ReadTextAsync(socket) + await ReadTextAsync(socket);
        Assert.Contains("\"STOP\"", text, StringComparison.Ordinal);
        Assert.Contains("\"id\":7", text, StringComparison.Ordinal);
        Assert.Contains("stop", _machine.Calls);
        await SendAsync(socket, """{"execute":"no_such_command","id":8}""");
        Assert.Contains("CommandNotFound", await ReadTextAsync(socket), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("screen", "not json")]
    [InlineData("screen", "{}")]
    [InlineData("screen", """{"shown":true,"more":1}""")]
    [InlineData("screen", """{"key":"KeyA"}""")]
    [InlineData("screen", """{"x":1e99,"y":0}""")]
    [InlineData("screen", "[1]")]
    [InlineData("serial", "not json")]
    [InlineData("serial", """{"input":""}""")]
    [InlineData("serial", """{"plugged":true}""")]
    [InlineData("serial", null)]
    [InlineData("screen", null)]
    [InlineData("control", null)]
    public async Task Malformed_and_oversized_messages_end_the_connection_only(string path, string? text)
    {
        using ClientWebSocket socket = await OpenAsync(path);
        await SendAsync(socket, text ?? new string('x', 200_000));
        byte[] buffer = new byte[1 << 20];
        WebSocketReceiveResult read;
        try
        {
            do
                read = await socket.ReceiveAsync(buffer, new CancellationTokenSource(20_000).Token);
            while (read.MessageType != WebSocketMessageType.Close);
            Assert.Equal(text is null ? WebSocketCloseStatus.MessageTooBig : WebSocketCloseStatus.PolicyViolation, read.CloseStatus);
        }
        catch (WebSocketException)
        {
            // The server did not wait for the rest of the message.
        }

        using ClientWebSocket again = await OpenAsync("screen");
        await TakeAsync(again, new uint[200 * 100]);
    }

    [Fact]
    public async Task Files_come_whole_or_with_the_reason_why_not()
    {
        await _client.GetAsync(_console.Address);
        Assert.Equal(
            """[{"name":"profile.json","title":"Profile"},{"name":"none.json","title":"None"}]""",
            await _client.GetStringAsync(new Uri(Root, "downloads.json")));
        using HttpResponseMessage file = await _client.GetAsync(new Uri(Root, "profile.json"));
        Assert.Equal("attachment; filename=profile.json", file.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal("{}", await file.Content.ReadAsStringAsync());
        using HttpResponseMessage none = await _client.GetAsync(new Uri(Root, "none.json"));
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
        Assert.Equal("The machine has ended.\n", await none.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Every_key_of_a_browser_is_one_of_the_keyboard()
    {
        byte[] usages = [.. BrowserKeys.Codes.Select(code => BrowserKeys.TryFind(code, out byte usage) ? usage : (byte)0)];
        Assert.Equal(usages.Length, usages.Distinct().Count());
        Assert.All(usages, usage => Assert.InRange(usage, 0x04, 0xe7));
        foreach ((string code, byte usage) in (IEnumerable<(string, byte)>)[
            ("KeyZ", 0x1d), ("Digit0", 0x27), ("Slash", 0x38), ("ArrowUp", 0x52), ("NumpadEnter", 0x58), ("Numpad0", 0x62),
            ("IntlBackslash", 0x64), ("F12", 0x45), ("F24", 0x73), ("MetaRight", 0xe7)])
        {
            Assert.True(BrowserKeys.TryFind(code, out byte found));
            Assert.Equal(usage, found);
        }
    }

    private string Origin => $"http://127.0.0.1:{_console.Address.Port}";

    private Uri Socket(string path) => new($"ws://127.0.0.1:{_console.Address.Port}/{path}");

    private async Task<string> AdmitAsync()
    {
        using HttpResponseMessage answer = await _client.GetAsync(_console.Address);
        return answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies)
            ? cookies.Single().Split(';')[0] : throw new InvalidOperationException("no cookie");
    }

    private async Task<ClientWebSocket> OpenAsync(string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", await AdmitAsync());
        socket.Options.SetRequestHeader("Origin", Origin);
        await socket.ConnectAsync(Socket(path), default);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    private static async Task<string> ReadTextAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[64 << 10];
        WebSocketReceiveResult read = await socket.ReceiveAsync(buffer, new CancellationTokenSource(20_000).Token);
        Assert.True(read.EndOfMessage);
        return Encoding.UTF8.GetString(buffer, 0, read.Count);
    }

    // Reads one change into the pixels.
    private static async Task TakeAsync(ClientWebSocket socket, uint[] pixels)
    {
        byte[] message = new byte[1 << 20];
        int length = 0;
        WebSocketReceiveResult read;
        do
        {
            var room = new ArraySegment<byte>(message, length, message.Length - length);
            read = await socket.ReceiveAsync(room, new CancellationTokenSource(20_000).Token);
            length += read.Count;
        }
        while (!read.EndOfMessage);
        int at = 0;
        int Next(int bytes)
        {
            int value = 0;
            for (int i = 0; i < bytes; i++)
                value = (value << 8) | message[at++];
            return value;
        }

        Assert.Equal((200, 100), (Next(2), Next(2)));
        for (int count = Next(2); count > 0; count--)
        {
            (int x, int y, int width, int height, int bytes) = (Next(2), Next(2), Next(2), Next(2), Next(4));
            int pixel = 0;
            for (int end = at + bytes; at < end;)
            {
                int run = Next(1) + 1;
                uint color = (uint)Next(3);
                for (; run > 0; run--, pixel++)
                    pixels[((y + (pixel / width)) * 200) + x + (pixel % width)] = color;
            }

            Assert.Equal(width * height, pixel);
        }

        Assert.Equal(length, at);
    }

    private void AssertSame(uint[] pixels)
    {
        for (int at = 0; at < pixels.Length; at++)
            Assert.Equal(_screen.Get(at % 200, at / 200), pixels[at]);
    }
}
