using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Xunit;

namespace Devices.Tests.Gpu;

public sealed class BlitTests : IDisposable, IWriteWatch
{
    private readonly GpuFixture _gpu = new GpuFixture().SetUp();
    private ulong _written;

    [Fact]
    public void A_rectangle_goes_where_it_should_and_nowhere_else()
    {
        for (ulong i = 0; i < 64; i++)
            _gpu.Memory.TryWriteUInt32(new LparAddress(GpuFixture.Mib + 0x10000 + (i * 4)), (uint)i + 1);
        _gpu.Memory.AddWatch(this);

        // 3 x 2 pixels; source lines of 32 bytes, target lines of 16.
        Assert.Equal(Lv1Status.Success, _gpu.Blit(0x100, GpuFixture.Ioif + 0x10000, GpuFixture.Size(3, 2), 32UL << 32 | 16));

        uint[] expected = [1, 2, 3, 0, 9, 10, 11, 0];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], _gpu.Word(_gpu.Ddr + (0x100 + ((ulong)i * 4))));
        Assert.Equal(28ul, _written);
    }

    [Fact]
    public void A_line_may_run_over_pages_that_lie_apart()
    {
        const ulong mib = GpuFixture.Mib;
        _gpu.Device.ContextIomap(_gpu.Context, 0, new LparAddress(14 * mib), mib, GpuFixture.MapFlags);
        _gpu.Device.ContextIomap(_gpu.Context, mib, new LparAddress(12 * mib), mib, GpuFixture.MapFlags);
        _gpu.Memory.TryWriteUInt32(new LparAddress((15 * mib) - 4), 7);
        _gpu.Memory.TryWriteUInt32(new LparAddress(12 * mib), 8);

        Assert.Equal(Lv1Status.Success, _gpu.Blit(0, mib - 4, GpuFixture.Size(2, 1), 8));

        Assert.Equal(7u, _gpu.Word(_gpu.Ddr));
        Assert.Equal(8u, _gpu.Word(_gpu.Ddr + 4));
    }

    [Fact]
    public void The_whole_allocation_can_be_filled_to_its_last_byte()
    {
        // 9 MiB are 2304 lines of 4096 bytes.
        Assert.Equal(Lv1Status.Success, _gpu.Blit(0, GpuFixture.Ioif, GpuFixture.Size(1024, 2304), 4096));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Blit(0, GpuFixture.Ioif, GpuFixture.Size(1024, 2305), 4096));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Blit(4, GpuFixture.Ioif, GpuFixture.Size(1024, 2304), 4096));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Blit(0, GpuFixture.Ioif + 4, GpuFixture.Size(1024, 2304), 4096));
    }

    [Theory]
    [InlineData(9 * GpuFixture.Mib, GpuFixture.Ioif, 1ul, 1ul, 4ul)]
    [InlineData(9 * GpuFixture.Mib - 4, GpuFixture.Ioif, 2ul, 1ul, 8ul)]
    [InlineData(ulong.MaxValue - 3, GpuFixture.Ioif, 1ul, 1ul, 4ul)]
    [InlineData(0ul, GpuFixture.Ioif - 4, 1ul, 1ul, 4ul)]
    [InlineData(0ul, GpuFixture.Ioif + (9 * GpuFixture.Mib), 1ul, 1ul, 4ul)]
    [InlineData(0ul, ulong.MaxValue - 3, 1ul, 1ul, 4ul)]
    [InlineData(0ul, 0x0fff_fffcul, 1ul, 1ul, 4ul)]
    [InlineData(0ul, GpuFixture.Ioif, 0ul, 1ul, 4ul)]
    [InlineData(0ul, GpuFixture.Ioif, 1ul, 0ul, 4ul)]
    [InlineData(0ul, GpuFixture.Ioif, 2ul, 1ul, 4ul)]
    [InlineData(0ul, GpuFixture.Ioif, 2ul, 2ul, 4ul << 32 | 8)]
    [InlineData(0ul, GpuFixture.Ioif, 1ul, 1ul, 0ul)]
    [InlineData(0ul, GpuFixture.Ioif, 1ul, 1ul, 6ul)]
    [InlineData(2ul, GpuFixture.Ioif, 1ul, 1ul, 4ul)]
    [InlineData(0ul, GpuFixture.Ioif, 0xfffful, 0xfffful, 0xffff_fffc_ffff_fffcul)]
    public void Arguments_that_leave_the_memory_are_refused(ulong offset, ulong source, ulong width, ulong height, ulong pitch) =>
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Blit(offset, source, GpuFixture.Size(width, height), pitch));

    [Fact]
    public void Unknown_bits_in_the_size_are_refused() =>
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Blit(0, GpuFixture.Ioif, 1UL << 33 | 1 << 16 | 1, 4));

    [Fact]
    public void A_blit_needs_framebuffer_setup()
    {
        _gpu.Device.ContextAttribute(_gpu.Context, 0x603, 0, 0, 0, 0);
        Assert.Equal(Lv1Status.WrongState, _gpu.Blit(0, GpuFixture.Ioif, GpuFixture.Size(1, 1), 4));
        Assert.Equal(Lv1Status.WrongState, _gpu.Device.ContextAttribute(_gpu.Context, 0x602, 0, 0, 0, 0));
    }

    [Fact]
    public void Memory_that_has_gone_since_it_was_mapped_is_not_read()
    {
        Assert.True(_gpu.Memory.TryFind(new LparAddress(0), out MemoryRegion? ram));
        _gpu.Memory.Remove(ram);
        Assert.Equal(Lv1Status.AccessViolation, _gpu.Blit(0, GpuFixture.Ioif, GpuFixture.Size(1, 1), 4));
    }

    [Fact]
    public void Random_arguments_never_leave_the_memory()
    {
        var random = new Random(17);
        ulong[] interesting =
            [0, 4, 0xffff, GpuFixture.Mib, GpuFixture.Ioif, 9 * GpuFixture.Mib, uint.MaxValue, ulong.MaxValue, 5120, 1UL << 63];
        int rounds = FuzzRounds.Or(20_000);
        for (int i = 0; i < rounds; i++)
        {
            ulong Pick() => interesting[random.Next(interesting.Length)] + (ulong)(random.Next(-2, 3) * 4);
            _gpu.Blit(Pick(), Pick(), random.Next(2) == 0 ? Pick() : GpuFixture.Size((ulong)random.Next(64), (ulong)random.Next(64)),
                Pick());
        }
    }

    public void Dispose() => _gpu.Dispose();

    void IWriteWatch.Written(ulong hostOffset, ulong length) => _written += length;
}
