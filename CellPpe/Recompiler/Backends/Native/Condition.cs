namespace CellPpe.Recompiler.Backends.Native;

/// <summary>A condition as the host tests it: a comparison of two values, or bits of one.</summary>
/// <param name="Left">The first value.</param>
/// <param name="Right">The second value; -1 when <paramref name="Mask"/> is tested.</param>
/// <param name="Mask">Bits of the first value, one of which must be set; 0 stands for all.</param>
/// <param name="Holds">When the condition is true.</param>
internal readonly record struct Condition(int Left, int Right, uint Mask, X64Condition Holds)
{
    private const uint Less = 8;
    private const uint Greater = 4;
    private const uint Same = 2;

    /// <summary>Sees through the packing of condition fields and through inversions.</summary>
    public static Condition Of(ReadOnlySpan<IrInstruction> block, BlockAnalysis analysis, IrValue value)
    {
        int index = analysis.Resolve(value);
        bool inverted = false;
        while (block[index].Op == IrOp.Xor && IsConstant(analysis, block[index].B, 1) && IsBit(block, analysis, block[index].A))
        {
            inverted = !inverted;
            index = analysis.Resolve(block[index].A);
        }

        Condition found = OfBit(block, analysis, index);
        return inverted ? found with { Holds = found.Holds ^ (X64Condition)1 } : found;
    }

    private static Condition OfBit(ReadOnlySpan<IrInstruction> block, BlockAnalysis analysis, int index)
    {
        if (analysis.IsConstant(index))
            return new Condition(index, -1, 0, X64Condition.NotEqual);
        ref readonly IrInstruction insn = ref block[index];
        switch (insn.Op)
        {
            case IrOp.Equal:
                return Compare(analysis, insn, X64Condition.Equal);
            case IrOp.LessSigned:
                return Compare(analysis, insn, X64Condition.Less);
            case IrOp.LessUnsigned:
                return Compare(analysis, insn, X64Condition.Below);
            case IrOp.And when IsConstant(analysis, insn.B, 1):
                int inner = analysis.Resolve(insn.A);
                return block[inner].Op == IrOp.ShiftRight && IsShift(analysis, block[inner].B, out int by)
                    ? OfField(block, analysis, analysis.Resolve(block[inner].A), 1u << by)
                    : OfField(block, analysis, inner, 1);
            case IrOp.ShiftRight when IsShift(analysis, insn.B, out int amount) && amount == 3
                && IsField(block, analysis, analysis.Resolve(insn.A)):
                return OfField(block, analysis, analysis.Resolve(insn.A), 8);
            default:
                return new Condition(index, -1, 0, X64Condition.NotEqual);
        }
    }

    // A bit of (order or summary): orders have no bit 0, summaries no other.
    private static Condition OfField(ReadOnlySpan<IrInstruction> block, BlockAnalysis analysis, int field, uint bit)
    {
        ref readonly IrInstruction insn = ref block[field];
        if (bit is Less or Greater or Same && !analysis.IsConstant(field) && insn.Op == IrOp.Or && IsBit(block, analysis, insn.B))
        {
            ref readonly IrInstruction order = ref block[analysis.Resolve(insn.A)];
            bool signed = order.Op == IrOp.OrderSigned;
            if (signed || order.Op == IrOp.OrderUnsigned)
            {
                return Compare(analysis, order, bit switch
                {
                    Less => signed ? X64Condition.Less : X64Condition.Below,
                    Greater => signed ? X64Condition.Greater : X64Condition.Above,
                    _ => X64Condition.Equal,
                });
            }
        }

        return new Condition(field, -1, bit, X64Condition.NotEqual);
    }

    private static Condition Compare(BlockAnalysis analysis, in IrInstruction insn, X64Condition condition) =>
        new(analysis.Resolve(insn.A), analysis.Resolve(insn.B), 0, condition);

    private static bool IsConstant(BlockAnalysis analysis, IrValue value, ulong constant)
    {
        int index = analysis.Resolve(value);
        return analysis.IsConstant(index) && analysis.ConstantOf(index) == constant;
    }

    private static bool IsShift(BlockAnalysis analysis, IrValue value, out int amount)
    {
        int index = analysis.Resolve(value);
        amount = analysis.IsConstant(index) ? (int)analysis.ConstantOf(index) : 0;
        return analysis.IsConstant(index) && analysis.ConstantOf(index) < 31;
    }

    // Four bits at most: what is read as such, or the order and summary of a compare.
    private static bool IsField(ReadOnlySpan<IrInstruction> block, BlockAnalysis analysis, int value) => block[value].Op switch
    {
        IrOp.ReadSlot => block[value].Slot.Bits <= 4,
        IrOp.Or => block[analysis.Resolve(block[value].A)].Op is IrOp.OrderSigned or IrOp.OrderUnsigned
        && IsBit(block, analysis, block[value].B),
        _ => false,
    };

    private static bool IsBit(ReadOnlySpan<IrInstruction> block, BlockAnalysis analysis, IrValue value)
    {
        ref readonly IrInstruction insn = ref block[analysis.Resolve(value)];
        return insn.Op switch
        {
            IrOp.Equal or IrOp.LessSigned or IrOp.LessUnsigned => true,
            IrOp.ReadSlot => insn.Slot.Bits == 1,
            IrOp.And => IsConstant(analysis, insn.B, 1),
            IrOp.ShiftRight =>
            IsShift(analysis, insn.B, out int amount) && amount == 3 && IsField(block, analysis, analysis.Resolve(insn.A)),
            IrOp.Xor => IsConstant(analysis, insn.B, 1) && IsBit(block, analysis, insn.A),
            _ => false,
        };
    }
}
