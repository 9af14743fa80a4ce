using System.Net;

using Monitor.Tests;

using Ps3Platform.Devices.Usb.Input;
using Ps3Platform.Devices.Video;
using Ps3Platform.Screens.Input;
using Ps3Platform.Web;

using Screens.Tests;

using Xunit;

namespace Browser.Tests;

/// <summary>A web console whose screen a test draws on, and whose guest notes what it is given.</summary>
internal sealed class FakeConsole : IDisposable
{
    private readonly WebConsole _console;

    public FakeConsole(int width, int height)
    {
        Screen = new FakeScreen(width, height);
        var router = new InputRouter();
        router.Attach(Guest);
        var input = new InputQueue();
        input.Connect(router, Screen.Post);
        _console = WebConsole.Open(
            new WebSpec(IPAddress.Loopback, 0),
            new WebServices(Screen.Feed, input, Machine, static text => Assert.Fail(text)) { Serial = Line });
    }

    public FakeScreen Screen { get; }

    public FakeInput Guest { get; } = new();

    public SerialLine Line { get; } = new();

    public FakeMachine Machine { get; } = new();

    public Uri Address => _console.Address;

    public void Dispose()
    {
        _console.Dispose();
        Line.Dispose();
        Screen.Dispose();
    }
}
