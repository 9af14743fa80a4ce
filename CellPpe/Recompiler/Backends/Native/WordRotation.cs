namespace CellPpe.Recompiler.Backends.Native;

/// <summary>A word rotated and masked, which the IR says as the rotation of a doubleword of that word twice.</summary>
/// <param name="Source">The value whose low word is rotated.</param>
/// <param name="Amount">By how much, to the left.</param>
/// <param name="Mask">What is kept of it.</param>
internal readonly record struct WordRotation(int Source, int Amount, uint Mask)
{
    /// <summary>Finds one that ends in an And.</summary>
    public static bool TryFind(ReadOnlySpan<IrInstruction> block, BlockAnalysis analysis, in IrInstruction and, out WordRotation found)
    {
        found = default;
        if (and.Op != IrOp.And || !IsConstant(analysis, and.B, out ulong mask) || mask > uint.MaxValue)
            return false;
        int inner = analysis.Resolve(and.A);
        ulong amount = 0;
        if (block[inner].Op == IrOp.RotateLeft)
        {
            if (!IsConstant(analysis, block[inner].B, out amount))
                return false;
            inner = analysis.Resolve(block[inner].A);
        }

        if (analysis.IsConstant(inner) || block[inner].Op != IrOp.Or)
            return false;
        ref readonly IrInstruction high = ref block[analysis.Resolve(block[inner].B)];
        if (high.Op != IrOp.ShiftLeft || !IsConstant(analysis, high.B, out ulong shift) || shift != 32)
            return false;
        int source = analysis.Resolve(high.A);
        int low = analysis.Resolve(block[inner].A);
        if (!IsLowWord(block, analysis, low, source))
            return false;
        found = new WordRotation(source, (int)amount & 31, (uint)mask);
        return true;
    }

    private static bool IsLowWord(ReadOnlySpan<IrInstruction> block, BlockAnalysis analysis, int value, int source) =>
        block[value].Op == IrOp.And && analysis.Resolve(block[value].A) == source
        && IsConstant(analysis, block[value].B, out ulong mask) && mask == uint.MaxValue;

    private static bool IsConstant(BlockAnalysis analysis, IrValue value, out ulong constant)
    {
        constant = 0;
        if (!value.Exists)
            return false;
        int index = analysis.Resolve(value);
        bool known = analysis.IsConstant(index);
        if (known)
            constant = analysis.ConstantOf(index);
        return known;
    }
}
