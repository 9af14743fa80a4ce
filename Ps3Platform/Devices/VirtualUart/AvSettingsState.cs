using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>The state of the AV settings service.</summary>
/// <param name="Stopped">True between stop and continue.</param>
/// <param name="HeadA">Mode of head A.</param>
/// <param name="HeadB">Mode of head B.</param>
/// <param name="Input">The received part of an incomplete packet.</param>
/// <param name="Skip">Bytes still to be skipped of a packet that is too long.</param>
public sealed record AvSettingsState(
    bool Stopped, HeadMode HeadA, HeadMode HeadB, IReadOnlyList<byte> Input, int Skip) : DeviceState(Stopped);
