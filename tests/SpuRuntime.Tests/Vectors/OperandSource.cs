using System.Buffers.Binary;

using SpuRuntime.Isa;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// Operands for vectors: corners of integers and of both floating-point formats, numbers close to each other, and random bits.
/// </summary>
internal sealed class OperandSource(Random random)
{
    private static readonly uint[] WordCorners =
    [
        0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff,
        0x0001_8000, 0x7fff_7fff, 0x8000_8000,
        // Single precision: denormal, smallest, ones, largest of both formats, exponent 255.
        0x0000_0001, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x8080_0000, 0x00ff_ffff, 0x0100_0000, 0x3f7f_ffff, 0x3f80_0000, 0x3f80_0001,
        0xbf80_0000, 0x4000_0000, 0x4b7f_ffff, 0x4f00_0000, 0xcf00_0000, 0x4f80_0000, 0x7e80_0000, 0x7f00_0000, 0x7f7f_ffff, 0x7f80_0000,
        0x7f80_0001, 0x7fc0_0000, 0x7fff_fffe, 0xff80_0000, 0xffff_ffff,
    ];

    private static readonly ulong[] DoubleCorners =
    [
        0, 1, 0x000f_ffff_ffff_ffff, 0x0010_0000_0000_0000, 0x0010_0000_0000_0001, 0x001f_ffff_ffff_ffff, 0x0340_0000_0000_0000,
        0x3810_0000_0000_0000, 0x380f_ffff_ffff_ffff, 0x36a0_0000_0000_0000, 0x369f_ffff_ffff_ffff, 0x3ca0_0000_0000_0000,
        0x3fe0_0000_0000_0000, 0x3fef_ffff_ffff_ffff, 0x3ff0_0000_0000_0000, 0x3ff0_0000_0000_0001, 0x4000_0000_0000_0000,
        0x47ef_ffff_e000_0000, 0x47ef_ffff_f000_0000, 0x47f0_0000_0000_0000, 0x7fe0_0000_0000_0000, 0x7fef_ffff_ffff_ffff,
        0x7ff0_0000_0000_0000, 0x7ff0_0000_0000_0001, 0x7ff4_0000_0000_0000, 0x7ff8_0000_0000_0000, 0x7fff_ffff_ffff_ffff,
    ];

    /// <summary>Fills the registers an instruction may name.</summary>
    public void Fill(SpuInstructionInfo info, Span<byte[]> operands)
    {
        for (int slot = 0; slot < 4; slot++)
        {
            int near = info.Section == "Double" ? random.Next(1, 2047) : random.Next(1, 256);
            for (int index = 0; index < operands.Length; index++)
            {
                Span<byte> register = operands[index];
                if (info.Section == "Double")
                {
                    if (slot < 2)
                        BinaryPrimitives.WriteUInt64BigEndian(register[(8 * slot)..], Double(near));
                }
                else
                {
                    BinaryPrimitives.WriteUInt32BigEndian(register[(4 * slot)..], info.Section == "Float" ? Single(near) : Word());
                }
            }
        }

        // Equal operands are corner cases of comparisons and differences.
        if (operands.Length > 1 && random.Next(16) == 0)
            operands[0].CopyTo(operands[1], 0);
    }

    public uint Bits() => (uint)random.NextInt64(1L << 32);

    private uint Word() => random.Next(4) switch
    {
        0 => WordCorners[random.Next(WordCorners.Length)],
        1 => (uint)random.Next(-160, 160),
        _ => Bits(),
    };

    // Exponents near a common one, or near half of what two of them add up to, make cancellations and alignments of every kind.
    private uint Single(int near) => random.Next(8) switch
    {
        0 => WordCorners[random.Next(WordCorners.Length)] ^ (Bits() & 0x8000_0000),
        1 => Bits(),
        2 => Near(near, 2) | 0x0000_0000,
        3 => Near((near + 127) / 2, 3),
        4 => Near(near, 30),
        5 => Near(Math.Clamp((2 * near) - 127, 0, 255), 2),
        6 => Near(near, 1) & 0xffff_f000,
        _ => Near(127, 12),
    };

    private uint Near(int exponent, int range) =>
        (Bits() & 0x807f_ffff) | ((uint)Math.Clamp(exponent + random.Next(-range, range + 1), 0, 255) << 23);

    private ulong Double(int near) => random.Next(8) switch
    {
        0 => DoubleCorners[random.Next(DoubleCorners.Length)] ^ ((ulong)(Bits() & 0x8000_0000) << 32),
        1 => ((ulong)Bits() << 32) | Bits(),
        2 => NearDouble(near, 1),
        3 => NearDouble((near + 1023) / 2, 3),
        4 => NearDouble(near, 60),
        5 => NearDouble(1023 + random.Next(-150, 150), 2) & 0xffff_ffff_e000_0000,
        6 => NearDouble(Math.Clamp((2 * near) - 1023, 0, 2047), 2) & 0xffff_ffff_0000_0000,
        _ => NearDouble(1023, 12),
    };

    private ulong NearDouble(int exponent, int range) =>
        ((((ulong)Bits() << 32) | Bits()) & 0x800f_ffff_ffff_ffff)
        | ((ulong)Math.Clamp(exponent + random.Next(-range, range + 1), 0, 2047) << 52);
}
