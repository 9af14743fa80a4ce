using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

using Ps3Platform.Screens.Feed;
using Ps3Platform.Screens.Input;

namespace Ps3Platform.Screens.Vnc;

/// <summary>One viewer: the handshake, then what it sends; <see cref="VncUpdates"/> sends it the screen meanwhile.</summary>
internal sealed class VncConnection : IDisposable
{
    private const int NoSecurity = 1;
    private const int PasswordSecurity = 2;

    // What viewers send as text of the clipboard is read and dropped; no guest takes it.
    private const int LongestText = 1 << 20;

    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestPicture = TimeSpan.FromSeconds(2);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly ScreenFeed _feed;
    private readonly ClientInput _input;
    private readonly string _name;
    private readonly VncPassword? _password;
    private readonly Action<VncConnection> _disconnectOthers;
    private readonly byte[] _buffer = new byte[1024];
    private PointerMask _mask;

    public VncConnection(
        Socket socket, ScreenFeed feed, InputQueue input, string name, VncPassword? password, Action<VncConnection> disconnectOthers)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _feed = feed;
        _input = new ClientInput(input);
        (_name, _password, _disconnectOthers) = (name, password, disconnectOthers);
        Peer = socket.RemoteEndPoint?.ToString() ?? "a viewer";
    }

    /// <summary>The viewer's address.</summary>
    public string Peer { get; }

    /// <summary>Completes when the connection is over.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>Ends it soon. From any thread.</summary>
    public void Close() => _socket.Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _stream.Dispose();
    }

    /// <summary>Serves the viewer until it leaves.</summary>
    /// <param name="ended">The server ends.</param>
    /// <returns>What it did wrong; null when it left.</returns>
    public async Task<string?> RunAsync(CancellationToken ended)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ended);
        try
        {
            using (var handshake = CancellationTokenSource.CreateLinkedTokenSource(cancel.Token))
            {
                handshake.CancelAfter(HandshakeTime);
                if (!await GreetAsync(handshake.Token).ConfigureAwait(false))
                    return "wrong password";
            }

            using ScreenViewer screen = _feed.Attach();
            await AwaitPictureAsync(screen, cancel.Token).ConfigureAwait(false);
            await SendInitAsync(screen, cancel.Token).ConfigureAwait(false);
            using var updates = new VncUpdates(_stream, screen);
            Task sending = updates.RunAsync(cancel.Token);
            try
            {
                await ReadAsync(updates, cancel.Token).ConfigureAwait(false);
            }
            finally
            {
                await cancel.CancelAsync().ConfigureAwait(false);
                // It writes to the stream, whose end it must not see as an error of its own.
                Close();
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (VncException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!ended.IsCancellationRequested)
        {
            return $"no handshake within {HandshakeTime.TotalSeconds:0} s";
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            // It has gone, or is being disconnected.
        }
        finally
        {
            Close();
            await _input.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return null;
    }

    // RFC 6143 7.1 to 7.3. False when the password was wrong.
    private async Task<bool> GreetAsync(CancellationToken cancel)
    {
        await SendAsync("RFB 003.008\n"u8.ToArray(), cancel).ConfigureAwait(false);
        ReadOnlyMemory<byte> version = await ReadBytesAsync(12, cancel).ConfigureAwait(false);
        int minor = Encoding.Latin1.GetString(version.Span) switch
        {
            "RFB 003.008\n" => 8,
            "RFB 003.007\n" => 7,
            // What else begins like this is to be taken for 3.3 (7.1.1).
            { } text when text.StartsWith("RFB 003.", StringComparison.Ordinal) => 3,
            _ => throw new VncException("it does not speak RFB 3"),
        };
        int security = _password is null ? NoSecurity : PasswordSecurity;
        if (minor == 3)
        {
            await SendAsync((byte[])[0, 0, 0, (byte)security], cancel).ConfigureAwait(false);
        }
        else
        {
            await SendAsync((byte[])[1, (byte)security], cancel).ConfigureAwait(false);
            if ((await ReadBytesAsync(1, cancel).ConfigureAwait(false)).Span[0] != security)
                throw new VncException("it chose a kind of security that it was not offered");
        }

        bool accepted = true;
        if (_password is { } password)
        {
            byte[] challenge = VncPassword.Challenge();
            await SendAsync(challenge, cancel).ConfigureAwait(false);
            ReadOnlyMemory<byte> answer = await ReadBytesAsync(VncPassword.ChallengeSize, cancel).ConfigureAwait(false);
            accepted = password.Accepts(challenge, answer.Span);
        }

        // Before 3.8 there is no result where there is no password, and no reason behind a bad one.
        if (minor == 8 || _password is not null)
            await SendAsync((byte[])[0, 0, 0, (byte)(accepted ? 0 : 1)], cancel).ConfigureAwait(false);
        if (!accepted && minor == 8)
        {
            byte[] reason = "wrong password"u8.ToArray();
            await SendAsync((byte[])[0, 0, 0, (byte)reason.Length, .. reason], cancel).ConfigureAwait(false);
        }

        if (!accepted)
            return false;
        bool isShared = (await ReadBytesAsync(1, cancel).ConfigureAwait(false)).Span[0] != 0;
        if (!isShared)
            _disconnectOthers(this);
        return true;
    }

    // Some viewers keep the first picture only, so it shall be a current one. A machine that is busy with the host is not waited for long.
    private static async Task AwaitPictureAsync(ScreenViewer screen, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        enough.CancelAfter(LongestPicture);
        await screen.WaitAsync(enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        screen.Take();
    }

    private async Task SendInitAsync(ScreenViewer screen, CancellationToken cancel)
    {
        byte[] name = Encoding.UTF8.GetBytes(_name);
        var message = new RfbWriter();
        message.UInt16(screen.Width);
        message.UInt16(screen.Height);
        RfbPixelFormat.Standard.Write(message.Room(RfbPixelFormat.Size));
        message.Int32(name.Length);
        message.Bytes(name);
        await SendAsync(message.Written, cancel).ConfigureAwait(false);
    }

    // RFC 6143 7.5. Ends by an exception when the viewer leaves.
    private async Task ReadAsync(VncUpdates updates, CancellationToken cancel)
    {
        while (true)
        {
            byte kind = (await ReadBytesAsync(1, cancel).ConfigureAwait(false)).Span[0];
            switch (kind)
            {
                case 0:
                    ReadOnlyMemory<byte> format = await ReadBytesAsync(3 + RfbPixelFormat.Size, cancel).ConfigureAwait(false);
                    if (!RfbPixelFormat.TryRead(format.Span[3..], out RfbPixelFormat pixels))
                        throw new VncException("it wants a pixel format that is none, or has a colour map; choose true colour");
                    updates.SetFormat(pixels);
                    break;
                case 2:
                    await ReadEncodingsAsync(updates, cancel).ConfigureAwait(false);
                    break;
                case 3:
                    updates.Request(isIncremental: (await ReadBytesAsync(9, cancel).ConfigureAwait(false)).Span[0] != 0);
                    break;
                case 4:
                    await ReadKeyAsync(cancel).ConfigureAwait(false);
                    break;
                case 5:
                    await ReadPointerAsync(updates, cancel).ConfigureAwait(false);
                    break;
                case 6:
                    await SkipTextAsync(cancel).ConfigureAwait(false);
                    break;
                default:
                    throw new VncException($"it sent a message of the unknown kind {kind}");
            }
        }
    }

    private async Task ReadEncodingsAsync(VncUpdates updates, CancellationToken cancel)
    {
        int count = BinaryPrimitives.ReadUInt16BigEndian((await ReadBytesAsync(3, cancel).ConfigureAwait(false)).Span[1..]);
        List<int> encodings = [];
        for (int i = 0; i < count; i++)
        {
            int encoding = BinaryPrimitives.ReadInt32BigEndian((await ReadBytesAsync(4, cancel).ConfigureAwait(false)).Span);
            if (VncUpdates.Knows(encoding) && !encodings.Contains(encoding))
                encodings.Add(encoding);
        }

        updates.SetEncodings(encodings);
    }

    private async Task ReadKeyAsync(CancellationToken cancel)
    {
        ReadOnlyMemory<byte> message = await ReadBytesAsync(7, cancel).ConfigureAwait(false);
        uint symbol = BinaryPrimitives.ReadUInt32BigEndian(message.Span[3..]);
        if (KeySymbols.TryFind(symbol, out byte usage))
            await _input.KeyAsync(usage, message.Span[0] != 0, cancel).ConfigureAwait(false);
    }

    private async Task ReadPointerAsync(VncUpdates updates, CancellationToken cancel)
    {
        ReadOnlyMemory<byte> message = await ReadBytesAsync(5, cancel).ConfigureAwait(false);
        int x = BinaryPrimitives.ReadUInt16BigEndian(message.Span[1..]);
        int y = BinaryPrimitives.ReadUInt16BigEndian(message.Span[3..]);
        (int width, int height) = updates.Size;
        PointerMask mask = PointerMask.Of(message.Span[0]);
        int wheel = mask.WheelSince(_mask);
        _mask = mask;
        await _input.PointAsync(x, y, width, height, mask.Buttons, wheel, cancel).ConfigureAwait(false);
    }

    private async Task SkipTextAsync(CancellationToken cancel)
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian((await ReadBytesAsync(7, cancel).ConfigureAwait(false)).Span[3..]);
        if (length > LongestText)
            throw new VncException($"it sent a clipboard of {length} bytes; at most {LongestText} are taken");
        for (uint left = length; left > 0;)
        {
            int part = (int)Math.Min(left, _buffer.Length);
            await ReadBytesAsync(part, cancel).ConfigureAwait(false);
            left -= (uint)part;
        }
    }

    // Valid until the next call.
    private async ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(int length, CancellationToken cancel)
    {
        Memory<byte> bytes = _buffer.AsMemory(0, length);
        await _stream.ReadExactlyAsync(bytes, cancel).ConfigureAwait(false);
        return bytes;
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => _stream.WriteAsync(bytes, cancel);
}
