namespace CellPpe.Recompiler;

/// <summary>
/// Blocks that are compiled together: an exit of kind <see cref="IrExitKind.Next"/> whose constant target is a block of the
/// region stays inside. The first block is the first entry.
/// </summary>
public sealed class IrRegion
{
    private readonly Dictionary<ulong, int> _byAddress = [];
    private readonly IReadOnlyList<int> _returns;
    private readonly IReadOnlyDictionary<int, int[]> _targets;

    /// <summary>Makes a region of blocks.</summary>
    /// <param name="blocks">Blocks with different addresses, in the order in which their code shall stand.</param>
    /// <param name="instructions">For each block, how many guest instructions it is made of.</param>
    /// <param name="entries">Numbers of the blocks where the region may be entered.</param>
    /// <param name="returns">Numbers of the blocks that computed branches of the region are likely to go to.</param>
    /// <param name="targets">For blocks whose computed branch is known better than that: where it has gone to.</param>
    public IrRegion(
        IReadOnlyList<IrBlock> blocks, IReadOnlyList<int> instructions, IReadOnlyList<int> entries, IReadOnlyList<int> returns,
        IReadOnlyDictionary<int, int[]>? targets = null)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        Blocks = blocks;
        Instructions = instructions;
        Entries = entries;
        _returns = returns;
        _targets = targets ?? new Dictionary<int, int[]>();
        for (int number = 0; number < blocks.Count; number++)
            _byAddress.Add(blocks[number].Address, number);
    }

    /// <summary>The blocks.</summary>
    public IReadOnlyList<IrBlock> Blocks { get; }

    /// <summary>Guest instructions of each block.</summary>
    public IReadOnlyList<int> Instructions { get; }

    /// <summary>Blocks where the region may be entered, by number.</summary>
    public IReadOnlyList<int> Entries { get; }

    /// <summary>Blocks that a block's computed branch is likely to go to, by number; the likeliest first.</summary>
    /// <param name="number">The block.</param>
    /// <param name="most">How many of those that are only supposed.</param>
    public IEnumerable<int> Likely(int number, int most = int.MaxValue) =>
        _targets.TryGetValue(number, out int[]? known) ? known : _returns.Take(most);

    /// <summary>The number of the block at a guest address, or -1.</summary>
    public int BlockAt(ulong address) => _byAddress.TryGetValue(address, out int number) ? number : -1;

    /// <summary>The blocks of the region that a block may go on to.</summary>
    public IEnumerable<int> Successors(int number)
    {
        foreach (IrInstruction insn in Blocks[number].Instructions)
        {
            foreach (int next in Successors(number, insn))
                yield return next;
        }
    }

    /// <summary>By entry, what slots hold when the region is entered there.</summary>
    public IReadOnlyDictionary<int, IrAssumption[]> Assumed { get; private init; } = new Dictionary<int, IrAssumption[]>();

    /// <summary>The same region, entered only where slots hold what is assumed.</summary>
    public IrRegion Assuming(IReadOnlyDictionary<int, IrAssumption[]> assumed) =>
        new(Blocks, Instructions, Entries, _returns, _targets) { Assumed = assumed };

    /// <summary>The same region of other blocks that stand for the present ones.</summary>
    internal IrRegion With(IReadOnlyList<IrBlock> blocks) => new(blocks, Instructions, Entries, _returns, _targets) { Assumed = Assumed };

    private IEnumerable<int> Successors(int number, IrInstruction insn)
    {
        if (insn.Exit?.Kind != IrExitKind.Next)
            return [];
        if (!Blocks[number].TryConstant(insn.Op == IrOp.Exit ? insn.A : insn.B, out ulong address))
            return Likely(number);
        return BlockAt(address) is >= 0 and int inside ? [inside] : [];
    }
}
