using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Video;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>Where a web server listens (<see cref="WebSpec"/>).</summary>
internal sealed class WebPlaceKind : ValueKind<WebSpec>
{
    public override string Placeholder => WebSpec.Form;

    public override JsonShape Shape { get; } = new() { Pattern = "^(.*:)?[0-9]+$" };

    public override bool TryRead(string text, [MaybeNullWhen(false)] out WebSpec value, [NotNullWhen(false)] out string? problem) =>
        WebSpec.TryParse(text, out value, out problem);
}
