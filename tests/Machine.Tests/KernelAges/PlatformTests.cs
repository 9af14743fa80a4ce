using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Abi;

using Xunit;

namespace Machine.Tests.KernelAges;

/// <summary>Interrupts, SPEs, the network and the rest as kernels of several ages use them (Lv1Hypervisor/KERNEL-HISTORY.md).</summary>
public sealed class PlatformTests : IDisposable
{
    private const ulong SystemBus = 1;
    private const ulong Gelic = 0;
    private const ulong Executed = 3;
    private const ulong ExecutionStatus = 0xf00;
    private readonly Guest _guest = new();

    /// <summary>Linux 2.6.24 passes the PPE's id; later kernels do not set r3.</summary>
    [Theory]
    [InlineData(Guest.PpeId)]
    [InlineData(0xc000_0000_0123_4560)]
    public void The_address_space_of_the_ppe_is_found_with_and_without_its_id(ulong argument)
    {
        ulong id = _guest.Ok(Lv1Call.ConstructVirtualAddressSpace, 20, 2, 0x1810_0000_0000_0000)[0];
        _guest.Ok(Lv1Call.SelectVirtualAddressSpace, id);
        Assert.Equal(id, _guest.Ok(Lv1Call.GetVirtualAddressSpaceIdOfPpe, argument)[0]);
    }

    /// <summary>All kernels construct and enable SPEs in the same way; those with 64 KB pages pass that page size.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(16)]
    public void Spes_are_made_enabled_and_destructed(ulong shift)
    {
        ulong id = _guest.Ok(Lv1Call.ConstructVirtualAddressSpace, 20, 2, 0x1810_0000_0000_0000)[0];
        _guest.Ok(Lv1Call.SelectVirtualAddressSpace, id);
        ulong[] spe = _guest.Ok(Lv1Call.ConstructLogicalSpe, shift, shift, shift, shift, shift, id, 0);
        (ulong shadow, ulong speId) = (spe[4], spe[5]);
        _guest.Ok(Lv1Call.EnableLogicalSpe, speId, 0);
        for (ulong index = 0; index < 3; index++)
        {
            ulong outlet = _guest.Ok(Lv1Call.GetSpeIrqOutlet, speId, index)[0];
            Assert.True(outlet < 64);
            _guest.Ok(Lv1Call.ConnectIrqPlugExt, Guest.PpeId, 0, outlet, outlet, 0);
        }

        Assert.Equal(Executed, _guest.Load64(shadow + ExecutionStatus));
        // An SPE is disabled before its plugs are taken out, in 2.6.24 and today.
        _guest.Ok(Lv1Call.DisableLogicalSpe, speId, 0);
        for (ulong index = 0; index < 3; index++)
            _guest.Ok(Lv1Call.DisconnectIrqPlugExt, Guest.PpeId, 0, _guest.Ok(Lv1Call.GetSpeIrqOutlet, speId, index)[0]);
        _guest.Ok(Lv1Call.DestructLogicalSpe, speId);
    }

    /// <summary>Linux 2.6.24 always watches both kinds of access; later ones select, and pass 1 when there is nothing to watch.</summary>
    [Theory]
    [InlineData(0, 3)]
    [InlineData(0xc000_0000_0000_1007, 3)]
    [InlineData(0, 1)]
    [InlineData(0xc000_0000_0000_1004, 0xb)]
    public void Breakpoints_of_every_age_are_accepted(ulong dabr, ulong dabrx) => _guest.Ok(Lv1Call.SetDabr, dabr, dabrx);

    /// <summary>
    /// The virtual UART's interrupt: kernels of all ages destroy the outlet before they disconnect the plug, and stop with BUG() when
    /// disconnecting fails.
    /// </summary>
    [Fact]
    public void The_virtual_uarts_plug_outlives_its_outlet()
    {
        ulong outlet = _guest.Ok(Lv1Call.ConfigureVirtualUartIrq, 0x10000)[0];
        _guest.Ok(Lv1Call.ConnectIrqPlugExt, Guest.PpeId, 0, outlet, outlet, 0);
        for (ulong port = 0; port < 3; port += 2)
        {
            // Triggers as every age sets them: room for one byte, and one byte received.
            _guest.Ok(Lv1Call.SetVirtualUartParam, port, 0, 1);
            ulong size = _guest.Ok(Lv1Call.GetVirtualUartParam, port, 3)[0];
            _guest.Ok(Lv1Call.SetVirtualUartParam, port, 1, size - 1);
            _guest.Ok(Lv1Call.SetVirtualUartParam, port, 2, 0);
        }

        _guest.Ok(Lv1Call.DeconfigureVirtualUartIrq);
        _guest.Ok(Lv1Call.DisconnectIrqPlugExt, Guest.PpeId, 0, outlet);
    }

    /// <summary>
    /// The network driver of 2006 names its status word once and makes a new event port each time the interface comes up; its
    /// stop call has a third argument. The one of today makes the port once.
    /// </summary>
    [Fact]
    public void The_network_comes_up_again_and_again()
    {
        _guest.Ok(Lv1Call.OpenDevice, SystemBus, Gelic, 0);
        _guest.Ok(Lv1Call.NetSetInterruptStatusIndicator, SystemBus, Gelic, 0x20000, 0);
        Assert.NotEqual(0UL, _guest.Ok(Lv1Call.NetControl, SystemBus, Gelic, 1, 0, 0, 0)[0]);
        // It requests all four VLANs, and works without those for which the status is "no entry".
        for (ulong vlan = 1; vlan <= 4; vlan++)
            Assert.Equal(Lv1Status.NoEntry, _guest.Call(Lv1Call.NetControl, SystemBus, Gelic, 4, vlan, 0, 0));
        ulong bus = _guest.Ok(Lv1Call.AllocateDeviceDmaRegion, SystemBus, Gelic, 128 * Guest.Mib, 24, 0)[0];
        _guest.Ok(Lv1Call.MapDeviceDmaRegion, SystemBus, Gelic, 0, bus, 128 * Guest.Mib, 0xf800_0000_0000_0000);

        for (int up = 0; up < 3; up++)
        {
            ulong port = _guest.Ok(Lv1Call.ConstructEventReceivePort)[0];
            _guest.Ok(Lv1Call.ConnectIrqPlugExt, Guest.PpeId, 0, port, port, 0);
            _guest.Ok(Lv1Call.ConnectInterruptEventReceivePort, SystemBus, Gelic, port, 0);
            _guest.Ok(Lv1Call.NetSetInterruptMask, SystemBus, Gelic, (1UL << 60) | (1UL << 56) | (1UL << 14), 0);
            WriteReceiveDescriptor(0x30000, bus);
            _guest.Ok(Lv1Call.NetStartRxDma, SystemBus, Gelic, bus + 0x30000, 0);

            _guest.Ok(Lv1Call.NetStopRxDma, SystemBus, Gelic, 0);
            _guest.Ok(Lv1Call.NetStopTxDma, SystemBus, Gelic, 0);
            _guest.Ok(Lv1Call.NetSetInterruptMask, SystemBus, Gelic, 0, 0);
            _guest.Ok(Lv1Call.DisconnectInterruptEventReceivePort, SystemBus, Gelic, port, 0);
            _guest.Ok(Lv1Call.DestructEventReceivePort, port);
        }
    }

    /// <summary>Early drivers pass five arguments, later ones three; lv1 uses the first three.</summary>
    [Fact]
    public void Sound_is_set_up_in_the_same_way_by_all_ages()
    {
        _guest.Ok(Lv1Call.GpuOpen, 0);
        _guest.Ok(Lv1Call.GpuDeviceMap, 2);
        _guest.Ok(Lv1Call.GpuAttribute, 0x100, 7, 0x0300_f001);
        _guest.Ok(Lv1Call.GpuAttribute, 0x100, 7, 0x0300_f001, 0, 0);
    }

    public void Dispose() => _guest.Dispose();

    private void WriteReceiveDescriptor(ulong address, ulong bus)
    {
        Span<byte> descriptor = stackalloc byte[32];
        BinaryPrimitives.WriteUInt32BigEndian(descriptor, (uint)(bus + 0x40000));
        BinaryPrimitives.WriteUInt32BigEndian(descriptor[4..], 2432);
        BinaryPrimitives.WriteUInt32BigEndian(descriptor[12..], 0xa000_0000);
        Assert.True(_guest.Memory.TryWrite(new LparAddress(address), descriptor));
    }
}
