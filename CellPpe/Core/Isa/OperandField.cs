namespace CellPpe.Core.Isa;

/// <summary>One operand field of an encoding: bit ranges counted from the left, concatenated, sign-extended, scaled.</summary>
public sealed record OperandField(string Name, bool Signed, int Scale, (int First, int Last)[] Ranges)
{
    /// <summary>Bits in all ranges together.</summary>
    public int Width => Ranges.Sum(static range => range.Last - range.First + 1);

    /// <summary>The bits of an instruction word the field covers.</summary>
    public uint Mask =>
        Ranges.Aggregate(0u, static (mask, range) => mask | ((uint.MaxValue >> (31 - (range.Last - range.First))) << (31 - range.Last)));

    /// <summary>The value an instruction word holds.</summary>
    public long Extract(uint word)
    {
        long value = 0;
        foreach ((int first, int last) in Ranges)
            value = (value << (last - first + 1)) | ((word >> (31 - last)) & (uint.MaxValue >> (31 - (last - first))));
        if (Signed && (value & (1L << (Width - 1))) != 0)
            value -= 1L << Width;
        return value * Scale;
    }

    /// <summary>The bits for a value, to be or-ed into a word.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value does not fit or is no multiple of the scale.</exception>
    public uint Insert(long value)
    {
        long unscaled = value / Scale;
        long limit = 1L << Width;
        bool fits = Signed ? unscaled >= -(limit / 2) && unscaled < limit / 2 : unscaled >= 0 && unscaled < limit;
        if (!fits || unscaled * Scale != value)
            throw new ArgumentOutOfRangeException(
                nameof(value), value, $"operand {Name} takes {Width} {(Signed ? "signed" : "unsigned")} bits in steps of {Scale}");
        uint word = 0;
        int below = Width;
        foreach ((int first, int last) in Ranges)
        {
            below -= last - first + 1;
            word |= ((uint)(unscaled >> below) & (uint.MaxValue >> (31 - (last - first)))) << (31 - last);
        }

        return word;
    }
}
