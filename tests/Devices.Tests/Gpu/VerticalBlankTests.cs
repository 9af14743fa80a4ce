using CellPpe.Core;
using CellPpe.Core.Ports;
using Xunit;

namespace Devices.Tests.Gpu;

public sealed class VerticalBlankTests : IDisposable
{
    private const ulong Period = 1_331_330;
    private const ulong HeadB = 0x10b8 + 0x40;
    private readonly GpuFixture _gpu = new();

    [Fact]
    public void A_second_of_guest_time_has_59_blanks_and_1001_have_60000()
    {
        _gpu.SetUp();
        _gpu.RunUntil(IMachineClock.Frequency);
        Assert.Equal(59ul, _gpu.Device.VerticalBlanks);
        _gpu.RunUntil(IMachineClock.Frequency * 1001);
        Assert.Equal(60_000ul, _gpu.Device.VerticalBlanks);
    }

    [Fact]
    public void The_outlet_is_raised_as_the_guests_mask_says()
    {
        _gpu.SetUp();
        _gpu.RunUntil(Period);
        Assert.Equal(0, _gpu.Line.Raised);

        _gpu.SetMask(1 << 1 | 1 << 4);
        _gpu.RunUntil(2 * Period);

        Assert.Equal(1, _gpu.Line.Raised);
        Assert.Equal(2ul, _gpu.DoubleWord(_gpu.Areas.DriverInformation + (HeadB + 0x30)));
        Assert.Equal(2 * Period, _gpu.DoubleWord(_gpu.Areas.DriverInformation + HeadB));
        Assert.Equal(3ul, _gpu.TakeCauses());
        Assert.Equal(0ul, _gpu.TakeCauses());
        _gpu.SetMask(0);
        _gpu.RunUntil(3 * Period);
        Assert.Equal(1, _gpu.Line.Raised);
    }

    [Fact]
    public void A_flip_is_done_at_the_next_blank()
    {
        _gpu.SetUp();
        Assert.Equal(Lv1Status.Success, _gpu.Device.ContextAttribute(_gpu.Context, 0x102, 1, 0x1000, 0, 0));
        Assert.Equal(0ul, _gpu.TakeCauses());
        _gpu.RunUntil(Period);
        Assert.Equal(0x13ul, _gpu.TakeCauses());
        Assert.Equal(0x1000u, _gpu.Word(_gpu.Areas.DriverInformation + (HeadB + 0x0c)));
        _gpu.RunUntil(2 * Period);
        Assert.Equal(3ul, _gpu.TakeCauses());
    }

    [Fact]
    public void With_horizontal_sync_a_flip_is_done_at_once()
    {
        _gpu.SetUp();
        _gpu.Device.ContextAttribute(0, 0x101, 0, 1, 0, 0);
        _gpu.Device.ContextAttribute(_gpu.Context, 0x102, 0, 0, 0, 0);
        Assert.Equal(0x8ul, _gpu.TakeCauses());
    }

    [Theory]
    [InlineData(2ul, 0ul)]
    [InlineData(0ul, 9 * GpuFixture.Mib)]
    [InlineData(0ul, ulong.MaxValue)]
    public void A_flip_beyond_the_memory_is_refused(ulong head, ulong offset)
    {
        _gpu.SetUp();
        Assert.Equal(Lv1Status.IllegalParameterValue, _gpu.Device.ContextAttribute(_gpu.Context, 0x102, head, offset, 0, 0));
    }

    [Fact]
    public void Blanks_missed_by_a_machine_held_up_are_counted_with_one_interrupt()
    {
        _gpu.SetUp();
        _gpu.SetMask(2);
        _gpu.Clock.TimeBase = (10 * Period) + 5;
        _gpu.Events.RunDue(_gpu.Clock.TimeBase);
        Assert.Equal(10ul, _gpu.Device.VerticalBlanks);
        Assert.Equal(1, _gpu.Line.Raised);
        Assert.Equal(11 * Period, _gpu.Events.NextTime);
    }

    [Fact]
    public void Without_a_context_there_are_no_blanks()
    {
        Assert.Equal(ulong.MaxValue, _gpu.Events.NextTime);
        _gpu.SetUp();
        _gpu.Device.ContextFree(_gpu.Context);
        _gpu.RunUntil(Period);
        Assert.Equal(0ul, _gpu.Device.VerticalBlanks);
        Assert.Equal(ulong.MaxValue, _gpu.Events.NextTime);
    }

    [Fact]
    public void A_new_context_in_the_same_frame_does_not_double_the_blanks()
    {
        _gpu.SetUp();
        _gpu.RunUntil(Period / 2);
        _gpu.Device.ContextFree(_gpu.Context);
        _gpu.Device.ContextAllocate(_gpu.MemoryHandle, 0, out _);
        _gpu.RunUntil((Period / 2) + (10 * Period));
        Assert.Equal(10ul, _gpu.Device.VerticalBlanks);
    }

    public void Dispose() => _gpu.Dispose();
}
