using System.Text.Json;

namespace CellPpe.Core.Tracing;

/// <summary>
/// Writes Chrome trace events, which Perfetto and chrome://tracing open ("Trace Event Format"). Times are time base ticks. The file
/// is complete when the writer has been disposed of; the stream stays open.
/// </summary>
public sealed class ChromeTrace : IDisposable
{
    // Bytes that the writer may buffer before they go to the stream.
    private const int MostPending = 1 << 16;

    private readonly Utf8JsonWriter _json;

    /// <summary>Begins the file.</summary>
    public ChromeTrace(Stream output)
    {
        _json = new Utf8JsonWriter(output);
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ms");
        _json.WriteStartArray("traceEvents");
    }

    /// <summary>Time base ticks as the microseconds of such a file.</summary>
    public static double Microseconds(ulong ticks) => Math.Round(ticks * 1e6 / IMachineClock.Frequency, 3);

    /// <summary>The title of a group of tracks.</summary>
    public void NameProcess(int process, string name) => WriteName("process_name", process, 0, name);

    /// <summary>The title of a track.</summary>
    public void NameThread(int process, int thread, string name) => WriteName("thread_name", process, thread, name);

    /// <summary>A slice begins; slices of a track nest.</summary>
    public void Begin(int process, int thread, ulong time, string name)
    {
        Start("B", process, thread, time, name);
        _json.WriteEndObject();
    }

    /// <summary>The innermost slice of the track ends.</summary>
    public void End(int process, int thread, ulong time)
    {
        Start("E", process, thread, time, null);
        _json.WriteEndObject();
    }

    /// <summary>A whole slice.</summary>
    public void Complete(int process, int thread, ulong begin, ulong end, string name)
    {
        Start("X", process, thread, begin, name);
        _json.WriteNumber("dur", Math.Round(Microseconds(end) - Microseconds(begin), 3));
        _json.WriteEndObject();
    }

    /// <summary>A slice that may overlap others; viewers show each in a separate row beside the track.</summary>
    /// <param name="process">Group of tracks.</param>
    /// <param name="thread">Track.</param>
    /// <param name="begin">Time base at its beginning.</param>
    /// <param name="end">Time base at its end.</param>
    /// <param name="name">Its title.</param>
    /// <param name="id">An id that differs from those of slices that may overlap it.</param>
    /// <param name="numbers">Further named values to show with it.</param>
    public void Overlapping(int process, int thread, ulong begin, ulong end, string name, long id, params ReadOnlySpan<(string Name, long Value)> numbers)
    {
        Start("b", process, thread, begin, name);
        WriteId(id);
        _json.WriteStartObject("args");
        foreach ((string key, long value) in numbers)
            _json.WriteNumber(key, value);
        _json.WriteEndObject();
        _json.WriteEndObject();
        Start("e", process, thread, end, name);
        WriteId(id);
        _json.WriteEndObject();
    }

    /// <summary>Ends the file.</summary>
    public void Dispose()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Dispose();
    }

    private void Start(string phase, int process, int thread, ulong time, string? name)
    {
        if (_json.BytesPending > MostPending)
            _json.Flush();
        _json.WriteStartObject();
        if (name is not null)
            _json.WriteString("name", name);
        _json.WriteString("ph", phase);
        _json.WriteNumber("pid", process);
        _json.WriteNumber("tid", thread);
        _json.WriteNumber("ts", Microseconds(time));
    }

    // Viewers join the events that have the same category and id.
    private void WriteId(long id)
    {
        _json.WriteString("cat", "overlapping");
        _json.WriteNumber("id", id);
    }

    private void WriteName(string what, int process, int thread, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("name", what);
        _json.WriteString("ph", "M");
        _json.WriteNumber("pid", process);
        _json.WriteNumber("tid", thread);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }
}
