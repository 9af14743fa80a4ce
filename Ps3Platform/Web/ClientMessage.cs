using System.Text.Json.Serialization;

namespace Ps3Platform.Web;

/// <summary>What a page says of its screen; one kind at a time.</summary>
internal sealed record ClientMessage
{
    /// <summary>The last change is on the screen.</summary>
    public bool Shown { get; init; }

    /// <summary>All keys and buttons are let go: the page has lost the focus.</summary>
    public bool Release { get; init; }

    /// <summary>A key, by <c>KeyboardEvent.code</c>.</summary>
    public string? Key { get; init; }

    /// <summary>The key goes down, or up.</summary>
    public bool? Down { get; init; }

    /// <summary>The pointer's place in pixels of the screen.</summary>
    public int? X { get; init; }

    /// <inheritdoc cref="X"/>
    public int? Y { get; init; }

    /// <summary>Buttons that are down, in the bits of <c>MouseEvent.buttons</c>: left, right, middle, back, forward.</summary>
    public int Buttons { get; init; }

    /// <summary>Steps of the wheel; away from the user is positive.</summary>
    public int Wheel { get; init; }

    /// <summary>Text to type.</summary>
    public string? Text { get; init; }
}

/// <summary>Reads messages without reflection; an unknown member is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ClientMessage))]
internal sealed partial class ClientMessageContext : JsonSerializerContext;
