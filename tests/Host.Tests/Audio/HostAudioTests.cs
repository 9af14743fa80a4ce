using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

using Ps3Platform.Devices.Audio;
using Ps3Platform.Host.Audio;

using Xunit;

namespace Host.Tests.Audio;

/// <summary>Where sound goes on the host: WAV files, pipes, the player.</summary>
public sealed class HostAudioTests : IDisposable
{
    private static readonly AudioFormat Cd = new(44100, 16);
    private static readonly AudioFormat Studio = new(96000, 24);

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-audio-").FullName;
    private readonly List<string> _reports = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_wav_file_says_what_is_in_it()
    {
        string path = At("tone.wav");
        using (HostAudio audio = HostAudio.Open(new AudioSpec(AudioKind.Wav, path), Report)!)
        {
            audio.Play(Cd, Frames(Cd, 1000));
            audio.Play(Cd, new byte[Cd.FrameBytes * 500]);
            audio.Play(Cd, Frames(Cd, 1000));
        }

        byte[] file = File.ReadAllBytes(path);
        Assert.Equal(44 + (2500 * 4), file.Length);
        Assert.Equal("RIFF", Encoding.ASCII.GetString(file, 0, 4));
        Assert.Equal(file.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)));
        Assert.Equal("WAVEfmt ", Encoding.ASCII.GetString(file, 8, 8));
        Assert.Equal([16, 0, 0, 0, 1, 0, 2, 0, 0x44, 0xac, 0, 0, 0x10, 0xb1, 2, 0, 4, 0, 16, 0], file[16..36]);
        Assert.Equal("data", Encoding.ASCII.GetString(file, 36, 4));
        Assert.Equal(2500 * 4, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(40)));
        Assert.Equal(Frames(Cd, 1000), file[44..4044]);
        Assert.Empty(_reports);
    }

    [Fact]
    public void More_than_16_bits_have_the_extended_header()
    {
        string path = At("tone.wav");
        using (HostAudio audio = HostAudio.Open(new AudioSpec(AudioKind.Wav, path), Report)!)
            audio.Play(Studio, Frames(Studio, 100));

        byte[] file = File.ReadAllBytes(path);
        Assert.Equal(68 + 600, file.Length);
        Assert.Equal([40, 0, 0, 0, 0xfe, 0xff, 2, 0, 0, 0x77, 1, 0, 0, 0xca, 8, 0, 6, 0, 24, 0, 22, 0, 24, 0, 3, 0, 0, 0], file[16..44]);
        Assert.Equal("0100000000001000800000AA00389B71", Convert.ToHexString(file, 44, 16));
        Assert.Equal("data", Encoding.ASCII.GetString(file, 60, 4));
        Assert.Equal(600, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(64)));
    }

    /// <summary>The driver plays silence at 48 kHz and 16 bits before it sets the format that a program asks for.</summary>
    [Fact]
    public void Each_format_has_its_file_and_begins_with_its_first_sound()
    {
        var start = new AudioFormat(48000, 16);
        using (HostAudio audio = HostAudio.Open(new AudioSpec(AudioKind.Wav, At("a.b.wav")), Report)!)
        {
            audio.Play(start, new byte[start.FrameBytes * 64]);
            audio.Play(Cd, new byte[Cd.FrameBytes * 64]);
            audio.Play(Cd, Frames(Cd, 10));
            audio.Play(start, new byte[start.FrameBytes * 64]);
            audio.Play(Studio, new byte[Studio.FrameBytes * 32]);
            audio.Play(Studio, Frames(Studio, 20));
            audio.Play(Studio, new byte[Studio.FrameBytes * 32]);
            audio.Play(Cd, Frames(Cd, 30));
        }

        Assert.Equal(["a.b-2.wav", "a.b-3.wav", "a.b.wav"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.Equal(44 + 40, new FileInfo(At("a.b.wav")).Length);
        Assert.Equal(68 + (52 * 6), new FileInfo(At("a.b-2.wav")).Length);
        Assert.Equal(44 + 120, new FileInfo(At("a.b-3.wav")).Length);
    }

    [Fact]
    public void Without_sound_there_is_a_file_without_frames()
    {
        using (HostAudio audio = HostAudio.Open(new AudioSpec(AudioKind.Wav, At("none.wav")), Report)!)
            Assert.Equal(0, audio.Written);
        Assert.Equal(44, new FileInfo(At("none.wav")).Length);
    }

    [Theory]
    [InlineData("wav:", "is no file that a header can be completed in; give a file, or pipe:")]
    [InlineData("pipe:", "is no file; give a named pipe or a file")]
    public void A_folder_is_refused(string kind, string problem)
    {
        Assert.True(AudioSpec.TryParse(kind + _folder, out AudioSpec? spec, out _));
        AudioException error = Assert.Throws<AudioException>(() => HostAudio.Open(spec, Report));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AudioKind.Wav)]
    [InlineData(AudioKind.Pipe)]
    public void A_file_that_cannot_be_made_is_refused(AudioKind kind)
    {
        AudioException error = Assert.Throws<AudioException>(() => HostAudio.Open(new AudioSpec(kind, At("missing/a.wav")), Report));
        Assert.EndsWith("cannot be written: no such file or folder; give another name or folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_gets_samples_alone()
    {
        string path = At("raw");
        using (HostAudio audio = HostAudio.Open(new AudioSpec(AudioKind.Pipe, path), Report)!)
        {
            audio.Play(Studio, new byte[Studio.FrameBytes]);
            audio.Play(Studio, Frames(Studio, 10));
        }

        Assert.Equal(Frames(Studio, 10), File.ReadAllBytes(path));
    }

    [SkippableFact]
    public void A_reader_that_does_not_read_makes_nobody_wait()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "named pipes are Linux's");
        string path = At("fifo");
        Process.Start("mkfifo", path).WaitForExit();
        HostAudio audio = HostAudio.Open(new AudioSpec(AudioKind.Pipe, path), Report)!;
        long started = Stopwatch.GetTimestamp();
        // Four megabytes into a queue of one, without a reader.
        byte[] second = Frames(Cd, 44100);
        for (int round = 0; round < 24; round++)
            audio.Play(Cd, second);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1));
        Assert.InRange(audio.Dropped, 18 * 44100, 24 * 44100);
        audio.Dispose();
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));

        // The writer's thread waits in open(2); a reader that goes at once ends that.
        using FileStream reader = File.OpenRead(path);
    }

    [SkippableFact]
    public void A_writer_that_fails_is_reported_once_and_the_rest_is_counted()
    {
        Skip.IfNot(File.Exists("/dev/full"), "there is no /dev/full");
        using (HostAudio audio = HostAudio.Open(new AudioSpec(AudioKind.Pipe, "/dev/full"), Report)!)
        {
            audio.Play(Cd, Frames(Cd, 10));
            Assert.True(SpinWait.SpinUntil(() => audio.HasFailed && _reports.Count > 0, TimeSpan.FromSeconds(20)));
            audio.Play(Cd, Frames(Cd, 7));
            Assert.Equal(7, audio.Dropped);
        }

        Assert.Equal(["sound: /dev/full takes no more: no space is left on its device"], _reports);
    }

    /// <summary>aplay itself, with a default device that writes what it is given into a file.</summary>
    [SkippableFact]
    public void Aplay_plays_each_format()
    {
        Skip.If(OperatingSystem.IsWindows(), "the player is started by a shell script");
        Skip.IfNot(File.Exists("/usr/bin/aplay"), "aplay is not installed (apt-get install alsa-utils)");
        string config = At("asound.conf");
        File.WriteAllText(config, $$"""
            pcm.!default { type file slave.pcm null file "{{At("played")}}" format raw }
            pcm.null { type null }
            """);
        string player = WriteScript($"#!/bin/sh\nALSA_CONFIG_PATH={config} exec /usr/bin/aplay \"$@\" >>{At("arguments")} 2>&1\n");

        using (var audio = new HostAudio(new PlayerWriter(player), Report))
            audio.Play(Studio, Frames(Studio, 9600));

        Assert.Empty(_reports);
        // The player fills its last period up with silence.
        byte[] played = File.ReadAllBytes(At("played"));
        byte[] expected = Frames(Studio, 9600);
        Assert.Equal(expected, played[..expected.Length]);
        Assert.All(played[expected.Length..], static one => Assert.Equal(0, one));
    }

    [SkippableFact]
    public void A_player_that_ends_with_an_error_is_reported_in_its_words()
    {
        Skip.If(OperatingSystem.IsWindows(), "the player is a shell script");
        string player = WriteScript("#!/bin/sh\necho 'aplay: main:831: audio open error: No such file or directory' >&2\nexit 1\n");

        using (var audio = new HostAudio(new PlayerWriter(player), Report))
            audio.Play(Cd, Frames(Cd, 100));

        Assert.Equal(["sound cannot be played: aplay: main:831: audio open error: No such file or directory"], _reports);
    }

    [Theory]
    [InlineData("none", AudioKind.None, "")]
    [InlineData("host", AudioKind.Host, "")]
    [InlineData("pipe:", AudioKind.Pipe, "")]
    [InlineData("pipe:/tmp/fifo", AudioKind.Pipe, "/tmp/fifo")]
    [InlineData("wav:a:b.wav", AudioKind.Wav, "a:b.wav")]
    public void Places_are_read_and_written(string text, AudioKind kind, string path)
    {
        Assert.True(AudioSpec.TryParse(text, out AudioSpec? spec, out _));
        Assert.Equal(new AudioSpec(kind, path), spec);
        Assert.Equal(text, spec.ToString());
    }

    [Theory]
    [InlineData("wav", "the name of the file is missing; write for instance wav:sound.wav")]
    [InlineData("wav:", "the name of the file is missing; write for instance wav:sound.wav")]
    [InlineData("alsa", "no such kind; give none, wav:FILE, pipe: for standard output, pipe:FILE or host")]
    [InlineData("", "no such kind; give none, wav:FILE, pipe: for standard output, pipe:FILE or host")]
    public void Other_places_are_refused(string text, string problem)
    {
        Assert.False(AudioSpec.TryParse(text, out _, out string? said));
        Assert.Equal(problem, said);
    }

    [Fact]
    public void Listeners_come_and_go()
    {
        var feed = new AudioFeed();
        var first = new Listener();
        var second = new Listener();
        IDisposable subscription = feed.Subscribe(first);
        feed.Subscribe(second);
        feed.Play(Cd, Frames(Cd, 1));
        subscription.Dispose();
        subscription.Dispose();
        feed.Play(Cd, Frames(Cd, 2));

        Assert.Equal((1, 3), (first.Frames, second.Frames));
    }

    // No byte of these is 0, and every frame differs from its neighbours.
    private static byte[] Frames(AudioFormat format, int count) =>
        [.. Enumerable.Range(0, count * format.FrameBytes).Select(static at => (byte)(1 + (at % 251)))];

    private string At(string name) => Path.Combine(_folder, name);

    private string WriteScript(string text)
    {
        string player = At("aplay");
        File.WriteAllText(player, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(player, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return player;
    }

    private void Report(string message)
    {
        lock (_reports)
            _reports.Add(message);
    }

    private sealed class Listener : IAudioSink
    {
        public int Frames { get; private set; }

        public void Play(AudioFormat format, ReadOnlySpan<byte> frames) => Frames += frames.Length / format.FrameBytes;
    }
}
