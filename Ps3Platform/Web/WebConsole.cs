using System.Net;
using System.Net.WebSockets;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Video;
using Ps3Platform.Monitor.Commands;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Monitor.Protocols;
using Ps3Platform.Screens.Feed;
using Ps3Platform.Screens.Input;

namespace Ps3Platform.Web;

/// <summary>What a web console serves.</summary>
/// <param name="Feed">The screen.</param>
/// <param name="Input">Where keys and pointer go.</param>
/// <param name="Machine">The service that the monitor uses too.</param>
/// <param name="Fail">Told of a fault of this program.</param>
public sealed record WebServices(ScreenFeed Feed, InputQueue Input, IMachineControl Machine, Action<string> Fail);

/// <summary>
/// The machine in a browser: screen, keyboard, pointer, power and counts. One page, its files inside the program; two web sockets. Only who
/// opens <see cref="Address"/>, which has a secret in it, is let in.
/// </summary>
public sealed class WebConsole : IDisposable
{
    private const int MostConnections = 64;
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; "
        + "base-uri 'none'; form-action 'none'";

    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<string, (string File, string Type)> Files = new()
    {
        ["/"] = ("index.html", "text/html; charset=utf-8"),
        ["/console.css"] = ("console.css", "text/css; charset=utf-8"),
        ["/console.js"] = ("console.js", "text/javascript; charset=utf-8"),
        ["/panels.js"] = ("panels.js", "text/javascript; charset=utf-8"),
    };

    private readonly WebServices _services;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _ended = new();
    private readonly CommandTable _commands = StandardCommands.Create();
    private AccessGuard _guard;

    private WebConsole(WebServices services, WebSpec spec)
    {
        _services = services;
        _guard = new AccessGuard(new IPEndPoint(spec.Address, spec.Port));
        // Nothing of the host's settings or files has a say: no ASPNETCORE_ variables, no appsettings.json of the current folder.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(spec.Address, spec.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
        });
        _app = builder.Build();
        _app.UseWebSockets(new WebSocketOptions
        {
            KeepAliveInterval = TimeSpan.FromSeconds(15),
            KeepAliveTimeout = TimeSpan.FromSeconds(30),
        });
        _app.Run(AnswerAsync);
    }

    /// <summary>The address that lets a browser in, with its secret.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Opens a web console.</summary>
    /// <param name="spec">Where it listens.</param>
    /// <param name="services">What it serves.</param>
    /// <exception cref="WebConsoleException">It cannot listen there.</exception>
    public static WebConsole Open(WebSpec spec, WebServices services)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var console = new WebConsole(services, spec);
        try
        {
            console._app.Start();
        }
        catch (IOException e)
        {
            console.Dispose();
            string reason = e.InnerException?.Message ?? e.Message;
            throw new WebConsoleException($"cannot listen on {spec.Address}, port {spec.Port}: {reason}", e);
        }

        var bound = new Uri(console._app.Urls.First());
        console._guard = new AccessGuard(new IPEndPoint(spec.Address, bound.Port));
        console.Address = new Uri($"http://{Name(spec.Address)}:{bound.Port}/?token={console._guard.Token}");
        return console;
    }

    /// <summary>Disconnects all browsers and stops listening.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        using (var patience = new CancellationTokenSource(PatienceAtEnd))
            _app.StopAsync(patience.Token).Wait();
        ((IDisposable)_app).Dispose();
        _ended.Dispose();
    }

    private static string Name(IPAddress address) => address switch
    {
        _ when address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) => "localhost",
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } => $"[{address}]",
        _ => address.ToString(),
    };

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n");
    }

    private static async Task RunAsync(HttpContext context, Func<WebSocket, Task> serve)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        try
        {
            await serve(socket).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The browser has gone, or the console ends.
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        bool isSocket = context.WebSockets.IsWebSocketRequest;
        if (!_guard.IsNamedRight(request))
            await RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, "This is another server.").ConfigureAwait(false);
        else if (!AccessGuard.IsOfOwnPage(request, isRequired: isSocket))
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Only the console's own page may do this.").ConfigureAwait(false);
        else if (!HttpMethods.IsGet(request.Method))
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "GET only.").ConfigureAwait(false);
        else if (request.Path == "/" && request.Query.TryGetValue("token", out Microsoft.Extensions.Primitives.StringValues token))
        {
            // Out of the address at once, so that it does not stay in the browser's history.
            if (_guard.TryAdmit(context, token.ToString()))
                context.Response.Redirect("/");
            else
            {
                const string Wrong = "The token is wrong. Open the address that ps3 has printed.";
                await RefuseAsync(context, StatusCodes.Status403Forbidden, Wrong).ConfigureAwait(false);
            }
        }
        else if (!_guard.IsAdmitted(request))
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Open the address that ps3 has printed.").ConfigureAwait(false);
        else
            await ServeAsync(context, isSocket).ConfigureAwait(false);
    }

    private async Task ServeAsync(HttpContext context, bool isSocket)
    {
        string path = context.Request.Path;
        switch (path)
        {
            case "/screen" when isSocket:
                await RunAsync(context, ShowScreenAsync).ConfigureAwait(false);
                break;
            case "/control" when isSocket:
                await RunAsync(context, CommandAsync).ConfigureAwait(false);
                break;
            case "/screenshot.png":
                await SendScreenAsync(context).ConfigureAwait(false);
                break;
            default:
                if (!Files.TryGetValue(path, out (string File, string Type) found))
                {
                    await RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such page.").ConfigureAwait(false);
                    break;
                }

                context.Response.ContentType = found.Type;
                using (Stream file = typeof(WebConsole).Assembly.GetManifestResourceStream(found.File)!)
                    await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
                break;
        }
    }

    private async Task ShowScreenAsync(WebSocket socket)
    {
        using var screen = new ScreenSocket(socket, _services.Feed, _services.Input);
        await screen.RunAsync(_ended.Token).ConfigureAwait(false);
    }

    private Task CommandAsync(WebSocket socket)
    {
        IMonitorSession Open() => new QmpSession(_commands, _services.Machine);
        return new ControlSocket(socket, _services.Machine, Open, _services.Fail).RunAsync(_ended.Token);
    }

    private async Task SendScreenAsync(HttpContext context)
    {
        using ScreenViewer viewer = _services.Feed.Attach();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ended.Token);
        enough.CancelAfter(PatienceAtEnd);
        await viewer.WaitAsync(enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        viewer.Take();
        using var png = new MemoryStream();
        PngWriter.Write(new Frame(viewer.Width, viewer.Height, viewer.Pixels.ToArray()), png);
        context.Response.ContentType = "image/png";
        context.Response.Headers.ContentDisposition = "attachment; filename=screen.png";
        await context.Response.Body.WriteAsync(png.GetBuffer().AsMemory(0, (int)png.Length), context.RequestAborted).ConfigureAwait(false);
    }
}
