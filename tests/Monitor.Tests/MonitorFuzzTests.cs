using System.Text;
using System.Text.Json.Nodes;

using Ps3Platform.Monitor.Commands;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Monitor.Protocols;

using Xunit;

namespace Monitor.Tests;

/// <summary>
/// A hostile client of the monitor: lines and JSON that are damaged or made of the right pieces in a wrong order. Every line has one answer
/// of limited size, and the session goes on. <c>PS3_FUZZ_ROUNDS</c> sets the number of lines.
/// </summary>
public sealed class MonitorFuzzTests
{
    private const int UsualRounds = 20_000;
    private const int LongestAnswer = 64 << 10;
    private const int LookEvery = 1000;
    private const long AllowedGrowth = 8 << 20;

    private static readonly string[] Words =
    [
        "help", "info", "status", "block", "network", "devices", "cpus", "spes", "hypercalls", "calls", "version", "stop", "cont", "eject",
        "-f",
        "cdrom", "change", "device_add", "disk,id=d,drive=a", "disk,=", "d", "device_del", "screendump", "/x.png", "system_reset",
        "system_powerdown", "quit", "\"a b\"", "\"", "\\", "\\\"", ",", "=", "-", "--", "\u0000", "\u001b[2J", "\ud83d\udc27", "\ufffd",
    ];

    private static readonly string[] Json =
    [
        """{"execute":"stop"}""", """{"execute":"eject","arguments":{"device":"cdrom","force":true}}""",
        """{"execute":"blockdev-change-medium","arguments":{"device":"cdrom","filename":"a"},"id":1}""",
        """{"execute":"device_add","arguments":{"driver":"disk","id":"d","n":3,"ro":true}}""",
        """{"execute":"device_del","arguments":{"id":"d"},"id":{"n":[1,null,"\u00e4"]}}""",
        """{"execute":"human-monitor-command","arguments":{"command-line":"info devices"}}""", """{"execute":"query-block"}""",
        """{"execute":"query-commands","id":"x"}""", """{"execute":"qmp_capabilities","arguments":{"enable":[]}}""",
        """{"execute":"screendump","arguments":{"filename":"s.png"}}""", """{"execute":"query-cpus"}""",
    ];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "1e999", "-0", "18446744073709551616", "\"id\":",
        "\"execute\":",
        "\"arguments\":", "{\"a\":", "\u0000", "\ud83d\udc27", " ", "\t",
    ];

    private readonly FakeMachine _machine = new();
    private readonly CommandTable _commands = StandardCommands.Create();

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("PS3_FUZZ_ROUNDS"), out int given) ? given : UsualRounds;

    [Fact]
    public void Every_line_has_an_answer_and_a_prompt()
    {
        var session = new LineSession(_commands, _machine);
        Run(31, session, static random => Line(random), static (_, answer) =>
            Assert.EndsWith("(ps3) ", answer, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_json_line_has_one_answer_that_is_json()
    {
        var session = new QmpSession(_commands, _machine);
        session.Answer("""{"execute":"qmp_capabilities"}""");
        int good = 0;
        Run(32, session, static random => Damaged(random), (line, answer) =>
        {
            Assert.Equal(string.IsNullOrWhiteSpace(line), answer.Length == 0);
            if (answer.Length == 0)
                return;
            Assert.EndsWith("\r\n", answer, StringComparison.Ordinal);
            JsonObject parsed = JsonNode.Parse(answer)!.AsObject();
            Assert.True(parsed.ContainsKey("return") ^ parsed.ContainsKey("error"), line);
            good += parsed.ContainsKey("return") ? 1 : 0;
        });
        Assert.InRange(good, Rounds / 20, Rounds);
    }

    /// <summary>The bytes of a client, in pieces of any size, are lines of limited length.</summary>
    [Fact]
    public void Bytes_become_lines_of_limited_length()
    {
        const int Longest = 100;
        var random = new Random(33);
        var reader = new LineReader();
        byte[] bytes = new byte[300];
        (int lines, int overlong) = (0, 0);
        for (int round = 0; round < Rounds; round++)
        {
            random.NextBytes(bytes);
            ReadOnlySpan<byte> left = bytes.AsSpan(0, random.Next(bytes.Length));
            while (reader.TryTake(ref left, Longest, out string? line))
            {
                Assert.True(line is null || line.Length <= Longest);
                Assert.DoesNotContain('\n', line ?? "");
                (lines, overlong) = (lines + 1, overlong + (line is null ? 1 : 0));
            }
        }

        Assert.InRange(overlong, Rounds / 20, lines - (Rounds / 20));
    }

    private void Run(int seed, IMonitorSession session, Func<Random, string> make, Action<string, string> examine)
    {
        var random = new Random(seed);
        long settled = 0;
        for (int round = 0; round < Rounds; round++)
        {
            // Half a surrogate pair cannot come in as UTF-8.
            string line = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(make(random)));
            if (random.Next(20) == 0)
                _machine.Failure = new MonitorException("It \u0007 does not work.", MonitorError.DeviceNotFound);
            string answer = session.Answer(line);
            Assert.True(answer.Length < LongestAnswer, line);
            examine(line, answer);
            if (round % LookEvery != 0)
                continue;
            _machine.Forget();
            if (round == Rounds / 10 / LookEvery * LookEvery)
                settled = GC.GetTotalMemory(forceFullCollection: true);
        }

        _machine.Forget();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - settled, long.MinValue, AllowedGrowth);
    }

    private static string Line(Random random)
    {
        var line = new StringBuilder();
        for (int words = random.Next(6); words >= 0; words--)
        {
            line.Append(Words[random.Next(Words.Length)]);
            if (random.Next(8) != 0)
                line.Append(' ');
        }

        for (int changes = random.Next(3); changes > 0 && line.Length > 0; changes--)
            line[random.Next(line.Length)] = (char)random.Next(random.Next(4) == 0 ? 0x1_0000 : 0x80);
        return line.ToString();
    }

    private static string Damaged(Random random)
    {
        var line = new StringBuilder(Json[random.Next(Json.Length)]);
        for (int changes = random.Next(4); changes > 0 && line.Length > 0; changes--)
        {
            int at = random.Next(line.Length);
            switch (random.Next(5))
            {
                case 0:
                    line.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1:
                    line.Remove(at, Math.Min(random.Next(1, 20), line.Length - at));
                    break;
                case 2:
                    line.Insert(at, line.ToString(at, Math.Min(random.Next(1, 30), line.Length - at)));
                    break;
                case 3:
                    line[at] = (char)random.Next(random.Next(4) == 0 ? 0x1_0000 : 0x80);
                    break;
                default:
                    line.Append(Json[random.Next(Json.Length)]);
                    break;
            }
        }

        return line.ToString();
    }
}
