using System.Runtime.InteropServices;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// Every stack that was ever seen, each once: a node is a frame under its caller, node 0 is the root under which all
/// stacks begin. Bounded: when it is full, a new stack counts for the longest part of it that is known.
/// </summary>
internal sealed class StackTree
{
    /// <summary>Nodes that are kept, about 40 bytes each.</summary>
    public const int MostNodes = 256 * 1024;

    private readonly List<Node> _nodes = [new Node { Parent = -1, Frame = -1 }];
    private readonly Dictionary<(int Parent, int Frame), int> _children = [];

    /// <summary>A frame, who called it, and what was counted with it innermost.</summary>
    public struct Node
    {
        public int Parent;
        public int Frame;
        public long Samples;
        public ulong Ticks;
    }

    /// <summary>The nodes: a parent stands before its children.</summary>
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
