using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Commands;

/// <summary>What the service returns, as JSON with names as in the QEMU Machine Protocol: "read-only".</summary>
internal static class ResultJson
{
    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.KebabCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>A record, or a list of records, of one type.</summary>
    public static JsonNode Of<T>(T value) => JsonSerializer.SerializeToNode(value, Style) ?? new JsonObject();

    /// <summary>Devices: what a device remembers is of its own type.</summary>
    public static JsonArray Of(IEnumerable<DeviceReport> devices) => new([.. devices.Select(static device => new JsonObject
    {
        ["device"] = device.Name,
        ["class"] = Of(device.Class),
        ["medium"] = device.Medium is null ? null : Of(device.Medium),
        ["tray-open"] = device.IsTrayOpen,
        ["state"] = JsonSerializer.SerializeToNode(device.State, device.State.GetType(), Style),
    })]);

    /// <summary>A word of an enumeration: "io-error".</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => (string?)Of(value) ?? "";
}
