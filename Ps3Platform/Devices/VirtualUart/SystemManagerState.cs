using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>The state of the system manager.</summary>
/// <param name="Stopped">True between stop and continue.</param>
/// <param name="Attributes">Events that the guest has enabled: 1 power button, 2 reset button, 4 temperature, 8 controller.</param>
/// <param name="NextOperation">The operation after a shutdown: 1 power off, 2 and 0x82 restart (devices.md 9).</param>
/// <param name="CommandSent">The shutdown command was sent to the guest, which has not replied yet.</param>
/// <param name="Input">The received part of an incomplete message.</param>
public sealed record SystemManagerState(
    bool Stopped, uint Attributes, byte NextOperation, bool CommandSent, IReadOnlyList<byte> Input) : DeviceState(Stopped);
