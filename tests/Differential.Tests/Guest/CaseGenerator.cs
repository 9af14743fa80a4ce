using CellPpe.Core.Isa;
using CellPpe.Ppe.Isa;

namespace Differential.Tests.Guest;

/// <summary>Makes random instructions from the instruction table, so that accesses mostly hit the window.</summary>
internal static class CaseGenerator
{
    private const int MostInstructions = 16;

    // What the semantics treat without an operation between blocks: XER, LR, CTR, VRSAVE.
    private static readonly int[] InlinedSpecialRegisters = [1, 8, 9, 256];

    private static readonly PpuOp[] All = [.. PpuTable.Instructions.Skip(1).Select(static info => info.Op)];

    /// <summary>What may stand in the middle: no block ends, and nothing that runs between blocks.</summary>
    public static readonly PpuOp[] Body = [.. All.Where(static op =>
        !PpuTable.Info(op).Has("end") && (PpuTable.Info(op).Section != "System" || op is PpuOp.Mfspr or PpuOp.Mfmsr or PpuOp.Tlbsync))];

    /// <summary>Some instructions; the last may be any.</summary>
    public static GuestCase Sequence(int seed)
    {
        var random = new Random(seed);
        var words = new uint[random.Next(1, MostInstructions + 1)];
        for (int index = 0; index < words.Length; index++)
        {
            PpuOp[] choices = index == words.Length - 1 ? All : Body;
            words[index] = Word(random, choices[random.Next(choices.Length)]);
        }

        return new GuestCase(seed, words, StateGenerator.Make(random));
    }

    /// <summary>One instruction of the given kind.</summary>
    public static GuestCase Single(int seed, PpuOp op)
    {
        var random = new Random(seed);
        return new GuestCase(seed, [Word(random, op)], StateGenerator.Make(random));
    }

    /// <summary>One instruction of the given kind, by itself.</summary>
    public static uint Word(Random random, PpuOp op)
    {
        PpuInstructionInfo info = PpuTable.Info(op);
        uint word = info.Value;
        // Other encodings share some of the space the masks leave free: draw again until it is this instruction.
        do
            word = info.Value | ((uint)random.NextInt64(1L << 32) & ~info.Mask);
        while (PpuDecoder.Decode(word) != op);
        bool access = info.Has("load") || info.Has("store") || info.Section is "Storage" or "VectorLoadStore";
        word = Choose(word, info, "ra", access ? RandomOf(random, StateGenerator.Pointers) : Other(random), random);
        if (access)
            word = Choose(word, info, "rb", RandomOf(random, StateGenerator.Offsets), random);
        word = Choose(word, info, "rt", Other(random), random);
        if (op is PpuOp.Mfspr or PpuOp.Mtspr)
            word = Set(word, info.Field("spr")!, RandomOf(random, InlinedSpecialRegisters));
        return word;
    }

    // Mostly the wanted register, now and then whatever chance had put there.
    private static uint Choose(uint word, PpuInstructionInfo info, string name, int register, Random random) =>
        random.Next(8) != 0 && info.Field(name) is { } field && (field.Mask & info.Mask) == 0 ? Set(word, field, register) : word;

    private static uint Set(uint word, OperandField field, int value) => (word & ~field.Mask) | field.Insert(value);

    private static int RandomOf(Random random, int[] choices) => choices[random.Next(choices.Length)];

    // A register that is neither pointer nor offset.
    private static int Other(Random random) => random.Next(6, 32);
}
