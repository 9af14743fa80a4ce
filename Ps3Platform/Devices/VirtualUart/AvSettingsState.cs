using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>What the AV settings service remembers.</summary>
/// <param name="Stopped">True between stop and continue.</param>
/// <param name="HeadA">Mode of head A.</param>
/// <param name="HeadB">Mode of head B.</param>
/// <param name="Input">The beginning of a packet of which more is to come.</param>
/// <param name="Skip">Bytes still to come of a packet that is too long.</param>
public sealed record AvSettingsState(
    bool Stopped, HeadMode HeadA, HeadMode HeadB, IReadOnlyList<byte> Input, int Skip) : DeviceState(Stopped);
