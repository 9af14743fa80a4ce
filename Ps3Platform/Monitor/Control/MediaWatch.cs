using System.Text.Json.Nodes;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Machine;

namespace Ps3Platform.Monitor.Control;

/// <summary>
/// Makes events of what happens to the media of a machine: a request that the host cannot serve, a tray that moves. To be used on the
/// machine's thread, or while none runs.
/// </summary>
/// <param name="raise">Takes an event's name and data, on the machine's thread or one of the host's.</param>
/// <param name="stalled">Called on a thread of the host's when requests of a medium begin to wait, and when they go on.</param>
internal sealed class MediaWatch(Action<string, JsonObject?> raise, Action stalled)
{
    private readonly HashSet<IMediumHolder> _holders = [];
    private readonly HashSet<IBlockBackend> _media = [];
    private readonly List<Action> _unsubscribe = [];

    /// <summary>Requests of a medium wait for the host. One that was taken out does not count.</summary>
    public bool IsStalled => _holders.Any(static holder => holder.Medium?.StallReason is not null);

    /// <summary>Watches all media of a machine.</summary>
    public void Begin(Ps3Machine machine)
    {
        foreach (IMediumHolder holder in machine.Devices.OfType<IMediumHolder>())
            Add(holder);
        foreach (IRemovableMedium drive in machine.Devices.OfType<IRemovableMedium>())
            drive.MovedByGuest += isOpen => RaiseTray(drive, isOpen);
    }

    /// <summary>A device has another medium.</summary>
    public void Add(IMediumHolder holder)
    {
        _holders.Add(holder);
        if (holder.Medium is not { } medium || !_media.Add(medium))
            return;
        string device = holder.Name;
        void OnFailed(BlockFailure failure) => raise("BLOCK_IO_ERROR", new JsonObject
        {
            ["device"] = device,
            ["operation"] = failure.Operation == BlockOperation.Read ? "read" : "write",
            ["action"] = failure.Waits ? "stop" : "report",
            ["reason"] = failure.Reason,
        });
        void OnStalled(string? reason) => stalled();
        medium.Failed += OnFailed;
        medium.Stalled += OnStalled;
        _unsubscribe.Add(() =>
        {
            medium.Failed -= OnFailed;
            medium.Stalled -= OnStalled;
        });
    }

    /// <summary>Watches nothing any more. Media outlive machines; drives do not.</summary>
    public void End()
    {
        foreach (Action unsubscribe in _unsubscribe)
            unsubscribe();
        _unsubscribe.Clear();
        _media.Clear();
        _holders.Clear();
    }

    /// <summary>Has requests that wait tried again at once.</summary>
    public void Retry()
    {
        foreach (IMediumHolder holder in _holders)
            holder.Medium?.Retry();
    }

    /// <summary>Tells that a drive's tray has moved.</summary>
    public void RaiseTray(IRemovableMedium drive, bool isOpen) =>
        raise("DEVICE_TRAY_MOVED", new JsonObject { ["device"] = drive.Name, ["id"] = drive.Name, ["tray-open"] = isOpen });
}
