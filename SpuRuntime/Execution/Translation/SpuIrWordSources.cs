using System.Runtime.Intrinsics;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic.Integer;

namespace SpuRuntime.Execution.Translation;

/// <summary>Operations that put words of one register elsewhere.</summary>
internal static class SpuIrWordSources
{
    // What may stand in a word of a shuffle's indices: those of a whole word.
    private static readonly uint[] Words = [0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f];

    /// <summary>Where an operation's words come from; null: they are others.</summary>
    public static Func<IrBlock, IrInstruction, IrWords>? Of(Type operation) =>
        operation == typeof(ShufflePlainBytesOfOne) ? OfShuffle : null;

    private static IrWords OfShuffle(IrBlock block, IrInstruction shuffle)
    {
        if (!VectorConstants.TryConstant(block, shuffle.B, out Vector128<byte> indices))
            return default;
        int words = 0;
        for (int element = 0; element < Vector128<uint>.Count; element++)
        {
            // The register's number does not matter: there is only one.
            int word = Array.IndexOf(Words, indices.AsUInt32().GetElement(element) & 0x0f0f0f0f);
            if (word < 0)
                return default;
            words |= 1 << word;
        }

        return new IrWords(shuffle.A, words);
    }
}
