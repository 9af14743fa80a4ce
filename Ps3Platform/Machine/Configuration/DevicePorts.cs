using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Microsoft.Extensions.Logging;

namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// The parts of a machine that are available to an added device (<see cref="MachineConfig.Devices"/>). The function that makes the
/// device passes its constructor the parts that it takes; the device does not get this record.
/// </summary>
/// <param name="Host">lv1: buses, repository, services.</param>
/// <param name="Memory">The partition's memory.</param>
/// <param name="Events">Schedules actions in guest time.</param>
/// <param name="Clock">Guest time.</param>
/// <param name="Control">Ends the partition.</param>
/// <param name="Loggers">Makes loggers.</param>
public sealed record DevicePorts(
    IDeviceHost Host, GuestMemory Memory, EventQueue Events, IMachineClock Clock, IPartitionControl Control, ILoggerFactory Loggers);
