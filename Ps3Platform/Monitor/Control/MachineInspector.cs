using System.Globalization;

using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Policy;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Machine;

namespace Ps3Platform.Monitor.Control;

/// <summary>Reads out of a machine what a user may see. On the machine's thread.</summary>
internal static class MachineInspector
{
    private const int Numbers = 256;

    public static IReadOnlyList<DeviceReport> Devices(Ps3Machine machine) => [.. machine.Devices.Select(Read)];

    public static IReadOnlyList<ThreadReport> Threads(Ps3Machine machine) =>
    [
        .. machine.Ppe.Threads.Select(thread => new ThreadReport(
            thread.ThreadId,
            !machine.StartedThreads.Contains(thread) ? "off" : thread.IsPaused ? "waiting" : "running",
            thread.State.Nia,
            machine.Symbols.Describe(thread.State.Nia),
            thread.State.Instructions,
            thread.Interrupts,
            thread.Hypercalls)),
    ];

    public static IReadOnlyList<SpeReport> Spes(Ps3Machine machine) =>
    [
        .. (machine.Spes?.Taken ?? []).OrderBy(static spe => spe.Number).Select(static spe =>
        {
            int channel = spe.BlockedOn;
            string state = channel >= 0 ? "waiting" : spe.IsRunnable ? "running" : "stopped";
            return new SpeReport(
                spe.Number, state, channel >= 0 ? channel : null, spe.Registers.Pc, spe.Registers.Instructions);
        }),
    ];

    public static IReadOnlyList<HypercallCount> Hypercalls(Ps3Machine machine)
    {
        AuditTrail audit = machine.Hypervisor.Audit;
        return
        [
            .. Enumerable.Range(0, Numbers + 1).Where(number => audit.Calls((ulong)number) > 0).Select(number => new HypercallCount(
                number,
                number < Numbers ? "lv1_" + Lv1Calls.Name((ulong)number) : "beyond 255",
                audit.Calls((ulong)number),
                audit.Failed((ulong)number),
                audit.Denied((ulong)number))),
        ];
    }

    public static IReadOnlyList<HypercallRecord> LastHypercalls(Ps3Machine machine, int most) =>
    [
        .. machine.Hypervisor.Audit.Recent().TakeLast(most).Select(static call => new HypercallRecord(
            call.TimeBase,
            call.Thread,
            call.Number,
            call.Number < Numbers ? "lv1_" + Lv1Calls.Name(call.Number) : "beyond 255",
            [
                .. Enumerable.Range(0, Lv1Calls.InputCount(call.Number)).Select(index => string.Create(
                    CultureInfo.InvariantCulture, $"0x{call.Arguments[index]:x}")),
            ],
            call.Status.ToString(),
            call.Denied)),
    ];

    private static DeviceReport Read(IDevice device)
    {
        DeviceClass kind = device switch
        {
            IStorageDevice or IMediumHolder => DeviceClass.Storage,
            INetworkDevice => DeviceClass.Network,
            UsbHost => DeviceClass.Usb,
            _ => DeviceClass.Other,
        };
        MediumReport? medium = device is IMediumHolder { Medium: { } backend }
            ? new MediumReport(backend.Name, backend.Length, backend.IsReadOnly, backend.StallReason) : null;
        return new DeviceReport(device.Name, kind, device.Inspect(), medium, device is IRemovableMedium drive ? drive.IsOpen : null);
    }
}
