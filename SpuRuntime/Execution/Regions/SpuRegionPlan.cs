using System.Buffers.Binary;
using System.Runtime.Intrinsics;

using SpuRuntime.State;

namespace SpuRuntime.Execution.Regions;

/// <summary>How much goes into one region.</summary>
/// <param name="Instructions">Instructions.</param>
/// <param name="BlockInstructions">Instructions of one block.</param>
internal sealed record SpuRegionLimits(int Instructions, int BlockInstructions)
{
    /// <summary>What is hot: soon compiled.</summary>
    public static SpuRegionLimits Small { get; } = new(200, 128);

    /// <summary>What stays hot: a loop with what it calls.</summary>
    public static SpuRegionLimits Large { get; } = new(400, 128);
}

/// <summary>What a region takes for granted of the indices of shuffles that are in registers when it is entered.</summary>
internal enum MaskTrust
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Those that it does not write name bytes, and ask for no constant.</summary>
    Plain,

    /// <summary>They are what they were when it was planned, or what it makes itself elsewhere.</summary>
    Constant,
}

/// <summary>A straight run of instructions that becomes one block.</summary>
/// <param name="Address">Address of the first.</param>
/// <param name="Words">The instructions as they were when the plan was made.</param>
internal sealed record SpuPlannedBlock(uint Address, uint[] Words);

/// <summary>What shall be compiled, and of which contents of local store it is the translation. Read only.</summary>
internal sealed unsafe class SpuRegionPlan
{
    /// <summary>Where it begins: the instruction that was hot.</summary>
    public required uint Start { get; init; }

    /// <summary>Its blocks, by ascending address.</summary>
    public required SpuPlannedBlock[] Blocks { get; init; }

    /// <summary>Numbers of the blocks where it may be entered; the first is the one at the start.</summary>
    public required int[] Entries { get; init; }

    /// <summary>Numbers of the blocks behind calls that stay inside.</summary>
    public required int[] Returns { get; init; }

    /// <summary>For blocks with a computed branch that has left a region before: where it went.</summary>
    public required IReadOnlyDictionary<int, int[]> Targets { get; init; }

    /// <summary>Registers that the region does not write and that hold indices of shuffles, none of which asks for a constant.</summary>
    public int[] PlainMasks { get; init; } = [];

    /// <summary>What they held when the plan was made.</summary>
    public Vector128<byte>[] MaskValues { get; init; } = [];

    /// <summary>How much of that is taken for granted; where it is otherwise, the region is not entered.</summary>
    public MaskTrust Masks { get; init; }

    /// <summary>Made because a smaller one stayed hot.</summary>
    public bool IsLarge { get; init; }

    /// <summary>
    /// Compiled for ordinary operands and results; leaves by a side exit where one is not. Not for code where that happens often.
    /// </summary>
    public bool Speculates { get; init; }

    /// <summary>Instructions in it.</summary>
    public int Instructions => Blocks.Sum(static block => block.Words.Length);

    /// <summary>What one plan may have more of than another: instructions, known targets.</summary>
    public (int Instructions, int Targets) Shape => (Instructions, Targets.Sum(static one => one.Value.Length));

    /// <summary>Whether its <see cref="PlainMasks"/> are such as are taken for granted.</summary>
    public bool Fits(in SpuState state)
    {
        for (int number = 0; number < PlainMasks.Length; number++)
        {
            Vector128<byte> mask = state.Registers[PlainMasks[number]];
            if (Masks == MaskTrust.Constant ? mask != MaskValues[number] : !IsPlain(mask))
                return false;
        }

        return true;
    }

    /// <summary>True when no index of a shuffle asks for a constant, nor has bits without a meaning.</summary>
    public static bool IsPlain(Vector128<byte> indices) => (indices & Vector128.Create((byte)0xe0)) == Vector128<byte>.Zero;

    /// <summary>Whether local store holds the words it was made of.</summary>
    public bool Matches(byte* localStore)
    {
        foreach (SpuPlannedBlock block in Blocks)
        {
            var words = new ReadOnlySpan<uint>(localStore + block.Address, block.Words.Length);
            for (int index = 0; index < words.Length; index++)
            {
                if (words[index] != BinaryPrimitives.ReverseEndianness(block.Words[index]))
                    return false;
            }
        }

        return true;
    }
}
