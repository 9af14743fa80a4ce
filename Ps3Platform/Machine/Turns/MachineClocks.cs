using System.Diagnostics;

using CellPpe.Core;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine.Turns;

/// <summary>A machine's clock: what guests and devices see of time, and how an idle machine gets to the next event.</summary>
public interface ITurnClock : IMachineClock, IPpuClock
{
    /// <inheritdoc cref="IMachineClock.TimeBase"/>
    new ulong TimeBase { get; }

    /// <summary>How many instructions a thread may run so that it stops at the tick, at most <paramref name="limit"/>.</summary>
    long BudgetUntil(ulong timeBase, long limit);

    /// <summary>The guest has stood still since the tick: it sees nothing of the time in between. No thread and no SPE runs.</summary>
    void GoBackTo(ulong timeBase);

    /// <summary>No thread has anything to do before the tick: sleep, or let time pass. May return early.</summary>
    void IdleUntil(ulong timeBase, WaitHandle wake);
}

/// <summary>Time follows the host's monotonic clock; the date is the host's.</summary>
internal sealed class HostTurnClock : ITurnClock
{
    // A time base of which the low word is 0 would be read again and again by Cell guests (irq-and-time 10.3); one
    // second is what firmware takes anyway.
    private const ulong Start = IMachineClock.Frequency;
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private long _origin = Stopwatch.GetTimestamp();

    public ulong TimeBase
    {
        get
        {
            // Whole seconds and the rest apart: neither product overflows, and there is no 128-bit division on this hot path.
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

    // Time is looked at between turns; how far a turn gets cannot be known.
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
/// Time advances with instructions of all threads together, eight to a tick, and jumps over idleness. Eight is what a PPE
/// at 40 cycles a tick gets done in ordinary code.
/// </summary>
internal sealed class InstructionTurnClock(ulong rtcAtPowerOn) : ITurnClock
{
    private const ulong InstructionsPerTick = 8;
    private const ulong Start = IMachineClock.Frequency;
    private ulong _retired;
    private ulong _skippedTicks;

    public ulong TimeBase => Start + (_retired / InstructionsPerTick) + _skippedTicks;

    public ulong RtcSeconds => rtcAtPowerOn + ((TimeBase - Start) / IMachineClock.Frequency);

    public void Retire(long instructions) => _retired += (ulong)instructions;

    // It has not gone on.
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
