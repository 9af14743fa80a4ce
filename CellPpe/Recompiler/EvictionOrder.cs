namespace CellPpe.Recompiler;

/// <summary>
/// What goes first when a cache is full: the oldest, but one that has been used since it was last considered gets a second chance and
/// becomes the youngest. Belongs to one thread at a time.
/// </summary>
/// <param name="wasUsed">Whether one has been used since this was last asked of it.</param>
/// <typeparam name="T">What the cache holds, compared by identity.</typeparam>
public sealed class EvictionOrder<T>(Func<T, bool> wasUsed)
    where T : class
{
    // Where everything is in use the oldest goes all the same, and finding it out must not cost a walk through the whole cache.
    private const int MostChances = 64;

    private readonly LinkedList<T> _oldestFirst = new();
    private readonly Dictionary<T, LinkedListNode<T>> _nodes = new(ReferenceEqualityComparer.Instance);

    /// <summary>How many there are.</summary>
    public int Count => _nodes.Count;

    /// <summary>One more, the youngest.</summary>
    public void Add(T item) => _nodes.Add(item, _oldestFirst.AddLast(item));

    /// <summary>One has left the cache on another way.</summary>
    /// <returns>False: it was not there.</returns>
    public bool Remove(T item)
    {
        if (!_nodes.Remove(item, out LinkedListNode<T>? node))
            return false;
        _oldestFirst.Remove(node);
        return true;
    }

    /// <summary>Takes out what shall go; null when there is nothing.</summary>
    public T? TakeVictim()
    {
        for (int chances = Math.Min(MostChances, Count - 1); chances > 0 && wasUsed(_oldestFirst.First!.Value); chances--)
        {
            LinkedListNode<T> node = _oldestFirst.First;
            _oldestFirst.RemoveFirst();
            _oldestFirst.AddLast(node);
        }

        T? victim = _oldestFirst.First?.Value;
        if (victim is not null)
            Remove(victim);
        return victim;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _oldestFirst.Clear();
        _nodes.Clear();
    }
}
