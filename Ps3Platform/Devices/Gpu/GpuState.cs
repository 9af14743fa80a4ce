using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Gpu.Mapping;

namespace Ps3Platform.Devices.Gpu;

/// <summary>The state of the GPU.</summary>
/// <param name="Stopped">True between stop and continue.</param>
/// <param name="Open">The guest has opened it.</param>
/// <param name="VerticalBlanks">Counted since power-on.</param>
/// <param name="Allocations">Allocations of GPU memory.</param>
/// <param name="Contexts">The guest's contexts.</param>
/// <param name="Heads">Display heads A and B.</param>
public sealed record GpuState(
    bool Stopped, bool Open, ulong VerticalBlanks, IReadOnlyList<GpuAllocationState> Allocations,
    IReadOnlyList<GpuContextState> Contexts, IReadOnlyList<GpuHeadState> Heads) : DeviceState(Stopped);

/// <summary>An allocation of GPU memory.</summary>
/// <param name="Handle">The handle by which the guest names it.</param>
/// <param name="Address">Partition address of its first byte.</param>
/// <param name="Size">Bytes.</param>
public sealed record GpuAllocationState(ulong Handle, ulong Address, ulong Size);

/// <summary>A context.</summary>
/// <param name="Handle">The handle by which the guest names it.</param>
/// <param name="Memory">Handle of its GPU memory.</param>
/// <param name="HasFramebuffer">Framebuffer set-up has been done.</param>
/// <param name="Causes">Interrupt causes not yet read.</param>
/// <param name="Mask">Causes that raise the outlet.</param>
/// <param name="Outlet">Number of its interrupt outlet.</param>
/// <param name="IoMap">The partition memory in its I/O map.</param>
/// <param name="FifoRefusals">Words of its command FIFO that were refused.</param>
public sealed record GpuContextState(
    ulong Handle, ulong Memory, bool HasFramebuffer, uint Causes, uint Mask, uint Outlet, IReadOnlyList<GpuIoMapState> IoMap,
    long FifoRefusals);

/// <summary>A display head.</summary>
/// <param name="WaitsForBlank">Flips wait for the vertical blank.</param>
/// <param name="Context">Handle of the context whose memory it shows, or null.</param>
/// <param name="Offset">Offset of the picture in that memory, or null.</param>
/// <param name="PendingOffset">Offset of the next picture, to be shown at the blank, or null.</param>
public sealed record GpuHeadState(bool WaitsForBlank, ulong? Context, ulong? Offset, ulong? PendingOffset);
