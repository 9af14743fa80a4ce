using System.Runtime.CompilerServices;

using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Operations;

namespace CellPpe.Ppe.Semantics;

/// <summary>Fixed-point arithmetic, logic, compares, rotates and shifts (Book I 3.3.8 to 3.3.15).</summary>
internal readonly struct PpuIntegerSemantics<TMachine, T, TVector> : IPpuIntegerSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Addi(ref TMachine m, DForm i) => m.SetGpr(i.Rt, m.Add(m.GprOrZero(i.Ra), Signed(ref m, i.Si)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Addis(ref TMachine m, DForm i) => m.SetGpr(i.Rt, m.Add(m.GprOrZero(i.Ra), Signed(ref m, (long)i.Si << 16)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Addic(ref TMachine m, DForm i) =>
        AddCarrying(ref m, i.Rt, m.Gpr(i.Ra), Signed(ref m, i.Si), m.Constant(0), false, false);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddicDot(ref TMachine m, DForm i) =>
        AddCarrying(ref m, i.Rt, m.Gpr(i.Ra), Signed(ref m, i.Si), m.Constant(0), false, true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subfic(ref TMachine m, DForm i) =>
        AddCarrying(ref m, i.Rt, m.Not(m.Gpr(i.Ra)), Signed(ref m, i.Si), m.Constant(1), false, false);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mulli(ref TMachine m, DForm i) => m.SetGpr(i.Rt, m.Multiply(m.Gpr(i.Ra), Signed(ref m, i.Si)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddPlain(ref m, i.Rt, m.Gpr(i.Ra), m.Gpr(i.Rb), m.Constant(0), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subf(ref TMachine m, XOForm i, bool oe, bool rc)
    {
        T difference = m.Subtract(m.Gpr(i.Rb), m.Gpr(i.Ra));
        if (oe)
            m.SetOverflow(m.OverflowOfSum(m.Not(m.Gpr(i.Ra)), m.Gpr(i.Rb), difference));
        Finish(ref m, i.Rt, difference, rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Neg(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddPlain(ref m, i.Rt, m.Not(m.Gpr(i.Ra)), m.Constant(0), m.Constant(1), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Addc(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddCarrying(ref m, i.Rt, m.Gpr(i.Ra), m.Gpr(i.Rb), m.Constant(0), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subfc(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddCarrying(ref m, i.Rt, m.Not(m.Gpr(i.Ra)), m.Gpr(i.Rb), m.Constant(1), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Adde(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddCarrying(ref m, i.Rt, m.Gpr(i.Ra), m.Gpr(i.Rb), m.Carry(), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subfe(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddCarrying(ref m, i.Rt, m.Not(m.Gpr(i.Ra)), m.Gpr(i.Rb), m.Carry(), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Addme(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddCarrying(ref m, i.Rt, m.Gpr(i.Ra), m.Constant(ulong.MaxValue), m.Carry(), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subfme(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddCarrying(ref m, i.Rt, m.Not(m.Gpr(i.Ra)), m.Constant(ulong.MaxValue), m.Carry(), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Addze(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddCarrying(ref m, i.Rt, m.Gpr(i.Ra), m.Constant(0), m.Carry(), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subfze(ref TMachine m, XOForm i, bool oe, bool rc) =>
        AddCarrying(ref m, i.Rt, m.Not(m.Gpr(i.Ra)), m.Constant(0), m.Carry(), oe, rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mullw(ref TMachine m, XOForm i, bool oe, bool rc)
    {
        T product = m.Multiply(m.SignExtend32(m.Gpr(i.Ra)), m.SignExtend32(m.Gpr(i.Rb)));
        if (oe)
            m.SetOverflow(Different(ref m, product, m.SignExtend32(product)));
        Finish(ref m, i.Rt, product, rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mulld(ref TMachine m, XOForm i, bool oe, bool rc)
    {
        T left = m.Gpr(i.Ra);
        T right = m.Gpr(i.Rb);
        T product = m.Multiply(left, right);
        if (oe)
            m.SetOverflow(Different(ref m, m.MultiplyHighSigned(left, right), m.ShiftRightArithmetic(product, m.Constant(63))));
        Finish(ref m, i.Rt, product, rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Divw(ref TMachine m, XOForm i, bool oe, bool rc)
    {
        T dividend = m.SignExtend32(m.Gpr(i.Ra));
        T divisor = m.SignExtend32(m.Gpr(i.Rb));
        if (oe)
        {
            T tooBig = m.And(m.Equal(dividend, m.Constant(0xffff_ffff_8000_0000)), m.Equal(divisor, m.Constant(ulong.MaxValue)));
            m.SetOverflow(m.Or(tooBig, m.Equal(divisor, m.Constant(0))));
        }

        // The high word of RT is undefined (Book I 3.3.8); zero, as the 970 leaves it.
        Finish(ref m, i.Rt, m.ZeroExtend32(m.DivideSigned(dividend, divisor)), rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Divd(ref TMachine m, XOForm i, bool oe, bool rc)
    {
        T dividend = m.Gpr(i.Ra);
        T divisor = m.Gpr(i.Rb);
        if (oe)
        {
            T tooBig = m.And(m.Equal(dividend, m.Constant(1UL << 63)), m.Equal(divisor, m.Constant(ulong.MaxValue)));
            m.SetOverflow(m.Or(tooBig, m.Equal(divisor, m.Constant(0))));
        }

        Finish(ref m, i.Rt, m.DivideSigned(dividend, divisor), rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Divwu(ref TMachine m, XOForm i, bool oe, bool rc)
    {
        T divisor = m.ZeroExtend32(m.Gpr(i.Rb));
        if (oe)
            m.SetOverflow(m.Equal(divisor, m.Constant(0)));
        Finish(ref m, i.Rt, m.DivideUnsigned(m.ZeroExtend32(m.Gpr(i.Ra)), divisor), rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Divdu(ref TMachine m, XOForm i, bool oe, bool rc)
    {
        T divisor = m.Gpr(i.Rb);
        if (oe)
            m.SetOverflow(m.Equal(divisor, m.Constant(0)));
        Finish(ref m, i.Rt, m.DivideUnsigned(m.Gpr(i.Ra), divisor), rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mulhw(ref TMachine m, XOForm i, bool rc) =>
        Finish(ref m, i.Rt,
            m.ShiftRightArithmetic(m.Multiply(m.SignExtend32(m.Gpr(i.Ra)), m.SignExtend32(m.Gpr(i.Rb))), m.Constant(32)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mulhd(ref TMachine m, XOForm i, bool rc) => Finish(ref m, i.Rt, m.MultiplyHighSigned(m.Gpr(i.Ra), m.Gpr(i.Rb)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mulhwu(ref TMachine m, XOForm i, bool rc) =>
        Finish(ref m, i.Rt, m.ShiftRight(m.Multiply(m.ZeroExtend32(m.Gpr(i.Ra)), m.ZeroExtend32(m.Gpr(i.Rb))), m.Constant(32)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mulhdu(ref TMachine m, XOForm i, bool rc) =>
        Finish(ref m, i.Rt, m.MultiplyHighUnsigned(m.Gpr(i.Ra), m.Gpr(i.Rb)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cmpi(ref TMachine m, DcmpForm i) => CompareSigned(ref m, i.Bf, i.L, m.Gpr(i.Ra), Signed(ref m, i.Si));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cmpli(ref TMachine m, DcmplForm i) => CompareUnsigned(ref m, i.Bf, i.L, m.Gpr(i.Ra), m.Constant((ulong)i.Ui));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cmp(ref TMachine m, XcmpForm i) => CompareSigned(ref m, i.Bf, i.L, m.Gpr(i.Ra), m.Gpr(i.Rb));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cmpl(ref TMachine m, XcmpForm i) => CompareUnsigned(ref m, i.Bf, i.L, m.Gpr(i.Ra), m.Gpr(i.Rb));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Twi(ref TMachine m, DtoForm i) => Trap(ref m, i.To, m.SignExtend32(m.Gpr(i.Ra)), Signed(ref m, i.Si));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tdi(ref TMachine m, DtoForm i) => Trap(ref m, i.To, m.Gpr(i.Ra), Signed(ref m, i.Si));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tw(ref TMachine m, XtoForm i) => Trap(ref m, i.To, m.SignExtend32(m.Gpr(i.Ra)), m.SignExtend32(m.Gpr(i.Rb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Td(ref TMachine m, XtoForm i) => Trap(ref m, i.To, m.Gpr(i.Ra), m.Gpr(i.Rb));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AndiDot(ref TMachine m, DuForm i) => Finish(ref m, i.Ra, m.And(m.Gpr(i.Rs), m.Constant((ulong)i.Ui)), true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AndisDot(ref TMachine m, DuForm i) => Finish(ref m, i.Ra, m.And(m.Gpr(i.Rs), m.Constant((ulong)i.Ui << 16)), true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Oris(ref TMachine m, DuForm i) => m.SetGpr(i.Ra, m.Or(m.Gpr(i.Rs), m.Constant((ulong)i.Ui << 16)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ori(ref TMachine m, DuForm i) => m.SetGpr(i.Ra, m.Or(m.Gpr(i.Rs), m.Constant((ulong)i.Ui)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Xori(ref TMachine m, DuForm i) => m.SetGpr(i.Ra, m.Xor(m.Gpr(i.Rs), m.Constant((ulong)i.Ui)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Xoris(ref TMachine m, DuForm i) => m.SetGpr(i.Ra, m.Xor(m.Gpr(i.Rs), m.Constant((ulong)i.Ui << 16)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Or(ref TMachine m, XsForm i, bool rc)
    {
        // or rx,rx,rx sets the thread's priority (Book III 3.4.1): low and very low mean "I wait for the other thread".
        if (!rc && i.Rs is 1 or 31 && i.Rs == i.Rb && i.Rs == i.Ra)
        {
            m.CallBetween<LowerThreadPriority>();
            return;
        }

        Finish(ref m, i.Ra, m.Or(m.Gpr(i.Rs), m.Gpr(i.Rb)), rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void And(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.And(m.Gpr(i.Rs), m.Gpr(i.Rb)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Xor(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.Xor(m.Gpr(i.Rs), m.Gpr(i.Rb)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Nand(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.Not(m.And(m.Gpr(i.Rs), m.Gpr(i.Rb))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Nor(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.Not(m.Or(m.Gpr(i.Rs), m.Gpr(i.Rb))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Eqv(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.Not(m.Xor(m.Gpr(i.Rs), m.Gpr(i.Rb))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Andc(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.And(m.Gpr(i.Rs), m.Not(m.Gpr(i.Rb))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Orc(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.Or(m.Gpr(i.Rs), m.Not(m.Gpr(i.Rb))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Extsb(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.SignExtend8(m.Gpr(i.Rs)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Extsh(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.SignExtend16(m.Gpr(i.Rs)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Extsw(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.SignExtend32(m.Gpr(i.Rs)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cntlzw(ref TMachine m, XsForm i, bool rc) =>
        Finish(ref m, i.Ra, m.Subtract(m.CountLeadingZeros(m.ZeroExtend32(m.Gpr(i.Rs))), m.Constant(32)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cntlzd(ref TMachine m, XsForm i, bool rc) => Finish(ref m, i.Ra, m.CountLeadingZeros(m.Gpr(i.Rs)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rlwinm(ref TMachine m, MForm i, bool rc) =>
        Finish(ref m, i.Ra, m.And(RotateWord(ref m, m.Gpr(i.Rs), m.Constant((ulong)i.Sh)), m.Constant(Mask(i.Mb + 32, i.Me + 32))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rlwnm(ref TMachine m, MbForm i, bool rc) =>
        Finish(ref m, i.Ra,
            m.And(RotateWord(ref m, m.Gpr(i.Rs), m.And(m.Gpr(i.Rb), m.Constant(31))), m.Constant(Mask(i.Mb + 32, i.Me + 32))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rlwimi(ref TMachine m, MForm i, bool rc) =>
        Insert(ref m, i.Ra, RotateWord(ref m, m.Gpr(i.Rs), m.Constant((ulong)i.Sh)), Mask(i.Mb + 32, i.Me + 32), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rldicl(ref TMachine m, MDForm i, bool rc) =>
        Finish(ref m, i.Ra, m.And(m.RotateLeft(m.Gpr(i.Rs), m.Constant((ulong)i.Sh)), m.Constant(Mask(i.Mb, 63))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rldicr(ref TMachine m, MDeForm i, bool rc) =>
        Finish(ref m, i.Ra, m.And(m.RotateLeft(m.Gpr(i.Rs), m.Constant((ulong)i.Sh)), m.Constant(Mask(0, i.Me))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rldic(ref TMachine m, MDForm i, bool rc) =>
        Finish(ref m, i.Ra, m.And(m.RotateLeft(m.Gpr(i.Rs), m.Constant((ulong)i.Sh)), m.Constant(Mask(i.Mb, 63 - i.Sh))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rldimi(ref TMachine m, MDForm i, bool rc) =>
        Insert(ref m, i.Ra, m.RotateLeft(m.Gpr(i.Rs), m.Constant((ulong)i.Sh)), Mask(i.Mb, 63 - i.Sh), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rldcl(ref TMachine m, MDSForm i, bool rc) =>
        Finish(ref m, i.Ra, m.And(m.RotateLeft(m.Gpr(i.Rs), m.Gpr(i.Rb)), m.Constant(Mask(i.Mb, 63))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rldcr(ref TMachine m, MDSeForm i, bool rc) =>
        Finish(ref m, i.Ra, m.And(m.RotateLeft(m.Gpr(i.Rs), m.Gpr(i.Rb)), m.Constant(Mask(0, i.Me))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sld(ref TMachine m, XsForm i, bool rc) =>
        Finish(ref m, i.Ra, m.ShiftLeft(m.Gpr(i.Rs), m.And(m.Gpr(i.Rb), m.Constant(127))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Srd(ref TMachine m, XsForm i, bool rc) =>
        Finish(ref m, i.Ra, m.ShiftRight(m.Gpr(i.Rs), m.And(m.Gpr(i.Rb), m.Constant(127))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Slw(ref TMachine m, XsForm i, bool rc) =>
        Finish(ref m, i.Ra, m.ZeroExtend32(m.ShiftLeft(m.Gpr(i.Rs), m.And(m.Gpr(i.Rb), m.Constant(63)))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Srw(ref TMachine m, XsForm i, bool rc) =>
        Finish(ref m, i.Ra, m.ShiftRight(m.ZeroExtend32(m.Gpr(i.Rs)), m.And(m.Gpr(i.Rb), m.Constant(63))), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Srad(ref TMachine m, XsForm i, bool rc) =>
        ShiftAlgebraic(ref m, i.Ra, m.Gpr(i.Rs), m.And(m.Gpr(i.Rb), m.Constant(127)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sraw(ref TMachine m, XsForm i, bool rc) =>
        ShiftAlgebraic(ref m, i.Ra, m.SignExtend32(m.Gpr(i.Rs)), m.And(m.Gpr(i.Rb), m.Constant(63)), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Srawi(ref TMachine m, XshForm i, bool rc) =>
        ShiftAlgebraic(ref m, i.Ra, m.SignExtend32(m.Gpr(i.Rs)), m.Constant((ulong)i.Sh), rc);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sradi(ref TMachine m, XSForm i, bool rc) => ShiftAlgebraic(ref m, i.Ra, m.Gpr(i.Rs), m.Constant((ulong)i.Sh), rc);

    public static void Mtcrf(ref TMachine m, XFXcForm i)
    {
        T value = m.Gpr(i.Rs);
        for (int field = 0; field < 8; field++)
        {
            if ((i.Fxm & (0x80 >> field)) != 0)
                m.SetCrField(field, m.And(m.ShiftRight(value, m.Constant((ulong)(28 - (4 * field)))), m.Constant(15)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mtocrf(ref TMachine m, XFXcForm i) => Mtcrf(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mfcr(ref TMachine m, XFXoForm i) => m.SetGpr(i.Rt, m.Cr());

    public static void Mfocrf(ref TMachine m, XFXoForm i)
    {
        // With one bit set in FXM only that field is defined; the others are left out, which any program must allow for.
        T value = m.Constant(0);
        for (int field = 0; field < 8; field++)
        {
            if ((i.Fxm & (0x80 >> field)) != 0)
                value = m.Or(value, m.ShiftLeft(m.CrField(field), m.Constant((ulong)(28 - (4 * field)))));
        }

        m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mcrxr(ref TMachine m, XcxForm i)
    {
        T xer = m.Xer();
        m.SetCrField(i.Bf, m.And(m.ShiftRight(xer, m.Constant(28)), m.Constant(14)));
        m.SetXer(m.And(xer, m.Constant(0x1fff_ffff)));
    }

    /// <summary>MASK(mb, me) of Book I 1.3.2: ones from bit mb to bit me, wrapping around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Mask(int mb, int me)
    {
        ulong fromMb = ulong.MaxValue >> mb;
        ulong toMe = ulong.MaxValue << (63 - me);
        return mb <= me ? fromMb & toMe : fromMb | toMe;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Signed(ref TMachine m, long value) => m.Constant((ulong)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ref TMachine m, int target, T result, bool rc)
    {
        m.SetGpr(target, result);
        if (rc)
            m.RecordCr0(result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPlain(ref TMachine m, int target, T left, T right, T carryIn, bool oe, bool rc)
    {
        T sum = m.Add(m.Add(left, right), carryIn);
        if (oe)
            m.SetOverflow(m.OverflowOfSum(left, right, sum));
        Finish(ref m, target, sum, rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddCarrying(ref TMachine m, int target, T left, T right, T carryIn, bool oe, bool rc)
    {
        T carry = m.CarryOfSum(left, right, carryIn);
        AddPlain(ref m, target, left, right, carryIn, oe, rc);
        m.SetCarry(carry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Different(ref TMachine m, T left, T right) => m.Xor(m.Equal(left, right), m.Constant(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CompareSigned(ref TMachine m, int field, int isDoubleword, T left, T right)
    {
        if (isDoubleword != 0)
            m.CompareSigned(field, left, right);
        else
            m.CompareSigned(field, m.SignExtend32(left), m.SignExtend32(right));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CompareUnsigned(ref TMachine m, int field, int isDoubleword, T left, T right)
    {
        if (isDoubleword != 0)
            m.CompareUnsigned(field, left, right);
        else
            m.CompareUnsigned(field, m.ZeroExtend32(left), m.ZeroExtend32(right));
    }

    // TO, from the left: less, greater, equal (signed), less, greater (unsigned). Sign-extended words compare alike.
    private static void Trap(ref TMachine m, int to, T left, T right)
    {
        T trap = m.Constant(to == 31 ? 1UL : 0);
        if ((to & 16) != 0)
            trap = m.Or(trap, m.LessSigned(left, right));
        if ((to & 8) != 0)
            trap = m.Or(trap, m.LessSigned(right, left));
        if ((to & 4) != 0)
            trap = m.Or(trap, m.Equal(left, right));
        if ((to & 2) != 0)
            trap = m.Or(trap, m.LessUnsigned(left, right));
        if ((to & 1) != 0)
            trap = m.Or(trap, m.LessUnsigned(right, left));
        m.TrapIf(trap);
    }

    // ROTL32: the word stands in both halves, so that the mask's wrap-around into the high word finds it there too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T RotateWord(ref TMachine m, T value, T amount) =>
        m.RotateLeft(m.Or(m.ZeroExtend32(value), m.ShiftLeft(value, m.Constant(32))), amount);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Insert(ref TMachine m, int target, T rotated, ulong mask, bool rc) =>
        Finish(ref m, target, m.Or(m.And(rotated, m.Constant(mask)), m.And(m.Gpr(target), m.Constant(~mask))), rc);

    // CA: the value is negative and ones were shifted out. A shift by 64 or more leaves the sign and loses every one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ShiftAlgebraic(ref TMachine m, int target, T value, T amount, bool rc)
    {
        T result = m.ShiftRightArithmetic(value, amount);
        T lost = Different(ref m, m.ShiftLeft(result, amount), value);
        m.SetCarry(m.And(lost, m.LessSigned(value, m.Constant(0))));
        Finish(ref m, target, result, rc);
    }
}
