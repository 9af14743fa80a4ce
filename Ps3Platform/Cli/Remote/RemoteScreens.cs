using System.Net;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Video;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Screens.Feed;
using Ps3Platform.Screens.Input;
using Ps3Platform.Screens.Vnc;
using Ps3Platform.Web;

namespace Ps3Platform.Cli.Remote;

/// <summary>
/// The servers through which people watch and use the machine from elsewhere: <c>--vnc</c> and <c>--web</c>. They stay open when the guest
/// restarts.
/// </summary>
internal sealed class RemoteScreens : IDisposable
{
    private readonly ScreenFeed _feed;
    private readonly InputQueue _input = new();
    private readonly VncServer? _vnc;
    private readonly WebConsole? _web;

    /// <summary>Opens what options ask for.</summary>
    /// <param name="options">The options.</param>
    /// <param name="control">The machine's service.</param>
    /// <param name="page">The terminal of the web console's page.</param>
    /// <exception cref="UsageException">It cannot be opened.</exception>
    public RemoteScreens(SourcedOptions options, IMachineControl control, SerialLine? page)
    {
        VideoMode mode = options.Options.Video;
        _feed = new ScreenFeed(mode.Width, mode.Height);
        try
        {
            _vnc = options.Options.Vnc is { } vnc ? OpenVnc(options, vnc) : null;
            _web = options.Options.Web is { } web ? OpenWeb(options, web, control, page!) : null;
        }
        catch (UsageException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A machine is about to run.</summary>
    public void Attach(Ps3Machine machine)
    {
        _feed.Connect(machine.Screen, machine.Post);
        _input.Connect(machine.Input, machine.Post);
    }

    /// <summary>Its run is over.</summary>
    public void Detach()
    {
        _feed.Disconnect();
        _input.Disconnect();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _web?.Dispose();
        _vnc?.Dispose();
        _feed.Dispose();
    }

    private VncServer OpenVnc(SourcedOptions options, VncSpec place)
    {
        try
        {
            var server = VncServer.Open(place, _feed, _input, options.Options.Name ?? "PlayStation 3");
            server.Noted = Terminal.Note;
            string host = place.Address.Equals(IPAddress.Loopback) ? "localhost" : place.Address.ToString();
            Terminal.Note($"VNC on {server.Address}: vncviewer {host}:{place.Display}");
            if (place.PasswordFile is null && !IPAddress.IsLoopback(place.Address))
                Terminal.Note("VNC: everybody who reaches that address can use the machine; give password=FILE");
            return server;
        }
        catch (VncException e)
        {
            throw new UsageException($"{options.PlaceOf("vnc")} {place}: {e.Message}.");
        }
    }

    private WebConsole OpenWeb(SourcedOptions options, WebSpec place, IMachineControl control, SerialLine page)
    {
        try
        {
            var console = WebConsole.Open(place, new WebServices(_feed, _input, control, Terminal.Error)
            {
                Serial = page,
                Downloads = WebFiles.Of(options.Options, control),
            });
            Terminal.Note($"web console: {console.Address}");
            if (!IPAddress.IsLoopback(place.Address))
                Terminal.Note("web console: nothing is encrypted; let a proxy do that, or reach it through ssh");
            return console;
        }
        catch (WebConsoleException e)
        {
            throw new UsageException($"{options.PlaceOf("web")} {place}: {e.Message}.");
        }
    }
}
