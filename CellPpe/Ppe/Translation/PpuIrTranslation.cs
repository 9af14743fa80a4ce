using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Semantics;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Translation;

/// <summary>Makes a block of a straight run of guest instructions.</summary>
internal static class PpuIrTranslation
{
    /// <summary>Translates until an instruction that ends a block, or the last word.</summary>
    /// <param name="address">Effective address of the first word.</param>
    /// <param name="words">At least one instruction.</param>
    /// <param name="mode">What the block is made for.</param>
    public static IrBlock Translate(ulong address, ReadOnlySpan<uint> words, PpuIrMode mode)
    {
        var block = new IrBlock(address);
        for (int index = 0; index < words.Length && !block.IsTerminated; index++)
        {
            PpuOp op = PpuDecoder.Decode(words[index]);
            block.Site = new IrSite((address + (4 * (ulong)index)) & mode.AddressMask, index + 1);
            var machine = new PpuIrMachine(block, mode, words[index]);
            if (!PpuDispatch<PpuIrMachine, IrValue, IrValue>.Execute(ref machine, op, words[index]))
                machine.IllegalInstruction();
            if (!block.IsTerminated && (PpuTable.Info(op).Has("end") || index == words.Length - 1))
                block.GoTo(block.Constant((block.Site.Address + 4) & mode.AddressMask));
        }

        return block;
    }
}
