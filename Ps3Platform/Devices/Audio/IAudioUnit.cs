using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Ps3Platform.Devices.Audio;

/// <summary>The sound device as lv1's GPU calls reach it (snd_ps3_driver_probe in sound/ppc/snd_ps3.c).</summary>
public interface IAudioUnit
{
    /// <summary>lv1_gpu_device_map.</summary>
    /// <param name="unit">1: the page whose first doubleword is the number of the interrupt outlet. 2: the registers.</param>
    /// <param name="address">Partition address of the first byte.</param>
    /// <param name="size">Bytes.</param>
    Lv1Status Map(ulong unit, out LparAddress address, out ulong size);

    /// <summary>lv1_gpu_device_unmap.</summary>
    Lv1Status Unmap(ulong unit);

    /// <summary>lv1_gpu_attribute 0x100, 7: the upper bits of the bus addresses that the device reads from, and its I/O id.</summary>
    /// <param name="value">Bits 23 to 20: bits 35 to 32 of addresses. Bits 10 to 0: the I/O id.</param>
    void SetBase(ulong value);

    /// <summary>The guest has closed or reopened the GPU: the device is as after power-on, and nothing of it is mapped.</summary>
    void Close();
}
