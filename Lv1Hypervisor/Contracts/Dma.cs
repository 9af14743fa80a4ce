using CellPpe.Core;

namespace Lv1Hypervisor.Contracts;

/// <summary>The result of a device's access to memory.</summary>
public enum DmaFault
{
    /// <summary>The access was made.</summary>
    None,

    /// <summary>No DMA region maps the address.</summary>
    Unmapped,

    /// <summary>The mapping does not allow the direction.</summary>
    Protection,
}

/// <summary>A device's access to memory: by bus addresses, which the DMA regions that the guest made for the device translate.</summary>
public interface IDmaPort
{
    /// <summary>Reads all of <paramref name="destination"/>, or nothing.</summary>
    DmaFault Read(IoAddress address, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/>, or nothing.</summary>
    DmaFault Write(IoAddress address, ReadOnlySpan<byte> source);

    /// <summary>Whether a store to a range of bus addresses may change a byte of a range of memory; true also if unknown.</summary>
    /// <param name="address">First bus address.</param>
    /// <param name="size">Bytes at the bus.</param>
    /// <param name="start">First byte in memory.</param>
    /// <param name="length">Bytes in memory.</param>
    bool Reaches(IoAddress address, ulong size, LparAddress start, ulong length) => true;
}
