namespace CellPpe.Recompiler.Passes;

/// <summary>Copies a block instruction by instruction, and remembers which new value stands for which old one.</summary>
public sealed class BlockCopy(IrBlock source)
{
    private readonly IrValue[] _map = new IrValue[source.Instructions.Count];

    /// <summary>The new block.</summary>
    public IrBlock Target { get; } = new(source.Address);

    /// <summary>The new value for an old one.</summary>
    public IrValue this[IrValue old] => old.Exists ? _map[old.Index] : default;

    /// <summary>Lets an existing new value stand for the old instruction, which is not copied.</summary>
    public void Replace(int index, IrValue value) => _map[index] = value;

    /// <summary>The old instruction with operands of the new block.</summary>
    public IrInstruction Translate(int index)
    {
        IrInstruction insn = source.Instructions[index];
        return insn with { A = this[insn.A], B = this[insn.B], C = this[insn.C], D = this[insn.D] };
    }

    /// <summary>Copies an instruction; it may fold to a simpler value.</summary>
    public void Copy(int index) => _map[index] = Target.Append(Translate(index));
}
