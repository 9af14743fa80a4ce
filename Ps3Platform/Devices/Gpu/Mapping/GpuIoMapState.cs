namespace Ps3Platform.Devices.Gpu.Mapping;

/// <summary>A range of a context's I/O addresses that is mapped to partition memory.</summary>
/// <param name="IoAddress">First I/O address.</param>
/// <param name="Address">Partition address that it is mapped to.</param>
/// <param name="Size">Bytes.</param>
public sealed record GpuIoMapState(ulong IoAddress, ulong Address, ulong Size);
