using System.Text.Json.Nodes;

using Ps3Platform.Monitor.Commands;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Monitor.Protocols;

using Xunit;

namespace Monitor.Tests;

/// <summary>JSON for programs.</summary>
public sealed class QmpSessionTests
{
    private const string Negotiate = "{\"execute\": \"qmp_capabilities\"}";
    private readonly FakeMachine _machine = new();
    private readonly QmpSession _session;

    public QmpSessionTests() => _session = new QmpSession(StandardCommands.Create(), _machine);

    [Fact]
    public void A_greeting_has_a_version_and_capabilities()
    {
        JsonNode qmp = JsonNode.Parse(_session.Greeting)!["QMP"]!;

        Assert.Equal("ps3", (string?)qmp["version"]!["package"]);
        Assert.NotNull(qmp["version"]!["qemu"]!["major"]);
        Assert.Empty(qmp["capabilities"]!.AsArray());
        Assert.EndsWith("\r\n", _session.Greeting, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_done_and_told_before_the_negotiation_and_that_is_done_once()
    {
        Assert.Equal("CommandNotFound", ErrorClass("""{"execute": "stop"}"""));
        Assert.Equal("", _session.Tell(new MachineEvent("STOP", DateTimeOffset.UtcNow, null)));
        Assert.Empty(_machine.Calls);

        Assert.Equal("{\"return\":{}}\r\n", _session.Answer(Negotiate));
        Assert.Equal("CommandNotFound", ErrorClass(Negotiate));
        Assert.Equal("{\"return\":{}}\r\n", _session.Answer("""{"execute": "stop"}"""));
        Assert.Equal(["stop"], _machine.Calls);
    }

    [Theory]
    [InlineData("""{"execute":"eject","arguments":{"device":"cdrom"}}""", "eject cdrom False")]
    [InlineData("""{"execute":"eject","arguments":{"force":true,"device":"cdrom"}}""", "eject cdrom True")]
    [InlineData("""{"execute":"blockdev-change-medium","arguments":{"device":"cdrom","filename":"a b.iso"}}""", "change cdrom <a b.iso>")]
    [InlineData("""{"execute":"device_add","arguments":{"driver":"disk","id":"d","n":3,"ro":true}}""", "add disk id=d n=3 ro=on")]
    [InlineData("""{"execute":"device_del","arguments":{"id":"d"}}""", "remove d")]
    [InlineData(
        """{"execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"shift"},{"type":"qcode","data":"a"}],"hold-time":50}}""",
        "keys shift-a 50")]
    [InlineData("""{"execute":"screendump","arguments":{"filename":"s.png"}}""", "screen <s.png>")]
    [InlineData("""{"execute":"system_reset","arguments":{}}""", "reset")]
    [InlineData("""{"execute":"human-monitor-command","arguments":{"command-line":"stop"}}""", "stop")]
    public void Arguments_are_members(string line, string call)
    {
        _session.Answer(Negotiate);

        Assert.NotNull(Parse(line)["return"]);
        Assert.Equal([call], _machine.Calls);
    }

    [Theory]
    [InlineData("""{"execute":"stop","id":"abc"}""", "\"abc\"")]
    [InlineData("""{"execute":"stop","id":{"n":[1,null]}}""", """{"n":[1,null]}""")]
    [InlineData("""{"execute":"no-such","id":7}""", "7")]
    [InlineData("""{"id":7}""", "7")]
    public void An_id_comes_back(string line, string id)
    {
        _session.Answer(Negotiate);

        Assert.Equal(id, Parse(line)["id"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{", "GenericError")]
    [InlineData("nonsense", "GenericError")]
    [InlineData("[]", "GenericError")]
    [InlineData("null", "GenericError")]
    [InlineData("""{"execute":"stop"} {"execute":"stop"}""", "GenericError")]
    [InlineData("""{"execute":"stop","execute":"quit"}""", "GenericError")]
    [InlineData("""{"execute":7}""", "GenericError")]
    [InlineData("""{"execute":"stop","exec":1}""", "GenericError")]
    [InlineData("""{"execute":"stop","arguments":[]}""", "GenericError")]
    [InlineData("""{"execute":"stop","arguments":{"a":1}}""", "GenericError")]
    [InlineData("""{"execute":"eject"}""", "GenericError")]
    [InlineData("""{"execute":"eject","arguments":{"device":3}}""", "GenericError")]
    [InlineData("""{"execute":"eject","arguments":{"device":"a","force":"yes"}}""", "GenericError")]
    [InlineData("""{"execute":"device_add","arguments":{"driver":"a","b":[]}}""", "GenericError")]
    [InlineData("""{"execute":"\ud800"}""", "GenericError")]
    [InlineData("""{"execute":"stop","\udc00":1}""", "GenericError")]
    [InlineData("""{"execute":"help"}""", "CommandNotFound")]
    [InlineData("""{"execute":""}""", "CommandNotFound")]
    public void What_is_wrong_is_an_error_and_the_session_goes_on(string line, string error)
    {
        _session.Answer(Negotiate);

        Assert.Equal(error, ErrorClass(line));
        Assert.Equal(error, ErrorClass(line));
        Assert.Empty(_machine.Calls);
        Assert.NotNull(Parse("""{"execute":"query-status"}""")["return"]);
    }

    [Fact]
    public void Deep_nesting_is_an_error()
    {
        _session.Answer(Negotiate);

        Assert.Equal("GenericError", ErrorClass(new string('[', 60_000)));
    }

    [Fact]
    public void Errors_of_the_machine_keep_their_class()
    {
        _session.Answer(Negotiate);
        _machine.Failure = new MonitorException("There is no drive 'x'.", MonitorError.DeviceNotFound);

        JsonNode error = Parse("""{"execute":"eject","arguments":{"device":"x"}}""")["error"]!;

        Assert.Equal("""{"class":"DeviceNotFound","desc":"There is no drive 'x'."}""", error.ToJsonString(
            new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void An_event_has_time_and_data()
    {
        _session.Answer(Negotiate);

        Assert.Equal(
            """{"timestamp":{"seconds":1700000000,"microseconds":250000},"event":"RESET","data":{"guest":true}}""" + "\r\n",
            _session.Tell(new MachineEvent(
                "RESET", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250), new JsonObject { ["guest"] = true })));
    }

    [Fact]
    public void Queries_return_data()
    {
        _session.Answer(Negotiate);

        Assert.Equal("""{"status":"running","running":true}""", Parse("""{"execute":"query-status"}""")["return"]!.ToJsonString());
        JsonArray block = Parse("""{"execute":"query-block"}""")["return"]!.AsArray();
        Assert.Equal(["disk", "cdrom"], block.Select(static device => (string?)device!["device"]));
        Assert.Equal((1 << 30, 7), ((int)block[0]!["medium"]!["size"]!, (int)block[0]!["state"]!["reads-so-far"]!));
        Assert.Equal("VM status: running\r\n", (string?)Parse(
            """{"execute":"human-monitor-command","arguments":{"command-line":"info status"}}""")["return"]);
    }

    [Fact]
    public void The_list_of_commands_is_that_of_the_table()
    {
        _session.Answer(Negotiate);
        string[] names = [.. Parse("""{"execute":"query-commands"}""")["return"]!.AsArray().Select(static one => (string)one!["name"]!)];

        Assert.Equal(StandardCommands.Create().All.Select(static command => command.QmpName).OfType<string>(), names);
        Assert.Contains("query-cpus", names);
        Assert.Equal(7, Parse("""{"execute":"query-events"}""")["return"]!.AsArray().Count);
    }

    private JsonNode Parse(string line) => JsonNode.Parse(_session.Answer(line))!;

    private string? ErrorClass(string line) => (string?)Parse(line)["error"]?["class"];
}
