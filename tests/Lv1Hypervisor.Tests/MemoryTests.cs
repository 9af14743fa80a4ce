using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;

namespace Lv1Hypervisor.Tests;

/// <summary>lv1-calls.md 4.1: highmem.</summary>
public sealed class MemoryTests : IDisposable
{
    private const ulong MiB16 = 16UL << 20;
    private readonly TestMachine _machine = new();

    [Fact]
    public void Allocated_memory_lies_in_its_size_class_above_all_ram()
    {
        ulong[] first = _machine.Ok(Lv1Call.AllocateMemory, MiB16, 24, 0, 4);
        ulong[] second = _machine.Ok(Lv1Call.AllocateMemory, 2 * MiB16, 24, 0, 4);
        Assert.Equal(24UL << 42, first[0]);
        Assert.Equal(25UL << 42, second[0]);
        Assert.Equal((1UL, 1UL), (first[1], second[1]));
        _machine.Write64(first[0] + MiB16 - 8, 1);
        Assert.Equal([first[0], MiB16, 3, 24, 4], _machine.Ok(Lv1Call.QueryLogicalPartitionAddressRegionInfo, first[0] + 5)[..5]);
    }

    [Theory]
    [InlineData(MiB16, 11, 0, 4, Lv1Status.IllegalParameterValue)]
    [InlineData(MiB16, 28, 0, 4, Lv1Status.IllegalParameterValue)]
    [InlineData(MiB16, 11, 2, 0x408, Lv1Status.IllegalParameterValue)]
    [InlineData(MiB16, 24, 2, 0x408, Lv1Status.NoEntry)]
    [InlineData(MiB16, 24, ulong.MaxValue, 4, Lv1Status.NoEntry)]
    [InlineData(MiB16, 24, 1, 0x408, Lv1Status.IllegalParameterValue)]
    [InlineData(MiB16, 24, 1, 8, Lv1Status.DuplicateEntry)]
    [InlineData(0, 24, 0, 8, Lv1Status.DuplicateEntry)]
    [InlineData(MiB16, 24, 0, 0x400, Lv1Status.IllegalParameterValue)]
    [InlineData(MiB16, 24, 0, 8, Lv1Status.DuplicateEntry)]
    [InlineData(0, 24, 0, 4, Lv1Status.IllegalParameterValue)]
    [InlineData(MiB16 + 4096, 24, 0, 4, Lv1Status.IllegalParameterValue)]
    [InlineData(4 * MiB16, 24, 0, 4, Lv1Status.ResourceShortage)]
    [InlineData(ulong.MaxValue & ~0xfffUL, 12, 0, 4, Lv1Status.ResourceShortage)]
    public void Wrong_requests_have_the_platform_status(ulong size, ulong pageShift, ulong zero, ulong flags, Lv1Status status) =>
        _machine.Fails(status, Lv1Call.AllocateMemory, size, pageShift, zero, flags);

    [Fact]
    public void The_third_argument_may_be_one() => Assert.Equal(1UL, _machine.Ok(Lv1Call.AllocateMemory, MiB16, 24, 1, 4)[1]);

    [Fact]
    public void Released_memory_can_be_allocated_again_and_is_zero()
    {
        for (int i = 0; i < 20; i++)
        {
            ulong address = _machine.Ok(Lv1Call.AllocateMemory, 3 * MiB16, 24, 0, 4)[0];
            Assert.Equal(0UL, _machine.Read64(address));
            _machine.Write64(address, 7);
            _machine.Ok(Lv1Call.ReleaseMemory, address);
            _machine.Fails(Lv1Status.NoEntry, Lv1Call.ReleaseMemory, address);
        }

        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ReleaseMemory, 0);
    }

    [Fact]
    public void A_guest_cannot_make_more_regions_than_the_bound()
    {
        int made = 0;
        while (_machine.Call(Lv1Call.AllocateMemory, 4096, 12, 0, 0).Status == Lv1Status.Success)
            made++;
        Assert.Equal(256, made);
    }

    [Fact]
    public void Boot_memory_is_described_as_on_retail()
    {
        Assert.Equal([0, TestMachine.BootSize, 3, 27, 8], _machine.Ok(Lv1Call.QueryLogicalPartitionAddressRegionInfo, 0)[..5]);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.QueryLogicalPartitionAddressRegionInfo, TestMachine.BootSize);
    }

    [Fact]
    public void Addresses_wrap_inside_their_class()
    {
        var allocator = new Partitions.LparAddressAllocator();
        for (int i = 0; i < 2; i++)
            Assert.Equal(41UL << 42 | ((ulong)i << 41), allocator.Allocate(1UL << 41).Value);
        Assert.Equal(41UL << 42, allocator.Allocate(1UL << 41).Value);
        Assert.Equal(new LparAddress(12UL << 42), allocator.Allocate(1));
    }

    public void Dispose() => _machine.Dispose();
}
