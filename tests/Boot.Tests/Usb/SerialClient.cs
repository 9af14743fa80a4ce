using System.Net.Sockets;
using System.Text;

using Xunit;

namespace Boot.Tests.Usb;

/// <summary>A terminal at the guest's USB serial adapter.</summary>
internal sealed class SerialClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StringBuilder _text = new();

    public SerialClient(string path)
    {
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    _socket.Connect(new UnixDomainSocketEndPoint(path));
                    return true;
                }
                catch (SocketException)
                {
                    Thread.Sleep(50);
                    return false;
                }
            },
            Patience));
        _socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
    }

    /// <summary>Types a line.</summary>
    public void Send(string line) => _socket.Send(Encoding.ASCII.GetBytes(line + "\n"));

    /// <summary>Waits for a text, and returns what came up to its end.</summary>
    public string WaitFor(string text)
    {
        byte[] piece = new byte[4096];
        int at;
        while ((at = _text.ToString().IndexOf(text, StringComparison.Ordinal)) < 0)
        {
            int count = _socket.Receive(piece);
            if (count == 0)
                throw new EndOfStreamException($"closed after: {_text}");
            _text.Append(Encoding.ASCII.GetString(piece, 0, count));
        }

        string before = _text.ToString(0, at + text.Length);
        _text.Remove(0, at + text.Length);
        return before;
    }

    public void Dispose() => _socket.Dispose();
}
