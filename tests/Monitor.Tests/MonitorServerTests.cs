using System.Diagnostics;
using System.Text;

using Ps3Platform.Monitor.Commands;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Monitor.Protocols;

using Xunit;

namespace Monitor.Tests;

/// <summary>Clients that come, go, flood and do not read.</summary>
public sealed class MonitorServerTests : IDisposable
{
    private const string Negotiate = "{\"execute\":\"qmp_capabilities\"}\n";
    private readonly FakeMachine _machine = new();
    private readonly FakeBackend _backend = new();
    private readonly List<string> _faults = [];
    private MonitorServer? _server;

    public void Dispose() => _server?.Dispose();

    [Fact]
    public void Every_client_is_greeted_and_begins_anew()
    {
        Start(isQmp: true);
        _backend.Connect();
        _backend.WaitFor("\"QMP\"");
        _backend.Send(Negotiate + "{\"execute\":\"stop\"}\n{\"exec");
        _backend.WaitFor("\"STOP\"");
        _backend.Leave();
        _backend.Connect();
        _backend.WaitFor("\"QMP\"");

        // Neither the half line nor the negotiation of the one before counts.
        _backend.Send("{\"execute\":\"cont\",\"id\":1}\n");
        _backend.WaitFor("\"id\":1");

        Assert.Contains("Expecting capabilities negotiation", _backend.Output, StringComparison.Ordinal);
        Assert.Equal(["stop"], _machine.Calls);
    }

    [Fact]
    public void An_event_comes_before_the_answer_of_the_command_that_caused_it()
    {
        Start(isQmp: true);
        _backend.Connect();
        _backend.Send(Negotiate + "{\"execute\":\"stop\",\"id\":9}\r\n");
        _backend.WaitFor("\"id\":9");

        string text = _backend.Output;
        Assert.InRange(
            text.IndexOf("\"STOP\"", StringComparison.Ordinal), 1, text.IndexOf("\"id\":9", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_that_is_too_long_is_refused_and_the_next_one_served()
    {
        Start(isQmp: false);
        _backend.Connect();
        _backend.Send(new string('x', 100_000));
        _backend.Send("\nstop\n");
        _backend.WaitFor("at most 4096 bytes.\r\n(ps3) (ps3) ");

        Assert.Equal(["stop"], _machine.Calls);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_an_error()
    {
        Start(isQmp: true);
        _backend.Connect();
        _backend.Send("\0\u0001\u00ff}{\n" + Negotiate);
        _backend.WaitFor("{\"return\":{}}");

        Assert.Contains("GenericError", _backend.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_commands_is_served_in_order()
    {
        Start(isQmp: false);
        _backend.Connect();
        const int Count = 2000;
        var flood = new StringBuilder();
        for (int i = 0; i < Count; i++)
            flood.Append("device_del d").Append(i).Append('\n');
        _backend.Send(flood.ToString());

        Assert.True(SpinWait.SpinUntil(() => _machine.Calls.Count == Count, TimeSpan.FromSeconds(30)));
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"remove d{i}"), _machine.Calls);
    }

    [Fact]
    public void A_client_that_does_not_read_holds_nobody_up()
    {
        Start(isQmp: true);
        _backend.Connect(room: 400);
        _backend.Send(Negotiate);
        _backend.WaitFor("{\"return\":{}}");
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 100_000; i++)
            _machine.Raise("STOP");

        // This is the machine's thread; it has not waited. Events were kept up to a bound.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        _backend.MakeRoom(int.MaxValue);
        _backend.Send("{\"execute\":\"cont\",\"id\":5}\n");
        _backend.WaitFor("\"id\":5");
        Assert.InRange(_backend.Output.Split("\"event\":\"STOP\"").Length - 1, 1, 1100);
    }

    [Fact]
    public void The_end_does_not_wait_for_a_client_that_does_not_read()
    {
        Start(isQmp: false);
        _backend.Connect(room: 3);
        _backend.Send("help\n");
        _backend.WaitFor("ps3");
        var clock = Stopwatch.StartNew();

        _server!.Dispose();
        _server = null;

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }

    [Fact]
    public void What_happens_until_the_end_is_told()
    {
        Start(isQmp: true);
        _backend.Connect();
        _backend.Send(Negotiate);
        _backend.WaitFor("{\"return\":{}}");
        _machine.Raise("SHUTDOWN");

        _server!.Dispose();
        _server = null;

        Assert.Contains("\"SHUTDOWN\"", _backend.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_the_program_is_told_and_the_connection_stays()
    {
        Start(isQmp: true);
        _machine.Failure = new InvalidCastException("a bug");
        _backend.Connect();
        _backend.Send(Negotiate + "{\"execute\":\"cont\"}\n{\"execute\":\"cont\",\"id\":2}\n");
        _backend.WaitFor("\"id\":2");

        Assert.Contains("This program has failed", _backend.Output, StringComparison.Ordinal);
        Assert.Contains("a bug", Assert.Single(_faults), StringComparison.Ordinal);
    }

    private void Start(bool isQmp)
    {
        CommandTable commands = StandardCommands.Create();
        _server = new MonitorServer(
            _backend, _machine, () => isQmp ? new QmpSession(commands, _machine) : new LineSession(commands, _machine), _faults.Add);
    }
}
