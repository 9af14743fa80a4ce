namespace SpuRuntime.Execution.Interpreter;

/// <summary>What is made of a quadword's words.</summary>
internal static class DecodedFlags
{
    /// <summary>Some are decoded.</summary>
    public const byte Decoded = 1;

    /// <summary>Some are, or were, part of a region.</summary>
    public const byte Compiled = 2;
}
