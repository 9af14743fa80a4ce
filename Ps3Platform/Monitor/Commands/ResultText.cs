using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ps3Platform.Monitor.Commands;

/// <summary>Results of commands as columns of text. It knows no command: what a new device remembers is shown without code here.</summary>
internal static class ResultText
{
    private const string Indent = "  ";

    // Larger numbers are shown in both notations: they may be sizes, addresses or bits.
    private const ulong LargestPlain = 0xffff;

    /// <summary>A list of equal objects is a table, an object a list of its members, all else a line each.</summary>
    public static IEnumerable<string> Lines(JsonNode result) => result switch
    {
        JsonArray { Count: 0 } => ["none"],
        JsonArray array when array.All(IsRow) => Table([.. array.OfType<JsonObject>()]),
        JsonArray array => array.SelectMany(static item => item is null ? ["-"] : Lines(item)),
        JsonObject one => Members(one, ""),
        _ => [Cell(result)],
    };

    /// <summary>Devices, each with its name and below it what it remembers.</summary>
    public static IEnumerable<string> Devices(JsonNode result)
    {
        if (result is not JsonArray { Count: > 0 } devices)
            return ["none"];
        return devices.OfType<JsonObject>().SelectMany(static device => (string[])
        [
            $"{(string?)device["device"]}:",
            .. Members(new JsonObject(device.Where(static member => member.Key != "device" && member.Value is not null)
                .Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))), Indent),
        ]);
    }

    /// <summary>Hypercalls as they were made, a line each.</summary>
    public static IEnumerable<string> Calls(JsonNode result) => result is not JsonArray { Count: > 0 } calls ? ["none"]
        : calls.OfType<JsonObject>().Select(static call => $"{call["time-base"]} thread {call["thread"]}: "
            + $"{(string?)call["name"]}({string.Join(", ", ((JsonArray)call["arguments"]!).Select(static one => (string?)one))}) = "
            + $"{(string?)call["status"]}{((bool?)call["denied"] == true ? ", denied" : "")}");

    private static bool IsRow(JsonNode? item) => item is JsonObject one && one.All(static member => member.Value is null or JsonValue);

    // Members of members follow behind their own: "medium.file".
    private static IEnumerable<string> Members(JsonObject one, string indent)
    {
        (string Key, JsonNode? Value)[] rows = [.. Flatten(one, "")];
        int width = rows.Length == 0 ? 0 : rows.Max(static row => row.Key.Length);
        return rows.Select(row => $"{indent}{row.Key.PadRight(width)}  {Cell(row.Value)}");
    }

    private static IEnumerable<(string Key, JsonNode? Value)> Flatten(JsonObject one, string prefix) => one.SelectMany(member =>
        member.Value is JsonObject inner ? Flatten(inner, member.Key == "state" ? prefix : $"{prefix}{member.Key}.")
            : [(Key: prefix + member.Key, member.Value)]);

    private static IEnumerable<string> Table(JsonObject[] rows)
    {
        string[] names = [.. rows.SelectMany(static row => row).Select(static member => member.Key).Distinct()];
        List<string[]> cells = [names, .. rows.Select(row => names.Select(name => Column(name, row[name])).ToArray())];
        bool[] isNumber = [.. names.Select(name => rows.All(row => row[name]?.GetValueKind() is null or JsonValueKind.Number))];
        int[] widths = [.. names.Select((_, index) => cells.Max(row => row[index].Length))];
        return cells.Select(row => string.Join(Indent, row.Select((cell, index) =>
            isNumber[index] ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index]))).TrimEnd());
    }

    private static string Column(string name, JsonNode? value) =>
        name == "address" && value is not null ? $"0x{ulong.Parse(value.ToJsonString(), CultureInfo.InvariantCulture):x}"
            : value is not null && value.GetValueKind() == JsonValueKind.Number ? value.ToJsonString() : Cell(value);

    private static string Cell(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "-",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String => (string?)value ?? "-",
        JsonValueKind.Number => Number(value.ToJsonString()),
        JsonValueKind.Array => ((JsonArray)value).Count == 0 ? "none" : string.Join(", ", ((JsonArray)value).Select(Cell)),
        _ => string.Join(", ", ((JsonObject)value).Select(static member => $"{member.Key}={Cell(member.Value)}")),
    };

    private static string Number(string digits) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number > LargestPlain
            ? $"{digits} (0x{number:x})" : digits;
}
