using System.Runtime.InteropServices;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// All sampled stacks, each stored once: a node is a frame below its caller, and node 0 is the root of all stacks. The tree is
/// bounded: when it is full, a new stack is counted for its longest known part.
/// </summary>
internal sealed class StackTree
{
    /// <summary>The maximum of nodes, of about 40 bytes each.</summary>
    public const int MostNodes = 256 * 1024;

    private readonly List<Node> _nodes = [new Node { Parent = -1, Frame = -1 }];
    private readonly Dictionary<(int Parent, int Frame), int> _children = [];

    /// <summary>A frame, its caller, and the samples in which it was innermost.</summary>
    public struct Node
    {
        public int Parent;
        public int Frame;
        public long Samples;
        public ulong Ticks;
    }

    /// <summary>The nodes; each parent comes before its children.</summary>
    public ReadOnlySpan<Node> Nodes => CollectionsMarshal.AsSpan(_nodes);

    /// <summary>Counts a stack, given innermost frame first.</summary>
    /// <returns>The node of its innermost frame.</returns>
    public int Add(ReadOnlySpan<int> innermostFirst, ulong ticks)
    {
        int node = 0;
        for (int index = innermostFirst.Length - 1; index >= 0; index--)
        {
            (int, int) key = (node, innermostFirst[index]);
            if (!_children.TryGetValue(key, out int child))
            {
                if (_nodes.Count >= MostNodes)
                    break;
                child = _nodes.Count;
                _nodes.Add(new Node { Parent = node, Frame = innermostFirst[index] });
                _children.Add(key, child);
            }

            node = child;
        }

        ref Node counted = ref CollectionsMarshal.AsSpan(_nodes)[node];
        counted.Samples++;
        counted.Ticks += ticks;
        return node;
    }

    /// <summary>Replaces the list's contents by the frames from the outermost to a node's.</summary>
    public void Path(int node, List<int> outermostFirst)
    {
        outermostFirst.Clear();
        for (; node > 0; node = _nodes[node].Parent)
            outermostFirst.Add(_nodes[node].Frame);
        outermostFirst.Reverse();
    }
}
