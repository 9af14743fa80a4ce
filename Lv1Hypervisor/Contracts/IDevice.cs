namespace Lv1Hypervisor.Contracts;

/// <summary>
/// A device of the console. Its constructor takes an <see cref="IDeviceHost"/>, through which it announces itself in the repository
/// and offers its services; from then on it is known to the machine by this interface alone. All members are called on the machine's
/// own thread, between two turns of the guest.
/// </summary>
public interface IDevice
{
    /// <summary>A short name for messages and commands, unique in a machine: "gelic", "gpu", "system-manager".</summary>
    string Name { get; }

    /// <summary>Restores the state after power-on. Host connections (back ends, sinks) stay connected.</summary>
    void Reset();

    /// <summary>
    /// Makes the device accept nothing from the host until <see cref="Continue"/>. Frames, keys and timers of the host wait or are
    /// dropped, as the device documents. Guest time does not advance meanwhile, so events in guest time do not happen either.
    /// </summary>
    void Stop();

    /// <summary>Ends what <see cref="Stop"/> began. Without effect on a device that is not stopped.</summary>
    void Continue();

    /// <summary>A copy of what the device remembers.</summary>
    /// <returns>A record of the device's own that holds numbers, text and lists of these only.</returns>
    DeviceState Inspect();
}

/// <summary>What a device remembers, as plain data: a monitor prints it, a test compares it.</summary>
/// <param name="Stopped">True between <see cref="IDevice.Stop"/> and <see cref="IDevice.Continue"/>.</param>
public abstract record DeviceState(bool Stopped);
