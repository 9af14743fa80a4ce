namespace SpuRuntime.Isa;

/// <summary>What operands look like in assembly text where that is not their field's value.</summary>
internal static class SpuOperands
{
    /// <summary>Addresses are those of a 256 KB local store.</summary>
    public const uint AddressMask = 0x3ffff;

    /// <summary>The scale of a conversion is this number minus its I8 field (csflt, cuflt: 155; cflts, cfltu: 173).</summary>
    public static int ScaleBias(SpuOp operation) => operation is SpuOp.Csflt or SpuOp.Cuflt ? 155 : 173;
}
