using System.Text.Json;

using CellPpe.Core;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// Writes a profile in speedscope's own format (speedscope.app/file-format-schema.json): one sampled profile per hardware
/// thread, with weights in microseconds of guest time.
/// </summary>
public static class SpeedscopeWriter
{
    /// <summary>Writes the whole file.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="name">The title in the viewer.</param>
    /// <param name="output">Receives the file.</param>
    public static void Write(GuestProfile profile, string name, Stream output)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("name", name);
        json.WriteString("exporter", "ps3");
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (string frame in profile.Frames.Names)
        {
            json.WriteStartObject();
            json.WriteString("name", frame);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        for (int thread = 0; thread < profile.Threads.Count; thread++)
            WriteThread(json, profile, thread);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static double Microseconds(ulong ticks) => Math.Round(ticks * 1e6 / IMachineClock.Frequency, 3);

    private static void WriteThread(Utf8JsonWriter json, GuestProfile profile, int thread)
    {
        ReadOnlySpan<TimelineSample> samples = profile.Threads[thread].Samples;
        ulong ticks = 0;
        foreach (TimelineSample sample in samples)
            ticks += sample.Ticks;
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", $"PPE thread {thread}");
        json.WriteString("unit", "microseconds");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", Microseconds(ticks));
        json.WriteStartArray("samples");
        var path = new List<int>();
        foreach (TimelineSample sample in samples)
        {
            profile.Stacks.Path(sample.Node, path);
            json.WriteStartArray();
            foreach (int frame in path)
                json.WriteNumberValue(frame);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach (TimelineSample sample in samples)
            json.WriteNumberValue(Microseconds(sample.Ticks));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
