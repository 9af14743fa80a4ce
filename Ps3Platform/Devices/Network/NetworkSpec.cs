using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ps3Platform.Devices.Network;

/// <summary>The kinds of network back ends.</summary>
public enum NetworkKind
{
    /// <summary>Nothing is connected; the kernel's debug console is read all the same.</summary>
    None,

    /// <summary>A network of the machine's own with address translation, DHCP and DNS (libslirp).</summary>
    User,

    /// <summary>A switch that machines of several processes share through a Unix socket.</summary>
    Switch,

    /// <summary>A TAP interface of the host (Linux).</summary>
    Tap,
}

/// <summary>A port of the host that leads to a port of the guest.</summary>
/// <param name="IsUdp">UDP; otherwise TCP.</param>
/// <param name="Host">IPv4 address and port that are listened on.</param>
/// <param name="Guest">IPv4 address of the guest, 0.0.0.0 for the one that DHCP gives first, and port.</param>
public sealed record PortForward(bool IsUdp, IPEndPoint Host, IPEndPoint Guest)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string guest = Guest.Address.Equals(IPAddress.Any) ? "" : Guest.Address.ToString();
        return $"{(IsUdp ? "udp" : "tcp")}:{Host.Address}:{Host.Port}-{guest}:{Guest.Port}";
    }
}

/// <summary>Which network back end, as a user writes it (<see cref="Forms"/>).</summary>
public sealed record NetworkSpec
{
    /// <summary>How each kind is written.</summary>
    public const string Forms =
        "none, user[,hostfwd=tcp:HOST:PORT-GUEST:PORT,restrict=on], switch,socket=PATH or tap[,ifname=NAME]";

    // sockaddr_un.sun_path has 108 bytes, the last of which is 0 (unix(7)); ".lock" is appended for a moment.
    private const int LongestSocketPath = 102;

    // IFNAMSIZ without the closing 0 (netdevice(7)).
    private const int LongestInterface = 15;

    private const string ForwardExample = "write for instance hostfwd=tcp:127.0.0.1:2222-:22";

    private NetworkSpec(NetworkKind kind) => Kind = kind;

    /// <summary>Nothing connected.</summary>
    public static NetworkSpec None { get; } = new(NetworkKind.None);

    /// <summary>The kind.</summary>
    public NetworkKind Kind { get; }

    /// <summary>Ports of the host that lead to the guest. Only of <see cref="NetworkKind.User"/>.</summary>
    public IReadOnlyList<PortForward> Forwards { get; private init; } = [];

    /// <summary>The guest reaches nothing but what is forwarded to it. Only of <see cref="NetworkKind.User"/>.</summary>
    public bool IsRestricted { get; private init; }

    /// <summary>The Unix socket. Only of <see cref="NetworkKind.Switch"/>.</summary>
    public string Socket { get; private init; } = "";

    /// <summary>Name of the host's interface, or empty: the host chooses. Only of <see cref="NetworkKind.Tap"/>.</summary>
    public string Interface { get; private init; } = "";

    /// <summary>The same with another <see cref="Socket"/>; unchanged when its kind has none.</summary>
    public NetworkSpec WithSocket(Func<string, string> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Kind == NetworkKind.Switch ? this with { Socket = change(Socket) } : this;
    }

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spec">What it means.</param>
    /// <param name="problem">What is wrong and what to write instead, as a clause without a full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out NetworkSpec? spec, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(',');
        spec = null;
        (NetworkSpec Spec, string? Problem) read = parts[0] switch
        {
            "none" => (None, null),
            "user" => (new NetworkSpec(NetworkKind.User), null),
            "switch" => (new NetworkSpec(NetworkKind.Switch), null),
            "tap" => (new NetworkSpec(NetworkKind.Tap), null),
            _ => (None, $"no such kind; give {Forms}"),
        };
        foreach (string part in parts.Skip(1))
        {
            if (read.Problem is null)
                read = read.Spec.With(part);
        }

        if (read is { Problem: null, Spec: { Kind: NetworkKind.Switch, Socket: "" } })
            read.Problem = "the socket that the machines share is missing; write for instance switch,socket=/tmp/lan";
        problem = read.Problem;
        spec = problem is null ? read.Spec : null;
        return spec is not null;
    }

    /// <summary>As a user would write it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Kind switch
        {
            NetworkKind.User => "user",
            NetworkKind.Switch => $"switch,socket={Socket}",
            NetworkKind.Tap => Interface.Length == 0 ? "tap" : $"tap,ifname={Interface}",
            _ => "none",
        });
        foreach (PortForward forward in Forwards)
            text.Append(CultureInfo.InvariantCulture, $",hostfwd={forward}");
        if (IsRestricted)
            text.Append(",restrict=on");
        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(NetworkSpec? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private (NetworkSpec Spec, string? Problem) With(string part)
    {
        int equals = part.IndexOf('=', StringComparison.Ordinal);
        string key = equals < 0 ? part : part[..equals];
        string value = equals < 0 ? "" : part[(equals + 1)..];
        switch (Kind, key)
        {
            case (NetworkKind.User, "hostfwd"):
                return TryReadForward(value, out PortForward? forward, out string? problem)
                    ? (this with { Forwards = [.. Forwards, forward] }, null) : (this, $"hostfwd={value}: {problem}");
            case (NetworkKind.User, "restrict"):
                return value is "on" or "off" ? (this with { IsRestricted = value == "on" }, null)
                    : (this, $"restrict={value}: give on or off");
            case (NetworkKind.Switch, "socket"):
                return value.Length == 0 ? (this, "a path is missing behind socket=")
                    : Encoding.UTF8.GetByteCount(value) > LongestSocketPath
                    ? (this, $"the path of a socket has at most {LongestSocketPath} bytes; give a shorter one")
                    : (this with { Socket = value }, null);
            case (NetworkKind.Tap, "ifname"):
                return value.Length is 0 or > LongestInterface || value.Any(static c => c is '/' or ' ' or < ' ' or > '~')
                    ? (this, $"ifname={value}: the name of an interface has 1 to {LongestInterface} letters without blanks and slashes")
                    : (this with { Interface = value }, null);
            default:
                string unknown = key.Length == 0 ? "an empty part" : key;
                return (this, $"{Kind.ToString().ToLowerInvariant()} does not know {unknown}; give {Forms}");
        }
    }

    private static bool TryReadForward(
        string text, [NotNullWhen(true)] out PortForward? forward, [NotNullWhen(false)] out string? problem)
    {
        forward = null;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string protocol = colon < 0 ? "" : text[..colon];
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        // QEMU's users may leave the protocol out: it is tcp then.
        if (protocol is not ("" or "tcp" or "udp") || colon < 0 || dash < colon)
        {
            problem = ForwardExample;
            return false;
        }

        if (!TryReadEnd(text[(colon + 1)..dash], IPAddress.Loopback, out IPEndPoint? host, out problem)
            || !TryReadEnd(text[(dash + 1)..], IPAddress.Any, out IPEndPoint? guest, out problem))
        {
            return false;
        }

        forward = new PortForward(protocol == "udp", host, guest);
        return true;
    }

    private static bool TryReadEnd(
        string text, IPAddress none, [NotNullWhen(true)] out IPEndPoint? end, [NotNullWhen(false)] out string? problem)
    {
        end = null;
        int colon = text.LastIndexOf(':');
        string address = colon <= 0 ? "" : text[..colon];
        string port = text[(colon + 1)..];
        IPAddress? parsed = none;
        if (address.Length > 0
            && (!IPAddress.TryParse(address, out parsed) || parsed.AddressFamily != AddressFamily.InterNetwork || address.Count('.') != 3))
        {
            problem = $"{address} is no IPv4 address; {ForwardExample}";
            return false;
        }

        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) || number == 0)
        {
            problem = $"{(port.Length == 0 ? "a port is missing" : $"{port} is no port from 1 to {ushort.MaxValue}")}; {ForwardExample}";
            return false;
        }

        end = new IPEndPoint(parsed, number);
        problem = null;
        return true;
    }
}
