using CellPpe.Recompiler.Backends.Msil;

using SpuRuntime.Execution.Interpreter;

namespace SpuRuntime.Execution.Regions;

/// <summary>A compiled region. It belongs to no SPE: its code finds everything through the context it is given.</summary>
internal sealed unsafe class SpuRegion(SpuRegionPlan plan)
{
    private volatile CompiledRegion? _code;
    private volatile bool _failed;
    private volatile bool _used = true;
    private volatile bool _evicted;

    public SpuRegionPlan Plan => plan;

    /// <summary>Quadwords of local store that it has words of, ascending.</summary>
    public ushort[] Quadwords { get; } = Covered(plan);

    /// <summary>Its code; null until it is compiled. Set once, by the thread that compiles.</summary>
    public CompiledRegion? Code
    {
        get => _code;
        set => _code = value;
    }

    /// <summary>True when it could not be compiled.</summary>
    public bool HasFailed
    {
        get => _failed;
        set => _failed = value;
    }

    /// <summary>True when the cache has let go of it: SPEs that have it in place keep it until they drop it.</summary>
    public bool IsEvicted
    {
        get => _evicted;
        set => _evicted = value;
    }

    /// <summary>An SPE has found it in the cache.</summary>
    public void Used() => _used = true;

    /// <summary>Whether <see cref="Used"/> was called since this was last called.</summary>
    public bool TakeUse()
    {
        bool used = _used;
        _used = false;
        return used;
    }

    /// <summary>Where computed branches of it certainly go, outside of it. Set before <see cref="Code"/>.</summary>
    public IReadOnlyList<(uint Branch, uint Target)> CertainTargets { get; set; } = [];

    /// <summary>Its host code as a handler.</summary>
    public delegate*<SpuContext*, SpuDecodedInsn*, SpuDecodedInsn*> Handler =>
        (delegate*<SpuContext*, SpuDecodedInsn*, SpuDecodedInsn*>)_code!.Entry;

    /// <summary>Whether it has words of a quadword.</summary>
    public bool Covers(uint quadword) => Array.BinarySearch(Quadwords, (ushort)quadword) >= 0;

    private static ushort[] Covered(SpuRegionPlan plan)
    {
        var covered = new SortedSet<ushort>();
        foreach (SpuPlannedBlock block in plan.Blocks)
        {
            for (uint quadword = block.Address >> 4; quadword <= (block.Address + (4 * ((uint)block.Words.Length - 1))) >> 4; quadword++)
                covered.Add((ushort)quadword);
        }

        return [.. covered];
    }
}
