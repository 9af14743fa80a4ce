using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Ps3Platform.Host.Blocks;

/// <summary>Where an NBD export is (the protocol's uri.md): <c>nbd://HOST[:PORT]/NAME</c> or <c>nbd+unix:///NAME?socket=PATH</c>.</summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Host">The server; null: <paramref name="Socket"/> is used.</param>
/// <param name="Port">Its TCP port.</param>
/// <param name="Socket">Path of its Unix socket, or null.</param>
/// <param name="Export">Name of the export; empty: the server's default.</param>
internal sealed record NbdAddress(string Text, string? Host, int Port, string? Socket, string Export)
{
    private const int UsualPort = 10809;
    private const int LongestName = 4096;
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(10);

    /// <summary>Reads an address.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NbdAddress? address, [NotNullWhen(false)] out string? problem)
    {
        const string Forms = "write nbd://HOST:PORT/NAME or nbd+unix:///NAME?socket=PATH";
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("nbd" or "nbd+unix"))
        {
            problem = Forms;
            return false;
        }

        string export = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        string? socket = SocketOf(uri.Query);
        problem = (uri.Scheme, uri.Host.Length > 0, socket) switch
        {
            _ when export.Length > LongestName => "the name of the export is too long",
            ("nbd", true, null) => null,
            ("nbd+unix", false, not null) => null,
            _ => Forms,
        };
        if (problem is null)
            address = new NbdAddress(
                text, socket is null ? uri.Host.Trim('[', ']') : null, uri.Port > 0 ? uri.Port : UsualPort, socket, export);
        return address is not null;
    }

    /// <summary>Connects to the server.</summary>
    /// <exception cref="SocketException">It does not answer.</exception>
    public Socket Connect()
    {
        var socket = this.Socket is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var limit = new CancellationTokenSource(LongestConnect);
            EndPoint end = this.Socket is { } path ? new UnixDomainSocketEndPoint(path) : new DnsEndPoint(Host!, Port);
            socket.ConnectAsync(end, limit.Token).AsTask().GetAwaiter().GetResult();
            return socket;
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string? SocketOf(string query)
    {
        const string Key = "socket=";
        string? part = query.TrimStart('?').Split('&').FirstOrDefault(static part => part.StartsWith(Key, StringComparison.Ordinal));
        return part is null || part.Length == Key.Length ? null : Uri.UnescapeDataString(part[Key.Length..]);
    }
}
