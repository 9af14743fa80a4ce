using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;
using Lv1Hypervisor.Policy;

namespace Lv1Hypervisor.Tests;

/// <summary>lv1-calls.md 8 and spe.md 1: the states of a logical SPE, and every invalid call.</summary>
public sealed class SpeTests : IDisposable
{
    private const ulong PageSizes = 0x1810_0000_0000_0000;
    private const ulong Stranger = 77;

    private readonly TestMachine _machine = new();

    public SpeTests()
    {
        _machine.Ok(Lv1Call.ConstructVirtualAddressSpace, 20, 2, PageSizes);
        _machine.Ok(Lv1Call.SelectVirtualAddressSpace, 1);
    }

    private FakeSpe Spe => _machine.Spes.Last!;

    [Fact]
    public void Construct_maps_the_areas_where_it_says()
    {
        ulong[] made = Construct();

        (ulong priv2, ulong problem, ulong localStore, ulong shadow) = (made[0], made[1], made[2], made[4]);
        Assert.All([priv2, problem, localStore, shadow], address => Assert.True(address >= TestMachine.TotalSize));
        AssertRegion(priv2, 0x20000, RegionAccess.ReadWrite, Spe.Privilege2);
        AssertRegion(problem, 0x20000, RegionAccess.ReadWrite, Spe.ProblemState);
        AssertRegion(localStore, 0x40000, RegionAccess.ReadWrite, null);
        Assert.Equal(_machine.Spes.LastLocalStore!.Start.Value, localStore);
        MemoryRegion region = RegionAt(shadow);
        Assert.Equal((0x1000UL, RegionAccess.Read), (region.Size, region.Access));
        Assert.Equal(0xf00UL, region.Device!.Read(0xf00, 8));
        // Constructed is not enabled.
        Assert.False(Spe.IsEnabled);
        Assert.Null(Spe.Table);
    }

    [Fact]
    public void With_64_KiB_pages_the_shadow_fills_a_page()
    {
        ulong[] made = _machine.Ok(Lv1Call.ConstructLogicalSpe, 16, 16, 16, 16, 16, 1, 0);
        MemoryRegion region = RegionAt(made[4]);
        Assert.Equal((0x10000UL, 0UL), (region.Size, region.Device!.Read(0x1f00, 8)));
        Assert.Equal(0UL, made[4] % 0x10000);
    }

    [Theory]
    [InlineData(Lv1Status.IllegalParameterValue, 11, 12, 12, 12, 12, 1, 0)]
    [InlineData(Lv1Status.IllegalParameterValue, 12, 24, 12, 12, 12, 1, 0)]
    [InlineData(Lv1Status.IllegalParameterValue, 12, 12, 0, 12, 12, 1, 0)]
    [InlineData(Lv1Status.IllegalParameterValue, 12, 12, 12, 64, 12, 1, 0)]
    [InlineData(Lv1Status.IllegalParameterValue, 12, 12, 12, 12, ulong.MaxValue, 1, 0)]
    [InlineData(Lv1Status.NoEntry, 12, 12, 12, 12, 12, 2, 0)]
    [InlineData(Lv1Status.NoEntry, 12, 12, 12, 12, 12, ulong.MaxValue, 0)]
    [InlineData(Lv1Status.IllegalParameterValue, 12, 12, 12, 12, 12, 1, 1)]
    [InlineData(Lv1Status.IllegalParameterValue, 12, 12, 12, 12, 12, 1, 3)]
    [InlineData(Lv1Status.NotImplemented, 12, 12, 12, 12, 12, 1, 2)]
    public void Wrong_constructions_are_refused(
        Lv1Status expected, ulong shift0, ulong shift1, ulong shift2, ulong shift3, ulong shift4, ulong vas, ulong type)
    {
        _machine.Fails(expected, Lv1Call.ConstructLogicalSpe, shift0, shift1, shift2, shift3, shift4, vas, type);
        Assert.Equal(6, _machine.Spes.Free);
    }

    [Fact]
    public void There_are_as_many_as_the_machine_has_again_and_again()
    {
        int regions = _machine.Memory.Regions.Count;
        for (int round = 0; round < 20; round++)
        {
            ulong[] ids = [.. Enumerable.Range(0, 6).Select(_ => Construct()[5])];
            Assert.Equal(6, ids.Distinct().Count());
            _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 1, 0);
            foreach (ulong id in ids)
                _machine.Ok(Lv1Call.DestructLogicalSpe, id);
        }

        Assert.Equal((6, regions), (_machine.Spes.Free, _machine.Memory.Regions.Count));
    }

    [Fact]
    public void Without_outlets_nothing_is_constructed_and_nothing_lost()
    {
        while (_machine.Call(Lv1Call.ConstructEventReceivePort).Status == Lv1Status.Success)
        {
        }

        int regions = _machine.Memory.Regions.Count;
        _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 1, 0);
        Assert.Equal((6, regions), (_machine.Spes.Free, _machine.Memory.Regions.Count));
    }

    [Fact]
    public void Enable_and_disable_take_turns()
    {
        ulong id = Construct()[5];
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.EnableLogicalSpe, Stranger, 0);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.EnableLogicalSpe, id, 6);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.EnableLogicalSpe, id, ulong.MaxValue);
        _machine.Fails(Lv1Status.WrongState, Lv1Call.DisableLogicalSpe, id, 0);
        _machine.Ok(Lv1Call.EnableLogicalSpe, id, 5);
        Assert.True(Spe.IsEnabled);
        Assert.NotNull(Spe.Table);
        _machine.Fails(Lv1Status.WrongState, Lv1Call.EnableLogicalSpe, id, 5);
        _machine.Fails(Lv1Status.WrongState, Lv1Call.DestructLogicalSpe, id);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.DisableLogicalSpe, id, 1);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.DisableLogicalSpe, Stranger, 0);
        Assert.True(Spe.IsEnabled);
        _machine.Ok(Lv1Call.DisableLogicalSpe, id, 0);
        Assert.False(Spe.IsEnabled);
        _machine.Ok(Lv1Call.DestructLogicalSpe, id);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.DestructLogicalSpe, id);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.EnableLogicalSpe, id, 5);
    }

    [Fact]
    public void A_reservation_carries_one_spe_at_a_time()
    {
        ulong first = Construct()[5];
        ulong second = Construct()[5];
        _machine.Ok(Lv1Call.EnableLogicalSpe, first, 3);
        _machine.Fails(Lv1Status.Busy, Lv1Call.EnableLogicalSpe, second, 3);
        _machine.Ok(Lv1Call.DisableLogicalSpe, first, 0);
        _machine.Ok(Lv1Call.EnableLogicalSpe, second, 3);
    }

    [Fact]
    public void Registers_are_out_of_reach_of_an_spe_that_is_not_enabled()
    {
        ulong id = Construct()[5];
        foreach ((ulong spe, Lv1Status expected) in ((ulong, Lv1Status)[])[(id, Lv1Status.WrongState), (Stranger, Lv1Status.NoEntry)])
        {
            _machine.Fails(expected, Lv1Call.SetSpeInterruptMask, spe, 0, 7);
            _machine.Fails(expected, Lv1Call.ClearSpeInterruptStatus, spe, 0, 7, 0);
            _machine.Fails(expected, Lv1Call.GetSpeInterruptStatus, spe, 0);
            _machine.Fails(expected, Lv1Call.SetSpePrivilegeStateArea1Register, spe, FakeSpe.AllowedOffset, 1);
        }
    }

    [Fact]
    public void Classes_and_registers_beyond_the_end_are_refused()
    {
        ulong id = ConstructEnabled();
        foreach (ulong beyond in (ulong[])[3, 4, uint.MaxValue, ulong.MaxValue])
        {
            _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.SetSpeInterruptMask, id, beyond, 7);
            _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.ClearSpeInterruptStatus, id, beyond, 7, 0);
            _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.GetSpeInterruptStatus, id, beyond);
            _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.GetSpeIrqOutlet, id, beyond);
            _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.SetSpePrivilegeStateArea1Register, id, beyond, 1);
        }

        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.ClearSpeInterruptStatus, id, 1, 7, 1);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.GetSpeIrqOutlet, Stranger, 0);
        _machine.Ok(Lv1Call.SetSpePrivilegeStateArea1Register, id, FakeSpe.AllowedOffset, 0x1000_0000);
        Assert.Equal((FakeSpe.AllowedOffset, 0x1000_0000UL), Spe.LastRegister);
    }

    [Fact]
    public void Each_class_interrupts_at_its_own_plug_until_its_status_is_cleared()
    {
        const ulong Block = 0x10000;
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, Lpar.PpeId, 0, Block);
        ulong id = ConstructEnabled();
        for (ulong index = 0; index < 3; index++)
        {
            ulong outlet = _machine.Ok(Lv1Call.GetSpeIrqOutlet, id, index)[0];
            Assert.Equal(outlet, _machine.Ok(Lv1Call.GetSpeIrqOutlet, id, index)[0]);
            Assert.InRange(outlet, 16UL, 62UL);
            _machine.Ok(Lv1Call.ConnectIrqPlugExt, Lpar.PpeId, 0, outlet, outlet, 0);
            ulong bit = 1UL << (63 - (int)outlet);
            _machine.Write64(Block + 32, bit);
            _machine.Ok(Lv1Call.DidUpdateInterruptMask, Lpar.PpeId, 0);

            Spe.Interrupt((int)index, 6);
            Assert.False(_machine.Threads[0].ExternalInterrupt, "masked in the SPE");
            _machine.Ok(Lv1Call.SetSpeInterruptMask, id, index, 2);
            Assert.True(_machine.Threads[0].ExternalInterrupt);
            Assert.Equal(6UL, _machine.Ok(Lv1Call.GetSpeInterruptStatus, id, index)[0]);
            _machine.Ok(Lv1Call.EndOfInterruptExt, Lpar.PpeId, 0, outlet);
            Assert.True(_machine.Threads[0].ExternalInterrupt, "the cause is still there");

            _machine.Ok(Lv1Call.ClearSpeInterruptStatus, id, index, 2, 0);
            _machine.Ok(Lv1Call.EndOfInterruptExt, Lpar.PpeId, 0, outlet);
            Assert.False(_machine.Threads[0].ExternalInterrupt);
            Assert.Equal(4UL, _machine.Ok(Lv1Call.GetSpeInterruptStatus, id, index)[0]);
        }
    }

    [Fact]
    public void Outlets_go_with_their_spe()
    {
        ulong id = Construct()[5];
        ulong outlet = _machine.Ok(Lv1Call.GetSpeIrqOutlet, id, 1)[0];
        _machine.Fails(Lv1Status.TypeMismatch, Lv1Call.DestructEventReceivePort, outlet);
        _machine.Fails(Lv1Status.TypeMismatch, Lv1Call.SendEventLocally, outlet);
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, Lpar.PpeId, 0, outlet, outlet, 0);
        _machine.Ok(Lv1Call.DestructLogicalSpe, id);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.GetSpeIrqOutlet, id, 1);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ConnectIrqPlugExt, Lpar.PpeId, 0, 20, outlet, 0);
        // Its plug is free, too.
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.DisconnectIrqPlugExt, Lpar.PpeId, 0, outlet);
    }

    [Fact]
    public void The_address_space_stays_while_an_spe_translates_by_it()
    {
        // 0: the one that is selected now, whatever is selected later.
        ulong id = _machine.Ok(Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 0, 0)[5];
        _machine.Ok(Lv1Call.SelectVirtualAddressSpace, 0);
        _machine.Fails(Lv1Status.Busy, Lv1Call.DestructVirtualAddressSpace, 1);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 0, 0);
        _machine.Ok(Lv1Call.DestructLogicalSpe, id);
        _machine.Ok(Lv1Call.DestructVirtualAddressSpace, 1);
    }

    [Fact]
    public void The_shadow_area_can_be_mapped_read_only()
    {
        ulong[] made = Construct();
        const ulong Valid = 1;
        const ulong WritableForAll = 2;
        const ulong ReadOnlyForAll = 3;
        const ulong WritableForKernel = 0;
        foreach (ulong protection in (ulong[])[WritableForAll, WritableForKernel, 1])
        {
            _machine.Fails(Lv1Status.AccessViolation, Lv1Call.WriteHtabEntry, 1, 0, Valid, made[4] | protection);
            _machine.Fails(Lv1Status.AccessViolation, Lv1Call.InsertHtabEntry, 1, 0, Valid, made[4] | protection, 0, 0);
        }

        _machine.Ok(Lv1Call.WriteHtabEntry, 1, 0, Valid, made[4] | ReadOnlyForAll);
        _machine.Ok(Lv1Call.WriteHtabEntry, 1, 1, Valid, made[0] | WritableForAll);
        // Nothing is mapped at the address of the context area.
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.WriteHtabEntry, 1, 2, Valid, made[3] | WritableForAll);
        _machine.Ok(Lv1Call.DestructLogicalSpe, made[5]);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.WriteHtabEntry, 1, 1, Valid, made[0] | WritableForAll);
    }

    [Fact]
    public void An_spes_memory_is_not_the_guests_to_release()
    {
        ulong[] made = Construct();
        foreach (ulong area in made[..5])
            _machine.Fails(Lv1Status.NoEntry, Lv1Call.ReleaseMemory, area);
        Assert.Equal([made[2], 0x40000, 3], _machine.Ok(Lv1Call.QueryLogicalPartitionAddressRegionInfo, made[2] + 0x1000)[..3]);
        Assert.Equal([made[4], 0x1000, 1], _machine.Ok(Lv1Call.QueryLogicalPartitionAddressRegionInfo, made[4])[..3]);
    }

    [Fact]
    public void A_notifier_is_signalled_for_the_selected_statuses()
    {
        const ulong Block = 0x10000;
        _machine.Ok(Lv1Call.ConfigureIrqStateBitmap, Lpar.PpeId, 0, Block);
        ulong id = Construct()[5];
        ulong port = _machine.Ok(Lv1Call.ConstructEventReceivePort)[0];
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.SetSpeTransitionNotifier, Stranger, 0xf, port);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.SetSpeTransitionNotifier, id, 0x10, port);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.SetSpeTransitionNotifier, id, 0xf, 63);
        ulong foreign = _machine.Ok(Lv1Call.GetSpeIrqOutlet, id, 0)[0];
        _machine.Fails(Lv1Status.TypeMismatch, Lv1Call.SetSpeTransitionNotifier, id, 0xf, foreign);
        _machine.Ok(Lv1Call.ConnectIrqPlugExt, Lpar.PpeId, 0, port, port, 0);
        _machine.Write64(Block + 32, 1UL << (63 - (int)port));
        _machine.Ok(Lv1Call.DidUpdateInterruptMask, Lpar.PpeId, 0);

        // Only transitions to status 3 ("executed") are notified.
        _machine.Ok(Lv1Call.SetSpeTransitionNotifier, id, 1 << 3, port);
        Assert.True(Raised(() => _machine.Ok(Lv1Call.EnableLogicalSpe, id, 0)));
        Assert.False(Raised(() => _machine.Ok(Lv1Call.DisableLogicalSpe, id, 0)));
        _machine.Ok(Lv1Call.SetSpeTransitionNotifier, id, 0xf, port);
        Assert.True(Raised(() => _machine.Ok(Lv1Call.EnableLogicalSpe, id, 0)));
        Assert.True(Raised(() => _machine.Ok(Lv1Call.DisableLogicalSpe, id, 0)));
        _machine.Ok(Lv1Call.SetSpeTransitionNotifier, id, 0, 0);
        Assert.False(Raised(() => _machine.Ok(Lv1Call.EnableLogicalSpe, id, 0)));
        // A destroyed port is no longer notified.
        _machine.Ok(Lv1Call.SetSpeTransitionNotifier, id, 0xf, port);
        _machine.Ok(Lv1Call.DestructEventReceivePort, port);
        _machine.Ok(Lv1Call.DisableLogicalSpe, id, 0);

        bool Raised(Action change)
        {
            change();
            bool raised = _machine.Threads[0].ExternalInterrupt;
            _machine.Ok(Lv1Call.EndOfInterruptExt, Lpar.PpeId, 0, port);
            return raised;
        }
    }

    [Theory]
    [InlineData(Lv1Call.LoadSpeSlbEntry)]
    [InlineData(Lv1Call.ReadSpePriv2Register)]
    [InlineData(Lv1Call.WriteSpePriv2Register)]
    [InlineData(Lv1Call.ExitSpeIsolation)]
    [InlineData(Lv1Call.PrepareSpeIsolation)]
    [InlineData(Lv1Call.StartIsolatedSpe)]
    public void Isolation_is_refused_as_a_console_does(Lv1Call call)
    {
        ulong id = ConstructEnabled();
        _machine.Fails(Lv1Status.NotImplemented, call, id, 0, 0, 0, 0);
        Assert.Equal(1, _machine.Lv1.Audit.Denied((ulong)call));
    }

    [Fact]
    public void Without_the_capability_every_call_is_refused()
    {
        using var machine = new TestMachine(LparCapabilities.OtherOs with { Spe = false });
        machine.Fails(Lv1Status.NoPrivilege, Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 1, 0);
        machine.Fails(Lv1Status.NoPrivilege, Lv1Call.DestructLogicalSpe, 1);
    }

    [Fact]
    public void The_repository_names_the_reservations()
    {
        Assert.Equal([6, 0], ReadNode("bi/spun"));
        Assert.Equal([6, 0], ReadNode("bi/spursvn"));
        for (ulong index = 0; index < 6; index++)
            Assert.Equal([1UL << 63, index], ReadNode($"bi/spursv/{index}"));
        RepositoryKey beyond = RepositoryKey.Parse("bi/spursv/6");
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ReadRepositoryNode, Lpar.Id, beyond.N1, beyond.N2, beyond.N3, beyond.N4);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public void A_machine_without_spes_says_so(int? spes)
    {
        using var machine = new TestMachine(spes);
        machine.Ok(Lv1Call.ConstructVirtualAddressSpace, 20, 2, PageSizes);
        RepositoryKey key = RepositoryKey.Parse("bi/spursvn");
        Assert.Equal(0UL, machine.Ok(Lv1Call.ReadRepositoryNode, Lpar.Id, key.N1, key.N2, key.N3, key.N4)[0]);
        machine.Fails(Lv1Status.ResourceShortage, Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 1, 0);
        machine.Fails(Lv1Status.NoEntry, Lv1Call.DestructLogicalSpe, 0);
        machine.Fails(Lv1Status.NoEntry, Lv1Call.EnableLogicalSpe, 1, 0);
        machine.Fails(Lv1Status.NoEntry, Lv1Call.GetSpeIrqOutlet, 0, 1);
        Assert.Single(machine.Memory.Regions);
    }

    public void Dispose() => _machine.Dispose();

    private ulong[] Construct() => _machine.Ok(Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 1, 0);

    private ulong ConstructEnabled()
    {
        ulong id = Construct()[5];
        _machine.Ok(Lv1Call.EnableLogicalSpe, id, 0);
        return id;
    }

    private MemoryRegion RegionAt(ulong address)
    {
        Assert.True(_machine.Memory.TryFind(new LparAddress(address), out MemoryRegion? region));
        Assert.Equal(address, region.Start.Value);
        return region;
    }

    private void AssertRegion(ulong address, ulong size, RegionAccess access, IMmioDevice? device)
    {
        MemoryRegion region = RegionAt(address);
        Assert.Equal((size, access, device), (region.Size, region.Access, region.Device));
        Assert.Equal(0UL, address % size);
    }

    private ulong[] ReadNode(string path)
    {
        RepositoryKey key = RepositoryKey.Parse(path);
        return _machine.Ok(Lv1Call.ReadRepositoryNode, Lpar.Id, key.N1, key.N2, key.N3, key.N4)[..2];
    }
}
