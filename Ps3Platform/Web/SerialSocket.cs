using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ps3Platform.Web;

/// <summary>What a page says at the serial terminal; one kind at a time.</summary>
internal sealed record TerminalMessage
{
    /// <summary>The last output is on the terminal.</summary>
    public bool Shown { get; init; }

    /// <summary>What was typed. The next may be sent when this was taken.</summary>
    public string? Input { get; init; }
}

/// <summary>What a page is told beside the output; one kind at a time.</summary>
internal sealed record TerminalNews
{
    /// <summary>A device of the guest's is, or is not, at the other end.</summary>
    public bool? Plugged { get; init; }

    /// <summary>The guest has taken what was typed.</summary>
    public bool? Taken { get; init; }

    /// <summary>Bytes that are missing here, because the page was too slow.</summary>
    public long? Lost { get; init; }
}

/// <summary>Reads and writes messages without reflection; an unknown member is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TerminalMessage))]
[JsonSerializable(typeof(TerminalNews))]
internal sealed partial class TerminalMessageContext : JsonSerializerContext;

/// <summary>
/// One browser's serial terminal. Output goes as binary messages, the next when the page has said that it shows the one before; input comes
/// as one message, and the next when the guest has taken it.
/// </summary>
internal sealed class SerialSocket(WebSocket socket, SerialLine line) : IDisposable
{
    private const int LongestMessage = 32 << 10;
    private const int LongestInput = 4096;
    private const int Piece = 16 << 10;

    private readonly SemaphoreSlim _isShown = new(1, 1);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private Task _giving = Task.CompletedTask;
    private volatile bool _isGiving;

    /// <summary>Serves it until it leaves.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        using SerialViewer viewer = line.Attach();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ended);
        Task sending = SendAsync(viewer, cancel.Token);
        try
        {
            await ReadAsync(cancel.Token).ConfigureAwait(false);
        }
        finally
        {
            await cancel.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(sending, _giving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isShown.Dispose();
        _sending.Dispose();
    }

    private async Task SendAsync(SerialViewer viewer, CancellationToken cancel)
    {
        byte[] piece = new byte[Piece];
        bool? wasTaken = null;
        while (true)
        {
            await _isShown.WaitAsync(cancel).ConfigureAwait(false);
            int count;
            do
            {
                await viewer.WaitAsync(cancel).ConfigureAwait(false);
                if (line.IsTaken != wasTaken)
                {
                    wasTaken = line.IsTaken;
                    await TellAsync(new TerminalNews { Plugged = wasTaken }, cancel).ConfigureAwait(false);
                }

                (count, long lost) = viewer.Read(piece);
                if (lost > 0)
                    await TellAsync(new TerminalNews { Lost = lost }, cancel).ConfigureAwait(false);
            }
            while (count == 0);
            await SendAsync(piece.AsMemory(0, count), WebSocketMessageType.Binary, cancel).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        var reader = new SocketText(socket, LongestMessage);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false) is { } text)
        {
            if (TryTake(text, cancel))
                continue;
            await reader.CloseAsync(WebSocketCloseStatus.PolicyViolation, "not a message of the console's page", cancel)
                .ConfigureAwait(false);
            return;
        }
    }

    // {"shown":true}, {"input":"ls\r"}
    private bool TryTake(string text, CancellationToken cancel)
    {
        TerminalMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(text, TerminalMessageContext.Default.TerminalMessage);
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
            // A page that does not wait is none of the console's: nothing here may grow with what it sends.
            case { Input: { Length: > 0 and <= LongestInput } input } when !_isGiving:
                _isGiving = true;
                _giving = GiveAsync(_giving, Encoding.UTF8.GetBytes(input), cancel);
                return true;
            default:
                return false;
        }
    }

    private async Task GiveAsync(Task before, byte[] bytes, CancellationToken cancel)
    {
        await before.ConfigureAwait(false);
        await line.GiveAsync(bytes, cancel).ConfigureAwait(false);
        // Before the page is told: it may answer at once.
        _isGiving = false;
        await TellAsync(new TerminalNews { Taken = true }, cancel).ConfigureAwait(false);
    }

    private Task TellAsync(TerminalNews news, CancellationToken cancel) => SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(news, TerminalMessageContext.Default.TerminalNews), WebSocketMessageType.Text, cancel);

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType kind, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await socket.SendAsync(bytes, kind, true, cancel).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }
}
