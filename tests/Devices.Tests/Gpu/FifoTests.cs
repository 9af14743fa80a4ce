using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Gpu;
using Xunit;

namespace Devices.Tests.Gpu;

/// <summary>The command FIFO as ps3vram uses it, and as a hostile guest does.</summary>
public sealed class FifoTests : IDisposable
{
    private const uint Fifo = 0x0c00_0000;
    private const uint System = 0xfeed_0001;
    private const uint Video = 0xfeed_0000;
    private const uint Upload = 0x3133_7303;
    private const uint Download = 0x3137_c0de;
    private const uint Jump = 0x2000_0000;
    private const ulong Buffer = 12 * GpuFixture.Mib;
    private const ulong Notifier = 0x1000 + (7 * 0x40);

    private readonly GpuFixture _gpu = new();
    private readonly GpuContextAreas _areas;
    private readonly LparAddress _video;
    private readonly List<uint> _words = [];

    public FifoTests()
    {
        Assert.Equal(Lv1Status.Success, _gpu.Device.MemoryAllocate(4 * GpuFixture.Mib, out ulong handle, out _video));
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAllocate(handle, 0, out _areas));
        Map(GpuFixture.MapFlags);
        Register(0x40, Fifo);
        Register(0x44, Fifo);
    }

    private uint Get => _gpu.Word(_areas.DmaControl + 0x44);

    private ulong Refusals => (ulong)Assert.Single(((GpuState)_gpu.Device.Inspect()).Contexts).FifoRefusals;

    [Fact]
    public void What_is_uploaded_comes_back_by_download()
    {
        Bind();
        byte[] data = Bytes(64 * 4096, seed: 1);
        _gpu.Memory.TryWrite(new LparAddress(Buffer + 0x4_0000), data);
        Notify(uint.MaxValue);
        Copy(1, Fifo + 0x4_0000, 0x10_0000, 4096, 4096, 64);
        Assert.Equal(Lv1Status.Success, Kick());

        Assert.Equal(data, Read(_video + 0x10_0000, data.Length));
        Assert.Equal(0u, _gpu.Word(_areas.Reports + Notifier + 12));
        Assert.Equal(Fifo + (4u * (uint)_words.Count), Get);

        Copy(2, 0x10_0000, Fifo + 0x8_0000, 4096, 4096, 64);
        Assert.Equal(Lv1Status.Success, Kick());
        Assert.Equal(data, Read(new LparAddress(Buffer + 0x8_0000), data.Length));
        Assert.Equal(0ul, Refusals);
        Assert.Empty(_gpu.Logger.Lines);
    }

    [Fact]
    public void Pitches_leave_gaps_as_they_are()
    {
        Bind();
        byte[] data = Bytes(4 * 256, seed: 2);
        _gpu.Memory.TryWrite(new LparAddress(Buffer + 0x4_0000), data);
        Send(1, 0x30c, Fifo + 0x4_0000, 0, 256, 1024, 100, 4, 0x101, 0);
        Kick();

        for (int line = 0; line < 4; line++)
        {
            Assert.Equal(data.AsSpan(line * 256, 100).ToArray(), Read(_video + (ulong)(line * 1024), 100));
            Assert.Equal(new byte[924], Read(_video + (ulong)((line * 1024) + 100), 924));
        }
    }

    [Fact]
    public void A_jump_takes_the_fifo_back_to_its_start()
    {
        Bind();
        Kick();
        _words.Clear();
        _words.Add(Jump | Fifo);
        Write(0x1000);
        Register(0x44, Fifo + 0x1000);
        Register(0x40, Fifo);
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAttribute(_areas.Handle, 0x601, 0, 0, 0, 0));
        Assert.Equal(Fifo, Get);
    }

    [Fact]
    public void A_download_notifies_the_watches_of_partition_memory()
    {
        Bind();
        var watch = new Watch();
        _gpu.Memory.AddWatch(watch);
        Copy(2, 0, Fifo + 0x4_0000, 4096, 4096, 1);
        Kick();
        // RAM is the first region of the host's block.
        Assert.Contains((Buffer + 0x4_0000, 4096ul), watch.Stores);
    }

    [Theory]
    [InlineData(0x3137_af00u, "scaled image")]
    [InlineData(0x3133_71c3u, "2D surface")]
    [InlineData(0x3133_7000u, "3D")]
    [InlineData(0x1234_5678u, "0x12345678")]
    public void Every_other_object_is_refused_by_name(uint handle, string name)
    {
        Send(3, 0, handle);
        Kick();
        Assert.Equal(Fifo + 4, Get);
        Assert.Equal(1ul, Refusals);
        Assert.Contains(name, Assert.Single(_gpu.Logger.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x200u, 0u, "method 0x200")]
    [InlineData(0x30cu - 0xcu, 0u, "method 0x300")]
    [InlineData(0x180u, 0x6660_4300u, "no notifier")]
    [InlineData(0x184u, 0xfeed_0002u, "no memory of this context")]
    [InlineData(0x188u, 0u, "no memory of this context")]
    [InlineData(0x31cu, 0x40_0001u, "too long a line")]
    [InlineData(0x320u, 2048u, "too many lines")]
    [InlineData(0x324u, 0x102u, "format")]
    [InlineData(0x328u, 1u, "starts a copy")]
    [InlineData(0x104u, 1u, "notification style")]
    public void A_word_outside_what_ps3vram_sends_is_refused(uint method, uint value, string why)
    {
        Bind();
        Send(1, method, value);
        Kick();
        Assert.Equal(1ul, Refusals);
        Assert.Contains(why, Assert.Single(_gpu.Logger.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x3f_f001u, "source")]
    [InlineData(0xffff_ffffu, "source")]
    public void A_copy_from_outside_the_contexts_memory_is_refused(uint offset, string which)
    {
        Bind();
        Copy(2, offset, Fifo + 0x4_0000, 4096, 4096, 1);
        Kick();
        Assert.Equal(1ul, Refusals);
        Assert.Contains(which, Assert.Single(_gpu.Logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_to_what_the_io_map_does_not_show_is_refused()
    {
        Bind();
        Copy(2, 0, Fifo + (2u << 20), 4096, 4096, 1);
        Kick();
        Assert.Contains("target", Assert.Single(_gpu.Logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_word_stops_the_fifo_until_the_guest_sets_get()
    {
        Send(3, 0, 0x3133_7000);
        Kick();
        Kick();
        Assert.Equal(1ul, Refusals);

        _words.Clear();
        Bind();
        Write(0);
        Register(0x44, Fifo);
        Register(0x40, Fifo + (4u * (uint)_words.Count));
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAttribute(_areas.Handle, 0x601, 0, 0, 0, 0));
        Assert.Equal(Fifo + (4u * (uint)_words.Count), Get);
        Assert.Equal(1ul, Refusals);
    }

    [Fact]
    public void A_fifo_that_is_not_mapped_is_refused()
    {
        Register(0x44, 0x100_0000);
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAttribute(_areas.Handle, 0x601, 0, 0, 0, 0));
        Assert.Contains("not mapped", Assert.Single(_gpu.Logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_jump_in_a_circle_neither_hangs_the_call_nor_fills_the_queue()
    {
        _words.Add(Jump | Fifo);
        Write(0);
        Register(0x40, Fifo + 0x100);
        for (int kick = 0; kick < 100; kick++)
            Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAttribute(_areas.Handle, 0x601, 0, 0, 0, 0));
        ulong first = _gpu.Events.NextTime;
        _gpu.RunUntil(first + IMachineClock.Frequency / 100);
        Assert.True(_gpu.Device.MayStore(new LparAddress(Buffer), 4));

        // Freeing the context ends it.
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextFree(_areas.Handle));
        _gpu.RunUntil(_gpu.Clock.TimeBase + IMachineClock.Frequency / 100);
        Assert.Equal(ulong.MaxValue, _gpu.Events.NextTime);
    }

    [Fact]
    public void A_long_copy_is_done_in_steps_and_then_reported()
    {
        Bind();
        Notify(uint.MaxValue);
        // 3 MiB inside video memory, in lines of 1 KiB.
        Send(1, 0x184, Video, Video);
        Copy(1, 0, 1024, 1024, 1024, 1024);
        Copy(1, 0, 1024, 1024, 1024, 2000);
        Kick();
        Assert.Equal(uint.MaxValue, _gpu.Word(_areas.Reports + Notifier + 12));
        Assert.NotEqual(ulong.MaxValue, _gpu.Events.NextTime);
        _gpu.RunUntil(IMachineClock.Frequency / 1000);
        Assert.Equal(0u, _gpu.Word(_areas.Reports + Notifier + 12));
        Assert.Equal(Fifo + (4u * (uint)_words.Count), Get);
        Assert.False(_gpu.Device.MayStore(new LparAddress(Buffer), 4));
    }

    /// <summary>Random words and registers never change memory outside the context's windows.</summary>
    [Fact]
    public void Random_commands_reach_nothing_else()
    {
        var random = new Random(13);
        byte[] outside = Bytes((int)Buffer, seed: 5);
        _gpu.Memory.TryWrite(new LparAddress(0), outside);
        uint[] values = [Upload, Download, System, Video, 0x6660_4207, 0x101, 0, 4096, 64, Fifo, Fifo + 0x4_0000, Jump | Fifo, 0x3137_af00];
        uint[] methods = [0, 0x100, 0x104, 0x180, 0x184, 0x188, 0x30c, 0x310, 0x314, 0x318, 0x31c, 0x320, 0x324, 0x328];
        const int CommandsAtOnce = 64;
        int rounds = FuzzRounds.Or(2000 * CommandsAtOnce) / CommandsAtOnce;
        for (int round = 0; round < rounds; round++)
        {
            _words.Clear();
            for (int word = 0; word < CommandsAtOnce; word++)
            {
                uint count = (uint)random.Next(0, 9);
                _words.Add(random.Next(8) == 0 ? (uint)random.NextInt64() : (count << 18) | ((uint)random.Next(1, 3) << 13)
                    | methods[random.Next(methods.Length)]);
                for (uint data = 0; data < count; data++)
                    _words.Add(random.Next(6) == 0 ? (uint)random.NextInt64() : values[random.Next(values.Length)]);
            }

            Write(0);
            Register(0x44, random.Next(4) == 0 ? (uint)random.NextInt64() : Fifo);
            Register(0x40, Fifo + (4u * (uint)_words.Count));
            Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAttribute(_areas.Handle, 0x601, 0, 0, 0, 0));
            _gpu.RunUntil(_gpu.Clock.TimeBase + (IMachineClock.Frequency / 1000));
        }

        Assert.Equal(outside, Read(new LparAddress(0), outside.Length));
    }

    public void Dispose() => _gpu.Dispose();

    private static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private void Map(ulong flags) =>
        Assert.Equal(
            Lv1Status.Success, _gpu.Device.ContextIomap(_areas.Handle, Fifo, new LparAddress(Buffer), 2 * GpuFixture.Mib, flags));

    private void Register(ulong offset, uint value) => _gpu.Memory.TryWriteUInt32(_areas.DmaControl + offset, value);

    private void Notify(uint value) => _gpu.Memory.TryWriteUInt32(_areas.Reports + Notifier + 12, value);

    private void Send(uint subchannel, uint method, params uint[] data)
    {
        _words.Add(((uint)data.Length << 18) | (subchannel << 13) | method);
        _words.AddRange(data);
    }

    private void Bind()
    {
        Send(1, 0, Upload);
        Send(1, 0x180, 0x6660_4207, System, Video);
        Send(2, 0, Download);
        Send(2, 0x180, 0x6660_4207, Video, System);
    }

    private void Copy(uint subchannel, uint from, uint to, uint pitch, uint length, uint lines)
    {
        Send(subchannel, 0x30c, from, to, pitch, pitch, length, lines, 0x101, 0);
        Send(subchannel, 0x104, 0);
        Send(subchannel, 0x100, 0);
    }

    private void Write(ulong offset)
    {
        for (int word = 0; word < _words.Count; word++)
            _gpu.Memory.TryWriteUInt32(new LparAddress(Buffer + offset + (ulong)(word * 4)), _words[word]);
    }

    private Lv1Status Kick()
    {
        Write(0);
        Register(0x40, Fifo + (4u * (uint)_words.Count));
        return _gpu.Device.ContextAttribute(_areas.Handle, 0x601, 0, 0, 0, 0);
    }

    private byte[] Read(LparAddress address, int length)
    {
        byte[] bytes = new byte[length];
        Assert.True(_gpu.Memory.TryRead(address, bytes));
        return bytes;
    }

    private sealed class Watch : IWriteWatch
    {
        public List<(ulong Offset, ulong Length)> Stores { get; } = [];

        public void Written(ulong hostOffset, ulong length) => Stores.Add((hostOffset, length));
    }
}
