using Devices.Tests.Fakes;
using Ps3Platform.Devices.Audio;
using Xunit;

namespace Devices.Tests.Audio;

/// <summary>The DMA engine's registers, events and statuses (sound/ppc/snd_ps3_reg.h).</summary>
public sealed class AudioDmaTests : IDisposable
{
    private const uint Done = 0;
    private const uint Waiting = 1;
    private const uint Pending = 2;
    private const uint Cleared = 5;
    private const uint Error = 6;
    private const uint Memory = FakeDma.Start;

    private readonly AudioFixture _audio = new();

    public void Dispose() => _audio.Dispose();

    [Fact]
    public void Channels_keep_what_is_written_without_reserved_bits()
    {
        for (int channel = 0; channel < 10; channel++)
        {
            uint at = AudioFixture.Kick(channel);
            for (uint register = 0; register < 16; register += 4)
                _audio.Write(at + register, 0xffff_fffe);
            // No request: status 0. Reserved bits read 0.
            Assert.Equal(0x001f_0000u, _audio.Read(at));
            Assert.Equal(0xffff_ff82u, _audio.Read(at + 4));
            Assert.Equal(0xffff_ff82u, _audio.Read(at + 8));
            Assert.Equal(0x7eu, _audio.Read(at + 12));
        }
    }

    [Fact]
    public void A_request_without_an_event_is_done_at_once()
    {
        _audio.FillStage(Memory, Memory + 0x80);

        Assert.Equal(Done, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(8))));
        Assert.Equal(0u, _audio.Read(AudioFixture.Kick(8)) & AudioFixture.Request);
        Assert.Equal(1u << 16 | 1u << 18, _audio.Read(AudioFixture.Intr0));
        Assert.Equal(1, _audio.State.FilledStages);
    }

    /// <summary>The chain that snd_ps3_program_dma makes: each channel waits for the one before, channel 0 for "empty".</summary>
    [Fact]
    public void Channels_start_one_after_the_other()
    {
        for (int channel = 0; channel < 8; channel++)
        {
            _audio.Program(channel, Memory, isRight: channel % 2 == 1);
            _audio.Write(
                AudioFixture.Kick(channel),
                channel == 0 ? AudioFixture.OnEmpty : AudioFixture.After(channel - 1) | AudioFixture.Request);
        }

        Assert.Equal(Done, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(0))));
        _audio.Write(AudioFixture.Kick(0), _audio.Read(AudioFixture.Kick(0)) | AudioFixture.Request);
        Assert.All(Enumerable.Range(0, 8), channel =>
            Assert.Equal(Waiting, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(channel)))));
        Assert.Equal(0, _audio.State.FilledStages);

        // A stage that is played sets the chain off.
        _audio.FillStage(Memory, Memory);
        _audio.Start();
        _audio.RunFor(AudioFixture.StageTicks);

        Assert.Equal(4, _audio.State.FilledStages);
        Assert.Equal(Done, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(7))));
    }

    [Fact]
    public void An_underflow_starts_the_channel_that_waits_for_it()
    {
        _audio.Program(0, Memory, isRight: false);
        _audio.Program(1, Memory, isRight: true);
        _audio.Write(AudioFixture.Kick(1), AudioFixture.After(0) | AudioFixture.Request);
        _audio.Write(AudioFixture.Kick(0), AudioFixture.OnUnderflow | AudioFixture.Request);
        _audio.FillStage(Memory, Memory);
        _audio.Start();

        _audio.RunFor(AudioFixture.StageTicks);

        Assert.Equal(1, _audio.State.FilledStages);
    }

    [Fact]
    public void A_transfer_into_a_full_buffer_waits_until_a_stage_is_free()
    {
        _audio.Program(0, Memory, isRight: false, blocks: 1);
        for (int stage = 0; stage < 8; stage++)
            _audio.FillStage(Memory, Memory);
        Assert.Equal(8, _audio.State.FilledStages);

        _audio.Write(AudioFixture.Kick(0), AudioFixture.Request);
        Assert.Equal(Pending, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(0))));
        _audio.Start();
        _audio.RunFor(AudioFixture.StageTicks);

        Assert.Equal(Done, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(0))));
    }

    /// <summary>
    /// After an underflow the channels still wait for "empty". snd_ps3_interrupt then programs and kicks the chain twice, with four stages
    /// each, which fills the buffer.
    /// </summary>
    [Fact]
    public void A_store_replaces_a_request_that_waits()
    {
        void ProgramChain(uint first)
        {
            for (int channel = 0; channel < 8; channel++)
            {
                _audio.Program(channel, Memory, isRight: channel % 2 == 1);
                _audio.Write(AudioFixture.Kick(channel), channel == 0 ? first : AudioFixture.After(channel - 1) | AudioFixture.Request);
            }

            _audio.Write(AudioFixture.Kick(0), _audio.Read(AudioFixture.Kick(0)) | AudioFixture.Request);
        }

        ProgramChain(AudioFixture.OnEmpty);
        Assert.Equal(0, _audio.State.FilledStages);
        ProgramChain(0);
        Assert.Equal(4, _audio.State.FilledStages);
        ProgramChain(0);
        Assert.Equal(8, _audio.State.FilledStages);
        Assert.Equal(Done, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(7))));
    }

    [Fact]
    public void A_reset_of_the_buffer_lets_a_waiting_transfer_go_on()
    {
        for (int stage = 0; stage < 8; stage++)
            _audio.FillStage(Memory, Memory);
        _audio.FillStage(Memory, Memory);
        Assert.Equal(Pending, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(9))));

        _audio.Write(AudioFixture.Ao3wctrl, 1 << 16);

        Assert.Equal(Done, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(9))));
        Assert.Equal(1, _audio.State.FilledStages);
    }

    [Fact]
    public void Two_blocks_fill_both_halves_of_a_stage()
    {
        _audio.Program(0, Memory, isRight: false, blocks: 2);
        _audio.Write(AudioFixture.Kick(0), AudioFixture.Request);

        Assert.Equal(1, _audio.State.FilledStages);
        Assert.Equal(Done, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(0))));
    }

    [Theory]
    [InlineData(Memory | 1, 0x1001u, 1u)] // Not from memory.
    [InlineData(Memory | 2, 0x1002u, 1u)] // Not to an output.
    [InlineData(Memory | 2, 0x1101u, 1u)] // Serial output 1.
    [InlineData(Memory | 2, 0x2001u, 1u)] // S/PDIF's own buffer.
    [InlineData(Memory | 2, 0x1001u, 3u)] // The third block goes to serial output 1.
    [InlineData(0x1000u | 2, 0x1001u, 1u)] // Not mapped.
    public void What_is_not_supported_ends_with_an_error(uint source, uint destination, uint blocks)
    {
        _audio.Write(AudioFixture.Kick(3) + 4, source);
        _audio.Write(AudioFixture.Kick(3) + 8, destination);
        _audio.Write(AudioFixture.Kick(3) + 12, blocks - 1);
        _audio.Write(AudioFixture.Kick(3), AudioFixture.Request);

        Assert.Equal(Error, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(3))));
        Assert.Equal(1ul, _audio.State.DmaErrors);
        Assert.Equal(0u, _audio.Read(AudioFixture.Intr0));
        // A guest that repeats it does not fill the log.
        _audio.Write(AudioFixture.Kick(3), AudioFixture.Request);
        Assert.Single(_audio.Logger.Lines, static line => line.Contains("DMA channel 3", StringComparison.Ordinal));
    }

    [Fact]
    public void Clearing_cancels_what_waits_and_what_comes_until_it_is_taken_back()
    {
        _audio.Write(AudioFixture.IntrEn0, 0xfffff);
        _audio.Program(0, Memory, isRight: false);
        _audio.Write(AudioFixture.Kick(0), AudioFixture.OnEmpty | AudioFixture.Request);

        _audio.Write(AudioFixture.Config, 1 << 8);
        Assert.Equal(Cleared, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(0))));
        Assert.Equal(1u, _audio.Read(AudioFixture.Intr0));
        Assert.True(_audio.IsAsserted);
        _audio.Write(AudioFixture.Kick(0), AudioFixture.Request);
        Assert.Equal(Cleared, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(0))));
        Assert.Equal(1u << 8, _audio.Read(AudioFixture.Config));

        _audio.Write(AudioFixture.Config, 0);
        _audio.Write(AudioFixture.Kick(0), AudioFixture.Request);
        Assert.Equal(Done, AudioFixture.StatusOf(_audio.Read(AudioFixture.Kick(0))));
    }

    [Fact]
    public void The_end_of_a_transfer_interrupts_if_it_is_enabled_until_it_is_cleared()
    {
        _audio.FillStage(Memory, Memory);
        Assert.False(_audio.IsAsserted);

        _audio.Write(AudioFixture.IntrEn0, 1u << 16);
        Assert.True(_audio.IsAsserted);
        _audio.Write(AudioFixture.Intr0, 1u << 18);
        Assert.True(_audio.IsAsserted);
        _audio.Write(AudioFixture.Intr0, 1u << 16);
        Assert.False(_audio.IsAsserted);
        Assert.Equal(0u, _audio.Read(AudioFixture.Intr0));
    }

    /// <summary>lv1_gpu_attribute sets bits 35 to 32 of bus addresses (snd_ps3_audio_set_base_addr).</summary>
    [Fact]
    public void The_base_is_above_the_32_bits_of_a_source()
    {
        _audio.Device.SetBase(0x0340_f001);
        _audio.FillStage(Memory, Memory);
        Assert.Equal(2ul, _audio.State.DmaErrors);

        _audio.Device.SetBase(0x0300_f001);
        _audio.FillStage(Memory, Memory);
        Assert.Equal(2ul, _audio.State.DmaErrors);
        Assert.Equal(1, _audio.State.FilledStages);
    }
}
