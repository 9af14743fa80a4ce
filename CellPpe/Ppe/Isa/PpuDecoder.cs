namespace CellPpe.Ppe.Isa;

/// <summary>Finds the instruction a word encodes.</summary>
public static class PpuDecoder
{
    private const int BucketBits = 11;

    // Primary opcode (6 bits) and the low 11 bits of the word lead to the candidates: a list index into Candidates,
    // where each list ends with Invalid. Almost every bucket has one candidate.
    private static readonly ushort[] Buckets;
    private static readonly PpuOp[] Candidates;

    static PpuDecoder()
    {
        var lists = new List<PpuOp>?[64 << BucketBits];
        foreach (PpuInstructionInfo info in PpuTable.Instructions.Skip(1))
        {
            const uint LowMask = (1u << BucketBits) - 1;
            uint primary = info.Value >> 26;
            uint free = ~info.Mask & LowMask;
            uint low = 0;
            do
            {
                (lists[(primary << BucketBits) | (info.Value & LowMask) | low] ??= []).Add(info.Op);
                low = (low - free) & free;
            }
            while (low != 0);
        }

        Buckets = new ushort[lists.Length];
        var candidates = new List<PpuOp> { PpuOp.Invalid };
        var known = new Dictionary<string, ushort> { [""] = 0 };
        for (int bucket = 0; bucket < lists.Length; bucket++)
        {
            if (lists[bucket] is not { } list)
                continue;
            string key = string.Join(',', list);
            if (!known.TryGetValue(key, out ushort start))
            {
                start = (ushort)candidates.Count;
                known.Add(key, start);
                candidates.AddRange(list);
                candidates.Add(PpuOp.Invalid);
            }

            Buckets[bucket] = start;
        }

        Candidates = [.. candidates];
    }

    /// <summary>The instruction, or <see cref="PpuOp.Invalid"/> when a PPE has none with this encoding.</summary>
    public static PpuOp Decode(uint word)
    {
        int index = Buckets[((word >> 26) << BucketBits) | (word & ((1u << BucketBits) - 1))];
        for (; ; index++)
        {
            PpuOp candidate = Candidates[index];
            if (candidate == PpuOp.Invalid)
                return PpuOp.Invalid;
            PpuInstructionInfo info = PpuTable.Info(candidate);
            if ((word & info.Mask) == info.Value)
                return candidate;
        }
    }
}
