using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Video;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>Where a VNC server listens (<see cref="VncSpec"/>).</summary>
internal sealed class VncPlaceKind : ValueKind<VncSpec>
{
    public override string Placeholder => VncSpec.Form;

    public override JsonShape Shape { get; } = new() { Pattern = "^.*:[0-9]+(,password=.+)?$" };

    public override VncSpec WithPaths(VncSpec value, PathChange change) => value.WithPasswordFile(change.Apply);

    public override bool TryRead(string text, [MaybeNullWhen(false)] out VncSpec value, [NotNullWhen(false)] out string? problem) =>
        VncSpec.TryParse(text, out value, out problem);
}
