using CellPpe.Core;

namespace Ps3Platform.Devices.Audio;

/// <summary>What a serial output tells the DMA engine and the interrupts.</summary>
internal enum SerialSignal
{
    /// <summary>A stage can be filled again.</summary>
    StageFree,

    /// <summary>As many stages were emptied as the interrupt condition register asks for.</summary>
    Empty,

    /// <summary>The output has nothing to play.</summary>
    Underflow,
}

/// <summary>
/// 3-wire serial output 0: a queue of eight stages of 128 bytes a channel, played at the sampling rate by the machine's clock. While it is
/// empty it plays silence.
/// </summary>
/// <param name="events">Schedules the ends of stages.</param>
/// <param name="clock">The clock.</param>
/// <param name="patience">
/// Ticks for which the end of a stage waits for a guest that has not answered the last signal. 0: none, as on a console. With the host's
/// clock the host may have kept the guest from running, which a console never does.
/// </param>
internal sealed class SerialOutput(EventQueue events, IMachineClock clock, ulong patience)
{
    /// <summary>Bytes of one channel's half of a stage, and of a DMA block.</summary>
    public const int BlockSize = 128;

    /// <summary>Stages of the queue (PS3_AUDIO_FIFO_STAGE_COUNT in sound/ppc/snd_ps3.h).</summary>
    public const int Stages = 8;

    // What a machine that the host delayed catches up: half of ALSA's buffer at the highest rate, so that a program can refill it.
    private const ulong MostLate = IMachineClock.Frequency / 50;

    private readonly byte[] _left = new byte[Stages * BlockSize];
    private readonly byte[] _right = new byte[Stages * BlockSize];
    private readonly byte[] _frames = new byte[BlockSize / sizeof(short) * AudioFormat.Channels * 3];

    // Stages from ReadStage on whose half of a channel is filled.
    private int _leftFilled;
    private int _rightFilled;
    private int _emptied;
    private bool _isWaiting = true;
    private ulong _scheduledFor;

    // Frame number _frame since the time base _origin is the next that is played; less than a second after _origin.
    private bool _hasOrigin;
    private ulong _origin;
    private ulong _frame;

    /// <summary>Counts starts, so that an event that an earlier start has scheduled is ignored.</summary>
    private int _run;

    /// <summary>Called when something happens that transfers or interrupts may wait for.</summary>
    public Action<SerialSignal>? Signalled { get; set; }

    /// <summary>Whether a transfer waits for <see cref="SerialSignal.Empty"/>: the guest has answered the one before.</summary>
    public Func<bool> IsEmptyAwaited { get; set; } = static () => false;

    /// <summary>Receives what is played.</summary>
    public IAudioSink? Sink { get; set; }

    /// <summary>Enabled and clocked.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Nothing is heard: zeros are played.</summary>
    public bool IsMuted { get; set; } = true;

    /// <summary>Frames a second.</summary>
    public int Rate { get; private set; } = DefaultRate;

    /// <summary>Bits of a sample in memory: 16, 20 or 24; the last two in 32 bits.</summary>
    public int Bits { get; set; } = 16;

    /// <summary>Samples of 20 and 24 bits are at the high end of their 32 bits.</summary>
    public bool IsHighAligned { get; set; }

    /// <summary>Stages to be emptied for each <see cref="SerialSignal.Empty"/>: 1, 2 or 4.</summary>
    public int StagesPerSignal { get; set; } = 1;

    /// <summary>Frames played since power-on that came from memory.</summary>
    public ulong FramesPlayed { get; private set; }

    /// <summary>How often it ran out of frames since power-on.</summary>
    public ulong Underflows { get; private set; }

    /// <summary>Stages of which both channels are filled.</summary>
    public int Filled => Math.Min(_leftFilled, _rightFilled);

    /// <summary>Number of the stage that is filled next, 0 to 7.</summary>
    public int WriteStage => (ReadStage + Filled) % Stages;

    /// <summary>Number of the stage that is played, 0 to 7.</summary>
    public int ReadStage { get; private set; }

    private static int DefaultRate => 48000;

    private AudioFormat Format => new(Rate, Bits == 16 ? 16 : 24);

    private int FramesPerStage => Bits == 16 ? BlockSize / sizeof(short) : BlockSize / sizeof(int);

    /// <summary>Restores the state after power-on.</summary>
    public void Reset()
    {
        IsRunning = false;
        IsMuted = true;
        IsHighAligned = false;
        (Rate, Bits, StagesPerSignal) = (DefaultRate, 16, 1);
        (FramesPlayed, Underflows) = (0, 0);
        ResetBuffer();
    }

    /// <summary>Empties the queue. What was being played is lost.</summary>
    public void ResetBuffer()
    {
        (_leftFilled, _rightFilled, _emptied, ReadStage) = (0, 0, 0, 0);
        Halt();
        Signalled?.Invoke(SerialSignal.StageFree);
    }

    /// <summary>Sets the sampling rate. The stage that is being played starts anew.</summary>
    public void SetRate(int rate)
    {
        if (rate == Rate)
            return;
        Rate = rate;
        Halt();
        StartIfWaiting();
    }

    /// <summary>Starts or stops the output.</summary>
    public void SetRunning(bool isRunning)
    {
        if (isRunning == IsRunning)
            return;
        IsRunning = isRunning;
        if (isRunning)
            StartIfWaiting();
        else
            Halt();
    }

    /// <summary>Takes a block of one channel. False when all stages are full.</summary>
    public bool TryWrite(bool isRight, ReadOnlySpan<byte> block)
    {
        ref int filled = ref isRight ? ref _rightFilled : ref _leftFilled;
        if (filled == Stages)
            return false;
        block.CopyTo((isRight ? _right : _left).AsSpan((ReadStage + filled) % Stages * BlockSize));
        filled++;
        StartIfWaiting();
        return true;
    }

    private void Halt()
    {
        _run++;
        _isWaiting = true;
        _hasOrigin = false;
    }

    private void StartIfWaiting()
    {
        if (!IsRunning || !_isWaiting || Filled == 0)
            return;
        _isWaiting = false;
        ulong now = clock.TimeBase;
        if (!_hasOrigin)
        {
            (_hasOrigin, _origin, _frame) = (true, now, 0);
        }
        else
        {
            // The first frame whose time has not passed.
            ulong frame = (ulong)((((UInt128)(now - _origin) * (uint)Rate) + IMachineClock.Frequency - 1) / IMachineClock.Frequency);
            if (frame > _frame)
            {
                PlaySilence(frame - _frame);
                MoveTo(frame);
            }
        }

        ScheduleEnd();
    }

    /// <summary>A transfer now waits for <see cref="SerialSignal.Empty"/>: the end of a stage that was put off for it is due.</summary>
    public void Hurry()
    {
        if (!_isWaiting && _scheduledFor > TimeOf(_frame + (ulong)FramesPerStage))
            ScheduleEnd();
    }

    // A pause longer than a second is the end of a sound: of its silence no more than a second is played.
    private void PlaySilence(ulong frames)
    {
        int left = (int)Math.Min(frames, (ulong)Rate);
        Array.Clear(_frames);
        int most = _frames.Length / Format.FrameBytes;
        while (left > 0)
        {
            int count = Math.Min(left, most);
            Sink?.Play(Format, _frames.AsSpan(0, count * Format.FrameBytes));
            left -= count;
        }
    }

    // Whole seconds go into the origin, so that products of frames and ticks stay small.
    private void MoveTo(ulong frame)
    {
        _origin += frame / (uint)Rate * IMachineClock.Frequency;
        _frame = frame % (uint)Rate;
    }

    private ulong TimeOf(ulong frame) => _origin + (((frame * IMachineClock.Frequency) + (uint)Rate - 1) / (uint)Rate);

    private void ScheduleEnd()
    {
        ulong due = TimeOf(_frame + (ulong)FramesPerStage);
        bool matters = _emptied + 1 >= StagesPerSignal || Filled == 1;
        Schedule(matters && !IsEmptyAwaited() ? due + patience : due);
    }

    private void Schedule(ulong time)
    {
        int run = ++_run;
        _scheduledFor = time;
        events.Schedule(time, () =>
        {
            if (run == _run)
                EndStage();
        });
    }

    private void EndStage()
    {
        ulong now = clock.TimeBase;
        int frames = FramesPerStage;
        ulong due = TimeOf(_frame + (ulong)frames);
        if (now > due + MostLate)
            _origin += now - due;
        PlayStage(frames);
        MoveTo(_frame + (ulong)frames);
        _leftFilled--;
        _rightFilled--;
        ReadStage = (ReadStage + 1) % Stages;
        // Transfers that wait for a signal fill stages at once; the guest that is interrupted by one runs later.
        Signalled?.Invoke(SerialSignal.StageFree);
        if (++_emptied >= StagesPerSignal)
        {
            _emptied = 0;
            Signalled?.Invoke(SerialSignal.Empty);
        }

        if (Filled > 0)
        {
            ScheduleEnd();
            return;
        }

        _isWaiting = true;
        Underflows++;
        Signalled?.Invoke(SerialSignal.Underflow);
    }

    private void PlayStage(int frames)
    {
        FramesPlayed += (ulong)frames;
        if (Sink is null)
            return;
        Span<byte> played = _frames.AsSpan(0, frames * Format.FrameBytes);
        if (IsMuted)
        {
            played.Clear();
        }
        else
        {
            int start = ReadStage * BlockSize;
            Interleave(_left.AsSpan(start, BlockSize), played);
            Interleave(_right.AsSpan(start, BlockSize), played[Format.SampleBytes..]);
        }

        Sink.Play(Format, played);
    }

    // "In 24bit mode, ALSA inserts a zero byte at first byte of per sample" (snd_ps3_change_avsetting): samples are big-endian.
    private void Interleave(ReadOnlySpan<byte> block, Span<byte> frames)
    {
        int stride = Format.FrameBytes;
        if (Bits == 16)
        {
            for (int at = 0, to = 0; at < block.Length; at += sizeof(short), to += stride)
                (frames[to], frames[to + 1]) = (block[at + 1], block[at]);
            return;
        }

        // 20 bits are played as the upper ones of 24.
        int shift = IsHighAligned ? 8 : 0;
        int unused = IsHighAligned ? 0 : 24 - Bits;
        uint mask = Bits == 20 ? 0xff_fff0u : 0xff_ffff;
        for (int at = 0, to = 0; at < block.Length; at += sizeof(int), to += stride)
        {
            uint field = (uint)(block[at] << 24 | block[at + 1] << 16 | block[at + 2] << 8 | block[at + 3]);
            uint sample = (field >> shift << unused) & mask;
            (frames[to], frames[to + 1], frames[to + 2]) = ((byte)sample, (byte)(sample >> 8), (byte)(sample >> 16));
        }
    }
}
