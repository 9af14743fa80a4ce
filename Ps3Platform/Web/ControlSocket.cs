using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

using Ps3Platform.Monitor.Control;
using Ps3Platform.Monitor.Protocols;

namespace Ps3Platform.Web;

/// <summary>One browser's commands, by the monitor's own protocol for programs: a message a line.</summary>
internal sealed class ControlSocket(WebSocket socket, IMachineControl machine, Func<IMonitorSession> open, Action<string> fail)
{
    private const int MostWaiting = 1000;

    // Events are raised on the machine's thread, which does not wait for a browser: what is too much is dropped.
    private readonly Channel<string> _out = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Serves it until it leaves.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        IMonitorSession session = open();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ended);
        void Tell(MachineEvent happened) => Write(session.Tell(happened));

        machine.Happened += Tell;
        Task sending = SendAsync(cancel.Token);
        try
        {
            Write(session.Greeting);
            var reader = new SocketText(socket, session.LongestLine);
            while (await reader.ReadAsync(cancel.Token).ConfigureAwait(false) is { } line)
            {
                // A command waits for the machine, which may be slow: not on a thread of the server's.
                Write(await Task.Run(() => Carry(session, line), cancel.Token).ConfigureAwait(false));
            }
        }
        finally
        {
            machine.Happened -= Tell;
            await cancel.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string Carry(IMonitorSession session, string line)
    {
        try
        {
            return session.Answer(line);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            fail($"a command of the web console failed: {e}");
            return session.Refuse("This program has failed; its messages say where");
        }
    }

    private void Write(string text)
    {
        if (text.Length > 0)
            _out.Writer.TryWrite(text.TrimEnd());
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        await foreach (string text in _out.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, cancel).ConfigureAwait(false);
    }
}
