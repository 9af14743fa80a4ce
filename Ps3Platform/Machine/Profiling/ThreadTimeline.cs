using System.Runtime.InteropServices;

namespace Ps3Platform.Machine.Profiling;

/// <summary>A stretch of one thread's time, and the stack that stands for it.</summary>
/// <param name="End">Time base at which the stack was seen: the end of the stretch.</param>
/// <param name="Ticks">Time base ticks the thread ran since its last sample.</param>
/// <param name="Node">The innermost node in the <see cref="StackTree"/>.</param>
internal readonly record struct TimelineSample(ulong End, ulong Ticks, int Node);

/// <summary>
/// The samples of one hardware thread in order of time. Bounded: when it is full, every second sample is given to the one
/// before it, so that a long run is kept whole and coarser.
/// </summary>
internal sealed class ThreadTimeline
{
    /// <summary>Samples that are kept, 24 bytes each.</summary>
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
