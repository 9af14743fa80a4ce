using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Contracts;

/// <summary>The graphics unit behind lv1's gpu calls, as far as a partition may use it. Arguments as in lv1-calls.</summary>
public interface IGpuDevice
{
    /// <summary>lv1_gpu_open.</summary>
    Lv1Status Open();

    /// <summary>lv1_gpu_close.</summary>
    Lv1Status Close();

    /// <summary>lv1_gpu_memory_allocate: DDR memory in MiB multiples.</summary>
    Lv1Status MemoryAllocate(ulong size, out ulong handle, out LparAddress ddr);

    /// <summary>lv1_gpu_memory_free.</summary>
    Lv1Status MemoryFree(ulong handle);

    /// <summary>lv1_gpu_context_allocate.</summary>
    Lv1Status ContextAllocate(ulong memoryHandle, ulong flags, out GpuContextAreas areas);

    /// <summary>lv1_gpu_context_free.</summary>
    Lv1Status ContextFree(ulong context);

    /// <summary>lv1_gpu_context_iomap: maps partition memory at an I/O address of the GPU, or unmaps it.</summary>
    Lv1Status ContextIomap(ulong context, ulong ioAddress, LparAddress memory, ulong size, ulong flags);

    /// <summary>lv1_gpu_context_attribute.</summary>
    Lv1Status ContextAttribute(ulong context, ulong operation, ulong p1, ulong p2, ulong p3, ulong p4);

    /// <summary>lv1_gpu_context_intr: reads and clears the causes.</summary>
    Lv1Status ContextInterrupt(ulong context, out ulong causes);

    /// <summary>lv1_gpu_attribute.</summary>
    Lv1Status Attribute(ulong p0, ulong p1, ulong p2, ulong p3, ulong p4);

    /// <summary>lv1_gpu_device_map.</summary>
    Lv1Status DeviceMap(ulong unit, out LparAddress address, out ulong size);

    /// <summary>lv1_gpu_device_unmap.</summary>
    Lv1Status DeviceUnmap(ulong unit);
}

/// <summary>What lv1_gpu_context_allocate returns.</summary>
public readonly record struct GpuContextAreas(
    ulong Handle, LparAddress DmaControl, LparAddress DriverInformation, LparAddress Reports, ulong ReportsSize);
