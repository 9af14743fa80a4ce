using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Abi;

using Xunit;

namespace Machine.Tests.KernelAges;

/// <summary>
/// A loader that another system has started removes what that system left, by trying every possible number, in the order of a public
/// loader of 2010 (Lv1Hypervisor/Reference/hardware-facts.md, lv1). A call for a missing object returns an error without side effects.
/// </summary>
public sealed class CleanUpTests : IDisposable
{
    private const ulong Threads = 2;
    private const ulong SystemBus = 1;
    private const ulong Gelic = 0;

    private readonly Guest _guest = new();

    [Fact]
    public void On_a_fresh_machine_nothing_is_found_and_nothing_changes()
    {
        int regions = _guest.Memory.Regions.Count;
        Assert.Equal(default, CleanUp());
        Assert.Equal(regions, _guest.Memory.Regions.Count);
        // The machine still works.
        UseEverything();
    }

    [Fact]
    public void Everything_left_by_a_previous_system_is_removed_and_can_be_made_again()
    {
        int regions = _guest.Memory.Regions.Count;
        for (int predecessor = 0; predecessor < 3; predecessor++)
        {
            UseEverything();
            Found found = CleanUp();
            Assert.Equal(new Found(Gpu: true, Plugs: 8, Devices: 1, Spes: 2, Regions: 2, Htabs: 1, Spaces: 2, VirtualUart: true), found);
            Assert.Equal(regions, _guest.Memory.Regions.Count);
        }
    }

    public void Dispose() => _guest.Dispose();

    private void UseEverything()
    {
        ulong other = _guest.Ok(Lv1Call.ConstructVirtualAddressSpace, 18, 0, 0)[0];
        ulong id = _guest.Ok(Lv1Call.ConstructVirtualAddressSpace, 20, 2, 0x1810_0000_0000_0000)[0];
        Assert.NotEqual(other, id);
        _guest.Ok(Lv1Call.SelectVirtualAddressSpace, id);
        _guest.Ok(Lv1Call.MapHtab, 0);
        _guest.Ok(Lv1Call.AllocateMemory, 16 * Guest.Mib, 24, 0, 4);
        _guest.Ok(Lv1Call.AllocateMemory, 64 << 10, 12, 1, 0);
        _guest.Ok(Lv1Call.ConfigureIrqStateBitmap, Guest.PpeId, 0, 0x8000);
        _guest.Ok(Lv1Call.ConfigureIrqStateBitmap, Guest.PpeId, 1, 0x8040);

        for (ulong resource = 0; resource < 2; resource++)
        {
            ulong spe = _guest.Ok(Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, id, 0)[5];
            _guest.Ok(Lv1Call.EnableLogicalSpe, spe, resource);
            for (ulong index = 0; index < 3; index++)
                Plug(_guest.Ok(Lv1Call.GetSpeIrqOutlet, spe, index)[0]);
        }

        Plug(_guest.Ok(Lv1Call.ConfigureVirtualUartIrq, 0x10000)[0]);
        _guest.Ok(Lv1Call.OpenDevice, SystemBus, Gelic, 0);
        Plug(_guest.Ok(Lv1Call.ConstructEventReceivePort)[0]);
        _guest.Ok(Lv1Call.GpuOpen, 0);
        ulong memory = _guest.Ok(Lv1Call.GpuMemoryAllocate, 9 * Guest.Mib, 0, 0, 0, 0)[0];
        _guest.Ok(Lv1Call.GpuContextAllocate, memory, 0);
    }

    private void Plug(ulong outlet) => _guest.Ok(Lv1Call.ConnectIrqPlugExt, Guest.PpeId, outlet & 1, outlet, outlet, 0);

    private Found CleanUp()
    {
        var found = new Found { Gpu = Did(Lv1Call.GpuClose) };
        _guest.Ok(Lv1Call.SelectVirtualAddressSpace, 0);
        // Twice as many plugs as there are.
        for (ulong plug = 0; plug < 512; plug++)
        {
            for (ulong thread = 0; thread < Threads; thread++)
                found.Plugs += Did(Lv1Call.DisconnectIrqPlugExt, Guest.PpeId, thread, plug) ? 1 : 0;
        }

        for (ulong outlet = 0; outlet < 256; outlet++)
            Assert.False(Did(Lv1Call.DestructIoIrqOutlet, outlet));
        for (ulong thread = 0; thread < Threads; thread++)
            _guest.Ok(Lv1Call.ConfigureIrqStateBitmap, Guest.PpeId, thread, 0);
        for (ulong bus = 0; bus < 8; bus++)
        {
            for (ulong device = 0; device < 8; device++)
                found.Devices += Did(Lv1Call.CloseDevice, bus, device) ? 1 : 0;
        }

        for (ulong spe = 0; spe < 256; spe++)
        {
            _guest.Call(Lv1Call.DisableLogicalSpe, spe, 0);
            found.Spes += Did(Lv1Call.DestructLogicalSpe, spe) ? 1 : 0;
        }

        ReleaseRegions(ref found, AllocateAll());
        for (ulong space = 0; space < 16; space++)
            found.Spaces += Did(Lv1Call.DestructVirtualAddressSpace, space) ? 1 : 0;
        found.VirtualUart = Did(Lv1Call.DeconfigureVirtualUartIrq);
        for (ulong port = 0; port < 64; port++)
            Did(Lv1Call.SetVirtualUartParam, port, 2, 0);
        // The loader does not destroy event ports; this test does, because outlets would run out.
        for (ulong outlet = 0; outlet < 64; outlet++)
            Did(Lv1Call.DestructEventReceivePort, outlet);
        return found;
    }

    // The loader allocates all memory, to learn the largest number used in addresses.
    private List<ulong> AllocateAll()
    {
        var own = new List<ulong>();
        for (ulong size = 256 * Guest.Mib; size >= 4096;)
        {
            if (_guest.Call(Lv1Call.AllocateMemory, out ulong[] outputs, size, 12, 0, 0) == Lv1Status.Success)
                own.Add(outputs[0]);
            else
                size >>= 1;
        }

        Assert.NotEmpty(own);
        return own;
    }

    private void ReleaseRegions(ref Found found, List<ulong> own)
    {
        ulong previous = ulong.MaxValue;
        ulong last = own.Max(static address => (address & 0x3ff_ffff_f000) >> 12);
        for (ulong counter = 0; counter <= 0x40000; counter++)
        {
            // Beyond the last number in use only whole MiB are tried.
            if (counter > last && (counter & 0xff) != 0)
                continue;
            for (ulong size = 12; size <= 30; size++)
            {
                if (_guest.Call(Lv1Call.QueryLogicalPartitionAddressRegionInfo, out ulong[] region, (counter << 12) | (size << 42)) != Lv1Status.Success
                    || region[0] == previous)
                    continue;
                previous = region[0];
                if (Did(Lv1Call.ReleaseMemory, region[0]))
                    found.Regions += own.Contains(region[0]) ? 0 : 1;
                else if (region[4] >> 60 == 0xc)
                    found.Htabs += Did(Lv1Call.UnmapHtab, region[0]) ? 1 : 0;
            }
        }
    }

    private bool Did(Lv1Call call, params ReadOnlySpan<ulong> arguments)
    {
        Lv1Status status = _guest.Call(call, out ulong[] outputs, arguments);
        if (status != Lv1Status.Success)
            Assert.All(outputs, static output => Assert.Equal(0UL, output));
        return status == Lv1Status.Success;
    }

    private record struct Found(bool Gpu, int Plugs, int Devices, int Spes, int Regions, int Htabs, int Spaces, bool VirtualUart);
}
