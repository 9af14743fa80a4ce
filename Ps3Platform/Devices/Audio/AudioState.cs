using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Audio;

/// <summary>The state of the sound device.</summary>
/// <param name="Stopped">True between stop and continue.</param>
/// <param name="Outlet">Number of the interrupt outlet, or null when the guest has not mapped its page.</param>
/// <param name="Mapped">The registers are mapped.</param>
/// <param name="Base">What lv1_gpu_attribute 0x100, 7 has set, or 0.</param>
/// <param name="Rate">Frames a second.</param>
/// <param name="Bits">Bits of a sample.</param>
/// <param name="Active">Connectors whose signal is on.</param>
/// <param name="Muted">Connectors that are muted.</param>
/// <param name="FilledStages">Stages that wait to be played, of eight.</param>
/// <param name="FramesPlayed">Frames from memory that were played since power-on.</param>
/// <param name="Underflows">How often the output ran out of frames since power-on, the end of each sound included.</param>
/// <param name="DmaErrors">Transfers that ended with an error since power-on.</param>
/// <param name="Registers">The registers of interrupts and outputs.</param>
/// <param name="Channels">The DMA channels' registers.</param>
public sealed record AudioState(
    bool Stopped, uint? Outlet, bool Mapped, ulong Base, int Rate, int Bits, AudioConnectors Active, AudioConnectors Muted,
    int FilledStages, ulong FramesPlayed, ulong Underflows, ulong DmaErrors, AudioRegisterState Registers,
    IReadOnlyList<AudioChannelState> Channels) : DeviceState(Stopped);

/// <summary>Registers of interrupts and outputs, by their names in sound/ppc/snd_ps3_reg.h.</summary>
/// <param name="Status">AX_IS.</param>
/// <param name="Enable">AX_IE.</param>
/// <param name="DmaStatus">INTR_0.</param>
/// <param name="DmaEnable">INTR_EN_0.</param>
/// <param name="Mute">AX_MCTRL.</param>
/// <param name="Condition">AX_IC.</param>
/// <param name="Master">AO_MCTRL.</param>
/// <param name="SerialMaster">AO_3WMCTRL.</param>
/// <param name="SerialControl">AO_3WCTRL of outputs 0 to 3.</param>
/// <param name="Spdif">AO_SPDCTRL, AO_SPDUB and AO_SPDCS of both outputs.</param>
public sealed record AudioRegisterState(
    uint Status, uint Enable, uint DmaStatus, uint DmaEnable, uint Mute, uint Condition, uint Master, uint SerialMaster,
    IReadOnlyList<uint> SerialControl, IReadOnlyList<uint> Spdif);

/// <summary>Registers of a DMA channel.</summary>
/// <param name="Kick">KICK: request, event, status.</param>
/// <param name="Source">SOURCE.</param>
/// <param name="Destination">DEST.</param>
/// <param name="Size">DMASIZE.</param>
public sealed record AudioChannelState(uint Kick, uint Source, uint Destination, uint Size);
