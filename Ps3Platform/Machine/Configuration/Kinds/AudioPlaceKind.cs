using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Audio;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>Where sound goes (<see cref="AudioSpec"/>).</summary>
internal sealed class AudioPlaceKind : ValueKind<AudioSpec>
{
    public override string Placeholder => "none|wav:FILE|pipe:[FILE]|host";

    public override string Range => AudioSpec.Forms;

    public override JsonShape Shape { get; } = new() { Pattern = "^(none|host|wav:.+|pipe:.*)$" };

    public override bool TryRead(string text, [MaybeNullWhen(false)] out AudioSpec value, [NotNullWhen(false)] out string? problem) =>
        AudioSpec.TryParse(text, out value, out problem);
}
