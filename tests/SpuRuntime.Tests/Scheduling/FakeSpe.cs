using SpuRuntime.Engine;
using SpuRuntime.Scheduling;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>
/// An SPE that only counts messages: taking one out of its mailbox is one instruction, and it blocks when there is none.
/// It detects two threads that run it at once.
/// </summary>
internal sealed class FakeSpe(int number) : ISchedulableSpe
{
    private const uint InMailbox = 29;
    private int _attention;
    private int _inside;
    private long _letters;
    private volatile bool _stopped;

    public int Number { get; } = number;

    /// <summary>Called for each message, from inside the slice.</summary>
    public Action<FakeSpe>? Received { get; init; }

    /// <summary>It never blocks.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Behaves as an SPE that clears the request when its slice begins: a request made just before is lost.</summary>
    public bool ForgetsEarlyInterrupts { get; init; }

    public long Taken { get; private set; }

    public bool IsInside => Volatile.Read(ref _inside) != 0;

    public bool WasInTwoThreads { get; private set; }

    public Thread? LastThread { get; private set; }

    public bool IsRunnable => !_stopped && (IsEndless || Interlocked.Read(ref _letters) > 0);

    public bool IsToldToLeave => Volatile.Read(ref _attention) != 0;

    public void Post(ISpeScheduler scheduler)
    {
        Interlocked.Increment(ref _letters);
        scheduler.Wake(this);
    }

    public void Stop(ISpeScheduler scheduler)
    {
        _stopped = true;
        scheduler.Suspend(this);
    }

    public void Start(ISpeScheduler scheduler)
    {
        _stopped = false;
        scheduler.Wake(this);
    }

    public void Interrupt() => Volatile.Write(ref _attention, 1);

    public SpuExit RunSlice(long instructions)
    {
        WasInTwoThreads |= Interlocked.Increment(ref _inside) != 1;
        LastThread = Thread.CurrentThread;
        if (ForgetsEarlyInterrupts)
            Interlocked.Exchange(ref _attention, 0);
        try
        {
            return Execute(instructions);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    private SpuExit Execute(long instructions)
    {
        for (long count = 0; count < instructions; count++)
        {
            if (Interlocked.Exchange(ref _attention, 0) != 0)
                return new SpuExit(SpuExitReason.Attention);
            if (!IsEndless)
            {
                if (Interlocked.Read(ref _letters) == 0)
                    return new SpuExit(SpuExitReason.Blocked, InMailbox);
                Interlocked.Decrement(ref _letters);
            }

            Taken++;
            Received?.Invoke(this);
        }

        return new SpuExit(SpuExitReason.Budget);
    }
}

/// <summary>An SPE whose slices end when the test says so, and how.</summary>
internal sealed class SteppedSpe(int number) : ISchedulableSpe, IDisposable
{
    private readonly SemaphoreSlim _exit = new(0);
    private SpuExit _how;
    private volatile bool _inside;
    private volatile bool _interrupted;
    private volatile bool _runnable = true;

    public int Number { get; } = number;

    public bool IsInside => _inside;

    public bool WasInterrupted => _interrupted;

    public int Slices { get; private set; }

    public bool IsRunnable
    {
        get => _runnable;
        set => _runnable = value;
    }

    public void Interrupt() => _interrupted = true;

    public SpuExit RunSlice(long instructions)
    {
        _interrupted = false;
        Slices++;
        _inside = true;
        _exit.Wait();
        _inside = false;
        return _how;
    }

    /// <summary>Ends the current slice.</summary>
    public void Leave(SpuExitReason reason, bool runnable = true)
    {
        Eventually.Is(() => IsInside, $"SPE {Number} goes in");
        _runnable = runnable;
        _how = new SpuExit(reason);
        _exit.Release();
    }

    public void Dispose() => _exit.Dispose();
}

/// <summary>Waits for what must happen, and for a time in which something must not happen.</summary>
internal static class Eventually
{
    public static void Is(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)), $"in a minute it was not so that {what}");

    /// <summary>Long enough for a thread that would do it.</summary>
    public static void Never(Func<bool> condition, string what) =>
        Assert.False(SpinWait.SpinUntil(condition, TimeSpan.FromMilliseconds(30)), $"it was so that {what}");
}
