namespace CellPpe.Tests.FloatingPoint;

/// <summary>Random operands for corner cases: close exponents, few fraction bits, the ends of the ranges, special values.</summary>
internal sealed class OperandGenerator(int seed)
{
    private static readonly int[] Boundaries = [1, 2, 53, 64, 873, 897, 1022, 1023, 1024, 1150, 2044, 2046];

    private readonly Random _random = new(seed);

    public uint RoundingMode() => (uint)_random.Next(4);

    /// <summary>A rounding mode and, half of the time, enable bits.</summary>
    public uint Control() => RoundingMode() | (_random.Next(2) == 0 ? 0u : (uint)_random.Next(32) << 3);

    public ulong Integer() => (ulong)_random.NextInt64(long.MinValue, long.MaxValue) >> _random.Next(64);

    /// <summary>Any double image, now and then zero, an infinity or a NaN.</summary>
    public ulong Double() => _random.Next(16) == 0 ? Special() : FiniteDouble();

    /// <summary>Any double that is neither zero, infinite nor NaN.</summary>
    public ulong FiniteDouble()
    {
        ulong image = Sign() | (Exponent() << 52) | Fraction(52);
        return image << 1 == 0 ? image | 1 : image;
    }

    /// <summary>The double image of any single.</summary>
    public ulong Single() => Widen((float)BitConverter.UInt64BitsToDouble(_random.Next(16) == 0 ? Special() : FiniteSingle()));

    /// <summary>The double image of any single that is neither zero, infinite nor NaN.</summary>
    public ulong FiniteSingle()
    {
        uint exponent = _random.Next(3) switch
        {
            0 => (uint)_random.Next(255),
            1 => (uint)_random.Next(3),
            _ => (uint)_random.Next(117, 137),
        };
        uint image = (exponent << 23) | (uint)Fraction(23);
        return Sign() | Widen(BitConverter.UInt32BitsToSingle(image == 0 ? 1 : image));
    }

    private static ulong Widen(float value) => BitConverter.DoubleToUInt64Bits(value);

    private ulong Sign() => (ulong)_random.Next(2) << 63;

    private ulong Exponent() => _random.Next(4) switch
    {
        0 => (ulong)_random.Next(2047),
        1 => (ulong)Math.Clamp(Boundaries[_random.Next(Boundaries.Length)] + _random.Next(-2, 3), 0, 2046),
        _ => (ulong)_random.Next(1023 - 55, 1023 + 55),
    };

    private ulong Fraction(int bits)
    {
        ulong mask = (1UL << bits) - 1;
        ulong random = (ulong)_random.NextInt64() & mask;
        return _random.Next(4) switch
        {
            0 => random & (mask << _random.Next(bits + 1)),
            1 => mask & ~(random >> _random.Next(bits + 1)),
            _ => random,
        };
    }

    private ulong Special() => Sign() | _random.Next(4) switch
    {
        0 => 0,
        1 => 0x7ff0_0000_0000_0000,
        2 => 0x7ff8_0000_0000_0000 | Fraction(51),
        _ => 0x7ff0_0000_2000_0000 | Fraction(51),
    };
}
