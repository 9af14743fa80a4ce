using System.Runtime.InteropServices;

namespace Ps3Platform.Machine.Profiling;

/// <summary>A period of one thread's time, and the stack sampled at its end.</summary>
/// <param name="End">Time base at the end of the period.</param>
/// <param name="Ticks">Time base ticks the thread ran since its last sample.</param>
/// <param name="Node">The innermost node in the <see cref="StackTree"/>.</param>
internal readonly record struct TimelineSample(ulong End, ulong Ticks, int Node);

/// <summary>
/// The samples of one hardware thread in order of time. It is bounded: when it is full, pairs of samples are merged into one, so that
/// a long run is kept completely, but more coarsely.
/// </summary>
internal sealed class ThreadTimeline
{
    /// <summary>The maximum of samples, of 24 bytes each.</summary>
    public const int MostSamples = 256 * 1024;

    private readonly List<TimelineSample> _samples = [];

    public ReadOnlySpan<TimelineSample> Samples => CollectionsMarshal.AsSpan(_samples);

    public void Add(TimelineSample sample)
    {
        if (_samples.Count == MostSamples)
            Thin();
        if (_samples.Count > 0 && _samples[^1] is var last && last.Node == sample.Node && last.End + sample.Ticks == sample.End)
            _samples[^1] = last with { End = sample.End, Ticks = last.Ticks + sample.Ticks };
        else
            _samples.Add(sample);
    }

    private void Thin()
    {
        int kept = 0;
        for (int index = 0; index + 1 < _samples.Count; index += 2)
            _samples[kept++] = _samples[index] with { End = _samples[index + 1].End, Ticks = _samples[index].Ticks + _samples[index + 1].Ticks };
        _samples.RemoveRange(kept, _samples.Count - kept);
    }
}
