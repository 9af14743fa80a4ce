namespace CellPpe.Tests.FixedPoint;

/// <summary>What the architecture leaves undefined, so that the reference's answer is only one of several right ones.</summary>
internal static class Undefined
{
    private const ulong LowWord = 0xffff_ffff;
    private const ulong AllButCr0Order = 0x1fff_ffff;

    /// <summary>The bits of a register (or of CR) that an instruction defines.</summary>
    /// <param name="mnemonic">With its suffixes.</param>
    /// <param name="register">Its name in the corpus.</param>
    /// <param name="word">The instruction word.</param>
    /// <param name="a">RA before.</param>
    /// <param name="b">RB before.</param>
    public static ulong DefinedBits(string mnemonic, string register, uint word, ulong a, ulong b)
    {
        string root = mnemonic.TrimEnd('.');
        if (register is "r3" or "cr" && IsImpossibleDivision(root, a, b))
            return register == "cr" ? AllButCr0Order : 0; // Book I 3.3.8: RT and, with Rc = 1, LT, GT and EQ are undefined
        switch (root)
        {
            // Book I 3.3.8: RT 0:31 are undefined, and CR0's order, which in 64-bit mode comes from all of RT, with them.
            case "mulhw" or "mulhwu" or "divw" or "divwu" or "divwo" or "divwuo":
                return register == "r3" ? LowWord : register == "cr" && mnemonic.EndsWith('.') ? AllButCr0Order : ulong.MaxValue;
            // Book I 3.3.15 (5.1.1): the fields that FXM does not select are undefined.
            case "mfocrf" when register == "r3":
                return FieldMask((word >> 12) & 0xff);
            // Book I 3.2.2: the other bits of XER are reserved; a PPE reads them as 0, QEMU keeps them.
            case "mtspr" when register == "xer":
                return 0xe000_007f;
            default:
                return ulong.MaxValue;
        }
    }

    /// <summary>
    /// The bytes of a vector register an instruction defines, from the left: lvebx, lvehx and lvewx load one element (AltiVec PEM 6.2).
    /// </summary>
    public static bool DefinesByte(string mnemonic, ulong address, int index)
    {
        int size = mnemonic switch { "lvebx" => 1, "lvehx" => 2, "lvewx" => 4, _ => 16 };
        return index / size == (int)(address & 15) / size;
    }

    private static bool IsImpossibleDivision(string root, ulong a, ulong b) => root.TrimEnd('o') switch
    {
        "divd" => b == 0 || (a == 1UL << 63 && b == ulong.MaxValue),
        "divdu" => b == 0,
        "divw" => (uint)b == 0 || ((uint)a == 1U << 31 && (uint)b == uint.MaxValue),
        "divwu" => (uint)b == 0,
        _ => false,
    };

    private static ulong FieldMask(uint fxm)
    {
        ulong mask = 0;
        for (int field = 0; field < 8; field++)
        {
            if ((fxm & (0x80 >> field)) != 0)
                mask |= 0xfUL << (28 - (4 * field));
        }

        return mask;
    }
}
