using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.Threads;

using Lv1Hypervisor;
using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using Ps3Platform.Machine.Spes;
using Ps3Platform.Machine.Turns;

namespace Ps3Platform.Machine;

/// <summary>The connected parts that <see cref="MachineBuilder"/> passes to <see cref="Ps3Machine"/>.</summary>
internal sealed record MachineParts
{
    public required ITurnClock Clock { get; init; }

    public required GuestMemory Memory { get; init; }

    public required EventQueue Events { get; init; }

    public required PpuCore Ppe { get; init; }

    public required MachineThread Thread { get; init; }

    public required PartitionControl Control { get; init; }

    public required GuestHold Hold { get; init; }

    public required MachineSpes? Spes { get; init; }

    public required Lv1 Hypervisor { get; init; }

    public required StandardDevices Standard { get; init; }

    public required UsbHost Usb { get; init; }

    /// <summary>All devices, in the order in which they were attached.</summary>
    public required IReadOnlyList<IDevice> Devices { get; init; }

    /// <summary>The parts that store into the partition's memory without an instruction of the guest: lv1, and devices with DMA.</summary>
    public required IReadOnlyList<IMemoryWriter> MemoryWriters { get; init; }

    /// <summary>Hardware threads that have an entry point.</summary>
    public required IReadOnlyList<PpuThread> Running { get; init; }
}

/// <summary>Devices of every console that the machine offers by name.</summary>
/// <param name="Gpu">The graphics unit.</param>
/// <param name="Screen">The picture on the monitor.</param>
/// <param name="SystemManager">The system manager, which has the power button.</param>
internal sealed record StandardDevices(GpuDevice Gpu, IFrameSource Screen, SystemManager SystemManager);
