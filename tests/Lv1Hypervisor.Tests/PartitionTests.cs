using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Policy;

namespace Lv1Hypervisor.Tests;

/// <summary>Ids, time, the end of the partition, policy, console, and calls that are not provided.</summary>
public sealed class PartitionTests : IDisposable
{
    private readonly TestMachine _machine = new();

    [Fact]
    public void Ids_version_and_clock_are_a_retail_consoles()
    {
        Assert.Equal(1UL, _machine.Ok(Lv1Call.GetLogicalPpeId)[0]);
        Assert.Equal(2UL, _machine.Ok(Lv1Call.GetLogicalPartitionId)[0]);
        Assert.Equal(0x0000_0002_0001_0000UL, _machine.Ok(Lv1Call.GetVersionInfo)[0]);
        Assert.Equal([42, 1000], _machine.Ok(Lv1Call.GetRtc)[..2]);
    }

    [Fact]
    public void Pause_puts_the_calling_thread_to_sleep()
    {
        Assert.Equal(Lv1Status.Success, _machine.CallOn(1, (ulong)Lv1Call.Pause, 0).Status);
        Assert.Equal(PpeWait.InterruptOrDecrementer, _machine.Threads[1].Wait);
        _machine.Ok(Lv1Call.Pause, 1);
        Assert.Equal(PpeWait.Interrupt, _machine.Threads[0].Wait);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.Pause, 2);
    }

    [Theory]
    [InlineData(Lv1Call.Panic, 0, PartitionEnd.Panic)]
    [InlineData(Lv1Call.Panic, 1, PartitionEnd.Restart)]
    [InlineData(Lv1Call.ShutdownLogicalPartition, 1, PartitionEnd.Panic)]
    public void The_partition_ends(Lv1Call call, ulong argument, PartitionEnd how)
    {
        _machine.Call(call, argument);
        Assert.Equal(how, Assert.Single(_machine.Control.Ends).How);
    }

    [Fact]
    public void Breakpoints_may_not_be_the_hypervisors()
    {
        _machine.Ok(Lv1Call.SetDabr, 7, 2);
        Assert.Equal((7UL, 2UL), _machine.Threads[0].Breakpoint);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.SetDabr, 7, 0);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.SetDabr, 7, 4);
    }

    [Theory]
    [InlineData((ulong)Lv1Call.SetVmxGraphicsMode)]
    [InlineData((ulong)Lv1Call.ConstructLpm)]
    [InlineData((ulong)Lv1Call.InvalidateHtabEntries)]
    [InlineData(5)]
    [InlineData(14)]
    [InlineData(16)]
    [InlineData(256)]
    [InlineData(ulong.MaxValue)]
    public void Calls_not_provided_return_not_implemented_and_are_counted(ulong number)
    {
        Assert.Equal(Lv1Status.NotImplemented, _machine.CallOn(0, number, 1, 2, 3).Status);
        Assert.Equal(Lv1Status.NotImplemented, _machine.CallOn(0, number, 1, 2, 3).Status);
        Assert.Equal(2, _machine.Lv1.Audit.Calls(number));
        Assert.Equal(2, _machine.Lv1.Audit.Failed(number));
    }

    [Fact]
    public void Physical_memory_is_refused_as_on_retail()
    {
        _machine.Fails(Lv1Status.NoPrivilege, Lv1Call.MapPhysicalAddressRegion, 0x2800_0000_0000, 12, 0x1000);
        AuditRecord record = _machine.Lv1.Audit.Recent().Last();
        Assert.True(record.Denied);
        Assert.Equal((114UL, 0x2800_0000_0000UL, 0, 1000UL), (record.Number, record.Arguments[0], record.Thread, record.TimeBase));
    }

    [Theory]
    [InlineData(0, Lv1Status.IllegalParameterValue)]
    [InlineData(1, Lv1Status.Success)]
    [InlineData(2, Lv1Status.Success)]
    [InlineData(3, Lv1Status.IllegalParameterValue)]
    [InlineData(4, Lv1Status.IllegalParameterValue)]
    public void Registers_of_the_rsx_cannot_be_mapped(ulong unit, Lv1Status status) =>
        Assert.Equal(status, _machine.Call(Lv1Call.GpuDeviceMap, unit).Status);

    [Fact]
    public void Only_framebuffer_attributes_reach_the_gpu()
    {
        for (ulong operation = 0; operation < 0x700; operation++)
            _machine.Call(Lv1Call.GpuContextAttribute, 0, operation, 1, 2, 3, 4);
        Assert.Equal(
            [0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0x107, 0x108, 0x600, 0x601, 0x602, 0x603], _machine.Gpu.Operations);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.GpuContextAttribute, 5, 2, 0, 0, 0, 0);
    }

    [Fact]
    public void Gpu_results_are_in_their_registers()
    {
        _machine.Ok(Lv1Call.GpuOpen, 0);
        Assert.Equal([1, 0x7000_0000_0000], _machine.Ok(Lv1Call.GpuMemoryAllocate, 1UL << 20, 0, 0, 0, 0)[..2]);
        Assert.Equal([5, 1, 2, 3, 4], _machine.Ok(Lv1Call.GpuContextAllocate, 1, 0)[..5]);
        Assert.Equal(2UL, _machine.Ok(Lv1Call.GpuContextIntr, 5)[0]);
    }

    [Fact]
    public void A_class_without_its_capability_is_refused()
    {
        using var machine = new TestMachine(LparCapabilities.OtherOs with { Gpu = false, Network = false, Spe = false });
        machine.Fails(Lv1Status.NoPrivilege, Lv1Call.GpuOpen, 0);
        machine.Fails(Lv1Status.NoPrivilege, Lv1Call.NetControl, 1, 0, 1, 0, 0, 0);
        machine.Fails(Lv1Status.NoPrivilege, Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 1, 0);
    }

    [Fact]
    public void Storage_is_not_there()
    {
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.StorageRead, 2, 0, 0, 1, 0, 0x1000);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.StorageGetAsyncStatus, ulong.MaxValue);
        _machine.Fails(Lv1Status.NoPrivilege, Lv1Call.StorageCreateRegion, 2, 0, 0, 0, 0);
    }

    [Fact]
    public void The_debug_console_prints_bytes_from_the_left()
    {
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ConsoleWrite, 1, 1, 0x4100_0000_0000_0000, 0, 0, 0);
        _machine.Ok(Lv1Call.ConsoleOpen, 1, 0, 0, 0xff0, 0xff0, 0, 0);
        _machine.Fails(Lv1Status.DuplicateEntry, Lv1Call.ConsoleOpen, 1, 0, 0, 0xff0, 0xff0, 0, 0);
        Assert.Equal(1UL, _machine.Ok(Lv1Call.ConsoleWrite, 1, 1, 0x4142_0000_0000_0000, 0, 0, 0)[0]);
        Assert.Equal(9UL, _machine.Ok(Lv1Call.ConsoleWrite, 1, 9, 0x3132_3334_3536_3738, 0x3900_0000_0000_0000, 0, 0)[0]);
        Assert.Equal("A123456789"u8.ToArray(), _machine.Console);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.ConsoleWrite, 1, 33, 0, 0, 0, 0);
        Assert.Equal(0UL, _machine.Ok(Lv1Call.ConsoleRead, 1)[0]);
        _machine.Ok(Lv1Call.ConsoleFlush, 1);
        _machine.Ok(Lv1Call.ConsoleClose, 1);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ConsoleClose, 1);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ConsoleRead, 64);
    }

    [Fact]
    public void The_audit_trail_keeps_the_last_calls_in_order()
    {
        for (ulong i = 0; i < 100; i++)
            _machine.Call(Lv1Call.SetDabr, i, 2);
        AuditRecord[] recent = [.. _machine.Lv1.Audit.Recent()];
        Assert.Equal(64, recent.Length);
        Assert.Equal(Enumerable.Range(36, 64).Select(i => (ulong)i), recent.Select(record => record.Arguments[0]));
        Assert.Equal(100, _machine.Lv1.Audit.Total);
    }

    [Fact]
    public void Missing_and_refused_calls_are_reported_once_a_number_with_their_arguments()
    {
        for (int i = 0; i < 3; i++)
        {
            _machine.Call(Lv1Call.SetVmxGraphicsMode, 0x12);
            _machine.Call(Lv1Call.MapPhysicalAddressRegion, 1, 2, 3);
            _machine.CallOn(0, 5);
            _machine.CallOn(0, 1000);
            _machine.Call(Lv1Call.ReleaseMemory, 5);
        }

        Assert.Equal(
            [
                "lv1_set_vmx_graphics_mode (97) is not implemented; (0x12)",
                "lv1_map_physical_address_region (114) refused by policy: NoPrivilege; (0x1, 0x2, 0x3)",
                "lv1_unassigned (5) is not implemented; ()",
                "lv1_unassigned (1000) is not implemented; ()",
            ],
            _machine.Logger.Warnings);
    }

    [Fact]
    public void A_refusal_that_guests_probe_for_is_information_and_hides_no_warning()
    {
        for (int i = 0; i < 3; i++)
        {
            _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.GpuDeviceMap, 0);
            _machine.Fails(Lv1Status.NoEntry, Lv1Call.GpuContextAttribute, 0, 1, 0, 0, 0, 0);
        }

        Assert.Empty(_machine.Logger.Warnings);
        Assert.Equal(3, _machine.Lv1.Audit.Denied((ulong)Lv1Call.GpuDeviceMap));

        using var machine = new TestMachine(LparCapabilities.OtherOs with { Gpu = false });
        machine.Fails(Lv1Status.NoPrivilege, Lv1Call.GpuDeviceMap, 0);
        Assert.Equal(["lv1_gpu_device_map (212) refused by policy: NoPrivilege; (0x0)"], machine.Logger.Warnings);
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        var frame = new HypercallFrame { Number = (ulong)Lv1Call.GetVersionInfo };
        _machine.Lv1.Call(_machine.Threads[0], ref frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            _machine.Lv1.Call(_machine.Threads[0], ref frame);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    public void Dispose() => _machine.Dispose();
}
