using System.Net.WebSockets;
using System.Text;

namespace Ps3Platform.Web;

/// <summary>Reads a web socket's text messages, with a bound.</summary>
internal sealed class SocketText(WebSocket socket, int longest)
{
    private readonly byte[] _buffer = new byte[longest];

    /// <summary>Reads one.</summary>
    /// <returns>Null when the client has closed, or has been closed for what it sent.</returns>
    public async Task<string?> ReadAsync(CancellationToken cancel)
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult read = await socket.ReceiveAsync(_buffer.AsMemory(length), cancel).ConfigureAwait(false);
            length += read.Count;
            if (read.MessageType == WebSocketMessageType.Close)
                return await CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancel).ConfigureAwait(false);
            if (read.MessageType != WebSocketMessageType.Text)
                return await CloseAsync(WebSocketCloseStatus.InvalidMessageType, "text only", cancel).ConfigureAwait(false);
            if (read.EndOfMessage)
                return Encoding.UTF8.GetString(_buffer, 0, length);
            if (length == longest)
                return await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"at most {longest} bytes", cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the connection.</summary>
    public async Task<string?> CloseAsync(WebSocketCloseStatus status, string? reason, CancellationToken cancel)
    {
        await socket.CloseOutputAsync(status, reason, cancel).ConfigureAwait(false);
        return null;
    }
}
