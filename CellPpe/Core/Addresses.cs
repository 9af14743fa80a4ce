namespace CellPpe.Core;

/// <summary>A 64-bit effective address: what a program computes, before segment and page translation (Book III 4.2).</summary>
public readonly record struct EffectiveAddress(ulong Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"EA 0x{Value:x16}";
}

/// <summary>
/// An address inside one logical partition's memory, as lv1 hands it out. It is what the guest takes for a real address:
/// the RPN of its page table entries and what it uses with translation off.
/// </summary>
public readonly record struct LparAddress(ulong Value)
{
    /// <summary>The address <paramref name="bytes"/> further on.</summary>
    public static LparAddress operator +(LparAddress start, ulong bytes) => new(start.Value + bytes);

    /// <summary>The named form of the operator, for languages without operators.</summary>
    public static LparAddress Add(LparAddress start, ulong bytes) => start + bytes;

    /// <inheritdoc/>
    public override string ToString() => $"LPAR 0x{Value:x}";
}

/// <summary>An address a device puts on the I/O bus; a DMA region turns it into an <see cref="LparAddress"/>.</summary>
public readonly record struct IoAddress(ulong Value)
{
    /// <summary>The address <paramref name="bytes"/> further on.</summary>
    public static IoAddress operator +(IoAddress start, ulong bytes) => new(start.Value + bytes);

    /// <summary>The named form of the operator, for languages without operators.</summary>
    public static IoAddress Add(IoAddress start, ulong bytes) => start + bytes;

    /// <inheritdoc/>
    public override string ToString() => $"IO 0x{Value:x}";
}
