using Ps3Platform.Machine.Turns;
using SpuRuntime;
using SpuRuntime.Ports;

namespace Ps3Platform.Machine.Spes;

/// <summary>
/// The timers of SPEs: the earliest requested time of each. An SPE that is called requests its next time itself, so that one time per
/// SPE suffices, and no SPE can make the machine store more.
/// </summary>
internal sealed class SpeTimers(int count, MachineThread thread) : ISpeTimer
{
    private readonly Lock _gate = new();
    private readonly ulong[] _due = [.. Enumerable.Repeat(ulong.MaxValue, count)];
    private readonly ITimedSpe?[] _spes = new ITimedSpe?[count];
    private ulong _next = ulong.MaxValue;

    /// <summary>The earliest time of all SPEs.</summary>
    public ulong NextTime => Volatile.Read(ref _next);

    public void WakeAt(ulong timeBase, ITimedSpe spe)
    {
        lock (_gate)
        {
            ref ulong due = ref _due[spe.Number];
            // If the number has passed to another SPE, the former one's time is replaced.
            if (timeBase >= due && _spes[spe.Number] == spe)
                return;
            due = timeBase;
            _spes[spe.Number] = spe;
            if (timeBase >= _next)
                return;
            Volatile.Write(ref _next, timeBase);
        }

        // A thread that runs checks the time at the end of its turn.
        if (!thread.IsInside)
            thread.Wake();
    }

    /// <summary>Calls the SPEs whose time has come. On the machine's thread.</summary>
    public void RunDue(ulong now)
    {
        if (NextTime > now)
            return;
        for (int number = 0; number < _due.Length; number++)
        {
            ITimedSpe? elapsed = Take(number, now);
            elapsed?.TimerElapsed();
        }
    }

    private ITimedSpe? Take(int number, ulong now)
    {
        lock (_gate)
        {
            ITimedSpe? spe = null;
            if (_due[number] <= now)
            {
                spe = _spes[number];
                _due[number] = ulong.MaxValue;
            }

            ulong next = ulong.MaxValue;
            foreach (ulong due in _due)
                next = Math.Min(next, due);
            Volatile.Write(ref _next, next);
            return spe;
        }
    }
}
