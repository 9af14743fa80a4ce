using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;

using Microsoft.AspNetCore.Http;

namespace Ps3Platform.Web;

/// <summary>
/// Who may use the web console: whoever opens the address with its token once, in that browser. Requests under another name of this host
/// (DNS rebinding) and from pages of other origins are refused whatever they carry.
/// </summary>
internal sealed class AccessGuard
{
    private const int SecretSize = 16;

    private readonly byte[] _token = Secret();
    private readonly byte[] _session = Secret();
    private readonly IPEndPoint _address;
    private readonly string _cookie;

    /// <param name="address">Where the server listens.</param>
    public AccessGuard(IPEndPoint address)
    {
        _address = address;
        // Browsers keep cookies by host, not by port: two machines must not overwrite each other's.
        _cookie = $"ps3-{address.Port}";
    }

    /// <summary>What the address is to have behind it.</summary>
    public string Token => Encoding.ASCII.GetString(_token);

    /// <summary>True when a request names this server by an address, or by a name that only this host has.</summary>
    public bool IsNamedRight(HttpRequest request)
    {
        HostString host = request.Host;
        if ((host.Port ?? 80) != _address.Port)
            return false;
        string name = host.Host.Trim('[', ']');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.IsLoopback(_address.Address) || IsAny;
        if (IPAddress.TryParse(name, out IPAddress? address))
            return IsAny || address.Equals(_address.Address);
        return IsAny && name.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True when no page of another origin has sent a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isRequired">It must say where it comes from, as browsers do for web sockets.</param>
    public static bool IsOfOwnPage(HttpRequest request, bool isRequired)
    {
        string? origin = request.Headers.Origin;
        return origin is null ? !isRequired : origin == $"http://{request.Host.Value}";
    }

    /// <summary>Lets a browser in that brings the token.</summary>
    /// <returns>False when the token is wrong.</returns>
    public bool TryAdmit(HttpContext context, string token)
    {
        if (!IsSame(token, _token))
            return false;
        context.Response.Cookies.Append(_cookie, Encoding.ASCII.GetString(_session), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Path = "/",
        });
        return true;
    }

    /// <summary>True when the browser has been let in.</summary>
    public bool IsAdmitted(HttpRequest request) => request.Cookies[_cookie] is { } given && IsSame(given, _session);

    private bool IsAny => _address.Address.Equals(IPAddress.Any) || _address.Address.Equals(IPAddress.IPv6Any);

    private static byte[] Secret() => Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretSize)));

    private static bool IsSame(string given, byte[] secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), secret);
}
