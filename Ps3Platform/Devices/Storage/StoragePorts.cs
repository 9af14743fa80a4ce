using CellPpe.Core;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// Lets the guest stand still, and its time with it: no hardware thread and no SPE gets a turn while somebody holds. To be used on the
/// machine's thread; events go on to be run, so that what was waited for can release.
/// </summary>
public interface IGuestHold
{
    /// <summary>Holds once more.</summary>
    void Hold();

    /// <summary>Ends one <see cref="Hold"/>.</summary>
    void Release();

    /// <summary>
    /// From any thread: runs something on the machine's thread while the guest stands still. Unlike <see cref="EventQueue.Post"/> this ends
    /// no thread's turn, so that the guest's threads take turns as if the host had been fast.
    /// </summary>
    void Post(Action action);
}

/// <summary>What storage devices need of the machine.</summary>
/// <param name="Memory">The partition's memory: storage calls name buffers by partition addresses.</param>
/// <param name="Events">Brings completions over from the host's threads.</param>
/// <param name="Clock">Guest time.</param>
/// <param name="Hold">Lets the guest wait for the host.</param>
/// <param name="IsDeterministic">
/// Commands complete at a guest time that depends on the command alone, however long the host takes: the guest waits for a host that is
/// slower.
/// </param>
public sealed record StoragePorts(GuestMemory Memory, EventQueue Events, IMachineClock Clock, IGuestHold Hold, bool IsDeterministic);
