using Ps3Platform.Devices.Storage;

namespace Ps3Platform.Machine;

/// <summary>Counts who lets the guest stand still. On the machine's thread.</summary>
internal sealed class GuestHold : IGuestHold
{
    private volatile int _holds;

    /// <summary>True while no thread shall get a turn.</summary>
    public bool IsHeld => _holds > 0;

    /// <inheritdoc/>
    public void Hold() => _holds++;

    /// <inheritdoc/>
    public void Release() => _holds--;
}
