using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Ps3Platform.Devices.Video;

/// <summary>Where a VNC server listens, as a user writes it (<see cref="Form"/>): QEMU's notation.</summary>
public sealed record VncSpec
{
    /// <summary>How it is written.</summary>
    public const string Form = "[ADDRESS]:DISPLAY[,password=FILE]";

    // RFC 6143 1: display N of the X world is port 5900 + N.
    private const int FirstPort = 5900;
    private const string Example = "write for instance :0 or 127.0.0.1:1";

    private VncSpec(IPAddress address, int display, string? passwordFile) =>
        (Address, Display, PasswordFile) = (address, display, passwordFile);

    /// <summary>The address to listen on: loopback unless the user named another.</summary>
    public IPAddress Address { get; }

    /// <summary>The display; its port is 5900 higher.</summary>
    public int Display { get; }

    /// <summary>The port.</summary>
    public int Port => FirstPort + Display;

    /// <summary>The file whose first line is the password, or null for none.</summary>
    public string? PasswordFile { get; }

    /// <summary>The same with another <see cref="PasswordFile"/>; unchanged when there is none.</summary>
    public VncSpec WithPasswordFile(Func<string, string> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return PasswordFile is { } file ? new VncSpec(Address, Display, change(file)) : this;
    }

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spec">What it means.</param>
    /// <param name="problem">What is wrong and what to write instead, as a clause without a full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out VncSpec? spec, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        spec = null;
        string[] parts = text.Split(',');
        string? password = null;
        foreach (string part in parts.Skip(1))
        {
            if (!part.StartsWith("password=", StringComparison.Ordinal) || part.Length == "password=".Length)
            {
                problem = part is "password" or "password=on"
                    ? "the password is read from a file; write password=FILE"
                    : $"{part} is unknown; the form is {Form}";
                return false;
            }

            password = part["password=".Length..];
        }

        int colon = parts[0].LastIndexOf(':');
        if (colon < 0)
        {
            problem = $"a display is missing; {Example}";
            return false;
        }

        string host = parts[0][..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        IPAddress? address = IPAddress.Loopback;
        if (host is not ("" or "localhost") && !IPAddress.TryParse(isBracketed ? host[1..^1] : host, out address))
        {
            problem = $"{host} is not an address; {Example}";
            return false;
        }

        if (!int.TryParse(parts[0][(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int display)
            || display > ushort.MaxValue - FirstPort)
        {
            problem = $"the display is a number from 0 to {ushort.MaxValue - FirstPort}, for port {FirstPort} and up; {Example}";
            return false;
        }

        (spec, problem) = (new VncSpec(address, display, password), null);
        return true;
    }

    /// <summary>As a user would write it.</summary>
    public override string ToString()
    {
        string host = Address.Equals(IPAddress.Loopback) ? "" : Address.ToString();
        host = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return $"{host}:{Display}{(PasswordFile is { } file ? $",password={file}" : "")}";
    }
}
