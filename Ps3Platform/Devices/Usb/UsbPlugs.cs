using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.HotPlug;

namespace Ps3Platform.Devices.Usb;

/// <summary>
/// What is plugged into the machine's USB sockets. It outlives a machine: a guest that restarts finds the same devices. Used by one machine
/// at a time, on its thread.
/// </summary>
public sealed class UsbPlugs : IDisposable
{
    private readonly List<UsbPlug> _plugs = [];
    private readonly Func<UsbDeviceSpec, (IBlockBackend? Disk, ICharacterBackend? Characters)>? _open;

    /// <summary>Makes them.</summary>
    /// <param name="open">
    /// Opens what a device is connected to on the host, or throws a <see cref="DeviceOperationException"/>; null: devices that need nothing
    /// of the host can be plugged in.
    /// </param>
    public UsbPlugs(Func<UsbDeviceSpec, (IBlockBackend? Disk, ICharacterBackend? Characters)>? open = null) => _open = open;

    /// <summary>What is plugged in, in the order in which it was.</summary>
    public IReadOnlyList<UsbPlug> All => _plugs;

    /// <summary>Opens what a device needs, and plugs it in.</summary>
    /// <param name="spec">What a user asks for.</param>
    /// <param name="id">Its name; null: its kind, with a number behind it if that is taken.</param>
    /// <exception cref="DeviceOperationException">It cannot be opened, the name is taken, or all sockets are.</exception>
    public UsbPlug Add(UsbDeviceSpec spec, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (_plugs.Count == UsbLayout.Sockets)
            throw new DeviceOperationException($"All {UsbLayout.Sockets} USB sockets are taken; take a device out first.");
        if (id is not null && _plugs.Exists(plug => plug.Id == id))
            throw new DeviceOperationException($"There is a USB device '{id}'; give another id.");
        (IBlockBackend? disk, ICharacterBackend? characters) = spec.NeedsHost
            ? (_open ?? throw new DeviceOperationException("This machine cannot open files."))(spec) : (null, null);
        var made = new UsbPlug(id ?? FreeId(spec.Word), spec.Kind, disk, characters);
        _plugs.Add(made);
        return made;
    }

    /// <summary>Takes one out. What it was connected to is closed on a thread of the host's.</summary>
    public void Remove(UsbPlug plug)
    {
        ArgumentNullException.ThrowIfNull(plug);
        if (!_plugs.Remove(plug))
            return;
        // A server that does not answer may take seconds to let go.
        ThreadPool.QueueUserWorkItem(static old => Close(old), plug, preferLocal: false);
    }

    /// <summary>Closes all that devices are connected to.</summary>
    public void Dispose()
    {
        foreach (UsbPlug plug in _plugs)
            Close(plug);
        _plugs.Clear();
    }

    private static void Close(UsbPlug plug)
    {
        plug.Disk?.Dispose();
        (plug.Characters as IDisposable)?.Dispose();
    }

    private string FreeId(string word)
    {
        string id = word;
        for (int number = 2; _plugs.Exists(plug => plug.Id == id); number++)
            id = $"{word}{number}";
        return id;
    }
}
