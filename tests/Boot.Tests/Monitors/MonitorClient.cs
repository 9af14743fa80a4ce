using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

using Xunit;

namespace Boot.Tests.Monitors;

/// <summary>A person or program at a monitor.</summary>
internal sealed class MonitorClient : IDisposable
{
    private const string Prompt = "(ps3) ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Socket _socket;
    private readonly StringBuilder _text = new();
    private readonly List<JsonNode> _happened = [];

    private MonitorClient(Socket socket) => _socket = socket;

    /// <summary>Events that came so far, by their names.</summary>
    public IEnumerable<string> Events => _happened.Select(static happened => (string)happened["event"]!);

    /// <summary>A port that is free.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Connects to a Unix socket, and waits for the prompt.</summary>
    public static MonitorClient ToLines(string path)
    {
        var client = new MonitorClient(Connect(new UnixDomainSocketEndPoint(path)));
        client.ReadTo(Prompt);
        return client;
    }

    /// <summary>Connects to a TCP port, and negotiates.</summary>
    public static MonitorClient ToQmp(int port)
    {
        MonitorClient client;
        string greeting;
        // A client that has just gone may still have its place.
        while (true)
        {
            client = new MonitorClient(Connect(new IPEndPoint(IPAddress.Loopback, port)));
            greeting = client.ReadTo("\r\n");
            if (!greeting.Contains("another client is connected", StringComparison.Ordinal))
                break;
            client.Dispose();
            Thread.Sleep(50);
        }

        Assert.NotNull(JsonNode.Parse(greeting)!["QMP"]);
        client.Execute("qmp_capabilities");
        return client;
    }

    /// <summary>Gives a line, and returns what stands between it and the next prompt.</summary>
    public string Say(string line)
    {
        Send(line + "\n");
        return ReadTo(Prompt).Replace("\r", "", StringComparison.Ordinal);
    }

    /// <summary>Gives a line without waiting for an answer.</summary>
    public void Send(string text) => _socket.Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Gives a JSON command and returns its result.</summary>
    public JsonNode Execute(string name, JsonObject? arguments = null)
    {
        JsonNode answer = Request(new JsonObject { ["execute"] = name, ["arguments"] = arguments ?? [] }.ToJsonString());
        return answer["return"] ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    /// <summary>Gives a line of JSON and returns its answer.</summary>
    public JsonNode Request(string line)
    {
        Send(line + "\r\n");
        while (true)
        {
            JsonNode answer = ReadJson();
            if (answer["event"] is null)
                return answer;
            _happened.Add(answer);
        }
    }

    /// <summary>Events of a name that came so far.</summary>
    public IEnumerable<JsonNode> Happened(string name) => _happened.Where(happened => (string)happened["event"]! == name);

    /// <summary>Waits until the machine has ended, and returns the names of all events.</summary>
    public IEnumerable<string> ReadToEnd()
    {
        WaitFor("SHUTDOWN");
        return Events;
    }

    /// <summary>Events that came so far count no more.</summary>
    public void ForgetEvents() => _happened.Clear();

    /// <summary>Waits for an event, unless it came before.</summary>
    public JsonNode WaitFor(string name) => WaitFor(name, static _ => true);

    /// <summary>Waits for an event with certain data, unless it came before.</summary>
    public JsonNode WaitFor(string name, Predicate<JsonNode> matches)
    {
        while (true)
        {
            if (_happened.Find(happened => (string)happened["event"]! == name && matches(happened["data"]!)) is { } found)
                return found;
            _happened.Add(ReadJson());
        }
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Connect(EndPoint address)
    {
        Socket? client = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                client = new Socket(
                    address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
                try
                {
                    client.Connect(address);
                    return true;
                }
                catch (SocketException)
                {
                    client.Dispose();
                    Thread.Sleep(50);
                    return false;
                }
            },
            Patience));
        client!.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        return client;
    }

    private JsonNode ReadJson() => JsonNode.Parse(ReadTo("\r\n"))!;

    private string ReadTo(string end)
    {
        byte[] piece = new byte[4096];
        int at;
        while ((at = _text.ToString().IndexOf(end, StringComparison.Ordinal)) < 0)
        {
            int count = _socket.Receive(piece);
            if (count == 0)
                throw new EndOfStreamException($"closed after: {_text}");
            _text.Append(Encoding.UTF8.GetString(piece, 0, count));
        }

        string read = _text.ToString(0, at);
        _text.Remove(0, at + end.Length);
        return read;
    }
}
