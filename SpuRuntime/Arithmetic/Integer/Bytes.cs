using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpuRuntime.Arithmetic.Integer;

/// <summary><c>avgb</c>: (a + b + 1) / 2 of each byte.</summary>
internal readonly struct AverageBytes : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Sse2.IsSupported ? Sse2.Average(a, b) : (a | b) - ((a ^ b) >>> 1);
}

/// <summary><c>absdb</c>: the distance of each byte.</summary>
internal readonly struct AbsoluteDifferences : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a, b) - Vector128.Min(a, b);
}

/// <summary><c>sumb</c>: of each word, the sum of b's bytes in the left half and of a's in the right.</summary>
internal readonly struct SumBytes : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ((Sums(b) << 16) | Sums(a)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Sums(Vector128<byte> value)
    {
        var evenBytes = Vector128.Create(0x00ff_00ffu);
        Vector128<uint> pairs = (value.AsUInt32() & evenBytes) + ((value.AsUInt32() >>> 8) & evenBytes);
        return (pairs + (pairs >>> 16)) & Vector128.Create(0xffffu);
    }
}

/// <summary><c>xsbh</c>: the sign of each halfword's right byte over its left.</summary>
internal readonly struct ExtendBytes : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a) => ((a.AsInt16() << 8) >> 8).AsByte();
}

/// <summary><c>xshw</c>: the sign of each word's right half over its left.</summary>
internal readonly struct ExtendHalfwords : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a) => ((a.AsInt32() << 16) >> 16).AsByte();
}

/// <summary><c>xswd</c>: the sign of each doubleword's right word over its left.</summary>
internal readonly struct ExtendWords : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a)
    {
        Vector128<int> right = Vector128.Shuffle(a.AsInt32(), Vector128.Create(0, 0, 2, 2));
        return Vector128.ConditionalSelect(Vector128.Create(-1, 0, -1, 0), right, right >> 31).AsByte();
    }
}

/// <summary><c>shufb</c>: bytes of a and b, or constants, as the bytes of c say (table 5-1).</summary>
internal readonly struct ShuffleBytes : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        if (Avx512Vbmi.VL.IsSupported)
        {
            // Constants where an index has its first bit set: 10x is 0, 110 ones, 111 0x80.
            Vector128<byte> special = Vector128.ShuffleNative(
                Vector128.Create(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x80, 0x80), (c >>> 4) & Vector128.Create((byte)0x0f));
            return Vector128.ConditionalSelect(Vector128.LessThan(c.AsSByte(), Vector128<sbyte>.Zero).AsByte(), special, Plain(a, b, c));
        }

        // Architected byte n is host byte 15 - n. An index with its first bit set yields 0 in both shuffles, and a constant then.
        Vector128<byte> index = (c ^ Vector128.Create((byte)0x0f)) & Vector128.Create((byte)0x8f);
        var constants = Vector128.Create(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x80, 0x80);
        Vector128<byte> fromA = Vector128.ShuffleNative(a, index);
        Vector128<byte> fromB = Vector128.ShuffleNative(b, index);
        // Bit 4 from the right says which register: moved to the sign, which the host's blend tests.
        Vector128<byte> register = (c.AsUInt16() << 3).AsByte();
        Vector128<byte> chosen = Sse41.IsSupported
            ? Sse41.BlendVariable(fromA, fromB, register)
            : Vector128.ConditionalSelect((register.AsSByte() >> 7).AsByte(), fromB, fromA);
        return chosen | Vector128.ShuffleNative(constants, (c >>> 4) & Vector128.Create((byte)0x0f));
    }

    // The host uses the last five bits of an index: which register, and which byte of it, counted from the other end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Plain(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Avx512Vbmi.VL.PermuteVar16x8x2(a, c ^ Vector128.Create((byte)0x0f), b);
}

/// <summary><c>shufb</c> whose indices are known to name bytes, as the masks that insert elements do.</summary>
internal readonly struct ShufflePlainBytes : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        if (Avx512Vbmi.VL.IsSupported)
            return ShuffleBytes.Plain(a, b, c);
        Vector128<byte> index = c ^ Vector128.Create((byte)0x0f);
        return Vector128.ConditionalSelect(
            Vector128.LessThan(c, Vector128.Create((byte)0x10)), Vector128.ShuffleNative(a, index & Vector128.Create((byte)0x0f)),
            Vector128.ShuffleNative(b, index & Vector128.Create((byte)0x0f)));
    }
}

/// <summary>The same of one register twice.</summary>
internal readonly struct ShufflePlainBytesOfOne : ISpuVectorBinary
{
    // The host's shuffle uses the first bit of an index and the last four. Given a constant, ShuffleNative would become a
    // permutation of two registers, which takes the host three times as long.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> c)
    {
        Vector128<byte> index = c ^ Vector128.Create((byte)0x0f);
        return Ssse3.IsSupported ? Ssse3.Shuffle(a, index) : Vector128.ShuffleNative(a, index & Vector128.Create((byte)0x0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> c) => Avx512BW.Shuffle(a, c ^ Vector512.Create((byte)0x0f));

    // In local store, bytes have the order that indices count in.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ApplyToLoaded(Vector512<byte> a, Vector512<byte> c) =>
        Avx512BW.Shuffle(a, c & Vector512.Create((byte)0x0f));
}

/// <summary>The masks of <c>cbd, chd, cwd, cdd</c> and their x-forms (appendix B).</summary>
internal static class InsertionControls
{
    // Host byte h is architected byte 15 - h.
    private static Vector128<byte> Positions
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    /// <summary>Bytes of b everywhere, but for an element of a at an address, which comes from a's preferred place for its size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Make(Vector128<uint> address, byte size, byte firstByte)
    {
        Vector128<byte> start = QuadShift.Count(address.AsByte()) & Vector128.Create((byte)(15 & ~(size - 1u)));
        Vector128<byte> within = Positions - start;
        return Vector128.ConditionalSelect(
            Vector128.LessThan(within, Vector128.Create(size)), within + Vector128.Create(firstByte), Positions
                | Vector128.Create((byte)0x10));
    }
}

/// <summary><c>cbd, cbx</c></summary>
internal readonly struct InsertByte : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => InsertionControls.Make(a.AsUInt32() + b.AsUInt32(), 1, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) =>
        InsertionControls.Make(a.AsUInt32() + Vector128.Create((uint)immediate), 1, 3);
}

/// <summary><c>chd, chx</c></summary>
internal readonly struct InsertHalfword : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => InsertionControls.Make(a.AsUInt32() + b.AsUInt32(), 2, 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) =>
        InsertionControls.Make(a.AsUInt32() + Vector128.Create((uint)immediate), 2, 2);
}

/// <summary><c>cwd, cwx</c></summary>
internal readonly struct InsertWord : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => InsertionControls.Make(a.AsUInt32() + b.AsUInt32(), 4, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) =>
        InsertionControls.Make(a.AsUInt32() + Vector128.Create((uint)immediate), 4, 0);
}

/// <summary><c>cdd, cdx</c></summary>
internal readonly struct InsertDoubleword : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => InsertionControls.Make(a.AsUInt32() + b.AsUInt32(), 8, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) =>
        InsertionControls.Make(a.AsUInt32() + Vector128.Create((uint)immediate), 8, 0);
}
