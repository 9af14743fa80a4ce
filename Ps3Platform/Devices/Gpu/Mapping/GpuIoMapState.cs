namespace Ps3Platform.Devices.Gpu.Mapping;

/// <summary>A range of a context's I/O addresses that shows partition memory.</summary>
/// <param name="IoAddress">First I/O address.</param>
/// <param name="Address">Partition address behind it.</param>
/// <param name="Size">Bytes.</param>
public sealed record GpuIoMapState(ulong IoAddress, ulong Address, ulong Size);
