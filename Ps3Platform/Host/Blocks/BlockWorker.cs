using System.Diagnostics;

using CellPpe.Core;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Host.Blocks;

/// <summary>
/// Serves requests in their order on a thread of its own, from an <see cref="IBlockStore"/>. A read for which the host has the bytes in
/// memory is served on the caller's thread, without a wake-up of this one.
/// </summary>
public sealed class BlockWorker : IBlockBackend
{
    private const uint Sector = 512;
    private const int UsualDepth = 64;

    private static readonly TimeSpan LongestSpin = TimeSpan.FromMicroseconds(50);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenRepeats = TimeSpan.FromSeconds(10);

    private readonly IBlockStore _store;
    private readonly BlockErrorPolicy _policy;
    private readonly TimeSpan _betweenTries;
    private readonly Action<string> _log;
    private readonly Lock _lock = new();
    private readonly Queue<BlockRequest> _queue = new(UsualDepth);
    private readonly SemaphoreSlim _available = new(0);
    private readonly ManualResetEventSlim _tryNow = new();
    private readonly Thread _thread;
    private string? _lastSaid;
    private long _lastSaidAt;
    private bool _isWritten;
    private readonly AdaptiveSpin _spin;
    private int _underWay;
    private long _submittedAt;
    private volatile bool _isDisposed;

    /// <summary>Starts the thread. The store belongs to the worker.</summary>
    /// <param name="store">The bytes.</param>
    /// <param name="policy">What is done about errors.</param>
    /// <param name="log">Takes lines for the user, on the worker's thread.</param>
    /// <param name="betweenTries">How long a request that waits for the host waits before it is tried again; null: a second.</param>
    internal BlockWorker(IBlockStore store, BlockErrorPolicy policy, Action<string> log, TimeSpan? betweenTries = null)
    {
        _store = store;
        _policy = policy;
        _log = log;
        _betweenTries = betweenTries ?? BetweenTries;
        // A file's length may change; the guest has been told of one.
        Length = store.Length / Sector * Sector;
        _spin = new AdaptiveSpin(() => _available.CurrentCount > 0, LongestSpin);
        _thread = new Thread(Run) { IsBackground = true, Name = "block" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public event Action<string?>? Stalled;

    /// <inheritdoc/>
    public event Action<BlockFailure>? Failed;

    /// <inheritdoc/>
    public string Name => _store.Name;

    /// <inheritdoc/>
    public ulong Length { get; }

    /// <inheritdoc/>
    public uint SectorSize => Sector;

    /// <inheritdoc/>
    public bool IsReadOnly => _store.IsReadOnly;

    /// <inheritdoc/>
    public string? StallReason { get; private set; }

    /// <inheritdoc/>
    public void Retry() => _tryNow.Set();

    /// <inheritdoc/>
    public void Submit(BlockRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            if (!_isDisposed)
            {
                Interlocked.Increment(ref _underWay);
                Volatile.Write(ref _submittedAt, Stopwatch.GetTimestamp());
                _queue.Enqueue(request);
                _available.Release();
                return;
            }
        }

        request.Complete(BlockError.Gone);
    }

    /// <inheritdoc/>
    public bool TryReadNow(BlockRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The worker has nothing to do until this thread submits something.
        if (Volatile.Read(ref _underWay) != 0 || _isDisposed || !IsInside(request)
            || !_store.TryReadCached(request.Offset, request.Buffer.Span))
        {
            return false;
        }

        request.Succeed();
        return true;
    }

    /// <summary>Serves what was submitted, flushes, and closes the store. A request that waits for the host is given up.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        _tryNow.Set();
        _available.Release();
        _thread.Join();
        if (_isWritten)
            TryServe("its last writes", _store.Flush);
        _store.Dispose();
        _available.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            Await();
            BlockRequest? request;
            lock (_lock)
            {
                if (!_queue.TryDequeue(out request))
                    return;
            }

            BlockError error = Serve(request);
            // Before the machine learns of it: it may submit the next read at once.
            Interlocked.Decrement(ref _underWay);
            request.Complete(error);
        }
    }

    // The next request often comes soon after the last was served.
    private void Await()
    {
        if (_spin.TryAwait())
        {
            _available.Wait();
            return;
        }

        _available.Wait();
        _spin.OnSlept(Volatile.Read(ref _submittedAt));
    }

    private BlockError Serve(BlockRequest request)
    {
        if (!IsInside(request))
            return BlockError.OutOfRange;
        if (_store.IsReadOnly && request.Operation is BlockOperation.Write or BlockOperation.Trim)
            return BlockError.ReadOnly;
        bool isStalled = false;
        while (true)
        {
            try
            {
                Do(request);
                if (isStalled)
                    Stall(null);
                return BlockError.None;
            }
            catch (BlockException e)
            {
                bool waits = _policy == BlockErrorPolicy.Pause && !e.IsFinal && !_isDisposed;
                Say(e.Message, request.Operation, waits);
                if (!isStalled)
                    Failed?.Invoke(new BlockFailure(request.Operation, e.Message, waits));
                if (waits && !isStalled)
                    Stall(e.Message);
                isStalled |= waits;
                if (!waits || !WaitToTryAgain())
                {
                    if (isStalled)
                        Stall(null);
                    return e.Error;
                }
            }
        }
    }

    // False: the request is given up.
    private bool WaitToTryAgain()
    {
        _tryNow.Wait(_betweenTries);
        _tryNow.Reset();
        return !_isDisposed;
    }

    private void Do(BlockRequest request)
    {
        switch (request.Operation)
        {
            case BlockOperation.Read:
                _store.Read(request.Offset, request.Buffer.Span);
                break;
            case BlockOperation.Write:
                _isWritten = true;
                _store.Write(request.Offset, request.Buffer.Span, request.ForceUnitAccess);
                break;
            case BlockOperation.Trim:
                _isWritten = true;
                _store.Trim(request.Offset, request.TrimLength);
                break;
            default:
                if (!_store.IsReadOnly)
                    _store.Flush();
                _isWritten = false;
                break;
        }
    }

    private bool IsInside(BlockRequest request)
    {
        if (request.Operation == BlockOperation.Flush)
            return true;
        ulong length = request.Operation == BlockOperation.Trim ? request.TrimLength : (ulong)request.Buffer.Length;
        return request.Offset % Sector == 0 && length % Sector == 0 && request.Offset <= Length && length <= Length - request.Offset;
    }

    private void Stall(string? reason)
    {
        StallReason = reason;
        if (reason is null)
            _log($"{Name}: goes on");
        Stalled?.Invoke(reason);
    }

    // A guest that tries again and again fills no terminal.
    private void Say(string reason, BlockOperation operation, bool waits)
    {
        string what = operation switch
        {
            BlockOperation.Read => "cannot be read",
            BlockOperation.Write => "cannot be written",
            BlockOperation.Trim => "cannot be trimmed",
            _ => "cannot be flushed",
        };
        string line = $"{Name}: {what}: {reason}; {(waits ? "the machine waits until that is mended" : "the guest gets an I/O error")}";
        if (line == _lastSaid && Stopwatch.GetElapsedTime(_lastSaidAt) < BetweenRepeats)
            return;
        _lastSaid = line;
        _lastSaidAt = Stopwatch.GetTimestamp();
        _log(line);
    }

    private void TryServe(string what, Action action)
    {
        try
        {
            action();
        }
        catch (BlockException e)
        {
            _log($"{Name}: {what} may be lost: {e.Message}");
        }
    }
}
