using System.Reflection.Emit;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>Goes from a computed branch to the blocks of the region that it is likely to go to.</summary>
internal sealed class BranchPredictions(IrRegion region, Label[] blockLabels, RegionCode code)
{
    private const int MostSupposed = 6;

    // Fewer targets are compared one after the other; more, if they lie near each other, get a table.
    private const int FewestOfTable = 4;
    private const int MostOfTable = 1024;
    private const int InsnShift = 2;

    private ILGenerator Il => code.Il;

    /// <summary>Appends the jumps; code behind them runs where the address is none of the likely ones.</summary>
    /// <param name="number">The block with the branch.</param>
    /// <param name="address">A local with the guest address it goes to.</param>
    public void Emit(int number, LocalBuilder address)
    {
        int[] likely = [.. region.Likely(number, MostSupposed)];
        if (likely.Length >= FewestOfTable && TryEmitTable(address, likely))
            return;
        foreach (int block in likely)
        {
            Il.Emit(OpCodes.Ldloc, address);
            Il.Emit(OpCodes.Ldc_I8, (long)region.Blocks[block].Address);
            Il.Emit(OpCodes.Beq, blockLabels[block]);
        }
    }

    // Where a branch goes to many places near each other, as those of a switch statement do.
    private bool TryEmitTable(LocalBuilder address, int[] blocks)
    {
        ulong first = blocks.Min(block => region.Blocks[block].Address);
        ulong places = ((blocks.Max(block => region.Blocks[block].Address) - first) >> InsnShift) + 1;
        if (places > MostOfTable)
            return false;
        Label other = Il.DefineLabel();
        var table = new Label[places];
        Array.Fill(table, other);
        foreach (int block in blocks)
            table[(region.Blocks[block].Address - first) >> InsnShift] = blockLabels[block];
        LocalBuilder index = code.Temporary(typeof(ulong));
        Il.Emit(OpCodes.Ldloc, address);
        Il.Emit(OpCodes.Ldc_I8, (long)first);
        Il.Emit(OpCodes.Sub);
        Il.Emit(OpCodes.Ldc_I4, InsnShift);
        Il.Emit(OpCodes.Shr_Un);
        Il.Emit(OpCodes.Stloc, index);
        Il.Emit(OpCodes.Ldloc, index);
        Il.Emit(OpCodes.Ldc_I8, (long)places);
        Il.Emit(OpCodes.Bge_Un, other);
        Il.Emit(OpCodes.Ldloc, index);
        Il.Emit(OpCodes.Conv_U4);
        Il.Emit(OpCodes.Switch, table);
        Il.MarkLabel(other);
        return true;
    }
}
