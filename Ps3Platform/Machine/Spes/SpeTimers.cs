using Ps3Platform.Machine.Turns;
using SpuRuntime.Ports;
using SpuRuntime;

namespace Ps3Platform.Machine.Spes;

/// <summary>
/// When which SPE wants to be called: the earliest time of each. Whoever is called asks again for what is still to come, so that
/// one time an SPE is enough, and no SPE can make the machine remember more.
/// </summary>
internal sealed class SpeTimers(int count, MachineThread thread) : ISpeTimer
{
    private readonly Lock _gate = new();
    private readonly ulong[] _due = [.. Enumerable.Repeat(ulong.MaxValue, count)];
    private readonly ITimedSpe?[] _spes = new ITimedSpe?[count];
    private ulong _next = ulong.MaxValue;

    /// <summary>The earliest of all.</summary>
    public ulong NextTime => Volatile.Read(ref _next);

    public void WakeAt(ulong timeBase, ITimedSpe spe)
    {
        lock (_gate)
        {
            ref ulong due = ref _due[spe.Number];
            // A number may have gone from one SPE to another; what the former one waits for is of no matter any more.
            if (timeBase >= due && _spes[spe.Number] == spe)
                return;
            due = timeBase;
            _spes[spe.Number] = spe;
            if (timeBase >= _next)
                return;
            Volatile.Write(ref _next, timeBase);
        }

        // A thread that runs looks at the time at the end of its turn.
        if (!thread.IsInside)
            thread.Wake();
    }

    /// <summary>Calls whoever is due. On the machine's thread.</summary>
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
