namespace SpuRuntime.Isa;

/// <summary>Finds the instruction a word encodes.</summary>
public static class SpuDecoder
{
    // An SPU opcode is the first 4, 7, 8, 9 or 11 bits of the word. Few instructions have bits of their own behind those
    // (D, E, P, C): they come as a run of neighbours in the table, and OpcodeBits leads to its first.
    private const int OpcodeBits = 11;

    private static readonly SpuOp[] First = new SpuOp[1 << OpcodeBits];

    // By operation: what to compare with, and whether the next operation shares the opcode.
    private static readonly (uint Mask, uint Value, bool More)[] Variants = new (uint, uint, bool)[SpuTable.Instructions.Count];

    private static readonly bool[] Optional = [.. SpuTable.Instructions.Select(static info => info.Has("optional"))];

    static SpuDecoder()
    {
        const uint OpcodeMask = ~(uint.MaxValue >> OpcodeBits);
        for (int index = SpuTable.Instructions.Count - 1; index > 0; index--)
        {
            SpuInstructionInfo info = SpuTable.Instructions[index];
            bool more = false;
            uint free = ~info.Mask & OpcodeMask;
            uint opcode = 0;
            do
            {
                ref SpuOp first = ref First[((info.Value & OpcodeMask) | opcode) >> (32 - OpcodeBits)];
                more = first != SpuOp.Invalid;
                first = info.Op;
                opcode = (opcode - free) & free;
            }
            while (opcode != 0);
            Variants[index] = (info.Mask, info.Value, more);
        }
    }

    /// <summary>The instruction, or <see cref="SpuOp.Invalid"/> when the SPU of a Cell BE has none with this encoding.</summary>
    public static SpuOp Decode(uint word)
    {
        SpuOp operation = DecodeAny(word);
        return Optional[(int)operation] ? SpuOp.Invalid : operation;
    }

    /// <summary>As <see cref="Decode"/>, with the optional instructions of the architecture that a Cell BE does without.</summary>
    public static SpuOp DecodeAny(uint word)
    {
        SpuOp operation = First[word >> (32 - OpcodeBits)];
        while (true)
        {
            (uint mask, uint value, bool more) = Variants[(int)operation];
            if ((word & mask) == value)
                return operation;
            if (!more)
                return SpuOp.Invalid;
            operation++;
        }
    }
}
