using System.Diagnostics;
using System.Globalization;

using Ps3Platform.Devices.Audio;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Audio;

/// <summary>
/// Plays sound on the host through ALSA's own player, aplay(1), which also reaches PipeWire and PulseAudio by their ALSA plug-ins. It is a
/// process, so that no native library is loaded into this one; it is started anew for each format.
/// </summary>
internal sealed class PlayerWriter : IAudioWriter
{
    private const string Player = "aplay";
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private readonly string _program;
    private Process? _process;
    private Task<string>? _errors;

    /// <summary>Finds the player.</summary>
    /// <param name="program">Path of a player that takes the same arguments; null: aplay of the folders in PATH.</param>
    /// <exception cref="AudioException">It is not installed.</exception>
    public PlayerWriter(string? program = null) => _program = program ?? HostPrograms.Find(Player)
        ?? throw new AudioException($"host: needs {Player}, which is not installed; apt install alsa-utils, or give wav:FILE");

    /// <summary>A third of a second at most: what is played shall not lag far behind the guest.</summary>
    public int QueueBytes => 64 << 10;

    /// <inheritdoc/>
    public void Begin(AudioFormat format)
    {
        End();
        string[] arguments =
        [
            _program, "-q", "-t", "raw", "-f", format.Bits == 16 ? "S16_LE" : "S24_3LE", "-c",
            AudioFormat.Channels.ToString(CultureInfo.InvariantCulture), "-r", format.Rate.ToString(CultureInfo.InvariantCulture), "-",
        ];
        // In a session of its own: Ctrl-C is for the guest's power button, and the rest of the sound is still played.
        string? session = HostPrograms.Find("setsid");
        var start = new ProcessStartInfo(session ?? _program, session is null ? arguments[1..] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new AudioWriteException($"sound: {Player} cannot be started: {e.Message}");
        }

        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> frames)
    {
        try
        {
            _process!.StandardInput.BaseStream.Write(frames);
            _process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            throw Failure();
        }
    }

    /// <inheritdoc/>
    public void Finish() => End();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _process = null;
    }

    // The player plays what it has and ends at the end of its input.
    private void End()
    {
        if (_process is null)
            return;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            throw Failure();
        }

        if (_process.WaitForExit(LongestEnd) && _process.ExitCode != 0)
            throw Failure();
        Dispose();
    }

    // It says much, the reason first: "aplay: main:831: audio open error: No such file or directory".
    private AudioWriteException Failure()
    {
        bool isEnded = _process!.WaitForExit(LongestEnd);
        string said = isEnded && _errors is { } errors ? errors.Result.Trim() : "";
        string reason = said.Split('\n').LastOrDefault(static line => line.StartsWith("aplay: ", StringComparison.Ordinal))
            ?? $"{Player} has ended";
        return new AudioWriteException($"sound cannot be played: {reason}");
    }
}
