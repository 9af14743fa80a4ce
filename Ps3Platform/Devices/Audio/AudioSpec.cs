using System.Diagnostics.CodeAnalysis;

namespace Ps3Platform.Devices.Audio;

/// <summary>Kinds of places where sound goes.</summary>
public enum AudioKind
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>A WAV file.</summary>
    Wav,

    /// <summary>Standard output, a named pipe or a file, without a header.</summary>
    Pipe,

    /// <summary>The host's loudspeakers.</summary>
    Host,
}

/// <summary>Where sound goes, as a user writes it (<see cref="Forms"/>).</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Path">The file; empty for standard output, and for kinds without a file.</param>
public sealed record AudioSpec(AudioKind Kind, string Path = "")
{
    /// <summary>How each kind is written.</summary>
    public const string Forms = "none, wav:FILE, pipe: for standard output, pipe:FILE or host";

    private const string WavPrefix = "wav:";
    private const string PipePrefix = "pipe:";

    /// <summary>Nowhere.</summary>
    public static AudioSpec None { get; } = new(AudioKind.None);

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spec">What it means.</param>
    /// <param name="problem">What is wrong and what to write instead, as a clause without a full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out AudioSpec? spec, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        spec = text switch
        {
            "none" => None,
            "host" => new AudioSpec(AudioKind.Host),
            _ when text.StartsWith(WavPrefix, StringComparison.Ordinal) && text.Length > WavPrefix.Length =>
                new AudioSpec(AudioKind.Wav, text[WavPrefix.Length..]),
            _ when text.StartsWith(PipePrefix, StringComparison.Ordinal) => new AudioSpec(AudioKind.Pipe, text[PipePrefix.Length..]),
            _ => null,
        };
        problem = spec is not null ? null
            : text is "wav" or WavPrefix ? "the name of the file is missing; write for instance wav:sound.wav"
            : $"no such kind; give {Forms}";
        return spec is not null;
    }

    /// <summary>As a user would write it.</summary>
    public override string ToString() => Kind switch
    {
        AudioKind.Wav => WavPrefix + Path,
        AudioKind.Pipe => PipePrefix + Path,
        AudioKind.Host => "host",
        _ => "none",
    };
}
