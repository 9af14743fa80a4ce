using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ps3Platform.Devices.Characters;

/// <summary>The kinds of character back ends.</summary>
public enum CharacterKind
{
    /// <summary>Standard output, and standard input where input is wanted.</summary>
    Stdio,

    /// <summary>A pseudo terminal (Linux).</summary>
    Pty,

    /// <summary>A TCP port that is listened on; one client at a time.</summary>
    Tcp,

    /// <summary>A Unix socket that is listened on; one client at a time.</summary>
    Unix,

    /// <summary>A file that is written.</summary>
    File,

    /// <summary>No back end: bytes written are dropped.</summary>
    Null,

    /// <summary>The terminal of the web console's page, of the USB serial adapter alone.</summary>
    Web,
}

/// <summary>The kind and address of a back end, as a user writes them (<see cref="Forms"/>).</summary>
public sealed record CharacterSpec
{
    /// <summary>How each kind is written.</summary>
    public const string Forms = "stdio, pty, tcp:[HOST:]PORT, unix:PATH, file:PATH or null";

    // Linux's sockaddr_un.sun_path has 108 bytes, the last of which is 0 (unix(7)).
    private const int LongestSocketPath = 107;
    private const string Loopback = "127.0.0.1";

    private static readonly Dictionary<string, CharacterKind> Kinds = new()
    {
        ["stdio"] = CharacterKind.Stdio,
        ["pty"] = CharacterKind.Pty,
        ["tcp"] = CharacterKind.Tcp,
        ["unix"] = CharacterKind.Unix,
        ["file"] = CharacterKind.File,
        ["null"] = CharacterKind.Null,
        ["web"] = CharacterKind.Web,
    };

    private CharacterSpec(CharacterKind kind) => Kind = kind;

    /// <summary>Standard output and input.</summary>
    public static CharacterSpec Stdio { get; } = new(CharacterKind.Stdio);

    /// <summary>The kind.</summary>
    public CharacterKind Kind { get; }

    /// <summary>Address or name to listen on: loopback unless the user named another. Only of <see cref="CharacterKind.Tcp"/>.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The port, 0 for any that is free. Only of <see cref="CharacterKind.Tcp"/>.</summary>
    public int Port { get; private init; }

    /// <summary>The file or socket. Only of <see cref="CharacterKind.Unix"/> and <see cref="CharacterKind.File"/>.</summary>
    public string Path { get; private init; } = "";

    /// <summary>The same with another <see cref="Path"/>; unchanged when its kind has none.</summary>
    public CharacterSpec WithPath(Func<string, string> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Kind is CharacterKind.Unix or CharacterKind.File ? this with { Path = change(Path) } : this;
    }

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spec">What it means.</param>
    /// <param name="problem">What is wrong and what to write instead, as a clause without a full stop.</param>
    /// <param name="nearest">Finds the known word that is nearest to a mistyped one; null for no suggestions.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out CharacterSpec? spec, [NotNullWhen(false)] out string? problem,
        Func<string, IEnumerable<string>, string?>? nearest = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string word = colon < 0 ? text : text[..colon];
        string? rest = colon < 0 ? null : text[(colon + 1)..];
        spec = null;
        if (!Kinds.TryGetValue(word, out CharacterKind kind))
        {
            problem = nearest?.Invoke(word, Kinds.Keys) is { } near
                ? $"no such kind; did you mean {near}? Give {Forms}" : $"no such kind; give {Forms}";
            return false;
        }

        (spec, problem) = kind switch
        {
            CharacterKind.Tcp => ReadTcp(rest),
            CharacterKind.Unix or CharacterKind.File => ReadPath(kind, word, rest),
            _ when rest is not null => (null, $"{word} takes nothing behind it; write {word} alone"),
            _ => (new CharacterSpec(kind), (string?)null),
        };
        return spec is not null;
    }

    /// <summary>As a user would write it.</summary>
    public override string ToString() => Kind switch
    {
        CharacterKind.Tcp => $"tcp:{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}",
        CharacterKind.Unix => $"unix:{Path}",
        CharacterKind.File => $"file:{Path}",
        _ => Kinds.First(pair => pair.Value == Kind).Key,
    };

    private static (CharacterSpec? Spec, string? Problem) ReadTcp(string? rest)
    {
        const string Example = "write for instance tcp:5555 or tcp:127.0.0.1:5555";
        if (rest is null or "")
            return (null, $"a port is missing; {Example}");
        // QEMU's users write "tcp::5555,server,nowait".
        if (rest.Contains(',', StringComparison.Ordinal))
            return (null, $"takes no list of flags: it always listens, and the guest does not wait for a client; {Example}");
        int colon = rest.LastIndexOf(':');
        string host = colon < 0 ? "" : rest[..colon];
        string port = rest[(colon + 1)..];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']') && host.Length > 2;
        if (!isBracketed && host.Contains(':', StringComparison.Ordinal))
            return (null, "an IPv6 address stands in brackets; write for instance tcp:[::1]:5555");
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            bool isHuge = port.Length > 0 && port.All(char.IsAsciiDigit);
            return (null, isHuge ? PortRange(port) : $"{(port.Length == 0 ? "a port is missing" : $"{port} is not a port")}; {Example}");
        }

        if (number > ushort.MaxValue)
            return (null, PortRange(port));
        host = isBracketed ? host[1..^1] : host;
        return (new CharacterSpec(CharacterKind.Tcp) { Host = host.Length == 0 ? Loopback : host, Port = number }, null);
    }

    private static string PortRange(string port) => $"port {port} is out of range; give 1 to {ushort.MaxValue}, or 0 for any that is free";

    private static (CharacterSpec? Spec, string? Problem) ReadPath(CharacterKind kind, string word, string? rest)
    {
        if (rest is null or "")
            return (null, $"a path is missing; write for instance {word}:{(kind == CharacterKind.File ? "console.txt" : "console.sock")}");
        if (kind == CharacterKind.Unix && System.Text.Encoding.UTF8.GetByteCount(rest) > LongestSocketPath)
            return (null, $"the path of a socket has at most {LongestSocketPath} bytes; give a shorter one");
        return (new CharacterSpec(kind) { Path = rest }, null);
    }
}
