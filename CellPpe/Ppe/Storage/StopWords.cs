using CellPpe.Core;
using CellPpe.Core.Stops;

namespace CellPpe.Ppe.Storage;

/// <summary>
/// Words of host memory whose decoded instructions have the handler of a breakpoint, and of which nothing may be compiled. They are
/// found when a page is fetched from, so that they follow the guest's translations; when breakpoints change, all are forgotten and
/// the pages fetched again.
/// </summary>
internal sealed class StopWords
{
    private readonly HashSet<ulong> _words = [];

    /// <summary>All of them, by their offset in host memory.</summary>
    public IReadOnlyCollection<ulong> All => _words;

    /// <summary>True when an instruction at this offset in host memory has a breakpoint.</summary>
    public bool Has(ulong hostOffset) => _words.Count != 0 && _words.Contains(hostOffset);

    /// <summary>True when one of so many instructions from an offset on has.</summary>
    public bool HasAny(ulong hostOffset, int instructions)
    {
        if (_words.Count == 0)
            return false;
        for (int index = 0; index < instructions; index++)
        {
            if (_words.Contains(hostOffset + (4 * (ulong)index)))
                return true;
        }

        return false;
    }

    /// <summary>A thread fetches from a page: adds its breakpoints on it.</summary>
    /// <returns>Those that were not there yet.</returns>
    public List<ulong> Add(StopPoints points, ulong address, ulong hostPage)
    {
        var added = new List<ulong>();
        foreach (ulong breakpoint in points.Breakpoints)
        {
            ulong word = hostPage + (breakpoint & (GuestMemory.PageSize - 1));
            if ((breakpoint & ~(GuestMemory.PageSize - 1)) == (address & ~(GuestMemory.PageSize - 1)) && _words.Add(word))
                added.Add(word);
        }

        return added;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _words.Clear();
}
