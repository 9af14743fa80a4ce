namespace SpuRuntime.Execution;

/// <summary>What is wanted of a running SPU: bits of <see cref="State.SpuState.Attention"/>.</summary>
public static class SpuAttention
{
    /// <summary>Leave the instructions: <see cref="SpuExitReason.Attention"/>.</summary>
    public const uint Leave = 1;

    /// <summary>See whether an event interrupts.</summary>
    public const uint Event = 2;

    /// <summary>Words of local store have changed that may be decoded.</summary>
    public const uint Code = 4;
}
