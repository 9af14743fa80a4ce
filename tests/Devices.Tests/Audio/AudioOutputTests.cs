using System.Buffers.Binary;
using CellPpe.Core;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Audio;
using Xunit;

namespace Devices.Tests.Audio;

/// <summary>Serial output 0: samples, time, signals, silence.</summary>
public sealed class AudioOutputTests : IDisposable
{
    private const uint Left = FakeDma.Start;
    private const uint Right = FakeDma.Start + 0x1000;

    private readonly AudioFixture _audio = new();

    public void Dispose() => _audio.Dispose();

    [Fact]
    public void Samples_of_16_bits_are_interleaved_and_little_endian()
    {
        for (int sample = 0; sample < 64; sample++)
        {
            BinaryPrimitives.WriteInt16BigEndian(_audio.Host.Dma.At(Left + (2 * (uint)sample), 2), (short)(-1000 - sample));
            BinaryPrimitives.WriteInt16BigEndian(_audio.Host.Dma.At(Right + (2 * (uint)sample), 2), (short)(2000 + sample));
        }

        Play();

        (AudioFormat format, byte[] frames) = Assert.Single(_audio.Sink.Played);
        Assert.Equal(new AudioFormat(48000, 16), format);
        Assert.Equal(64 * 4, frames.Length);
        for (int sample = 0; sample < 64; sample++)
        {
            Assert.Equal(-1000 - sample, BinaryPrimitives.ReadInt16LittleEndian(frames.AsSpan(4 * sample)));
            Assert.Equal(2000 + sample, BinaryPrimitives.ReadInt16LittleEndian(frames.AsSpan((4 * sample) + 2)));
        }
    }

    /// <summary>Of 32 bits the lower 24 or 20 count, or the upper ones; 20 bits are played as the upper ones of 24.</summary>
    [Theory]
    [InlineData(24, false, 0x00ab_cdefu, 0xab_cdef)]
    [InlineData(24, false, 0xffab_cdefu, 0xab_cdef)]
    [InlineData(24, true, 0xabcd_ef00u, 0xab_cdef)]
    [InlineData(20, false, 0x000a_bcdeu, 0xab_cde0)]
    [InlineData(20, true, 0xabcd_ef00u, 0xab_cde0)]
    public void Samples_of_24_and_20_bits_have_four_bytes_in_memory_and_three_outside(int bits, bool isHigh, uint field, int sample)
    {
        _audio.Device.SetMode(96000, bits);
        if (isHigh)
            _audio.Write(AudioFixture.Ao3wctrl, _audio.Read(AudioFixture.Ao3wctrl) | 1 << 11);
        _audio.Host.Dma.SetWord(Left + 4, field);
        _audio.Host.Dma.SetWord(Right + 8, field);

        Play();

        (AudioFormat format, byte[] frames) = Assert.Single(_audio.Sink.Played);
        Assert.Equal(new AudioFormat(96000, 24), format);
        Assert.Equal(32 * 6, frames.Length);
        byte[] expected = [(byte)sample, (byte)(sample >> 8), (byte)(sample >> 16)];
        Assert.Equal(expected, frames[6..9]);
        Assert.Equal(expected, frames[15..18]);
        Assert.Equal(6, frames.Count(static one => one != 0));
    }

    [Theory]
    [InlineData(44100, 16)]
    [InlineData(48000, 16)]
    [InlineData(88200, 24)]
    [InlineData(96000, 24)]
    public void A_second_has_as_many_frames_as_the_rate_says(int rate, int bits)
    {
        _audio.Device.SetMode(rate, bits);
        KeepFull();
        _audio.Start();

        for (int tenth = 0; tenth < 30; tenth++)
            _audio.RunFor(IMachineClock.Frequency / 10);

        // The stage that is being played is not counted yet.
        int stage = bits == 16 ? 64 : 32;
        Assert.InRange(3 * rate - (int)_audio.State.FramesPlayed, 0, stage - 1);
        Assert.Equal(0ul, _audio.State.Underflows);
    }

    /// <summary>After a delay of the host a guest that answers loses nothing: what is due comes as fast as it answers.</summary>
    [Fact]
    public void A_delayed_machine_catches_up_with_a_guest_that_answers()
    {
        KeepFull();
        ArmOnEmpty();
        _audio.Start();
        _audio.RunFor(100 * AudioFixture.StageTicks);
        ulong before = _audio.State.FramesPlayed;

        // Six of the eight stages that are full: 8 ms.
        _audio.Clock.TimeBase += 6 * AudioFixture.StageTicks;
        for (int turn = 0; turn < 20; turn++)
        {
            _audio.Events.RunDue(_audio.Clock.TimeBase);
            ArmOnEmpty();
        }

        Assert.Equal(before + (6 * 64), _audio.State.FramesPlayed);
        Assert.Equal(0ul, _audio.State.Underflows);
    }

    [Fact]
    public void A_longer_delay_is_not_caught_up()
    {
        KeepFull();
        _audio.Start();
        _audio.RunFor(100 * AudioFixture.StageTicks);

        // 1.3 s, after which the sound goes on from there.
        _audio.Clock.TimeBase += 1000 * AudioFixture.StageTicks;
        _audio.RunFor(100 * AudioFixture.StageTicks);

        Assert.InRange(_audio.State.FramesPlayed, 199ul * 64, 202ul * 64);
        Assert.Equal(0ul, _audio.State.Underflows);
    }

    /// <summary>With the host's clock, the end of a stage that a console's guest would have answered waits for that.</summary>
    [Fact]
    public void A_guest_that_the_host_delays_loses_nothing()
    {
        using var audio = new AudioFixture(isExact: false);
        audio.Write(AudioFixture.AxIc, 2 << 12);
        for (int stage = 0; stage < 4; stage++)
            audio.FillStage(Left, Right);
        audio.Start();

        // Three stages are played, the fourth waits, though time goes on.
        audio.RunFor(12 * AudioFixture.StageTicks);
        Assert.Equal((3ul * 64, 1), (audio.State.FramesPlayed, audio.State.FilledStages));
        audio.Write(AudioFixture.Kick(0) + 4, 0);
        audio.Write(AudioFixture.Kick(0), AudioFixture.OnEmpty | AudioFixture.Request);
        audio.RunFor(1);
        Assert.Equal(4ul * 64, audio.State.FramesPlayed);

        // One that does not answer underflows 20 ms late.
        audio.FillStage(Left, Right);
        ulong before = audio.State.Underflows;
        audio.RunFor(2 * AudioFixture.StageTicks);
        Assert.Equal(before, audio.State.Underflows);
        audio.RunFor(IMachineClock.Frequency / 50);
        Assert.Equal(before + 1, audio.State.Underflows);
    }

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(1u, 2)]
    [InlineData(2u, 4)]
    [InlineData(3u, 4)]
    public void Empty_is_reported_as_often_as_the_condition_asks(uint condition, int stages)
    {
        _audio.Write(AudioFixture.AxIc, condition << 12);
        _audio.Write(AudioFixture.AxIe, AudioFixture.Empty);
        for (int stage = 0; stage < 8; stage++)
            _audio.FillStage(Left, Right);
        _audio.Start();

        for (int played = 1; played <= 8; played++)
        {
            _audio.RunFor(AudioFixture.StageTicks);
            Assert.Equal(played % stages == 0, _audio.IsAsserted);
            _audio.Write(AudioFixture.AxIs, AudioFixture.Empty);
            Assert.False(_audio.IsAsserted);
        }
    }

    [Fact]
    public void Running_dry_is_reported_once_and_playing_goes_on_with_the_next_stage()
    {
        _audio.Write(AudioFixture.AxIe, AudioFixture.Underflow);
        _audio.FillStage(Left, Right);
        _audio.Start();
        _audio.RunFor(AudioFixture.StageTicks);
        Assert.True(_audio.IsAsserted);
        Assert.Equal(AudioFixture.Underflow | AudioFixture.Empty, _audio.Read(AudioFixture.AxIs));

        // All causes are cleared by writing back what was read, as the driver does.
        _audio.Write(AudioFixture.AxIs, _audio.Read(AudioFixture.AxIs));
        _audio.RunFor(10 * AudioFixture.StageTicks);
        Assert.False(_audio.IsAsserted);
        _audio.FillStage(Left, Right);
        _audio.RunFor(2 * AudioFixture.StageTicks);

        Assert.True(_audio.IsAsserted);
        Assert.Equal(2ul, _audio.State.Underflows);
    }

    /// <summary>A gap is heard, and so is in a recording; of a pause no more than a second is.</summary>
    [Theory]
    [InlineData(64 * 10, 64 * 10)]
    [InlineData(100, 100)]
    [InlineData(48000 * 3, 48000)]
    public void An_underflow_is_silence_of_its_length(int missing, int silence)
    {
        _audio.Host.Dma.At(Left, 128).Fill(1);
        _audio.FillStage(Left, Left);
        _audio.Start();
        _audio.RunFor(AudioFixture.StageTicks);
        _audio.RunFor(IMachineClock.Frequency * (ulong)missing / 48000);
        _audio.FillStage(Left, Left);
        _audio.RunFor(2 * AudioFixture.StageTicks);

        byte[] played = _audio.Sink.Bytes;
        Assert.Equal((64 + silence + 64) * 4, played.Length);
        Assert.DoesNotContain((byte)0, played[..256]);
        Assert.All(played[256..^256], static one => Assert.Equal(0, one));
        Assert.DoesNotContain((byte)0, played[^256..]);
    }

    [Theory]
    [InlineData(1u << 3)]
    [InlineData(1u << 13)]
    [InlineData(1u << 15)]
    public void A_muted_output_plays_zeros(uint mute)
    {
        _audio.Host.Dma.At(Left, 128).Fill(1);
        _audio.Write(AudioFixture.AxMctrl, mute);
        Play();
        _audio.Write(AudioFixture.AxMctrl, 0);
        Play();

        Assert.Equal(2, _audio.Sink.Played.Count);
        Assert.All(_audio.Sink.Played[0].Frames, static one => Assert.Equal(0, one));
        Assert.Contains((byte)1, _audio.Sink.Played[1].Frames);
    }

    [Fact]
    public void Sound_is_heard_while_one_connector_is_active_and_not_muted()
    {
        _audio.Host.Dma.At(Left, 128).Fill(1);
        bool IsHeard()
        {
            _audio.Sink.Played.Clear();
            Play();
            return _audio.Sink.Bytes.Any(static one => one != 0);
        }

        Assert.True(IsHeard());
        _audio.Device.SetMuted(AudioConnectors.Hdmi, isMuted: true);
        Assert.False(IsHeard());
        _audio.Device.SetActive(AudioConnectors.Spdif, isActive: true);
        Assert.True(IsHeard());
        _audio.Device.SetMuted(AudioConnectors.Spdif, isMuted: true);
        _audio.Device.SetMuted(AudioConnectors.Hdmi, isMuted: false);
        Assert.True(IsHeard());
        _audio.Device.SetActive(AudioConnectors.Hdmi | AudioConnectors.Spdif, isActive: false);
        Assert.False(IsHeard());
    }

    [Fact]
    public void Buffer_numbers_count_stages_and_a_reset_empties_them()
    {
        for (int stage = 0; stage < 3; stage++)
            _audio.FillStage(Left, Right);
        Assert.Equal(0x3000_0000u, _audio.Read(AudioFixture.AxAobp));
        _audio.Start();
        _audio.RunFor(2 * AudioFixture.StageTicks);
        Assert.Equal(0x3000_2000u, _audio.Read(AudioFixture.AxAobp));

        _audio.Write(AudioFixture.Ao3wctrl, 1 << 16);

        Assert.Equal(0u, _audio.Read(AudioFixture.AxAobp));
        Assert.Equal(0u, _audio.Read(AudioFixture.Ao3wctrl));
        Assert.Equal(0, _audio.State.FilledStages);
        _audio.RunFor(10 * AudioFixture.StageTicks);
        Assert.Equal(128ul, _audio.State.FramesPlayed);
    }

    [Theory]
    [InlineData(0x8000_0c00u)]
    [InlineData(0x8000_0400u)]
    [InlineData(0x8000_0800u)]
    [InlineData(0x0000_0000u)]
    public void Nothing_is_played_without_enable_and_clocks(uint control)
    {
        _audio.FillStage(Left, Right);
        _audio.Write(AudioFixture.Ao3wmctrl, control);
        _audio.RunFor(10 * AudioFixture.StageTicks);
        Assert.Equal(0ul, _audio.State.FramesPlayed);

        _audio.Start();
        _audio.RunFor(AudioFixture.StageTicks);
        Assert.Equal(64ul, _audio.State.FramesPlayed);
    }

    private void Play()
    {
        _audio.FillStage(Left, Right);
        _audio.Start();
        // Longer than any stage.
        _audio.RunFor(2 * AudioFixture.StageTicks);
        _audio.Write(AudioFixture.Ao3wmctrl, 0);
    }

    // A channel waits for "empty", as with a driver that has answered the last signal. Its source is not memory, so that it moves nothing.
    private void ArmOnEmpty()
    {
        _audio.Write(AudioFixture.Kick(0) + 4, 0);
        _audio.Write(AudioFixture.Kick(0), AudioFixture.OnEmpty | AudioFixture.Request);
    }

    // A guest that fills a stage soon after one was emptied.
    private void KeepFull()
    {
        for (int stage = 0; stage < 8; stage++)
            _audio.FillStage(Left, Right);
        _audio.Sink.OnPlay = () => _audio.Events.Post(() => _audio.FillStage(Left, Right));
    }
}
