using System.Text.Json;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// Writes a profile as Chrome trace events, which Perfetto and chrome://tracing open: a hardware thread is a track, and a
/// frame that neighbouring samples share is one slice. Times are guest time, so an idle thread shows as a gap.
/// </summary>
public static class ChromeTraceWriter
{
    /// <summary>Writes the whole file.</summary>
    /// <param name="profile">What was sampled.</param>
    /// <param name="name">What the viewer shows as the process.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(GuestProfile profile, string name, Stream output)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        WriteName(json, "process_name", 0, name);
        for (int thread = 0; thread < profile.Threads.Count; thread++)
        {
            WriteName(json, "thread_name", thread, $"PPE thread {thread}");
            WriteThread(json, profile, thread);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteThread(Utf8JsonWriter json, GuestProfile profile, int thread)
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
            Close(json, thread, open, shared, last);
            for (int index = shared; index < path.Count; index++)
            {
                WriteEvent(json, "B", thread, start, profile.Frames.Names[path[index]]);
                open.Add(path[index]);
            }

            last = sample.End;
        }

        Close(json, thread, open, 0, last);
    }

    private static void Close(Utf8JsonWriter json, int thread, List<int> open, int keep, ulong time)
    {
        for (int index = open.Count; index > keep; index--)
            WriteEvent(json, "E", thread, time, null);
        open.RemoveRange(keep, open.Count - keep);
    }

    private static void WriteEvent(Utf8JsonWriter json, string phase, int thread, ulong time, string? name)
    {
        json.WriteStartObject();
        if (name is not null)
            json.WriteString("name", name);
        json.WriteString("ph", phase);
        json.WriteNumber("pid", 1);
        json.WriteNumber("tid", thread);
        json.WriteNumber("ts", SpeedscopeWriter.Microseconds(time));
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, string what, int thread, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", what);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", 1);
        json.WriteNumber("tid", thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
