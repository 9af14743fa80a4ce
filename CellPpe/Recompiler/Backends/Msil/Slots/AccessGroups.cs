namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>Accesses of one block whose addresses are one value and a constant, close together.</summary>
/// <param name="Base">The value.</param>
/// <param name="Start">The lowest constant.</param>
/// <param name="End">The constant behind the last byte.</param>
/// <param name="Stores">One of them is a store.</param>
/// <param name="Leader">The instruction that is first of them.</param>
/// <param name="Members">How many they are.</param>
internal sealed record AccessGroup(IrValue Base, long Start, long End, bool Stores, int Leader, int Members);

/// <summary>
/// Finds the accesses of a block that one look at the guest's translation cache can serve: a stack frame, the members of
/// a structure. Nothing between them can change translations, and none may happen without the others unless the region is left.
/// </summary>
internal sealed class AccessGroups
{
    // The further they reach, the more often some lie on the next page, and the interpreter has to do all of them.
    private const long MostBytes = 256;

    private const long VectorBytes = 16;

    // Of a guest whose loads never fault: as far as an offset of an instruction reaches.
    private const long MostPlainBytes = 0x2000;

    private readonly IrBlock _block;
    private readonly AccessGroup?[] _groups;
    private readonly bool _faults;

    /// <param name="block">The block.</param>
    /// <param name="faults">False: only loads of vectors are grouped, whose addresses are masked to where there is memory.</param>
    public AccessGroups(IrBlock block, bool faults)
    {
        _block = block;
        _faults = faults;
        _groups = new AccessGroup?[block.Instructions.Count];
        var open = new Dictionary<int, List<int>>();
        for (int index = 0; index < _groups.Length; index++)
        {
            IrInstruction insn = block.Instructions[index];
            if (insn.Op is IrOp.Load or IrOp.Store || (insn.Op == IrOp.LoadVector && !faults))
                Add(open, index, insn);
            else if (faults && insn.Op is IrOp.Perform or IrOp.StoreBytes or IrOp.ExitIf or IrOp.Barrier)
                open.Clear();
        }
    }

    /// <summary>The group an access belongs to, or null when it stands alone.</summary>
    public AccessGroup? Of(int index) => _groups[index] is { Members: > 1 } group ? group : null;

    /// <summary>How far behind its group's start an access is.</summary>
    public int OffsetOf(int index) => (int)(Decompose(_block.Instructions[index].A).Offset - _groups[index]!.Start);

    private void Add(Dictionary<int, List<int>> open, int index, in IrInstruction insn)
    {
        (IrValue origin, long offset) = Decompose(insn.A);
        long end = offset + (insn.Op == IrOp.LoadVector ? VectorBytes : (long)insn.Immediate);
        bool store = insn.Op == IrOp.Store;
        if (open.TryGetValue(origin.Index, out List<int>? members))
        {
            AccessGroup group = _groups[members[0]]!;
            AccessGroup wider = group with
            {
                Start = Math.Min(group.Start, offset),
                End = Math.Max(group.End, end),
                Stores = group.Stores | store,
                Members = members.Count + 1,
            };
            if (wider.End - wider.Start <= (_faults ? MostBytes : MostPlainBytes))
            {
                members.Add(index);
                foreach (int member in members)
                    _groups[member] = wider;
                return;
            }
        }

        open[origin.Index] = [index];
        _groups[index] = new AccessGroup(origin, offset, end, store, index, 1);
    }

    // Down to what is not a sum with a constant. Addresses wrap around as the guest's do.
    private (IrValue Base, long Offset) Decompose(IrValue address)
    {
        long offset = 0;
        if (!_faults && _block[address].Op == IrOp.And)
        {
            // A multiple of a vector's size, as a number of 32 bits with a sign, or none.
            IrValue masked = _block[address].A;
            if (_block[masked] is not { Op: IrOp.Add } inner || !_block.TryConstant(inner.B, out ulong add))
                return (masked, 0);
            return (int)add % VectorBytes == 0 ? (inner.A, (int)add) : (address, 0);
        }

        while (_block[address] is { Op: IrOp.Add } sum && _block.TryConstant(sum.B, out ulong constant))
        {
            offset += (long)constant;
            address = sum.A;
        }

        return (address, offset);
    }
}
