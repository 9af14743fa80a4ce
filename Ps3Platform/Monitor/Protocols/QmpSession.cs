using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

using Ps3Platform.Monitor.Commands;
using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Protocols;

/// <summary>
/// JSON for programs, shaped as the QEMU Machine Protocol: a greeting, <c>qmp_capabilities</c>, then commands with their answers, and
/// events. One object a line.
/// </summary>
public sealed class QmpSession(CommandTable commands, IMachineControl machine) : IMonitorSession
{
    private const string Negotiate = "qmp_capabilities";
    private const string HumanCommand = "human-monitor-command";

    private static readonly JsonSerializerOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 64, AllowDuplicateProperties = false };
    private bool _isNegotiated;

    /// <inheritdoc/>
    public int LongestLine => 64 << 10;

    /// <inheritdoc/>
    public string Greeting =>
        Write(new JsonObject { ["QMP"] = new JsonObject { ["version"] = StandardCommands.Version(), ["capabilities"] = new JsonArray() } });

    /// <inheritdoc/>
    public string Answer(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (string.IsNullOrWhiteSpace(line))
            return "";
        JsonNode? id = null;
        JsonObject answer;
        try
        {
            JsonObject request = Parse(line);
            id = request["id"]?.DeepClone();
            answer = new JsonObject { ["return"] = Execute(request) ?? new JsonObject() };
        }
        catch (MonitorException e)
        {
            answer = Error(e);
        }

        if (id is not null)
            answer["id"] = id;
        return Write(answer);
    }

    /// <inheritdoc/>
    public string Refuse(string problem) => Write(Error(new MonitorException(problem)));

    /// <inheritdoc/>
    public string Tell(MachineEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (!_isNegotiated)
            return "";
        long microseconds = (happened.Time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var told = new JsonObject
        {
            ["timestamp"] = new JsonObject
            {
                ["seconds"] = microseconds / 1_000_000,
                ["microseconds"] = microseconds % 1_000_000,
            },
            ["event"] = happened.Name,
        };
        if (happened.Data is { } data)
            told["data"] = data.DeepClone();
        return Write(told);
    }

    private static string Write(JsonObject line) => line.ToJsonString(Style) + "\r\n";

    private static JsonObject Error(MonitorException e) =>
        new() { ["error"] = new JsonObject { ["class"] = e.Error.ToString(), ["desc"] = e.Message } };

    private static JsonObject Parse(string line)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(line, documentOptions: Reading);
            Unescape(node);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new MonitorException("JSON parse error: give one object a line", cause: e);
        }

        return node as JsonObject ?? throw new MonitorException("QMP input must be a JSON object");
    }

    // Texts are unescaped when they are first used: half of a surrogate pair shows only then.
    private static void Unescape(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach ((_, JsonNode? value) in members)
                    Unescape(value);
                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                    Unescape(item);
                break;
            default:
                _ = Text(node);
                break;
        }
    }

    private JsonNode? Execute(JsonObject request)
    {
        if (request.FirstOrDefault(static member => member.Key is not ("execute" or "arguments" or "id")).Key is { } unknown)
            throw new MonitorException($"QMP input member '{Clip(unknown)}' is unexpected");
        string name = Text(request["execute"]) ?? throw new MonitorException("QMP input lacks member 'execute' with a string");
        JsonObject arguments = request["arguments"] switch
        {
            null => [],
            JsonObject given => given,
            _ => throw new MonitorException("QMP input member 'arguments' must be an object"),
        };
        if (name == Negotiate)
            return Begin(arguments);
        if (!_isNegotiated)
        {
            throw new MonitorException(
                $"Expecting capabilities negotiation with '{Negotiate}'", MonitorError.CommandNotFound);
        }

        if (name == HumanCommand)
        {
            string line = Text(arguments["command-line"]) ?? throw new MonitorException("Parameter 'command-line' is missing");
            return string.Concat(LineSession.Execute(commands, machine, line).Select(static shown => shown + "\r\n"));
        }

        MonitorCommand command = commands.FindQmp(name);
        return command.Run(machine, Read(command, arguments));
    }

    private JsonObject? Begin(JsonObject arguments)
    {
        if (_isNegotiated)
            throw new MonitorException("Capabilities negotiation is already complete, command ignored", MonitorError.CommandNotFound);
        if (arguments["enable"] is JsonArray { Count: > 0 })
            throw new MonitorException("There are no capabilities to enable");
        _isNegotiated = true;
        return null;
    }

    private static CommandArguments Read(MonitorCommand command, JsonObject given)
    {
        var read = new CommandArguments();
        bool takesPairs = command.Arguments.Any(static argument => argument.Form == ArgumentForm.Properties);
        foreach ((string key, JsonNode? value) in given)
        {
            CommandArgument? argument = command.Arguments.FirstOrDefault(argument => argument.Name == key);
            if (argument is { Form: ArgumentForm.Flag })
            {
                if (value?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
                    throw new MonitorException($"Invalid parameter type for '{key}', expected: boolean");
                if (value.GetValueKind() == JsonValueKind.True)
                    read.SetFlag(key);
            }
            else if (argument is not null)
                read[key] = Value(argument, value);
            else if (takesPairs && Word(value) is { } word)
                read.TryAddProperty(key, word);
            else
                throw new MonitorException($"Parameter '{Clip(key)}' is unexpected");
        }

        if (command.Arguments.FirstOrDefault(argument => !argument.IsOptional && read.Find(argument.Name) is null) is { } missing)
            throw new MonitorException($"Parameter '{missing.Name}' is missing");
        return read;
    }

    private static string Value(CommandArgument argument, JsonNode? value) => argument.Form switch
    {
        ArgumentForm.Number => value?.GetValueKind() == JsonValueKind.Number ? value.ToJsonString()
            : throw new MonitorException($"Invalid parameter type for '{argument.Name}', expected: integer"),
        ArgumentForm.Keys when value is JsonArray { Count: > 0 } keys => string.Join('-', keys.Select(Key)),
        ArgumentForm.Keys => throw new MonitorException($"Invalid parameter type for '{argument.Name}', expected: array"),
        _ => Text(value) ?? throw new MonitorException($"Invalid parameter type for '{argument.Name}', expected: string"),
    };

    private static string Key(JsonNode? key) =>
        key is JsonObject one && Text(one["type"]) == "qcode" && Text(one["data"]) is { } name ? name
            : throw new MonitorException("A key is an object such as {\"type\": \"qcode\", \"data\": \"a\"}");

    private static string Clip(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    // A pair's value as a line has it.
    private static string? Word(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => (string?)value,
        JsonValueKind.Number => value.ToJsonString(),
        JsonValueKind.True => "on",
        JsonValueKind.False => "off",
        _ => null,
    };
}
