using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Semantics;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Regions;

/// <summary>
/// Makes the block of one native unit: from an instruction of the current page on, past conditional branches, as far as it has
/// been run before.
/// </summary>
internal sealed unsafe class NativeTranslator(CodePages code)
{
    private const int MostInstructions = 32;

    private static readonly bool[] Ends = Having("end");
    private static readonly bool[] Floats = Having("fp");
    private static readonly bool[] Vectors = Having("vmx");

    /// <summary>Guest instructions of the last block.</summary>
    public int Instructions { get; private set; }

    /// <summary>Whether the last block depends on the floating-point bits of MSR.</summary>
    public bool UsesFloat { get; private set; }

    /// <summary>Whether guest code goes on behind the last block after something that is not native code.</summary>
    public bool GoesOnBehind { get; private set; }

    /// <summary>Translates; null where the first instruction is not for native code.</summary>
    /// <param name="c">The thread, on the page.</param>
    /// <param name="address">Of the first instruction.</param>
    /// <param name="unlinked">The entry of instructions that have no code: it stops before others.</param>
    public IrBlock? Translate(PpuContext* c, ulong address, nint unlinked)
    {
        var mode = new PpuIrMode(c->State.Msr);
        var block = new IrBlock(address);
        int first = (int)(address & (GuestMemory.PageSize - 1)) / 4;
        (Instructions, UsesFloat, GoesOnBehind) = (0, false, false);
        for (int index = first; index < CodePages.InsnsPerPage && Instructions < MostInstructions && !block.IsTerminated; index++)
        {
            PpuDecodedInsn* insn = c->PageBase + index;
            if (!code.IsDecoded(insn) || (index > first && *CodePages.NativeEntryOf(c->PageBase, insn) != unlinked))
                break;
            uint word = BinaryPrimitives.ReverseEndianness(((uint*)c->PageHost)[index]);
            PpuOp op = PpuDecoder.Decode(word);
            if (Vectors[(int)op])
            {
                GoesOnBehind = Instructions == 0;
                break;
            }

            UsesFloat |= Floats[(int)op];
            Instructions++;
            block.Site = new IrSite((address + (4 * (ulong)(Instructions - 1))) & mode.AddressMask, Instructions);
            var machine = new PpuIrMachine(block, mode, word);
            if (!PpuDispatch<PpuIrMachine, IrValue, IrValue>.Execute(ref machine, op, word))
                machine.IllegalInstruction();
            if (block.IsTerminated)
                GoesOnBehind = block.Instructions[^1].Exit!.Kind == IrExitKind.Between;
            else if (Ends[(int)op] && op is not (PpuOp.Bc or PpuOp.Bca))
                block.GoTo(Next(block, mode));
        }

        if (Instructions == 0)
        {
            Instructions = GoesOnBehind ? 1 : 0;
            return null;
        }

        if (!block.IsTerminated)
            block.GoTo(Next(block, mode));
        return block;
    }

    private static IrValue Next(IrBlock block, PpuIrMode mode) => block.Constant((block.Site.Address + 4) & mode.AddressMask);

    private static bool[] Having(string flag) => [.. PpuTable.Instructions.Select(info => info.Has(flag))];
}
