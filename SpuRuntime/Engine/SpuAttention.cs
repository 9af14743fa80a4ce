namespace SpuRuntime.Engine;

/// <summary>
/// What is wanted of a running SPU: bits of <see cref="State.SpuState.Attention"/>. Each is more than any budget, so that compiled
/// code tests both by one comparison.
/// </summary>
public static class SpuAttention
{
    /// <summary>Leave the instructions: <see cref="SpuExitReason.Attention"/>.</summary>
    public const long Leave = MostInstructions;

    /// <summary>See whether an event interrupts.</summary>
    public const long Event = 2 * MostInstructions;

    /// <summary>Words of local store have changed that may be decoded.</summary>
    public const long Code = 4 * MostInstructions;

    /// <summary>Instructions that may run from one check of the attention word to the next.</summary>
    internal const long MostInstructions = 1L << 60;
}
