using CellPpe.Recompiler;

using SpuRuntime.Engine;
using SpuRuntime.Isa;
using SpuRuntime.Semantics;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Translation;

/// <summary>Makes a block of a straight run of instructions.</summary>
internal static class SpuIrTranslation
{
    private static readonly bool[] Leaves = [.. SpuTable.Instructions.Select(IsLeft)];
    private static readonly bool[] ChangesInterrupts = [.. SpuTable.Instructions.Select(static info => info.Has("d"))];
    private static readonly bool[] End = [.. SpuTable.Instructions.Select(static info => info.Has("end"))];

    /// <summary>
    /// True for instructions that are the interpreter's: what concerns channels, the program's end, interrupts and code itself.
    /// </summary>
    public static bool IsInterpreted(SpuOp op, uint word)
    {
        const int DisableBit = 19;
        const int EnableBit = 18;
        return Leaves[(int)op] || (ChangesInterrupts[(int)op] && ((word >> DisableBit) & 1) != ((word >> EnableBit) & 1));
    }

    /// <summary>True for what may go on elsewhere than behind it.</summary>
    public static bool Ends(SpuOp op, uint word) => End[(int)op] || IsInterpreted(op, word);

    /// <summary>Translates until an instruction that ends a block, or the last word.</summary>
    /// <param name="address">Address of the first word.</param>
    /// <param name="words">At least one instruction of a Cell BE's SPU.</param>
    /// <param name="mode">Which single-precision arithmetic.</param>
    /// <param name="plainMasks">Registers whose bytes, as indices of a shuffle, ask for no constant.</param>
    public static IrBlock Translate(uint address, ReadOnlySpan<uint> words, SpuFloatMode mode, int[] plainMasks)
    {
        var block = new IrBlock(address);
        for (int index = 0; index < words.Length && !block.IsTerminated; index++)
        {
            uint word = words[index];
            uint here = (address + (4 * (uint)index)) & (SpuState.LocalStoreSize - 1);
            SpuOp op = SpuDecoder.DecodeAny(word);
            block.Site = new IrSite(here, index + 1);
            if (IsInterpreted(op, word))
            {
                block.Leave(SpuIrMachine.Interpret);
                break;
            }

            var machine = new SpuIrMachine(block, here, mode, plainMasks);
            SpuDispatch<SpuIrMachine, IrValue, IrValue>.Execute(ref machine, op, word);
            if (!block.IsTerminated && (End[(int)op] || index == words.Length - 1))
                block.GoTo(block.Constant((here + 4) & (SpuState.LocalStoreSize - 1)));
        }

        return block;
    }

    private static bool IsLeft(SpuInstructionInfo info) =>
        info.Op == SpuOp.Invalid || info.Has("channel")
        || Array.Exists(
            ["stop", "stopd", "sync", "syncc", "iret", "bisled"], name => info.Mnemonic.StartsWith(name, StringComparison.Ordinal));
}
