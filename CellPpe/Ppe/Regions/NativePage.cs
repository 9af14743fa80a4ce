using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;

namespace CellPpe.Ppe.Regions;

/// <summary>Which instructions of a page have native code.</summary>
/// <param name="decoded">The page's decoded instructions.</param>
internal sealed unsafe class NativePage(PpuDecodedInsn* decoded)
{
    private readonly List<(int First, int Count, bool Float)> _units = [];
    private readonly byte[] _covered = new byte[CodePages.InsnsPerPage];

    public PpuDecodedInsn* Decoded => decoded;

    public void Add(int first, int count, bool usesFloat)
    {
        _units.Add((first, count, usesFloat));
        _covered.AsSpan(first, count).Fill(1);
    }

    /// <summary>Whether the code that begins at an instruction has floating point in it.</summary>
    public bool UsesFloat(int first) => _units.Exists(unit => unit.First == first && unit.Float);

    /// <summary>True when one of these bytes belongs to an instruction that has.</summary>
    public bool Covers(int offset, int length) =>
        _covered.AsSpan(offset / 4, ((offset + length + 3) / 4) - (offset / 4)).ContainsAnyExcept((byte)0);

    /// <summary>Removes what is made of these bytes.</summary>
    /// <returns>The instructions where it began.</returns>
    public List<nint> Remove(int offset, int length)
    {
        var removed = new List<nint>();
        if (!Covers(offset, length))
            return removed;
        int end = offset + length;
        _units.RemoveAll(unit =>
        {
            bool gone = 4 * unit.First < end && offset < 4 * (unit.First + unit.Count);
            if (gone)
                removed.Add((nint)(decoded + unit.First));
            return gone;
        });
        Array.Clear(_covered);
        foreach ((int first, int count, _) in _units)
            _covered.AsSpan(first, count).Fill(1);
        return removed;
    }
}
