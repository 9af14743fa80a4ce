using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Gpu;
using Xunit;

namespace Devices.Tests.Gpu;

public sealed class GpuDeviceTests : IDisposable
{
    private readonly GpuFixture _gpu = new();

    [Fact]
    public void Closing_frees_everything()
    {
        _gpu.SetUp();
        Assert.Single(_gpu.Outlets.Lines);
        Assert.Equal(Lv1Status.Success, _gpu.Device.Close());
        Assert.Empty(_gpu.Outlets.Lines);
        Assert.Single(_gpu.Memory.Regions);
        Assert.Equal(Lv1Status.WrongState, _gpu.Device.Close());
        Assert.Equal(Lv1Status.WrongState, _gpu.Device.MemoryAllocate(GpuFixture.Mib, out _, out _));
    }

    [Fact]
    public void Opening_an_open_gpu_resets_it()
    {
        for (int crash = 0; crash < 5; crash++)
        {
            _gpu.Device.Open();
            _gpu.SetUp();
        }

        Assert.Single(_gpu.Outlets.Lines);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(4096ul)]
    [InlineData(GpuFixture.Mib + 1)]
    [InlineData(253 * GpuFixture.Mib)]
    [InlineData(100 * GpuFixture.Mib)]
    [InlineData(ulong.MaxValue - GpuFixture.Mib + 1)]
    public void Memory_that_cannot_be_allocated_is_refused_as_on_a_console(ulong size)
    {
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.MemoryAllocate(size, out ulong handle, out LparAddress ddr));
        Assert.Equal(0ul, handle);
        Assert.Equal(0ul, ddr.Value);
    }

    [Fact]
    public void All_contexts_together_get_252_mib()
    {
        using var gpu = new GpuFixture(extra: 260);
        Assert.Equal(Lv1Status.Success, gpu.Device.MemoryAllocate(9 * GpuFixture.Mib, out ulong first, out _));
        Assert.Equal(Lv1Status.IllegalParameterValue, gpu.Device.MemoryAllocate(244 * GpuFixture.Mib, out _, out _));
        Assert.Equal(Lv1Status.Success, gpu.Device.MemoryAllocate(243 * GpuFixture.Mib, out _, out _));
        Assert.Equal(Lv1Status.Success, gpu.Device.MemoryFree(first));
        Assert.Equal(Lv1Status.IllegalParameterValue, gpu.Device.MemoryFree(first));
        Assert.Equal(Lv1Status.Success, gpu.Device.MemoryAllocate(9 * GpuFixture.Mib, out _, out _));
    }

    [Fact]
    public void Driver_information_has_what_drivers_check()
    {
        _gpu.SetUp();
        LparAddress block = _gpu.Areas.DriverInformation;
        Assert.Equal(0x211u, _gpu.Word(block));
        Assert.Equal(252u << 20, _gpu.Word(block + 8));
        Assert.Equal(500_000_000u, _gpu.Word(block + 0x10));
        Assert.Equal(650_000_000u, _gpu.Word(block + 0x14));
        Assert.Equal(16u, _gpu.Word(block + 0x12b8));
        Assert.True(_gpu.Areas.ReportsSize >= 0x1400);
        Assert.Equal(0u, _gpu.Word(_gpu.Areas.Reports + (_gpu.Areas.ReportsSize - 4)));
        Assert.Equal(0u, _gpu.Word(_gpu.Areas.DmaControl + 0xfffc));
    }

    [Fact]
    public void Two_contexts_and_no_more()
    {
        _gpu.SetUp();
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAllocate(_gpu.MemoryHandle, 0, out var second));
        Assert.NotEqual(_gpu.Context, second.Handle);
        Assert.Equal(Lv1Status.ResourceShortage, _gpu.Device.ContextAllocate(_gpu.MemoryHandle, 0, out _));
        Assert.Equal(Lv1Status.Busy, _gpu.Device.MemoryFree(_gpu.MemoryHandle));
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextFree(second.Handle));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.ContextFree(second.Handle));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.ContextAllocate(0x1234, 0, out _));
    }

    [Fact]
    public void Without_outlet_or_memory_a_context_leaves_nothing_behind()
    {
        _gpu.Device.MemoryAllocate(GpuFixture.Mib, out ulong handle, out _);
        int regions = _gpu.Memory.Regions.Count;
        _gpu.Outlets.Exhausted = true;
        Assert.Equal(Lv1Status.ResourceShortage, _gpu.Device.ContextAllocate(handle, 0, out _));
        Assert.Equal(regions, _gpu.Memory.Regions.Count);
        _gpu.Outlets.Exhausted = false;
        _gpu.Device.MemoryAllocate(15 * GpuFixture.Mib, out _, out _);
        Assert.Equal(Lv1Status.ResourceShortage, _gpu.Device.ContextAllocate(handle, 0, out _));
        Assert.Equal(regions + 1, _gpu.Memory.Regions.Count);
        Assert.Empty(_gpu.Outlets.Lines);
    }

    [Fact]
    public void The_iomap_takes_whole_mib_of_memory_inside_its_window()
    {
        _gpu.SetUp();
        Assert.Equal(Lv1Status.Success, Iomap(0x0c00_0000, 0, 2 * GpuFixture.Mib));
        Assert.Equal(Lv1Status.IllegalParameterValue, Iomap(0x0c00_1000, 0, GpuFixture.Mib));
        Assert.Equal(Lv1Status.IllegalParameterValue, Iomap(0x0c00_0000, 0, 4096));
        Assert.Equal(Lv1Status.IllegalParameterValue, Iomap(0x0ff0_0000, 0, 2 * GpuFixture.Mib));
        Assert.Equal(Lv1Status.IllegalParameterValue, Iomap(ulong.MaxValue - GpuFixture.Mib + 1, 0, GpuFixture.Mib));
        Assert.Equal(Lv1Status.IllegalParameterValue, Iomap(0x0c00_0000, 15 * GpuFixture.Mib, 2 * GpuFixture.Mib));
        Assert.Equal(Lv1Status.AlignmentError, Iomap(0x0c00_0000, 4096, GpuFixture.Mib));
        Assert.Equal(Lv1Status.Success, Iomap(0x0c00_0000, 0, 2 * GpuFixture.Mib, GpuFixture.UnmapFlags));
    }

    // Drivers of 2009 map with no flags at all; M alone is how later ones unmap, and nothing else unmaps.
    [Theory]
    [InlineData(0ul, true)]
    [InlineData(GpuFixture.MapFlags, true)]
    [InlineData(0x4000_0000_0000_0000ul, true)]
    [InlineData(0x8000_0000_0000_0000ul, true)]
    [InlineData(GpuFixture.UnmapFlags | 1, true)]
    [InlineData(GpuFixture.UnmapFlags, false)]
    public void Only_m_alone_unmaps(ulong flags, bool mapped)
    {
        _gpu.SetUp();
        Assert.Equal(Lv1Status.Success, Iomap(GpuFixture.Ioif, GpuFixture.Mib, 2 * GpuFixture.Mib, flags));
        Assert.Equal(
            mapped ? Lv1Status.Success : Lv1Status.IllegalParameterValue, _gpu.Blit(0, GpuFixture.Ioif, GpuFixture.Size(1, 1), 4));
    }

    [Theory]
    [InlineData(0x000ul, Lv1Status.NoEntry)]
    [InlineData(0x100ul, Lv1Status.Success)]
    [InlineData(0x103ul, Lv1Status.Success)]
    [InlineData(0x108ul, Lv1Status.Success)]
    [InlineData(0x109ul, Lv1Status.NoEntry)]
    [InlineData(0x602ul, Lv1Status.Success)]
    [InlineData(0x603ul, Lv1Status.Success)]
    [InlineData(0x604ul, Lv1Status.NoEntry)]
    [InlineData(ulong.MaxValue, Lv1Status.NoEntry)]
    public void Attributes_answer_as_listed(ulong operation, Lv1Status expected)
    {
        _gpu.SetUp();
        Assert.Equal(expected, _gpu.Device.ContextAttribute(_gpu.Context, operation, 0, 0, 0, 0));
    }

    [Fact]
    public void Display_sync_works_before_there_is_a_context()
    {
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAttribute(0, 0x101, 0, 2, 0, 0));
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAttribute(0, 0x101, 1, 1, 0, 0));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.ContextAttribute(0, 0x101, 2, 2, 0, 0));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.ContextAttribute(0, 0x101, 0, 3, 0, 0));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.ContextAttribute(0, 0x102, 0, 0, 0, 0));
    }

    [Fact]
    public void Framebuffer_setup_must_name_what_the_iomap_shows()
    {
        _gpu.SetUp();
        Assert.Equal(Lv1Status.Success, Setup(GpuFixture.Mib, 2 * GpuFixture.Mib, GpuFixture.Ioif));
        Assert.Equal(Lv1Status.IllegalParameterValue, Setup(0, 2 * GpuFixture.Mib, GpuFixture.Ioif));
        Assert.Equal(Lv1Status.IllegalParameterValue, Setup(GpuFixture.Mib, 10 * GpuFixture.Mib, GpuFixture.Ioif));
        Assert.Equal(Lv1Status.IllegalParameterValue, Setup(GpuFixture.Mib, ulong.MaxValue, GpuFixture.Ioif));
        Assert.Equal(Lv1Status.IllegalParameterValue, Setup(GpuFixture.Mib, 0, GpuFixture.Ioif));
    }

    /// <summary>ps3vram's probe: it must fail by its own time-out and free everything.</summary>
    [Fact]
    public void Ps3vrams_probe_is_denied_the_fifo_in_the_strict_profile_and_cleans_up()
    {
        using var gpu = new GpuFixture(profile: GpuProfile.Strict);
        gpu.SetUp();
        int regions = gpu.Memory.Regions.Count;
        ulong size = 256 * GpuFixture.Mib;
        ulong handle;
        while (gpu.Device.MemoryAllocate(size, out handle, out _) != Lv1Status.Success)
            size -= GpuFixture.Mib;
        // 16 MiB of room, minus 9 for ps3fb's picture and its context's areas.
        Assert.Equal(6 * GpuFixture.Mib, size);
        Assert.Equal(Lv1Status.Success, gpu.Device.ContextAllocate(handle, 0, out GpuContextAreas areas));
        Assert.Equal(Lv1Status.Success, gpu.Device.ContextIomap(
            areas.Handle, 0x0c00_0000, new LparAddress(12 * GpuFixture.Mib), 2 * GpuFixture.Mib, GpuFixture.MapFlags));
        gpu.Memory.TryWriteUInt32(areas.DmaControl + 0x44, 0x0c00_0000);
        gpu.Memory.TryWriteUInt32(areas.DmaControl + 0x40, 0x0c00_0040);

        Assert.Equal(Lv1Status.DeniedByPolicy, gpu.Device.ContextAttribute(areas.Handle, 0x601, 0, 0, 0, 0));

        gpu.RunUntil(IMachineClock.Frequency / 10);
        Assert.Equal(0x0c00_0000u, gpu.Word(areas.DmaControl + 0x44));
        Assert.Equal(Lv1Status.Success, gpu.Device.ContextIomap(
            areas.Handle, 0x0c00_0000, new LparAddress(12 * GpuFixture.Mib), 2 * GpuFixture.Mib, GpuFixture.UnmapFlags));
        Assert.Equal(Lv1Status.Success, gpu.Device.ContextFree(areas.Handle));
        Assert.Equal(Lv1Status.Success, gpu.Device.MemoryFree(handle));
        Assert.Equal(regions, gpu.Memory.Regions.Count);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(4ul)]
    public void Without_a_sound_device_there_is_no_sound(ulong unit)
    {
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.DeviceMap(unit, out _, out ulong size));
        Assert.Equal(0ul, size);
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.DeviceUnmap(unit));
        Assert.Equal(Lv1Status.NoEntry, _gpu.Device.Attribute(0x100, 7, 0, 0, 0));
    }

    public void Dispose() => _gpu.Dispose();

    private Lv1Status Iomap(ulong ioAddress, ulong memory, ulong size, ulong flags = GpuFixture.MapFlags) =>
        _gpu.Device.ContextIomap(_gpu.Context, ioAddress, new LparAddress(memory), size, flags);

    private Lv1Status Setup(ulong memory, ulong size, ulong ioAddress) =>
        _gpu.Device.ContextAttribute(_gpu.Context, 0x600, memory, size, ioAddress, 0);
}
