using CellPpe.Core;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Storage;

namespace Ps3Platform.Devices.Usb.MassStorage;

/// <summary>
/// The one request that a USB disk has under way at its back end. The device refuses tokens meanwhile. With a deterministic machine a
/// request ends at a guest time that depends on it alone, and the guest stands still for a host that is slower.
/// </summary>
internal sealed class DiskTransfer : IDisposable
{
    // Chosen: 100 us for a request and 20 ns (50 MB/s) for a byte.
    private const ulong RequestTicks = IMachineClock.Frequency / 10_000;
    private const ulong BytesPerSecond = 50_000_000;

    // A guest that resets the disk again and again while the host is slow takes no more of the host's memory than this many requests.
    private const int MostAtHost = 16;

    private readonly StoragePorts _ports;
    private readonly IBlockBackend _backend;
    private readonly Action _ended;
    private readonly StallHold _stall;
    private Run? _run;
    private Run? _heldBack;
    private bool _isHeld;
    private int _atHost;

    /// <param name="ports">What it needs of the machine.</param>
    /// <param name="backend">The bytes.</param>
    /// <param name="ended">Called when a request has ended.</param>
    public DiskTransfer(StoragePorts ports, IBlockBackend backend, Action ended)
    {
        _ports = ports;
        _backend = backend;
        _ended = ended;
        _stall = new StallHold(ports, backend);
    }

    /// <summary>Bytes of the disk.</summary>
    public ulong Length => _backend.Length;

    /// <summary>It cannot be written.</summary>
    public bool IsReadOnly => _backend.IsReadOnly;

    /// <summary>A request is under way.</summary>
    public bool IsBusy => _run is not null;

    /// <summary>How the last request ended.</summary>
    public BlockError Error { get; private set; }

    /// <summary>How the last request ended no longer matters.</summary>
    public void ForgetError() => Error = BlockError.None;

    /// <summary>Begins a request; none may be under way.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="buffer">The bytes, which belong to the request until it ends or is given up.</param>
    /// <returns>False: the host still works on too many requests that were given up.</returns>
    public bool TryBegin(BlockOperation operation, ulong offset, Memory<byte> buffer)
    {
        if (IsBusy)
            throw new InvalidOperationException("A request of the USB disk is under way.");
        if (Volatile.Read(ref _atHost) >= MostAtHost)
            return false;
        Interlocked.Increment(ref _atHost);
        var run = new Run(this);
        run.Request.Operation = operation;
        run.Request.Offset = offset;
        run.Request.Buffer = buffer;
        _run = run;
        Error = BlockError.None;
        _backend.Submit(run.Request);
        if (_ports.IsDeterministic)
        {
            ulong ticks = RequestTicks + ((ulong)buffer.Length * IMachineClock.Frequency / BytesPerSecond);
            _ports.Events.Schedule(_ports.Clock.TimeBase + ticks, run.OnDue);
        }

        return true;
    }

    /// <summary>Forgets the request that is under way. Its buffer belongs to the host until that is done with it.</summary>
    /// <returns>True when there was one.</returns>
    public bool Abandon()
    {
        bool wasBusy = IsBusy;
        _run?.Release();
        _run = null;
        _heldBack = null;
        return wasBusy;
    }

    /// <summary>Ends of requests wait while it is held.</summary>
    public void SetHeld(bool held)
    {
        _isHeld = held;
        if (held || _heldBack is not { } run)
            return;
        _heldBack = null;
        End(run);
    }

    /// <summary>Leaves the back end.</summary>
    public void Dispose()
    {
        _stall.Dispose();
        Abandon();
    }

    private void End(Run run)
    {
        run.Release();
        if (_run != run)
            return;
        if (_isHeld)
        {
            _heldBack = run;
            return;
        }

        Error = run.Request.Error;
        _run = null;
        _ended();
    }

    /// <summary>One request and how it ends.</summary>
    private sealed class Run
    {
        // Who comes second, the host that is done or the machine that waits for it, goes on.
        private const int Running = 0;
        private const int HostIsDone = 1;
        private const int MachineWaits = 2;

        private readonly DiskTransfer _owner;
        private int _handover;
        private bool _isHolding;

        public Run(DiskTransfer owner)
        {
            _owner = owner;
            _handover = owner._ports.IsDeterministic ? Running : MachineWaits;
            Request = new BlockRequest(_ => OnHostDone());
        }

        public BlockRequest Request { get; }

        public void OnDue()
        {
            if (_owner._run != this)
                return;
            if (Interlocked.CompareExchange(ref _handover, MachineWaits, Running) == HostIsDone)
            {
                _owner.End(this);
                return;
            }

            _isHolding = true;
            _owner._ports.Hold.Hold();
        }

        public void Release()
        {
            if (_isHolding)
                _owner._ports.Hold.Release();
            _isHolding = false;
        }

        private void OnHostDone()
        {
            Interlocked.Decrement(ref _owner._atHost);
            if (Interlocked.Exchange(ref _handover, HostIsDone) != MachineWaits)
                return;
            if (_owner._ports.IsDeterministic)
                _owner._ports.Hold.Post(() => _owner.End(this));
            else
                _owner._ports.Events.Post(() => _owner.End(this));
        }
    }
}
