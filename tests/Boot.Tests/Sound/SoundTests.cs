using System.Globalization;

using Boot.Tests.Linux;

using Xunit;

namespace Boot.Tests.Sound;

/// <summary>
/// Linux's snd_ps3 plays a 997 Hz sine (firmware-stubs/sound), which comes out to the sample. <c>PS3_SOUND_SECONDS</c> plays it that long
/// in all rates and widths; without it a second in two of them.
/// </summary>
public sealed class SoundTests : IDisposable
{
    private const int Frequency = 997;

    private static readonly string Tone = Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "sound", "tone");

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-sound-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void A_sine_comes_out_to_the_sample()
    {
        string? given = Environment.GetEnvironmentVariable("PS3_SOUND_SECONDS");
        int seconds = given is null ? 1 : int.Parse(given, CultureInfo.InvariantCulture);
        (int Rate, int Bits)[] formats = given is null ? [(48000, 16), (96000, 24)]
            : [.. from rate in (int[])[44100, 48000, 88200, 96000] from bits in (int[])[16, 24] select (rate, bits)];
        string wav = Path.Combine(_folder, "sine.wav");

        // Linux's two seconds of silence before a new format are left out.
        IReadOnlyList<string> said = new GuestScript(_folder).With("tone", File.ReadAllBytes(Tone)).Run(
            "vmlinux-6.1-full.xz",
            "chmod +x /tone\ncat /proc/asound/cards | sayall\n"
            + string.Concat(formats.Select(one => $"/tone {one.Rate} {one.Bits} {one.Rate * seconds} 2>&1 | sayall\n")),
            "--append", "snd_ps3.start_delay=0", "--clock", "instructions", "--audio", $"wav:{wav}");

        Assert.Contains(said, static line => line.Contains("PS3 sound", StringComparison.Ordinal));
        for (int number = 0; number < formats.Length; number++)
        {
            (int rate, int bits) = formats[number];
            string line = $"tone {rate} Hz {bits} bits {rate * seconds} frames, underruns 0, stalls 0, drain 0, ms ";
            string played = Assert.Single(said, one => one.StartsWith(line, StringComparison.Ordinal));
            // By the guest's own clock: the sine, silence of 16384 frames, and what was in the buffers.
            int milliseconds = int.Parse(played[line.Length..], CultureInfo.InvariantCulture);
            Assert.InRange(milliseconds, seconds * 1000, (seconds * 1000) + 500);
            Check(WavFile.Read(number == 0 ? wav : Path.Combine(_folder, $"sine-{number + 1}.wav")), rate, bits, seconds);
        }
    }

    private static void Check(WavFile wav, int rate, int bits, int seconds)
    {
        Assert.Equal((2, rate, bits), (wav.Channels, wav.Rate, wav.Bits));
        // Frame 0 of the sine is 0 in both channels; the recording begins with the block that has it.
        int first = 0;
        while (wav.Left(first + 1) == 0)
            first++;
        int frames = rate * seconds;
        int full = (1 << (bits - 1)) - 1;
        for (int frame = 0; frame < frames; frame++)
        {
            double sine = Math.Sin(2 * Math.PI * (Frequency * (long)frame % rate) / rate);
            (int left, int right) = (wav.Left(first + frame), wav.Right(first + frame));
            if (Math.Abs(left - (0.5 * sine * full)) > 1 || Math.Abs(right + (0.25 * sine * full)) > 1)
            {
                Assert.Fail($"{rate} Hz, {bits} bits, frame {frame}: {left} and {right} for {sine * full}");
            }
        }

        // Then silence to the end: not a frame more.
        for (int frame = first + frames; frame < wav.Frames; frame++)
            Assert.Equal((0, 0), (wav.Left(frame), wav.Right(frame)));
        Assert.Equal(Frequency * seconds, Enumerable.Range(first, frames - 1).Count(at => wav.Left(at) <= 0 && wav.Left(at + 1) > 0));
    }
}
