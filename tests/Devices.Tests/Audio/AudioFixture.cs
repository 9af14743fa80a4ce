using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Audio;
using Xunit;

namespace Devices.Tests.Audio;

/// <summary>A sound device that is mapped, with DMA memory at bus address 0x80000000, and a guest's view of its registers.</summary>
internal sealed class AudioFixture : IDisposable
{
    // Registers by their names in sound/ppc/snd_ps3_reg.h.
    public const uint Intr0 = 0x100;
    public const uint IntrEn0 = 0x140;
    public const uint Config = 0x200;
    public const uint AxMctrl = 0x4000;
    public const uint AxAobp = 0x4008;
    public const uint AxIc = 0x4010;
    public const uint AxIe = 0x4014;
    public const uint AxIs = 0x4018;
    public const uint Ao3wmctrl = 0x6004;
    public const uint Ao3wctrl = 0x6200;
    public const uint AoSpdctrl = 0x7200;

    public const uint Empty = 1 << 19;
    public const uint Underflow = 1 << 3;
    public const uint Request = 1;
    public const uint OnEmpty = 1 << 16;
    public const uint OnUnderflow = 2 << 16;
    public const uint Enabled = 1u << 31 | 1 << 20 | 1 << 8;

    private readonly IMmioDevice _registers;

    public AudioFixture(bool isExact = true)
    {
        Device = new AudioDevice(Host, Memory, Events, Clock, Sink, Logger, isExact);
        Assert.Equal(Lv1Status.Success, Device.Map(1, out LparAddress page, out _));
        Assert.Equal(Lv1Status.Success, Device.Map(2, out LparAddress registers, out _));
        _registers = RegionAt(registers).Device!;
        Outlet = (uint)RegionAt(page).Device!.Read(0, 8);
        Device.SetActive(AudioConnectors.Hdmi, isActive: true);
    }

    public FakeHost Host { get; } = new();

    public GuestMemory Memory { get; } = new(1 << 20);

    public EventQueue Events { get; } = new();

    public FakeClock Clock { get; } = new();

    public RecordingLogger<AudioDevice> Logger { get; } = new();

    public AudioSink Sink { get; } = new();

    public AudioDevice Device { get; }

    public uint Outlet { get; }

    public bool IsAsserted => Host.Outlets.Lines[Outlet].IsAsserted;

    public AudioState State => Assert.IsType<AudioState>(Device.Inspect());

    /// <summary>Ticks in which a stage of 16-bit samples at 48 kHz is played: 64 frames.</summary>
    public static ulong StageTicks => IMachineClock.Frequency * 64 / 48000;

    public static uint Kick(int channel) => 0x210 + (0x20 * (uint)channel);

    public static uint After(int channel) => (0x13 + (uint)channel) << 16;

    public static uint StatusOf(uint kick) => kick >> 24 & 7;

    public MemoryRegion RegionAt(LparAddress address) => Assert.Single(Memory.Regions, region => region.Start == address);

    public uint Read(uint offset) => (uint)_registers.Read(offset, 4);

    public void Write(uint offset, uint value) => _registers.Write(offset, 4, value);

    public ulong Read(uint offset, int size) => _registers.Read(offset, size);

    public void Write(uint offset, int size, ulong value) => _registers.Write(offset, size, value);

    /// <summary>Programs a channel to copy blocks to the left or right of output 0, without requesting it.</summary>
    public void Program(int channel, uint source, bool isRight, uint blocks = 1)
    {
        Write(Kick(channel) + 4, source | 2);
        Write(Kick(channel) + 8, (isRight ? 0x1080u : 0x1000u) | 1);
        Write(Kick(channel) + 12, blocks - 1);
    }

    /// <summary>Fills a stage from memory: both channels, at once.</summary>
    public void FillStage(uint left, uint right)
    {
        Program(8, left, isRight: false);
        Program(9, right, isRight: true);
        Write(Kick(8), Request);
        Write(Kick(9), Request);
    }

    /// <summary>Turns output 0 on, as the driver does.</summary>
    public void Start() => Write(Ao3wmctrl, Enabled);

    /// <summary>Lets guest time pass, event by event.</summary>
    public void RunFor(ulong ticks)
    {
        ulong end = Clock.TimeBase + ticks;
        while (Events.NextTime <= end)
        {
            Clock.TimeBase = Math.Max(Clock.TimeBase, Events.NextTime);
            Events.RunDue(Clock.TimeBase);
        }

        Clock.TimeBase = end;
    }

    public void Dispose() => Memory.Dispose();
}

/// <summary>Keeps what was played.</summary>
internal sealed class AudioSink : IAudioSink
{
    public List<(AudioFormat Format, byte[] Frames)> Played { get; } = [];

    /// <summary>Run when something was played.</summary>
    public Action? OnPlay { get; set; }

    public byte[] Bytes => [.. Played.SelectMany(static one => one.Frames)];

    public void Play(AudioFormat format, ReadOnlySpan<byte> frames)
    {
        Played.Add((format, frames.ToArray()));
        OnPlay?.Invoke();
    }
}
