namespace Ps3Platform.Machine.Profiling;

/// <summary>One function's share of a profile's time.</summary>
/// <param name="Name">The function, or the page where no symbol is known.</param>
/// <param name="Samples">Samples in which a thread was executing it.</param>
/// <param name="Self">Share of the time spent in its own code, 0 to 1.</param>
/// <param name="Total">Share of the time spent in it and in what it called, 0 to 1.</param>
public readonly record struct HotFunction(string Name, long Samples, double Self, double Total);

/// <summary>Sums a profile up by function.</summary>
public static class HotFunctions
{
    /// <summary>All sampled functions, sorted by share: first by own code, then including called functions.</summary>
    public static IReadOnlyList<HotFunction> Of(GuestProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        int frames = profile.Frames.Names.Count;
        var samples = new long[frames];
        var self = new ulong[frames];
        var total = new ulong[frames];
        // The last stack a frame was counted for: recursion counts once.
        var counted = new int[frames];
        ReadOnlySpan<StackTree.Node> nodes = profile.Stacks.Nodes;
        for (int index = 1; index < nodes.Length; index++)
        {
            if (nodes[index].Samples == 0)
                continue;
            samples[nodes[index].Frame] += nodes[index].Samples;
            self[nodes[index].Frame] += nodes[index].Ticks;
            for (int at = index; at > 0; at = nodes[at].Parent)
            {
                int frame = nodes[at].Frame;
                if (counted[frame] == index)
                    continue;
                counted[frame] = index;
                total[frame] += nodes[index].Ticks;
            }
        }

        double all = Math.Max(1, profile.Ticks);
        return
        [
            .. Enumerable.Range(0, frames).Where(frame => total[frame] > 0)
                .OrderByDescending(frame => self[frame]).ThenByDescending(frame => total[frame]).ThenBy(frame => frame)
                .Select(frame => new HotFunction(profile.Frames.Names[frame], samples[frame], self[frame] / all, total[frame] / all)),
        ];
    }
}
