using Ps3Platform.Devices.Usb.Input;

namespace Ps3Platform.Monitor.Control;

/// <summary>
/// What can be done to a machine from outside while it runs, and what can be seen of it. Every user has this one: a monitor, a web
/// console. Any host thread but the machine's own may call the members; each returns when the machine's thread has done it, between two
/// turns of the guest. While a guest restarts they wait for the next machine.
/// </summary>
/// <remarks>Each member throws <see cref="MonitorException"/> when it cannot be done, and when the machine has ended.</remarks>
public interface IMachineControl
{
    /// <summary>
    /// Something happened. Raised on the machine's thread or one of the host's: a handler may not block, and may not call this service.
    /// </summary>
    event Action<MachineEvent>? Happened;

    /// <summary>Whether the guest runs.</summary>
    MachineStatus ReadStatus();

    /// <summary>Stops the guest, its SPEs and its time. Without effect on one that is stopped.</summary>
    void Stop();

    /// <summary>Lets the guest run on. What a device waits for is tried again at once. Without effect on one that runs.</summary>
    void Continue();

    /// <summary>Restarts the machine, as switching off and on does. One that is stopped stays stopped.</summary>
    void Reset();

    /// <summary>Presses the power button; of a machine that is stopped, when it continues.</summary>
    void PowerDown();

    /// <summary>
    /// Holds the power button down. The guest is told at once, and of the release when it comes; after five seconds a console turns itself
    /// off, and so does the machine.
    /// </summary>
    /// <param name="held">Guest time for which it is down.</param>
    void HoldPowerButton(TimeSpan held);

    /// <summary>Presses the reset button, which the guest is told of.</summary>
    void PressResetButton();

    /// <summary>Tells the guest that a part is too hot, or no longer.</summary>
    /// <param name="zone">The part's number.</param>
    /// <param name="isHot">Too hot.</param>
    void ReportTemperature(uint zone, bool isHot);

    /// <summary>Ends the machine at once.</summary>
    void Quit();

    /// <summary>Takes the medium out of a drive.</summary>
    /// <param name="device">The drive's name.</param>
    /// <param name="force">Also when the guest has locked it.</param>
    void Eject(string device, bool force);

    /// <summary>Puts another medium into a drive.</summary>
    /// <param name="device">The drive's name.</param>
    /// <param name="path">The medium.</param>
    void Change(string device, string path);

    /// <summary>Adds a device.</summary>
    /// <param name="driver">Its kind.</param>
    /// <param name="properties">What else is said of it.</param>
    void AddDevice(string driver, IReadOnlyDictionary<string, string> properties);

    /// <summary>Removes a device that was added.</summary>
    /// <param name="id">The id that it was given.</param>
    void RemoveDevice(string id);

    /// <summary>Presses keys together, lets them go, and then takes the next.</summary>
    /// <param name="keys">Names with hyphens between them: "ctrl-alt-f1" (<see cref="KeyNames"/>).</param>
    /// <param name="held">Guest time for which they are down.</param>
    void PressKeys(string keys, TimeSpan held);

    /// <summary>Gives keys, movements and the state of a game controller to the guest.</summary>
    /// <param name="give">Called on the machine's thread.</param>
    void GiveInput(Action<InputRouter> give);

    /// <summary>Writes the screen to a PNG file, in place of what was there.</summary>
    /// <param name="path">The file.</param>
    void SaveScreen(string path);

    /// <summary>All devices.</summary>
    IReadOnlyList<DeviceReport> ReadDevices();

    /// <summary>The hardware threads of the PPE.</summary>
    IReadOnlyList<ThreadReport> ReadThreads();

    /// <summary>The SPEs that the guest has constructed.</summary>
    IReadOnlyList<SpeReport> ReadSpes();

    /// <summary>The hypercalls that were made, in the order of their numbers.</summary>
    IReadOnlyList<HypercallCount> ReadHypercalls();

    /// <summary>The hypercalls that were made last, oldest first.</summary>
    /// <param name="most">How many at most; the machine keeps some thousands.</param>
    IReadOnlyList<HypercallRecord> ReadLastHypercalls(int most);

    /// <summary>Writes what the SPEs did and when, as Chrome trace JSON. The guest and its time stand still meanwhile.</summary>
    /// <param name="output">Where to; it should not wait for anybody.</param>
    void WriteSpeTimeline(Stream output);

    /// <summary>Samples in which functions the guest is, and writes them as a speedscope file. The run does not change.</summary>
    /// <param name="duration">Host time for which it samples.</param>
    /// <param name="output">Where to.</param>
    void WriteProfile(TimeSpan duration, Stream output);
}
