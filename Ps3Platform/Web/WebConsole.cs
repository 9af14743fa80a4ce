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
public sealed record WebServices(ScreenFeed Feed, InputQueue Input, IMachineControl Machine, Action<string> Fail)
{
    /// <summary>The line of the serial terminal.</summary>
    public SerialLine Serial { get; init; } = new();

    /// <summary>Files beside the screenshot.</summary>
    public IReadOnlyList<WebDownload> Downloads { get; init; } = [];
}

/// <summary>
/// The machine in a browser: screen, keyboard, pointer, serial terminal, power and counts. One page, its files inside the program; three
/// web sockets. Only who opens <see cref="Address"/>, which has a secret in it, is let in.
/// </summary>
public sealed class WebConsole : IDisposable
{
    private const int MostConnections = 64;
    // xterm.js sets the rules of its letters by style elements.
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(2);

    private readonly PageFiles _files = new();
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
            case "/serial" when isSocket:
                await RunAsync(context, TypeAsync).ConfigureAwait(false);
                break;
            case "/screenshot.png":
                await SendScreenAsync(context).ConfigureAwait(false);
                break;
            case "/downloads.json":
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(PageFiles.List(_services.Downloads), context.RequestAborted).ConfigureAwait(false);
                break;
            default:
                if (_services.Downloads.FirstOrDefault(file => path == "/" + file.Name) is { } download)
                    await SendFileAsync(context, download).ConfigureAwait(false);
                else if (!await _files.TrySendAsync(context, path).ConfigureAwait(false))
                    await RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such page.").ConfigureAwait(false);
                break;
        }
    }

    private async Task ShowScreenAsync(WebSocket socket)
    {
        using var screen = new ScreenSocket(socket, _services.Feed, _services.Input);
        await screen.RunAsync(_ended.Token).ConfigureAwait(false);
    }

    private async Task TypeAsync(WebSocket socket)
    {
        using var terminal = new SerialSocket(socket, _services.Serial);
        await terminal.RunAsync(_ended.Token).ConfigureAwait(false);
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

    private async Task SendFileAsync(HttpContext context, WebDownload download)
    {
        Stream file;
        try
        {
            // It waits for the machine: not on a thread of the server's.
            file = await Task.Run(download.Open, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MonitorException or IOException or UnauthorizedAccessException)
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, e.Message).ConfigureAwait(false);
            return;
        }

        await using (file.ConfigureAwait(false))
        {
            // As much as there is now: a file that is being written has more later.
            long length = file.Length;
            context.Response.ContentType = download.Type;
            context.Response.ContentLength = length;
            context.Response.Headers.ContentDisposition = $"attachment; filename={download.Name}";
            byte[] piece = new byte[64 << 10];
            while (length > 0)
            {
                int count = await file.ReadAsync(piece.AsMemory(0, (int)Math.Min(length, piece.Length)), context.RequestAborted)
                    .ConfigureAwait(false);
                if (count == 0)
                    break;
                await context.Response.Body.WriteAsync(piece.AsMemory(0, count), context.RequestAborted).ConfigureAwait(false);
                length -= count;
            }
        }
    }
}
