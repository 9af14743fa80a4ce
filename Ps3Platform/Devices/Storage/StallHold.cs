using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// Holds the guest while a back end waits for the host. Without effect with the instruction clock, where the guest waits in any case.
/// </summary>
internal sealed class StallHold : IDisposable
{
    private readonly StoragePorts _ports;
    private readonly IBlockBackend _backend;
    private readonly Action _check;
    private bool _isHolding;
    private bool _isDisposed;

    public StallHold(StoragePorts ports, IBlockBackend backend)
    {
        _ports = ports;
        _backend = backend;
        _check = Check;
        backend.Stalled += OnStalled;
        // A back end outlives machines, and may wait since the one before.
        if (backend.StallReason is { } reason)
            OnStalled(reason);
    }

    /// <summary>Leaves the back end. The guest goes on if it was held.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _backend.Stalled -= OnStalled;
        Set(false);
    }

    // On a thread of the host's.
    private void OnStalled(string? reason)
    {
        if (!_ports.IsDeterministic)
            _ports.Events.Post(_check);
    }

    private void Check() => Set(!_isDisposed && _backend.StallReason is not null);

    private void Set(bool isHolding)
    {
        if (isHolding == _isHolding)
            return;
        _isHolding = isHolding;
        if (isHolding)
            _ports.Hold.Hold();
        else
            _ports.Hold.Release();
    }
}
