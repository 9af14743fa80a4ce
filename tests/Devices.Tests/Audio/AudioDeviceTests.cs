using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Devices.Tests.Gpu;
using Devices.Tests.VirtualUart;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using Xunit;

namespace Devices.Tests.Audio;

/// <summary>How guests reach the sound device: mapping, registers, the AV settings service.</summary>
public sealed class AudioDeviceTests : IDisposable
{
    private const uint Left = FakeDma.Start;

    private readonly AudioFixture _audio = new();

    public void Dispose() => _audio.Dispose();

    [Fact]
    public void Units_1_and_2_are_mapped_once_and_keep_their_addresses()
    {
        Assert.Equal(Lv1Status.Success, _audio.Device.Map(1, out LparAddress page, out ulong pageSize));
        Assert.Equal(Lv1Status.Success, _audio.Device.Map(2, out LparAddress registers, out ulong size));
        Assert.Equal((0x1000ul, 0x8000ul), (pageSize, size));
        Assert.Equal(_audio.Outlet, _audio.RegionAt(page).Device!.Read(0, 8));
        Assert.Equal(_audio.Outlet, _audio.RegionAt(page).Device!.Read(4, 4));
        Assert.Equal(0ul, _audio.RegionAt(page).Device!.Read(8, 8));
        // Linux enters it as writable; a store has no effect.
        Assert.Equal(RegionAccess.ReadWrite, _audio.RegionAt(page).Access);
        _audio.RegionAt(page).Device!.Write(0, 8, 5);
        Assert.Equal(_audio.Outlet, _audio.RegionAt(page).Device!.Read(0, 8));

        for (int again = 0; again < 3; again++)
        {
            Assert.Equal(Lv1Status.Success, _audio.Device.Unmap(1));
            Assert.Equal(Lv1Status.Success, _audio.Device.Unmap(2));
            Assert.Equal(Lv1Status.IllegalParameterValue, _audio.Device.Unmap(1));
            Assert.Equal(Lv1Status.IllegalParameterValue, _audio.Device.Unmap(2));
            Assert.Empty(_audio.Memory.Regions);
            _audio.Device.Map(1, out LparAddress pageAgain, out _);
            _audio.Device.Map(2, out LparAddress registersAgain, out _);
            Assert.Equal((page, registers), (pageAgain, registersAgain));
        }

        Assert.Single(_audio.Host.Outlets.Lines);
        Assert.Equal(Lv1Status.IllegalParameterValue, _audio.Device.Map(3, out _, out _));
        Assert.Equal(Lv1Status.IllegalParameterValue, _audio.Device.Unmap(0));
    }

    [Fact]
    public void Without_an_outlet_or_room_mapping_is_refused()
    {
        using var other = new GuestMemory(1 << 20);
        var host = new FakeHost();
        var device = new AudioDevice(host, other, new EventQueue(), new FakeClock());
        host.Outlets.Exhausted = true;
        Assert.Equal(Lv1Status.ResourceShortage, device.Map(1, out _, out ulong size));
        Assert.Equal(0ul, size);
        host.Outlets.Exhausted = false;
        Assert.Equal(Lv1Status.Success, device.Map(1, out _, out _));
    }

    [Fact]
    public void A_closed_device_is_as_after_power_on()
    {
        _audio.Write(AudioFixture.AxIe, 0xfff);
        _audio.FillStage(Left, Left);
        _audio.Start();
        _audio.Device.SetBase(0x0310_f001);

        _audio.Device.Close();

        Assert.Empty(_audio.Memory.Regions);
        Assert.Empty(_audio.Host.Outlets.Lines);
        Assert.Equal((null, false, 0ul, 0), (_audio.State.Outlet, _audio.State.Mapped, _audio.State.Base, _audio.State.FilledStages));
        _audio.RunFor(10 * AudioFixture.StageTicks);
        Assert.Empty(_audio.Sink.Played);
    }

    [Fact]
    public void The_gpus_calls_lead_to_it()
    {
        using var memory = new GuestMemory(1 << 20);
        var host = new FakeHost();
        var events = new EventQueue();
        var clock = new FakeClock();
        var audio = new AudioDevice(host, memory, events, clock);
        var gpu = new GpuDevice(host, memory, events, clock, audio: audio);

        Assert.Equal(Lv1Status.WrongState, gpu.DeviceMap(2, out _, out _));
        gpu.Open();
        Assert.Equal(Lv1Status.Success, gpu.DeviceMap(2, out LparAddress address, out ulong size));
        Assert.Contains(memory.Regions, region => region.Start == address && region.Size == size);
        Assert.Equal(Lv1Status.IllegalParameterValue, gpu.DeviceMap(4, out _, out _));
        Assert.Equal(Lv1Status.Success, gpu.Attribute(0x100, 7, 0x0300_f001, 0, 0));
        Assert.Equal(0x0300_f001ul, Assert.IsType<AudioState>(audio.Inspect()).Base);
        Assert.Equal(Lv1Status.NoEntry, gpu.Attribute(0x100, 8, 0, 0, 0));
        Assert.Equal(Lv1Status.Success, gpu.DeviceUnmap(2));
        gpu.DeviceMap(2, out _, out _);
        gpu.Close();
        Assert.DoesNotContain(memory.Regions, region => region.Start == address);
    }

    [Theory]
    [InlineData(0x0100u, 0u)]
    [InlineData(0x0140u, 0u)]
    [InlineData(0x0200u, 0u)]
    [InlineData(0x4000u, 0u)]
    [InlineData(0x4004u, 0u)]
    [InlineData(0x4008u, 0u)]
    [InlineData(0x4010u, 0u)]
    [InlineData(0x4014u, 0u)]
    [InlineData(0x4018u, 0u)]
    [InlineData(0x6000u, 0x2200_0000u)]
    [InlineData(0x6004u, 0x0010_0d00u)]
    [InlineData(0x6200u, 0u)]
    [InlineData(0x6800u, 0u)]
    [InlineData(0x7200u, 0x0010_0000u)]
    [InlineData(0x7400u, 0x0010_0000u)]
    public void Registers_begin_as_their_header_says(uint offset, uint value) => Assert.Equal(value, _audio.Read(offset));

    [Theory]
    [InlineData(0x0140u, 0x000f_ffffu)]
    [InlineData(0x4000u, 0x0000_e03fu)]
    [InlineData(0x4010u, 0x0022_2000u)]
    [InlineData(0x4014u, 0x00cf_0ccfu)]
    [InlineData(0x6000u, 0x1234_5000u)]
    [InlineData(0x6400u, 0x0000_0b00u)]
    [InlineData(0x7204u, 0xdead_beefu)]
    [InlineData(0x7230u, 0xdead_beefu)]
    [InlineData(0x7234u, 0x0123_4567u)]
    [InlineData(0x7448u, 0x89ab_cdefu)]
    public void Registers_keep_what_is_written(uint offset, uint value)
    {
        _audio.Write(offset, value);
        Assert.Equal(value, _audio.Read(offset));
    }

    [Fact]
    public void Outputs_run_when_they_are_enabled()
    {
        _audio.Write(AudioFixture.Ao3wmctrl, 0xa010_f100);
        Assert.Equal(0xa010_a100u, _audio.Read(AudioFixture.Ao3wmctrl));
        // S/PDIF plays output 0's buffer unless its source is its own.
        Assert.Equal(1u << 27, _audio.Read(AudioFixture.AoSpdctrl) & 1u << 27);
        _audio.Write(AudioFixture.AoSpdctrl, 1 << 16);
        Assert.Equal(1u << 16, _audio.Read(AudioFixture.AoSpdctrl));
        _audio.Write(AudioFixture.Ao3wmctrl, 0);
        Assert.Equal(0u, _audio.Read(AudioFixture.Ao3wmctrl));
    }

    [Theory]
    [InlineData(0x0000u, 4)]
    [InlineData(0x0350u, 4)]
    [InlineData(0x0220u, 4)]
    [InlineData(0x400cu, 4)]
    [InlineData(0x6204u, 4)]
    [InlineData(0x6a00u, 4)]
    [InlineData(0x724cu, 4)]
    [InlineData(0x7600u, 4)]
    [InlineData(0x7ffcu, 4)]
    [InlineData(0x4014u, 8)]
    [InlineData(0x4014u, 2)]
    [InlineData(0x4015u, 1)]
    public void Other_offsets_and_sizes_read_zero_and_take_nothing(uint offset, int size)
    {
        string before = $"{_audio.State.Registers with { SerialControl = [], Spdif = [] }}";
        _audio.Write(offset, size, ulong.MaxValue);
        Assert.Equal(0ul, _audio.Read(offset, size));
        Assert.Equal(before, $"{_audio.State.Registers with { SerialControl = [], Spdif = [] }}");
    }

    [Fact]
    public void Av_settings_set_rate_width_mutes_and_connectors()
    {
        var av = new AvSettings(_audio.Host, VideoMode.P720, new DisplayState(VideoMode.P720), audio: _audio.Device);
        uint Ask(byte[] packet)
        {
            av.Receive(packet);
            return AvPackets.Word(_audio.Host.Port.Take(), 8);
        }

        Assert.Equal(0u, Ask(AudioMode(port: 0x00, rate: 5, bits: 3)));
        Assert.Equal((96000, 24), (_audio.State.Rate, _audio.State.Bits));
        Assert.Equal(3u << 8, _audio.Read(AudioFixture.Ao3wctrl));
        // The service leaves the interrupts enabled that the driver does not always enable itself.
        Assert.Equal(AudioFixture.Empty | AudioFixture.Underflow, _audio.Read(AudioFixture.AxIe));
        foreach ((uint code, int rate) in ((uint, int)[])[(1, 32000), (2, 44100), (3, 48000), (4, 88200), (6, 176400), (7, 192000)])
        {
            Assert.Equal(0u, Ask(AudioMode(port: 0x20, code, bits: 1)));
            Assert.Equal((rate, 16), (_audio.State.Rate, _audio.State.Bits));
        }

        Assert.Equal(0u, Ask(AvPackets.Command(0x0200_0004, 12, (8, 1 << 10 | 1 << 20))));
        Assert.Equal(AudioConnectors.Hdmi | AudioConnectors.AvMulti | AudioConnectors.Spdif, _audio.State.Active);
        Assert.Equal(0u, Ask(AvPackets.Command(0x0200_0005, 12, (8, 1 | 1 << 21))));
        Assert.Equal(AudioConnectors.AvMulti, _audio.State.Active);
        Assert.Equal(0u, Ask(AvPackets.Command(0x0002_0002, 12, (8, 0x0000_0001))));
        Assert.Equal(0u, Ask(AvPackets.Command(0x0200_0003, 16, (8, 0x2000_0000), (12, 1))));
        Assert.Equal(AudioConnectors.Hdmi | AudioConnectors.Spdif, _audio.State.Muted);
        Assert.Equal(0u, Ask(AvPackets.Command(0x0002_0002, 12, (8, 0x0000_0000))));
        Assert.Equal(AudioConnectors.Spdif, _audio.State.Muted);
    }

    [Fact]
    public void A_bundle_sets_the_sound_too_or_nothing()
    {
        var av = new AvSettings(_audio.Host, VideoMode.P720, new DisplayState(VideoMode.P720), audio: _audio.Device);
        byte[] wrong = AudioMode(0, rate: 5, bits: 4);
        byte[] mode = AvPackets.SetMode(0, 9, 1280, 720, 5120);

        av.Receive(AvPackets.Bundle(1, 1, 0, 0, mode, wrong));
        Assert.Equal(0xau, AvPackets.Word(_audio.Host.Port.Take(), 8));
        Assert.Equal(48000, _audio.State.Rate);
        av.Receive(AvPackets.Bundle(1, 1, 0, 0, mode, AudioMode(0, rate: 2, bits: 3)));
        Assert.Equal(0u, AvPackets.Word(_audio.Host.Port.Take(), 8));
        Assert.Equal((44100, 24), (_audio.State.Rate, _audio.State.Bits));
    }

    [Fact]
    public void Wrong_sound_commands_get_the_services_own_codes()
    {
        var av = new AvSettings(_audio.Host, VideoMode.P720, new DisplayState(VideoMode.P720), audio: _audio.Device);
        (byte[] Packet, uint Status)[] wrong =
        [
            (AudioMode(port: 0x01, rate: 3, bits: 1), 0x4),
            (AudioMode(port: 0, rate: 0, bits: 1), 0x7),
            (AudioMode(port: 0, rate: 8, bits: 1), 0x7),
            (AudioMode(port: 0, rate: 3, bits: 1, channels: 7), 0x8),
            (AudioMode(port: 0, rate: 3, bits: 0), 0xa),
            (AudioMode(port: 0, rate: 3, bits: 1, source: 2), 0x11),
            (AvPackets.Command(0x0200_0002, 64), 0x11),
            (AvPackets.Command(0x0200_0003, 12), 0x11),
            (AvPackets.Command(0x0200_0003, 16, (8, 0x2100_0000)), 0x4),
            (AvPackets.Command(0x0200_0004, 8), 0x11),
            (AvPackets.Command(0x0002_0002, 8), 0xb),
            (AvPackets.Command(0x0002_0002, 12, (8, 0x0011_0001)), 0x4),
        ];
        string before = $"{_audio.State.Rate} {_audio.State.Bits} {_audio.State.Muted} {_audio.State.Active}";
        foreach ((byte[] packet, uint status) in wrong)
        {
            av.Receive(packet);
            Assert.Equal(status, AvPackets.Word(_audio.Host.Port.Take(), 8));
        }

        Assert.Equal(before, $"{_audio.State.Rate} {_audio.State.Bits} {_audio.State.Muted} {_audio.State.Active}");
    }

    /// <summary>Random loads and stores, with time passing: no exception, no endless loop, bounded state.</summary>
    [Fact]
    public void A_hostile_guest_gets_numbers()
    {
        for (int seed = 0; seed < FuzzRounds.Or(20); seed++)
        {
            using var audio = new AudioFixture();
            var random = new Random(seed);
            uint[] favourites =
            [
                0x100, 0x140, 0x200, 0x4000, 0x4010, 0x4014, 0x4018, 0x6000, 0x6004, 0x6200, 0x7200,
                .. Enumerable.Range(0, 40).Select(static at => 0x210u + (4 * (uint)(at % 4)) + (0x20 * (uint)(at / 4))),
            ];
            for (int step = 0; step < 2000; step++)
            {
                uint offset = random.Next(8) == 0 ? (uint)random.Next(0x8000) : favourites[random.Next(favourites.Length)];
                uint value = random.Next(3) switch
                {
                    0 => (uint)random.NextInt64(1L << 32),
                    1 => FakeDma.Start + (uint)(random.Next(64) * 128) + (uint)random.Next(4),
                    _ => 1u << random.Next(32) | 1u << random.Next(32),
                };
                audio.Write(offset, 1 << random.Next(4), value);
                audio.Read(offset, 1 << random.Next(4));
                audio.Write(offset & ~3u, value);
                if (random.Next(10) == 0)
                    audio.RunFor((ulong)random.Next(200_000));
                if (random.Next(50) == 0)
                    audio.Device.SetMode(random.Next(2) == 0 ? 44100 : 96000, 16 + (4 * random.Next(3)));
            }

            Assert.InRange(audio.State.FilledStages, 0, 8);
        }
    }

    private static byte[] AudioMode(uint port, uint rate, uint bits, uint channels = 0, uint source = 0) => AvPackets.Command(
        0x0200_0002, 68, (0x08, port << 24), (0x0c, 0xfff), (0x10, channels), (0x14, rate), (0x18, bits), (0x1c, 1), (0x20, source));
}
