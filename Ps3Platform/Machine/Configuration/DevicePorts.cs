using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Microsoft.Extensions.Logging;

namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// What a machine has to give to a device that is added to it (<see cref="MachineConfig.Devices"/>). The function that makes the
/// device passes on what its constructor takes; devices never see this.
/// </summary>
/// <param name="Host">lv1: buses, repository, services.</param>
/// <param name="Memory">The partition's memory.</param>
/// <param name="Events">Scheduled work, in guest time.</param>
/// <param name="Clock">Guest time.</param>
/// <param name="Control">Ends the partition.</param>
/// <param name="Loggers">Makes loggers.</param>
public sealed record DevicePorts(
    IDeviceHost Host, GuestMemory Memory, EventQueue Events, IMachineClock Clock, IPartitionControl Control, ILoggerFactory Loggers);
