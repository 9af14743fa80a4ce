using System.Buffers.Binary;

using SpuRuntime.Engine;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// An independent SPU, written from the manual with only bytes, bits and big integers: registers are 16 bytes with byte 0
/// leftmost, as the manual's figures have them. It knows nothing of the table, of host vectors or of the implementation.
/// </summary>
internal sealed class PlainSpu
{
    public const int LocalStoreSize = 0x40000;

    private static readonly Dictionary<string, Action<PlainSpu>> AllDefinitions = Collect();

    public byte[][] Registers { get; } = [.. Enumerable.Range(0, 128).Select(static _ => new byte[16])];

    public byte[] LocalStore { get; } = new byte[LocalStoreSize];

    public byte[] Fpscr { get; set; } = new byte[16];

    public uint Pc { get; set; }

    public uint NextPc { get; set; }

    public uint Srr0 { get; set; }

    public bool InterruptEnable { get; set; }

    public bool Event { get; set; }

    public SpuExitReason? Exit { get; set; }

    public uint ExitArgument { get; set; }

    public uint Word { get; private set; }

    /// <summary>The value a channel returns or accepts.</summary>
    public PlainChannels Channels { get; } = new();

    public static IReadOnlyDictionary<string, Action<PlainSpu>> Definitions => AllDefinitions;

    // ---- Fields, by their bits in the manual's figures
    public int Rt => (int)Bits(25, 31);

    public byte[] A => Registers[Bits(18, 24)];

    public byte[] B => Registers[Bits(11, 17)];

    /// <summary>RC of the four-register format, whose RT is where other formats have the end of their opcode.</summary>
    public byte[] C => Registers[Bits(25, 31)];

    public byte[] T => Registers[Bits(25, 31)];

    public int I7 => Extend(Bits(11, 17), 7);

    public int I8 => (int)Bits(10, 17);

    public int I10 => Extend(Bits(8, 17), 10);

    public int I16 => Extend(Bits(9, 24), 16);

    public bool D => Bits(12, 12) != 0;

    public bool E => Bits(13, 13) != 0;

    public void Execute(string mnemonic, uint word)
    {
        Word = word;
        Exit = null;
        NextPc = (Pc + 4) % LocalStoreSize;
        AllDefinitions[mnemonic](this);
        // Chapter 12.1, after whatever instruction.
        if (InterruptEnable && Event && Exit is null)
        {
            Srr0 = NextPc;
            NextPc = 0;
            InterruptEnable = false;
        }
    }

    public uint Bits(int first, int last)
    {
        uint value = 0;
        for (int bit = first; bit <= last; bit++)
            value = (value << 1) | ((Word >> (31 - bit)) & 1);
        return value;
    }

    public void SetT(byte[] value) => value.CopyTo(Registers[Rt], 0);

    public static int Extend(uint value, int bits) => (value >> (bits - 1)) != 0 ? (int)value - (1 << bits) : (int)value;

    public static uint W(byte[] register, int slot) => BinaryPrimitives.ReadUInt32BigEndian(register.AsSpan(4 * slot));

    public static ushort H(byte[] register, int slot) => BinaryPrimitives.ReadUInt16BigEndian(register.AsSpan(2 * slot));

    public static ulong Dw(byte[] register, int slot) => BinaryPrimitives.ReadUInt64BigEndian(register.AsSpan(8 * slot));

    public static bool Bit(byte[] register, int bit) => ((register[bit / 8] >> (7 - (bit % 8))) & 1) != 0;

    public static void SetBit(byte[] register, int bit)
    {
        register[bit / 8] |= (byte)(0x80 >> (bit % 8));
    }

    public static byte[] Words(Func<int, uint> of)
    {
        byte[] result = new byte[16];
        for (int slot = 0; slot < 4; slot++)
            BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(4 * slot), of(slot));
        return result;
    }

    public static byte[] Halfwords(Func<int, int> of)
    {
        byte[] result = new byte[16];
        for (int slot = 0; slot < 8; slot++)
            BinaryPrimitives.WriteUInt16BigEndian(result.AsSpan(2 * slot), (ushort)of(slot));
        return result;
    }

    public static byte[] Doublewords(Func<int, ulong> of)
    {
        byte[] result = new byte[16];
        for (int slot = 0; slot < 2; slot++)
            BinaryPrimitives.WriteUInt64BigEndian(result.AsSpan(8 * slot), of(slot));
        return result;
    }

    public static byte[] Bytes(Func<int, int> of)
    {
        byte[] result = new byte[16];
        for (int slot = 0; slot < 16; slot++)
            result[slot] = (byte)of(slot);
        return result;
    }

    private static Dictionary<string, Action<PlainSpu>> Collect()
    {
        var all = new Dictionary<string, Action<PlainSpu>>();
        PlainInteger.Define(all);
        PlainShift.Define(all);
        PlainControl.Define(all);
        PlainSingle.Define(all);
        PlainDouble.Define(all);
        return all;
    }
}
