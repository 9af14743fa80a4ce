using System.Net.WebSockets;
using System.Text.Json;

using Ps3Platform.Devices.Usb.Input;
using Ps3Platform.Screens.Feed;
using Ps3Platform.Screens.Input;

namespace Ps3Platform.Web;

/// <summary>
/// One browser's screen, keyboard and pointer. The server sends a change when the browser has said that it shows the one before, so that a
/// slow one gets fewer and not later ones.
/// </summary>
internal sealed class ScreenSocket(WebSocket socket, ScreenFeed feed, InputQueue queue) : IDisposable
{
    private const int LongestMessage = 8 << 10;
    private const int LongestText = 4000;

    private readonly ClientInput _input = new(queue);
    private readonly SemaphoreSlim _isShown = new(1, 1);
    private int _width = 1;
    private int _height = 1;

    /// <summary>Serves it until it leaves.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        using ScreenViewer screen = feed.Attach();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ended);
        Task sending = SendAsync(screen, cancel.Token);
        try
        {
            await ReadAsync(cancel.Token).ConfigureAwait(false);
        }
        finally
        {
            await cancel.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _input.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _isShown.Dispose();

    private async Task SendAsync(ScreenViewer screen, CancellationToken cancel)
    {
        var message = new RunLengths();
        while (true)
        {
            await _isShown.WaitAsync(cancel).ConfigureAwait(false);
            IReadOnlyList<ScreenRectangle> changed;
            do
            {
                await screen.WaitAsync(cancel).ConfigureAwait(false);
                changed = screen.Take();
            }
            while (changed.Count == 0);
            (_width, _height) = (screen.Width, screen.Height);
            await socket.SendAsync(message.Encode(screen, changed), WebSocketMessageType.Binary, true, cancel).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        var reader = new SocketText(socket, LongestMessage);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false) is { } text)
        {
            if (await TryTakeAsync(text, cancel).ConfigureAwait(false))
                continue;
            await reader.CloseAsync(WebSocketCloseStatus.PolicyViolation, "not a message of the console's page", cancel)
                .ConfigureAwait(false);
            return;
        }
    }

    // {"shown":true}, {"key":"KeyA","down":true}, {"x":1,"y":2,"buttons":1,"wheel":0}, {"text":"ls"}, {"release":true}
    private async Task<bool> TryTakeAsync(string text, CancellationToken cancel)
    {
        ClientMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(text, ClientMessageContext.Default.ClientMessage);
        }
        catch (JsonException)
        {
            return false;
        }

        switch (message)
        {
            case { Shown: true }:
                if (_isShown.CurrentCount == 0)
                    _isShown.Release();
                return true;
            case { Release: true }:
                await _input.ReleaseAsync(cancel).ConfigureAwait(false);
                return true;
            case { Key: { } code, Down: { } isDown }:
                // Keys that no keyboard of 104 has are none of the guest's.
                if (BrowserKeys.TryFind(code, out byte usage))
                    await _input.KeyAsync(usage, isDown, cancel).ConfigureAwait(false);
                return true;
            case { X: { } x, Y: { } y }:
                PointerButtons buttons = (PointerButtons)(message.Buttons & 0x1f);
                int wheel = Math.Clamp(message.Wheel, -8, 8);
                await _input.PointAsync(x, y, _width, _height, buttons, wheel, cancel).ConfigureAwait(false);
                return true;
            case { Text: { Length: <= LongestText } typed }:
                await TypedText.TypeAsync(_input, typed, cancel).ConfigureAwait(false);
                return true;
            default:
                return false;
        }
    }
}
