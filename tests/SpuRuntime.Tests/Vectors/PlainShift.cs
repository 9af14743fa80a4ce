using static SpuRuntime.Tests.Vectors.PlainSpu;

namespace SpuRuntime.Tests.Vectors;

/// <summary>Chapter 6, bit by bit.</summary>
internal static class PlainShift
{
    private enum Kind
    {
        Left,
        Rotate,
        Right,
        Algebraic,
    }

    public static void Define(Dictionary<string, Action<PlainSpu>> all)
    {
        // Elements: name, immediate's name, width, how.
        (string, string, int, Kind)[] elements =
        [
            ("shlh", "shlhi", 16, Kind.Left), ("shl", "shli", 32, Kind.Left),
            ("roth", "rothi", 16, Kind.Rotate), ("rot", "roti", 32, Kind.Rotate),
            ("rothm", "rothmi", 16, Kind.Right), ("rotm", "rotmi", 32, Kind.Right),
            ("rotmah", "rotmahi", 16, Kind.Algebraic), ("rotma", "rotmai", 32, Kind.Algebraic),
        ];
        foreach ((string register, string immediate, int width, Kind kind) in elements)
        {
            all[register] = s => s.SetT(Elements(s.A, width, kind, j => width == 16 ? H(s.B, j) : W(s.B, j)));
            all[immediate] = s => s.SetT(Elements(s.A, width, kind, _ => (uint)s.I7));
        }

        // Quadwords: how far a unit of the count moves, and the count's modulus.
        Quad("shlqbi", "shlqbii", 1, 8, Kind.Left);
        Quad("shlqby", "shlqbyi", 8, 32, Kind.Left);
        Quad("rotqby", "rotqbyi", 8, 16, Kind.Rotate);
        Quad("rotqbi", "rotqbii", 1, 8, Kind.Rotate);
        Quad("rotqmby", "rotqmbyi", 8, 32, Kind.Right);
        Quad("rotqmbi", "rotqmbii", 1, 8, Kind.Right);
        all["shlqbybi"] = static s => s.SetT(Move(s.A, 0, 128, 8 * (int)(W(s.B, 0) / 8 % 32), Kind.Left));
        all["rotqbybi"] = static s => s.SetT(Move(s.A, 0, 128, 8 * (int)(W(s.B, 0) / 8 % 16), Kind.Rotate));
        all["rotqmbybi"] = static s => s.SetT(Move(s.A, 0, 128, 8 * Negated(W(s.B, 0) / 8, 32), Kind.Right));

        void Quad(string register, string immediate, int unit, int modulus, Kind kind)
        {
            all[register] = s => s.SetT(Move(s.A, 0, 128, unit * Count(W(s.B, 0), modulus, kind), kind));
            all[immediate] = s => s.SetT(Move(s.A, 0, 128, unit * Count((uint)s.I7, modulus, kind), kind));
        }
    }

    private static int Count(uint count, int modulus, Kind kind) =>
        kind is Kind.Right or Kind.Algebraic ? Negated(count, modulus) : (int)(count % (uint)modulus);

    private static int Negated(uint count, int modulus) => (int)((0 - count) % (uint)modulus);

    private static byte[] Elements(byte[] from, int width, Kind kind, Func<int, uint> counts)
    {
        byte[] result = new byte[16];
        for (int element = 0; element < 128 / width; element++)
        {
            int count = Count(counts(element), kind == Kind.Rotate ? width : 2 * width, kind);
            byte[] moved = Move(from, element * width, width, count, kind);
            for (int bit = 0; bit < width; bit++)
            {
                if (Bit(moved, bit + (element * width)))
                    SetBit(result, bit + (element * width));
            }
        }

        return result;
    }

    private static byte[] Move(byte[] from, int first, int width, int count, Kind kind)
    {
        byte[] result = new byte[16];
        for (int bit = 0; bit < width; bit++)
        {
            int source = kind is Kind.Left or Kind.Rotate ? bit + count : bit - count;
            bool one = kind switch
            {
                Kind.Rotate => Bit(from, first + (source % width)),
                Kind.Left => source < width && Bit(from, first + source),
                Kind.Right => source >= 0 && Bit(from, first + source),
                _ => Bit(from, first + Math.Max(source, 0)),
            };
            if (one)
                SetBit(result, first + bit);
        }

        return result;
    }
}
