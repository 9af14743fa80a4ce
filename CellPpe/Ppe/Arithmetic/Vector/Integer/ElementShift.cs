using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>Shifts and rotates in which each element has an amount of its own, taken modulo the element's width.</summary>
internal static class ElementShift
{
    // Vector128 shifts all elements by one amount. A variable shift is therefore done in steps of 1, 2, 4, ...: the
    // amount's bit for each step is brought to the element's sign, and the sign selects the shifted or the old element.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RotateLeftBytes(Vector128<byte> value, Vector128<byte> amount)
    {
        Vector128<byte> shifted = value;
        shifted = Choose(amount.AsSByte() << 7, (shifted << 1) | (shifted >>> 7), shifted);
        shifted = Choose(amount.AsSByte() << 6, (shifted << 2) | (shifted >>> 6), shifted);
        shifted = Choose(amount.AsSByte() << 5, (shifted << 4) | (shifted >>> 4), shifted);
        return shifted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RotateLeftHalfwords(Vector128<byte> value, Vector128<byte> amount)
    {
        Vector128<ushort> shifted = value.AsUInt16();
        shifted = Choose(amount.AsInt16() << 15, (shifted << 1) | (shifted >>> 15), shifted);
        shifted = Choose(amount.AsInt16() << 14, (shifted << 2) | (shifted >>> 14), shifted);
        shifted = Choose(amount.AsInt16() << 13, (shifted << 4) | (shifted >>> 12), shifted);
        shifted = Choose(amount.AsInt16() << 12, (shifted << 8) | (shifted >>> 8), shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RotateLeftWords(Vector128<byte> value, Vector128<byte> amount)
    {
        if (Avx2.IsSupported)
        {
            // A count of 32 shifts everything out, so an amount of 0 needs no case of its own.
            Vector128<uint> left = amount.AsUInt32() & Vector128.Create(31u);
            Vector128<uint> right = Vector128.Create(32u) - left;
            return (Avx2.ShiftLeftLogicalVariable(value.AsUInt32(), left) | Avx2.ShiftRightLogicalVariable(value.AsUInt32(), right))
                .AsByte();
        }

        Vector128<uint> shifted = value.AsUInt32();
        shifted = Choose(amount.AsInt32() << 31, (shifted << 1) | (shifted >>> 31), shifted);
        shifted = Choose(amount.AsInt32() << 30, (shifted << 2) | (shifted >>> 30), shifted);
        shifted = Choose(amount.AsInt32() << 29, (shifted << 4) | (shifted >>> 28), shifted);
        shifted = Choose(amount.AsInt32() << 28, (shifted << 8) | (shifted >>> 24), shifted);
        shifted = Choose(amount.AsInt32() << 27, (shifted << 16) | (shifted >>> 16), shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftLeftBytes(Vector128<byte> value, Vector128<byte> amount)
    {
        Vector128<byte> shifted = value;
        shifted = Choose(amount.AsSByte() << 7, shifted << 1, shifted);
        shifted = Choose(amount.AsSByte() << 6, shifted << 2, shifted);
        shifted = Choose(amount.AsSByte() << 5, shifted << 4, shifted);
        return shifted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftLeftHalfwords(Vector128<byte> value, Vector128<byte> amount)
    {
        Vector128<ushort> shifted = value.AsUInt16();
        shifted = Choose(amount.AsInt16() << 15, shifted << 1, shifted);
        shifted = Choose(amount.AsInt16() << 14, shifted << 2, shifted);
        shifted = Choose(amount.AsInt16() << 13, shifted << 4, shifted);
        shifted = Choose(amount.AsInt16() << 12, shifted << 8, shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftLeftWords(Vector128<byte> value, Vector128<byte> amount)
    {
        if (Avx2.IsSupported)
            return Avx2.ShiftLeftLogicalVariable(value.AsUInt32(), amount.AsUInt32() & Vector128.Create(31u)).AsByte();

        Vector128<uint> shifted = value.AsUInt32();
        shifted = Choose(amount.AsInt32() << 31, shifted << 1, shifted);
        shifted = Choose(amount.AsInt32() << 30, shifted << 2, shifted);
        shifted = Choose(amount.AsInt32() << 29, shifted << 4, shifted);
        shifted = Choose(amount.AsInt32() << 28, shifted << 8, shifted);
        shifted = Choose(amount.AsInt32() << 27, shifted << 16, shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRightBytes(Vector128<byte> value, Vector128<byte> amount)
    {
        Vector128<byte> shifted = value;
        shifted = Choose(amount.AsSByte() << 7, shifted >>> 1, shifted);
        shifted = Choose(amount.AsSByte() << 6, shifted >>> 2, shifted);
        shifted = Choose(amount.AsSByte() << 5, shifted >>> 4, shifted);
        return shifted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRightHalfwords(Vector128<byte> value, Vector128<byte> amount)
    {
        Vector128<ushort> shifted = value.AsUInt16();
        shifted = Choose(amount.AsInt16() << 15, shifted >>> 1, shifted);
        shifted = Choose(amount.AsInt16() << 14, shifted >>> 2, shifted);
        shifted = Choose(amount.AsInt16() << 13, shifted >>> 4, shifted);
        shifted = Choose(amount.AsInt16() << 12, shifted >>> 8, shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRightWords(Vector128<byte> value, Vector128<byte> amount)
    {
        if (Avx2.IsSupported)
            return Avx2.ShiftRightLogicalVariable(value.AsUInt32(), amount.AsUInt32() & Vector128.Create(31u)).AsByte();

        Vector128<uint> shifted = value.AsUInt32();
        shifted = Choose(amount.AsInt32() << 31, shifted >>> 1, shifted);
        shifted = Choose(amount.AsInt32() << 30, shifted >>> 2, shifted);
        shifted = Choose(amount.AsInt32() << 29, shifted >>> 4, shifted);
        shifted = Choose(amount.AsInt32() << 28, shifted >>> 8, shifted);
        shifted = Choose(amount.AsInt32() << 27, shifted >>> 16, shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRightAlgebraicBytes(Vector128<byte> value, Vector128<byte> amount)
    {
        Vector128<sbyte> shifted = value.AsSByte();
        shifted = Choose(amount.AsSByte() << 7, shifted >> 1, shifted);
        shifted = Choose(amount.AsSByte() << 6, shifted >> 2, shifted);
        shifted = Choose(amount.AsSByte() << 5, shifted >> 4, shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRightAlgebraicHalfwords(Vector128<byte> value, Vector128<byte> amount)
    {
        Vector128<short> shifted = value.AsInt16();
        shifted = Choose(amount.AsInt16() << 15, shifted >> 1, shifted);
        shifted = Choose(amount.AsInt16() << 14, shifted >> 2, shifted);
        shifted = Choose(amount.AsInt16() << 13, shifted >> 4, shifted);
        shifted = Choose(amount.AsInt16() << 12, shifted >> 8, shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRightAlgebraicWords(Vector128<byte> value, Vector128<byte> amount)
    {
        if (Avx2.IsSupported)
            return Avx2.ShiftRightArithmeticVariable(value.AsInt32(), amount.AsUInt32() & Vector128.Create(31u)).AsByte();

        Vector128<int> shifted = value.AsInt32();
        shifted = Choose(amount.AsInt32() << 31, shifted >> 1, shifted);
        shifted = Choose(amount.AsInt32() << 30, shifted >> 2, shifted);
        shifted = Choose(amount.AsInt32() << 29, shifted >> 4, shifted);
        shifted = Choose(amount.AsInt32() << 28, shifted >> 8, shifted);
        shifted = Choose(amount.AsInt32() << 27, shifted >> 16, shifted);
        return shifted.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Choose(Vector128<sbyte> sign, Vector128<sbyte> whenNegative, Vector128<sbyte> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(sign, Vector128<sbyte>.Zero), whenNegative, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Choose(Vector128<sbyte> sign, Vector128<byte> whenNegative, Vector128<byte> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(sign, Vector128<sbyte>.Zero).AsByte(), whenNegative, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Choose(Vector128<short> sign, Vector128<short> whenNegative, Vector128<short> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(sign, Vector128<short>.Zero), whenNegative, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Choose(Vector128<short> sign, Vector128<ushort> whenNegative, Vector128<ushort> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(sign, Vector128<short>.Zero).AsUInt16(), whenNegative, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Choose(Vector128<int> sign, Vector128<int> whenNegative, Vector128<int> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(sign, Vector128<int>.Zero), whenNegative, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Choose(Vector128<int> sign, Vector128<uint> whenNegative, Vector128<uint> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(sign, Vector128<int>.Zero).AsUInt32(), whenNegative, otherwise);
}
