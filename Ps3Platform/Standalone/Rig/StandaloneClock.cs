using System.Diagnostics;

using CellPpe.Core;

namespace Ps3Platform.Standalone.Rig;

/// <summary>The time of an SPE without a machine: the host's, or one tick per eight instructions, with waits that skip time.</summary>
internal sealed class StandaloneClock(bool isHosts, Func<ulong> instructions) : IMachineClock
{
    private const ulong InstructionsPerTick = 8;
    private const ulong Start = IMachineClock.Frequency;
    private const double TicksPerMillisecond = IMachineClock.Frequency / 1000.0;
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly long _origin = Stopwatch.GetTimestamp();
    private ulong _skipped;

    public ulong TimeBase => Start + (isHosts
        ? (ulong)(Stopwatch.GetElapsedTime(_origin).TotalMilliseconds * TicksPerMillisecond)
        : (instructions() / InstructionsPerTick) + _skipped);

    public ulong RtcSeconds => isHosts ? (ulong)(DateTime.UtcNow - Epoch).TotalSeconds : (TimeBase - Start) / IMachineClock.Frequency;

    /// <summary>Advances time without a wait on the host.</summary>
    public void Skip(TimeSpan time) => _skipped += (ulong)(time.TotalMilliseconds * TicksPerMillisecond);

    /// <summary>Sleeps or advances time up to a tick before which nothing happens. May return early.</summary>
    public void WaitUntil(ulong timeBase, WaitHandle wake)
    {
        ulong now = TimeBase;
        if (timeBase <= now)
            return;
        if (isHosts)
            wake.WaitOne((int)Math.Clamp(Math.Ceiling((timeBase - now) / TicksPerMillisecond), 1, 100));
        else
            _skipped += timeBase - now;
    }
}
