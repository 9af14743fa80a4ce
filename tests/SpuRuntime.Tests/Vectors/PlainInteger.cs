using System.Numerics;

using static SpuRuntime.Tests.Vectors.PlainSpu;

namespace SpuRuntime.Tests.Vectors;

/// <summary>Chapters 4, 5 and the comparisons of chapter 7.</summary>
internal static class PlainInteger
{
    public static void Define(Dictionary<string, Action<PlainSpu>> all)
    {
        Constants(all);
        Sums(all);
        Products(all);
        BitsAndBytes(all);
        Logic(all);
        Comparisons(all);
    }

    private static void Constants(Dictionary<string, Action<PlainSpu>> all)
    {
        all["ilh"] = static s => s.SetT(Halfwords(_ => (int)s.Bits(9, 24)));
        all["ilhu"] = static s => s.SetT(Words(_ => s.Bits(9, 24) * 65536));
        all["il"] = static s => s.SetT(Words(_ => (uint)s.I16));
        all["ila"] = static s => s.SetT(Words(_ => s.Bits(7, 24)));
        all["iohl"] = static s => s.SetT(Words(j => W(s.T, j) | s.Bits(9, 24)));
        all["fsmbi"] = static s => s.SetT(Bytes(j => s.Bits(9 + j, 9 + j) == 0 ? 0 : 0xff));
    }

    private static void Sums(Dictionary<string, Action<PlainSpu>> all)
    {
        all["ah"] = static s => s.SetT(Halfwords(j => H(s.A, j) + H(s.B, j)));
        all["ahi"] = static s => s.SetT(Halfwords(j => H(s.A, j) + s.I10));
        all["a"] = static s => s.SetT(Words(j => W(s.A, j) + W(s.B, j)));
        all["ai"] = static s => s.SetT(Words(j => W(s.A, j) + (uint)s.I10));
        all["sfh"] = static s => s.SetT(Halfwords(j => H(s.B, j) - H(s.A, j)));
        all["sfhi"] = static s => s.SetT(Halfwords(j => s.I10 - H(s.A, j)));
        all["sf"] = static s => s.SetT(Words(j => W(s.B, j) - W(s.A, j)));
        all["sfi"] = static s => s.SetT(Words(j => (uint)s.I10 - W(s.A, j)));
        all["addx"] = static s => s.SetT(Words(j => W(s.A, j) + W(s.B, j) + Last(s, j)));
        all["cg"] = static s => s.SetT(Words(j => (uint)(((ulong)W(s.A, j) + W(s.B, j)) >> 32)));
        all["cgx"] = static s => s.SetT(Words(j => (uint)(((ulong)W(s.A, j) + W(s.B, j) + Last(s, j)) >> 32)));
        all["sfx"] = static s => s.SetT(Words(j => W(s.B, j) + ~W(s.A, j) + Last(s, j)));
        all["bg"] = static s => s.SetT(Words(j => W(s.A, j) > W(s.B, j) ? 0u : 1));
        all["bgx"] = static s => s.SetT(Words(j => (long)W(s.B, j) - W(s.A, j) - (Last(s, j) == 0 ? 1 : 0) < 0 ? 0u : 1));
    }

    private static uint Last(PlainSpu s, int slot) => Bit(s.T, (32 * slot) + 31) ? 1u : 0;

    private static int SignedHalf(byte[] register, int slot) => Extend(H(register, slot), 16);

    private static void Products(Dictionary<string, Action<PlainSpu>> all)
    {
        all["mpy"] = static s => s.SetT(Words(j => (uint)(SignedHalf(s.A, (2 * j) + 1) * SignedHalf(s.B, (2 * j) + 1))));
        all["mpyu"] = static s => s.SetT(Words(j => (uint)H(s.A, (2 * j) + 1) * H(s.B, (2 * j) + 1)));
        all["mpyi"] = static s => s.SetT(Words(j => (uint)(SignedHalf(s.A, (2 * j) + 1) * s.I10)));
        all["mpyui"] = static s => s.SetT(Words(j => (uint)H(s.A, (2 * j) + 1) * (ushort)s.I10));
        all["mpya"] = static s =>
        {
            byte[] sum = Words(j => (uint)(SignedHalf(s.A, (2 * j) + 1) * SignedHalf(s.B, (2 * j) + 1)) + W(s.C, j));
            sum.CopyTo(s.Registers[s.Bits(4, 10)], 0);
        };
        all["mpyh"] = static s => s.SetT(Words(j => (uint)((long)SignedHalf(s.A, 2 * j) * SignedHalf(s.B, (2 * j) + 1) * 65536)));
        all["mpys"] = static s => s.SetT(Words(j =>
            (uint)(int)Math.Floor(SignedHalf(s.A, (2 * j) + 1) * (double)SignedHalf(s.B, (2 * j) + 1) / 65536)));
        all["mpyhh"] = static s => s.SetT(Words(j => (uint)(SignedHalf(s.A, 2 * j) * SignedHalf(s.B, 2 * j))));
        all["mpyhha"] = static s => s.SetT(Words(j => (uint)(SignedHalf(s.A, 2 * j) * SignedHalf(s.B, 2 * j)) + W(s.T, j)));
        all["mpyhhu"] = static s => s.SetT(Words(j => (uint)H(s.A, 2 * j) * H(s.B, 2 * j)));
        all["mpyhhau"] = static s => s.SetT(Words(j => ((uint)H(s.A, 2 * j) * H(s.B, 2 * j)) + W(s.T, j)));
    }

    private static void BitsAndBytes(Dictionary<string, Action<PlainSpu>> all)
    {
        all["clz"] = static s => s.SetT(Words(j =>
        {
            uint zeros = 0;
            while (zeros < 32 && !Bit(s.A, (32 * j) + (int)zeros))
                zeros++;
            return zeros;
        }));
        all["cntb"] = static s => s.SetT(Bytes(j => Enumerable.Range(8 * j, 8).Count(bit => Bit(s.A, bit))));
        all["fsmb"] = static s => s.SetT(Bytes(j => Bit(s.A, 16 + j) ? 0xff : 0));
        all["fsmh"] = static s => s.SetT(Bytes(j => Bit(s.A, 24 + (j / 2)) ? 0xff : 0));
        all["fsm"] = static s => s.SetT(Bytes(j => Bit(s.A, 28 + (j / 4)) ? 0xff : 0));
        all["gbb"] = static s => s.SetT(Gather(s.A, 8));
        all["gbh"] = static s => s.SetT(Gather(s.A, 16));
        all["gb"] = static s => s.SetT(Gather(s.A, 32));
        all["avgb"] = static s => s.SetT(Bytes(j => (s.A[j] + s.B[j] + 1) / 2));
        all["absdb"] = static s => s.SetT(Bytes(j => Math.Abs(s.A[j] - s.B[j])));
        all["sumb"] = static s => s.SetT(Halfwords(j =>
        {
            byte[] from = j % 2 == 0 ? s.B : s.A;
            int word = 4 * (j / 2);
            return from[word] + from[word + 1] + from[word + 2] + from[word + 3];
        }));
        all["xsbh"] = static s => s.SetT(Halfwords(j => (sbyte)s.A[(2 * j) + 1]));
        all["xshw"] = static s => s.SetT(Words(j => (uint)SignedHalf(s.A, (2 * j) + 1)));
        all["xswd"] = static s => s.SetT(Doublewords(j => (ulong)(int)W(s.A, (2 * j) + 1)));
    }

    private static byte[] Gather(byte[] from, int width)
    {
        uint gathered = 0;
        for (int bit = width - 1; bit < 128; bit += width)
            gathered = (gathered * 2) + (Bit(from, bit) ? 1u : 0);
        return Words(j => j == 0 ? gathered : 0);
    }

    private static void Logic(Dictionary<string, Action<PlainSpu>> all)
    {
        Binary("and", static (a, b) => a & b);
        Binary("andc", static (a, b) => a & ~b);
        Binary("or", static (a, b) => a | b);
        Binary("orc", static (a, b) => a | ~b);
        Binary("xor", static (a, b) => a ^ b);
        Binary("nand", static (a, b) => ~(a & b));
        Binary("nor", static (a, b) => ~(a | b));
        Binary("eqv", static (a, b) => ~(a ^ b));
        Immediates("and", static (a, b) => a & b);
        Immediates("or", static (a, b) => a | b);
        Immediates("xor", static (a, b) => a ^ b);
        all["orx"] = static s => s.SetT(Words(j => j == 0 ? W(s.A, 0) | W(s.A, 1) | W(s.A, 2) | W(s.A, 3) : 0));
        all["selb"] = static s =>
        {
            byte[] result = new byte[16];
            for (int bit = 0; bit < 128; bit++)
            {
                if (Bit(Bit(s.C, bit) ? s.B : s.A, bit))
                    SetBit(result, bit);
            }

            result.CopyTo(s.Registers[s.Bits(4, 10)], 0);
        };
        all["shufb"] = static s =>
        {
            byte[] joined = [.. s.A, .. s.B];
            byte[] result = Bytes(j => s.C[j] switch
            {
                >= 0b1110_0000 => 0x80,
                >= 0b1100_0000 => 0xff,
                >= 0b1000_0000 => 0,
                byte index => joined[index % 32],
            });
            result.CopyTo(s.Registers[s.Bits(4, 10)], 0);
        };

        void Binary(string mnemonic, Func<int, int, int> of) => all[mnemonic] = s => s.SetT(Bytes(j => of(s.A[j], s.B[j])));

        void Immediates(string mnemonic, Func<int, int, int> of)
        {
            all[mnemonic + "bi"] = s => s.SetT(Bytes(j => of(s.A[j], s.I10 & 0xff)));
            all[mnemonic + "hi"] = s => s.SetT(Halfwords(j => of(H(s.A, j), s.I10)));
            all[mnemonic + "i"] = s => s.SetT(Words(j => (uint)of((int)W(s.A, j), s.I10)));
        }
    }

    private static void Comparisons(Dictionary<string, Action<PlainSpu>> all)
    {
        Group("ceq", static (a, b, _) => a == b);
        Group("clgt", static (a, b, _) => a > b);
        Group("cgt", static (a, b, sign) => (a < sign ? a : a - (2 * sign)) > (b < sign ? b : b - (2 * sign)));

        // Numbers are unsigned; sign is the weight of their first bit.
        void Group(string mnemonic, Func<BigInteger, BigInteger, BigInteger, bool> holds)
        {
            all[mnemonic + "b"] = s => s.SetT(Bytes(j => holds(s.A[j], s.B[j], 0x80) ? 0xff : 0));
            all[mnemonic + "h"] = s => s.SetT(Halfwords(j => holds(H(s.A, j), H(s.B, j), 0x8000) ? 0xffff : 0));
            all[mnemonic] = s => s.SetT(Words(j => holds(W(s.A, j), W(s.B, j), 0x8000_0000) ? 0xffff_ffff : 0));
            all[mnemonic + "bi"] = s => s.SetT(Bytes(j => holds(s.A[j], (byte)s.I10, 0x80) ? 0xff : 0));
            all[mnemonic + "hi"] = s => s.SetT(Halfwords(j => holds(H(s.A, j), (ushort)s.I10, 0x8000) ? 0xffff : 0));
            all[mnemonic + "i"] = s => s.SetT(Words(j => holds(W(s.A, j), (uint)s.I10, 0x8000_0000) ? 0xffff_ffff : 0));
        }
    }
}
