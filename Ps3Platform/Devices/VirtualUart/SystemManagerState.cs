using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>What the system manager remembers.</summary>
/// <param name="Stopped">True between stop and continue.</param>
/// <param name="Attributes">Events the guest wants to be told: 1 power button, 2 reset button, 4 temperature, 8 controller.</param>
/// <param name="NextOperation">What follows a shutdown: 1 power off, 2 and 0x82 restart (devices.md 9).</param>
/// <param name="CommandSent">The shutdown command has gone to the guest, which has not answered yet.</param>
/// <param name="Input">The beginning of a message of which more is to come.</param>
public sealed record SystemManagerState(
    bool Stopped, uint Attributes, byte NextOperation, bool CommandSent, IReadOnlyList<byte> Input) : DeviceState(Stopped);
