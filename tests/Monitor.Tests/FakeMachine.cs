using System.Text.Json.Nodes;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Usb.Input;
using Ps3Platform.Monitor.Control;

namespace Monitor.Tests;

/// <summary>A service without a machine that notes what it was asked for.</summary>
internal sealed class FakeMachine : IMachineControl
{
    private readonly List<string> _calls = [];

    public event Action<MachineEvent>? Happened;

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls)
                return [.. _calls];
        }
    }

    public MachineStatus Status { get; set; } = MachineStatus.Running;

    /// <summary>Thrown by whatever is called next.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Forgets what it was asked for.</summary>
    public void Forget()
    {
        lock (_calls)
            _calls.Clear();
    }

    public MachineStatus ReadStatus()
    {
        Note("status");
        return Status;
    }

    public void Stop()
    {
        Note("stop");
        Raise("STOP");
    }

    public void Continue() => Note("cont");

    public void Reset() => Note("reset");

    public void PowerDown() => Note("powerdown");

    public void HoldPowerButton(TimeSpan held) => Note($"hold power {held.TotalMilliseconds:0}");

    public void PressResetButton() => Note("reset button");

    public void ReportTemperature(uint zone, bool isHot) => Note($"temperature {zone} {isHot}");

    public void Quit() => Note("quit");

    public void Eject(string device, bool force) => Note($"eject {device} {force}");

    public void Change(string device, string path) => Note($"change {device} <{path}>");

    public void AddDevice(string driver, IReadOnlyDictionary<string, string> properties)
    {
        IEnumerable<string> pairs = properties.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Key}={pair.Value}");
        Note($"add {driver} {string.Join(' ', pairs)}");
    }

    public void RemoveDevice(string id) => Note($"remove {id}");

    public void PressKeys(string keys, TimeSpan held) => Note($"keys {keys} {held.TotalMilliseconds:0}");

    public void GiveInput(Action<InputRouter> give)
    {
        give(new InputRouter());
        Note("input");
    }

    public void SaveScreen(string path) => Note($"screen <{path}>");

    public IReadOnlyList<DeviceReport> ReadDevices() =>
    [
        new("disk", DeviceClass.Storage, new FakeState(false, 7, [1, 2]), new MediumReport("disk.img", 1 << 30, true, null), null),
        new("cdrom", DeviceClass.Storage, new FakeState(true, 0, []), null, true),
        new("gelic", DeviceClass.Network, new FakeState(false, 0x1234_5678, []), null, null),
    ];

    public IReadOnlyList<ThreadReport> ReadThreads() =>
        [new(0, "running", 0xc000000000001000, "start_kernel+0x10", 1_000_000, 5, 77), new(1, "waiting", 0x60, null, 20, 0, 1)];

    public IReadOnlyList<SpeReport> Spes { get; set; } = [];

    public IReadOnlyList<HypercallCount> Hypercalls { get; set; } = [new(9, "lv1_pause", 12, 0, 0)];

    public IReadOnlyList<SpeReport> ReadSpes() => Spes;

    public IReadOnlyList<HypercallCount> ReadHypercalls() => Hypercalls;

    public IReadOnlyList<HypercallRecord> ReadLastHypercalls(int most) =>
    [
        new(79_800_000, 0, 9, "lv1_pause", ["0x1"], "Success", false),
        new(79_800_123, 1, 240, "lv1_open_device", ["0x2", "0x3", "0x0"], "Denied", true),
    ];

    public void WriteSpeTimeline(Stream output)
    {
        Note("timeline");
        output.Write("[]"u8);
    }

    public void WriteProfile(TimeSpan duration, Stream output)
    {
        Note($"profile {duration.TotalSeconds:0}");
        output.Write("{}"u8);
    }

    public void Raise(string name, JsonObject? data = null) =>
        Happened?.Invoke(new MachineEvent(name, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250), data));

    private void Note(string call)
    {
        lock (_calls)
            _calls.Add(call);
        if (Failure is not { } failure)
            return;
        Failure = null;
        throw failure;
    }

    /// <summary>A device's state that no code of the monitor knows.</summary>
    public sealed record FakeState(bool Stopped, ulong ReadsSoFar, IReadOnlyList<ulong> Groups) : DeviceState(Stopped);
}
