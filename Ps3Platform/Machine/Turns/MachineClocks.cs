using System.Diagnostics;

using CellPpe.Core;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine.Turns;

/// <summary>A machine's clock: the time that guests and devices see, and the wait of an idle machine for the next event.</summary>
public interface ITurnClock : IMachineClock, IPpuClock
{
    /// <inheritdoc cref="IMachineClock.TimeBase"/>
    new ulong TimeBase { get; }

    /// <summary>The number of instructions that a thread may run until the tick, at most <paramref name="limit"/>.</summary>
    long BudgetUntil(ulong timeBase, long limit);

    /// <summary>Sets time back to the tick at which the guest was held. Called while no thread and no SPE runs.</summary>
    void GoBackTo(ulong timeBase);

    /// <summary>True when time advances while the machine sleeps.</summary>
    bool IsHostTime { get; }

    /// <summary>Sleeps, or advances time, up to a tick before which no thread can run. May return early.</summary>
    void IdleUntil(ulong timeBase, WaitHandle wake);
}

/// <summary>Time follows the host's monotonic clock; the date is the host's.</summary>
internal sealed class HostTurnClock : ITurnClock
{
    // Cell guests read the time base again while its low word is 0 (irq-and-time 10.3), so time does not start at 0 but at one
    // second, about the time that firmware takes to boot.
    private const ulong Start = IMachineClock.Frequency;
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private long _origin = Stopwatch.GetTimestamp();

    public bool IsHostTime => true;

    public ulong TimeBase
    {
        get
        {
            // Whole seconds and the remainder are converted separately: no product overflows, and this hot path has no 128-bit division.
            (ulong seconds, ulong rest) = Math.DivRem((ulong)(Stopwatch.GetTimestamp() - _origin), (ulong)Stopwatch.Frequency);
            return Start + (seconds * IMachineClock.Frequency) + (rest * IMachineClock.Frequency / (ulong)Stopwatch.Frequency);
        }
    }

    public ulong RtcSeconds => (ulong)Math.Max(0, (long)(DateTime.UtcNow - Epoch).TotalSeconds);

    public void Retire(long instructions)
    {
    }

    public void GoBackTo(ulong timeBase)
    {
        ulong now = TimeBase;
        if (now > timeBase)
            _origin += (long)((UInt128)(now - timeBase) * (ulong)Stopwatch.Frequency / IMachineClock.Frequency);
    }

    // Time is read between turns; how long a turn takes is not known in advance.
    public long BudgetUntil(ulong timeBase, long limit) => limit;

    public void IdleUntil(ulong timeBase, WaitHandle wake)
    {
        ulong now = TimeBase;
        if (timeBase > now)
        {
            double milliseconds = (timeBase - now) * 1000.0 / IMachineClock.Frequency;
            wake.WaitOne((int)Math.Min(1000, Math.Ceiling(milliseconds)));
        }
    }
}

/// <summary>
/// Time advances with the instructions of all threads together, eight per tick, and skips idle periods. A PPE has 40 cycles per tick,
/// and executes about eight instructions of ordinary code in them.
/// </summary>
internal sealed class InstructionTurnClock(ulong rtcAtPowerOn) : ITurnClock
{
    private const ulong InstructionsPerTick = 8;
    private const ulong Start = IMachineClock.Frequency;
    private ulong _retired;
    private ulong _skippedTicks;

    public bool IsHostTime => false;

    public ulong TimeBase => Start + (_retired / InstructionsPerTick) + _skippedTicks;

    public ulong RtcSeconds => rtcAtPowerOn + ((TimeBase - Start) / IMachineClock.Frequency);

    public void Retire(long instructions) => _retired += (ulong)instructions;

    // Time has not advanced, because no instruction was executed.
    public void GoBackTo(ulong timeBase)
    {
    }

    public long BudgetUntil(ulong timeBase, long limit)
    {
        ulong now = TimeBase;
        if (timeBase <= now)
            return 1;
        UInt128 instructions = ((UInt128)(timeBase - now) * InstructionsPerTick) - (_retired % InstructionsPerTick);
        return instructions < (ulong)limit ? (long)instructions : limit;
    }

    public void IdleUntil(ulong timeBase, WaitHandle wake)
    {
        if (timeBase > TimeBase)
            _skippedTicks += timeBase - TimeBase;
    }
}
