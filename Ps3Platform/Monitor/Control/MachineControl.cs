using System.Text.Json.Nodes;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Usb.Input;
using Ps3Platform.Devices.Video;
using Ps3Platform.Machine;

namespace Ps3Platform.Monitor.Control;

/// <summary>
/// The service over a machine, and over those that follow it when it restarts: whoever runs machines calls <see cref="Attach"/> before each
/// run, <see cref="Detach"/> after it and <see cref="Close"/> at the end.
/// </summary>
public sealed class MachineControl : IMachineControl
{
    // No source says after how long a console turns itself off; this is what PCs do (chosen).
    private static readonly TimeSpan LongPress = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortPress = TimeSpan.FromMilliseconds(100);

    private readonly MachineRequests _requests = new();
    private readonly MediaWatch _media;

    // Of the machine's thread, or of the one that attaches and detaches.
    private bool _isStopped;
    private bool _isToldStopped;
    private bool _hasRun;
    private bool _isButtonPressed;

    /// <summary>A service without a machine.</summary>
    /// <param name="startsStopped">The first machine is stopped before its first instruction.</param>
    public MachineControl(bool startsStopped = false)
    {
        _isStopped = _isToldStopped = startsStopped;
        _media = new MediaWatch(Raise, () => _requests.Tell(TellIfStopped));
    }

    /// <inheritdoc/>
    public event Action<MachineEvent>? Happened;

    /// <summary>A machine is about to run, on the calling thread.</summary>
    public void Attach(Ps3Machine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        if (_isStopped)
            machine.Pause.Stop();
        else
            _hasRun = true;
        _isButtonPressed = false;
        _media.Begin(machine);
        TellIfStopped(machine);
        _requests.Attach(machine);
    }

    /// <summary>The machine's run is over.</summary>
    /// <param name="outcome">How it has ended.</param>
    /// <param name="restarts">Another machine follows.</param>
    public void Detach(RunOutcome outcome, bool restarts)
    {
        _requests.Attach(null);
        _media.End();
        (bool isGuest, string reason) = outcome.End switch
        {
            RunEnd.PowerOff => (true, "guest-shutdown"),
            RunEnd.Restart => (true, "guest-reset"),
            RunEnd.Panic or RunEnd.LockedUp => (true, "guest-panic"),
            RunEnd.Reset => (false, "host-qmp-system-reset"),
            RunEnd.Quit => (false, "host-qmp-quit"),
            RunEnd.Cancelled => (false, "host-signal"),
            _ => (false, "host-error"),
        };
        Raise(restarts ? "RESET" : "SHUTDOWN", new JsonObject { ["guest"] = isGuest, ["reason"] = reason });
    }

    /// <summary>No machine follows: commands that wait are refused, and all that come.</summary>
    public void Close() => _requests.Close();

    /// <inheritdoc/>
    public MachineStatus ReadStatus() => _requests.Ask(machine =>
        machine.Pause.IsStopped ? (_hasRun ? MachineStatus.Paused : MachineStatus.Prelaunch)
            : machine.Pause.IsHeldByDevice ? MachineStatus.IoError : MachineStatus.Running);

    /// <inheritdoc/>
    public void Stop() => Do(machine =>
    {
        if (machine.Pause.IsStopped)
            return;
        _isStopped = true;
        machine.Pause.Stop();
        TellIfStopped(machine);
    });

    /// <inheritdoc/>
    public void Continue() => Do(machine =>
    {
        _media.Retry();
        if (!machine.Pause.IsStopped)
            return;
        _isStopped = false;
        _hasRun = true;
        machine.Pause.Continue();
        TellIfStopped(machine);
        if (!_isButtonPressed)
            return;
        _isButtonPressed = false;
        machine.SystemManager.PressPowerButton();
    });

    /// <inheritdoc/>
    public void Reset() => Do(static machine => machine.End(new RunOutcome(RunEnd.Reset, "the monitor reset the machine")));

    /// <inheritdoc/>
    public void PowerDown() => Do(machine =>
    {
        if (machine.Pause.IsStopped)
            _isButtonPressed = true;
        else if (!machine.SystemManager.PressPowerButton())
        {
            throw new MonitorException(
                "The guest does not listen for the power button. Wait until it has booted, or end the machine with quit.");
        }

        Raise("POWERDOWN");
    });

    /// <inheritdoc/>
    public void HoldPowerButton(TimeSpan held) => Do(machine =>
    {
        CheckRuns(machine);
        // A console is off after some seconds whether the guest listens or not.
        bool isHeard = machine.SystemManager.PressPowerButton();
        if (!isHeard && held < LongPress)
            throw NotListening("the power button");
        Raise("POWERDOWN");
        After(machine, held < LongPress ? held : LongPress, () =>
        {
            if (held >= LongPress)
                machine.End(new RunOutcome(RunEnd.Quit, $"the power button was held for {LongPress.TotalSeconds:0} s"));
            else
                machine.SystemManager.ReleasePowerButton((uint)held.TotalMilliseconds);
        });
    });

    /// <inheritdoc/>
    public void PressResetButton() => Do(machine =>
    {
        CheckRuns(machine);
        if (!machine.SystemManager.PressResetButton())
            throw NotListening("the reset button");
        After(machine, ShortPress, () => machine.SystemManager.ReleaseResetButton((uint)ShortPress.TotalMilliseconds));
    });

    /// <inheritdoc/>
    public void ReportTemperature(uint zone, bool isHot) => Do(machine =>
    {
        CheckRuns(machine);
        if (!machine.SystemManager.ReportTemperature(zone, isHot))
            throw NotListening("temperatures");
    });

    /// <inheritdoc/>
    public void Quit() => Do(static machine => machine.End(new RunOutcome(RunEnd.Quit, "the monitor ended the machine")));

    /// <inheritdoc/>
    public void Eject(string device, bool force) => Do(machine =>
    {
        IRemovableMedium drive = FindDrive(machine, device);
        bool wasOpen = drive.IsOpen;
        drive.Eject(force);
        if (!wasOpen)
            _media.RaiseTray(drive, isOpen: true);
        TellIfStopped(machine);
    });

    /// <inheritdoc/>
    public void Change(string device, string path) => Do(machine =>
    {
        IRemovableMedium drive = FindDrive(machine, device);
        bool wasOpen = drive.IsOpen;
        drive.Change(path);
        if (!wasOpen)
            _media.RaiseTray(drive, isOpen: true);
        _media.RaiseTray(drive, isOpen: false);
        if (drive is IMediumHolder holder)
            _media.Add(holder);
        TellIfStopped(machine);
    });

    /// <inheritdoc/>
    public void AddDevice(string driver, IReadOnlyDictionary<string, string> properties) => Do(machine =>
    {
        IHotPlug[] places = [.. machine.Devices.OfType<IHotPlug>()];
        if (places.Length == 0)
            throw new MonitorException("No device of this machine takes others while it runs.");
        IHotPlug place = places.FirstOrDefault(place => place.Drivers.Contains(driver)) ?? throw new MonitorException(
            $"'{driver}' is no kind of device that can be added; give {List(places.SelectMany(static one => one.Drivers))}.",
            MonitorError.DeviceNotFound);
        place.Add(driver, properties);
    });

    /// <inheritdoc/>
    public void RemoveDevice(string id) => Do(machine =>
    {
        if (!machine.Devices.OfType<IHotPlug>().Any(place => place.TryRemove(id)))
            throw new MonitorException($"No device with the id '{id}' was added to this machine.", MonitorError.DeviceNotFound);
    });

    /// <inheritdoc/>
    public void PressKeys(string keys, TimeSpan held)
    {
        if (!KeyNames.TryParse(keys, out IReadOnlyList<byte>? usages, out string? problem))
            throw new MonitorException($"{keys}: {problem}.");
        Do(machine => machine.Keys.Press(usages, held));
    }

    /// <inheritdoc/>
    public void GiveInput(Action<InputRouter> give) => Do(machine => give(machine.Input));

    /// <inheritdoc/>
    public void SaveScreen(string path)
    {
        // Only the picture is the machine's matter: packing and writing take long.
        Frame frame = _requests.Ask(static machine => machine.Screen.TryCapture(out Frame? frame) ? frame : null)
            ?? throw new MonitorException("The guest shows nothing on the screen yet.");
        try
        {
            using var packed = new MemoryStream();
            PngWriter.Write(frame, packed);
            File.WriteAllBytes(path, packed.ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MonitorException($"'{path}' cannot be written: {e.Message}", cause: e);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<DeviceReport> ReadDevices() => _requests.Ask(MachineInspector.Devices);

    /// <inheritdoc/>
    public IReadOnlyList<ThreadReport> ReadThreads() => _requests.Ask(MachineInspector.Threads);

    /// <inheritdoc/>
    public IReadOnlyList<SpeReport> ReadSpes() => _requests.Ask(MachineInspector.Spes);

    /// <inheritdoc/>
    public IReadOnlyList<HypercallCount> ReadHypercalls() => _requests.Ask(MachineInspector.Hypercalls);

    /// <inheritdoc/>
    public IReadOnlyList<HypercallRecord> ReadLastHypercalls(int most) =>
        _requests.Ask(machine => MachineInspector.LastHypercalls(machine, most));

    /// <inheritdoc/>
    public void WriteSpeTimeline(Stream output) => MachineRecords.WriteSpeTimeline(_requests, output);

    /// <inheritdoc/>
    public void WriteProfile(TimeSpan duration, Stream output) => MachineRecords.WriteProfile(_requests, duration, output);

    private static void CheckRuns(Ps3Machine machine)
    {
        if (machine.Pause.IsStopped)
            throw new MonitorException("The machine is stopped; let it run with cont first.");
    }

    private static MonitorException NotListening(string source) => new(
        $"The guest does not listen for {source}. Wait until it has booted.");

    private static void After(Ps3Machine machine, TimeSpan time, Action action) => machine.Events.Schedule(
        machine.Clock.TimeBase + (ulong)(time.TotalSeconds * CellPpe.Core.IMachineClock.Frequency), action);

    private static string List(IEnumerable<string> names) => string.Join(" or ", names.Distinct());

    private static IRemovableMedium FindDrive(Ps3Machine machine, string name)
    {
        IRemovableMedium[] drives = [.. machine.Devices.OfType<IRemovableMedium>()];
        if (drives.FirstOrDefault(drive => drive.Name == name) is { } found)
            return found;
        if (machine.Devices.Any(device => device.Name == name))
            throw new MonitorException($"The medium of '{name}' cannot be taken out.");
        throw new MonitorException(
            drives.Length == 0 ? $"There is no drive '{name}': this machine has none with a removable medium."
                : $"There is no drive '{name}'; give {List(drives.Select(static drive => drive.Name))}.",
            MonitorError.DeviceNotFound);
    }

    private void Do(Action<Ps3Machine> action) => _requests.Ask(machine =>
    {
        try
        {
            action(machine);
            return true;
        }
        catch (DeviceOperationException e)
        {
            throw new MonitorException(e.Message, cause: e);
        }
    });

    // A stop of a user's and one for a medium's sake may overlap: programs see one stop.
    private void TellIfStopped(Ps3Machine machine)
    {
        bool isStopped = machine.Pause.IsStopped || _media.IsStalled;
        if (isStopped == _isToldStopped)
            return;
        _isToldStopped = isStopped;
        Raise(isStopped ? "STOP" : "RESUME");
    }

    private void Raise(string name, JsonObject? data = null) => Happened?.Invoke(new MachineEvent(name, DateTimeOffset.UtcNow, data));
}
