using CellPpe.Core;

namespace Lv1Hypervisor.Contracts;

/// <summary>Why a device could not reach memory.</summary>
public enum DmaFault
{
    /// <summary>It could.</summary>
    None,

    /// <summary>No DMA region maps the address.</summary>
    Unmapped,

    /// <summary>The mapping does not allow the direction.</summary>
    Protection,
}

/// <summary>A device's way into memory: bus addresses, translated by the DMA regions the guest made for that device.</summary>
public interface IDmaPort
{
    /// <summary>Reads all of <paramref name="destination"/>, or nothing.</summary>
    DmaFault Read(IoAddress address, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/>, or nothing.</summary>
    DmaFault Write(IoAddress address, ReadOnlySpan<byte> source);
}
