using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Audio;
using Ps3Platform.Host.Audio;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Session;

/// <summary>Where a run's sound goes: what <c>--audio</c> names, and whoever subscribes to <see cref="Feed"/>.</summary>
internal sealed class SoundOutput : IDisposable
{
    private readonly HostAudio? _host;
    private readonly AudioSpec _spec;

    /// <summary>Opens what options ask for.</summary>
    /// <exception cref="UsageException">It cannot be opened.</exception>
    public SoundOutput(SourcedOptions options)
    {
        _spec = options.Options.Audio;
        try
        {
            _host = HostAudio.Open(_spec, Terminal.Error);
        }
        catch (AudioException e)
        {
            throw new UsageException($"{options.PlaceOf("audio")} {e.Message}.");
        }

        if (_host is not null)
            Feed.Subscribe(_host);
    }

    /// <summary>What the machine plays, for further listeners.</summary>
    public AudioFeed Feed { get; } = new();

    /// <summary>Completes the output, and says what is missing in it.</summary>
    /// <param name="code">The run's exit code.</param>
    /// <returns>The exit code, after the output.</returns>
    public int Finish(int code)
    {
        if (_host is null)
            return code;
        _host.Dispose();
        if (_host.Dropped > 0)
            Terminal.Note($"{_host.Dropped:N0} frames of sound are missing: what takes them was too slow, or had ended");
        if (_spec.Kind == AudioKind.Wav && _host.Written == 0)
            Terminal.Note($"{_spec.Path} has no sound: the guest played none");
        // A player or a reader that went away is no loss of a result; a recording is.
        bool isLost = _spec.Kind == AudioKind.Wav && (_host.HasFailed || _host.Dropped > 0);
        return isLost && code == ExitCode.Success ? ExitCode.OutputLost : code;
    }

    /// <inheritdoc/>
    public void Dispose() => _host?.Dispose();
}
