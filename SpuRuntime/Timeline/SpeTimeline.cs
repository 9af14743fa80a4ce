using CellPpe.Core;
using CellPpe.Core.Tracing;

using SpuRuntime.State;

namespace SpuRuntime.Timeline;

/// <summary>
/// What each SPE of a machine did and when, in the machine's time. A machine without a timeline has none of these objects, and compares
/// a reference with null instead. Long runs keep their last part.
/// </summary>
/// <param name="clock">The machine's time: with the instruction clock, two runs write the same file.</param>
/// <param name="capacity">Stretches of time, and transfers, that are kept for each SPE: 32 bytes each.</param>
public sealed class SpeTimeline(IMachineClock clock, int capacity = SpeTimeline.DefaultCapacity)
{
    /// <summary>4 MB an SPE.</summary>
    public const int DefaultCapacity = 1 << 16;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, SpeTrack> _tracks = [];

    /// <summary>An SPE's track. From any thread.</summary>
    public SpeTrack Track(int number)
    {
        lock (_lock)
        {
            if (!_tracks.TryGetValue(number, out SpeTrack? track))
                _tracks.Add(number, track = new SpeTrack(clock, capacity));
            return track;
        }
    }

    /// <summary>
    /// Writes Chrome trace JSON, which Perfetto and chrome://tracing open: an SPE is a process, with one track of what the SPU did and
    /// its transfers beside it. Only when no SPE runs: after the scheduler was disposed of.
    /// </summary>
    public void Write(Stream output)
    {
        using var trace = new ChromeTrace(output);
        long id = 0;
        lock (_lock)
        {
            foreach ((int number, SpeTrack track) in _tracks)
            {
                // Process 0 is the idle task to some viewers.
                int process = number + 1;
                trace.NameProcess(process, track.Lost == 0 ? $"SPE {number}" : $"SPE {number} ({track.Lost} earlier events not kept)");
                trace.NameThread(process, process, "SPU");
                foreach (TimelineEvent state in track.States())
                    trace.Complete(process, process, state.Begin, state.End, NameOf(state));
                foreach (TimelineEvent transfer in track.Transfers())
                {
                    string name = transfer.Kind == TimelineKind.Get ? "get" : "put";
                    trace.Overlapping(
                        process, process, transfer.Begin, transfer.End, name, id++, ("tag", transfer.Tag), ("bytes", transfer.Argument));
                }
            }
        }
    }

    private static string NameOf(TimelineEvent state) => state.Kind switch
    {
        TimelineKind.Running => "running",
        TimelineKind.Ready => "ready",
        TimelineKind.Blocked => $"blocked on {ChannelNames.Of(state.Argument)}",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state.Kind, "no state of an SPU"),
    };
}
