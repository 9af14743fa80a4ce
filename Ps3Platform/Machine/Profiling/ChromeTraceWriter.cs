using CellPpe.Core.Tracing;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// Writes a profile as Chrome trace events, which Perfetto and chrome://tracing open: a hardware thread is a track, and a
/// frame that neighbouring samples share is one slice. Times are guest time, so an idle thread shows as a gap.
/// </summary>
public static class ChromeTraceWriter
{
    private const int Process = 1;

    /// <summary>Writes the whole file.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="name">The name of the process in the viewer.</param>
    /// <param name="output">Receives the file.</param>
    public static void Write(GuestProfile profile, string name, Stream output)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var trace = new ChromeTrace(output);
        trace.NameProcess(Process, name);
        for (int thread = 0; thread < profile.Threads.Count; thread++)
        {
            trace.NameThread(Process, thread, $"PPE thread {thread}");
            WriteThread(trace, profile, thread);
        }
    }

    private static void WriteThread(ChromeTrace trace, GuestProfile profile, int thread)
    {
        var open = new List<int>();
        var path = new List<int>();
        ulong last = 0;
        foreach (TimelineSample sample in profile.Threads[thread].Samples)
        {
            ulong start = Math.Max(last, sample.End - Math.Min(sample.End, sample.Ticks));
            profile.Stacks.Path(sample.Node, path);
            int shared = 0;
            while (start == last && shared < Math.Min(open.Count, path.Count) && open[shared] == path[shared])
                shared++;
            Close(trace, thread, open, shared, last);
            for (int index = shared; index < path.Count; index++)
            {
                trace.Begin(Process, thread, start, profile.Frames.Names[path[index]]);
                open.Add(path[index]);
            }

            last = sample.End;
        }

        Close(trace, thread, open, 0, last);
    }

    private static void Close(ChromeTrace trace, int thread, List<int> open, int keep, ulong time)
    {
        for (int index = open.Count; index > keep; index--)
            trace.End(Process, thread, time);
        open.RemoveRange(keep, open.Count - keep);
    }
}
