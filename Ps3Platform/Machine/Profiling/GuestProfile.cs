using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// The samples of a run: stacks of guest functions, and how long each thread was in them, in guest time. Filled on the emulation
/// thread; to be read when the machine has stopped.
/// </summary>
public sealed class GuestProfile
{
    private readonly ThreadTimeline[] _threads;

    /// <summary>An empty profile.</summary>
    /// <param name="threads">Hardware threads of the machine.</param>
    /// <param name="kernel">Symbols for code that runs in privileged state.</param>
    /// <param name="user">Symbols for code that runs in problem state, of all programs together.</param>
    public GuestProfile(int threads, SymbolTable kernel, IEnumerable<SymbolTable> user)
    {
        Frames = new FrameTable(new FunctionNames([kernel]), new FunctionNames(user));
        _threads = [.. Enumerable.Range(0, threads).Select(static _ => new ThreadTimeline())];
    }

    /// <summary>Samples taken so far, of all threads.</summary>
    public long Samples { get; private set; }

    /// <summary>Time base ticks that the samples cover.</summary>
    public ulong Ticks { get; private set; }

    internal FrameTable Frames { get; }

    internal StackTree Stacks { get; } = new();

    internal IReadOnlyList<ThreadTimeline> Threads => _threads;

    internal void Add(int thread, ReadOnlySpan<int> innermostFirst, ulong end, ulong ticks)
    {
        Samples++;
        Ticks += ticks;
        _threads[thread].Add(new TimelineSample(end, ticks, Stacks.Add(innermostFirst, ticks)));
    }
}
