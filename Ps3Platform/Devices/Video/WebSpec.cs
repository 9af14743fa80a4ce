using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Ps3Platform.Devices.Video;

/// <summary>Where a web server listens, as a user writes it (<see cref="Form"/>).</summary>
/// <param name="Address">The address: loopback unless the user named another.</param>
/// <param name="Port">The port, 0 for any that is free.</param>
public sealed record WebSpec(IPAddress Address, int Port)
{
    /// <summary>How it is written.</summary>
    public const string Form = "[ADDRESS:]PORT";

    private const string Example = "write for instance 8080 or 127.0.0.1:8080";

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spec">What it means.</param>
    /// <param name="problem">What is wrong and what to write instead, as a clause without a full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out WebSpec? spec, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        spec = null;
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        IPAddress? address = IPAddress.Loopback;
        if (host is not ("" or "localhost") && !IPAddress.TryParse(isBracketed ? host[1..^1] : host, out address))
        {
            problem = $"{host} is not an address; {Example}";
            return false;
        }

        if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
        {
            problem = $"a port is a number from 1 to {ushort.MaxValue}, or 0 for any that is free; {Example}";
            return false;
        }

        (spec, problem) = (new WebSpec(address, port), null);
        return true;
    }

    /// <summary>As a user would write it.</summary>
    public override string ToString()
    {
        string host = Address.ToString();
        if (Address.Equals(IPAddress.Loopback))
            return $"{Port}";
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{Port}" : $"{host}:{Port}";
    }
}
