using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Semantics;

/// <summary>Book I chapter 4 and 5.2: floating-point arithmetic, the FPSCR, and floating-point storage access.</summary>
internal readonly struct PpuFloatingPointSemantics<TMachine, T, TVector> : IPpuFloatingPointSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    // Arithmetic (Book I 4.6.5, 5.2.1)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fadd(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatAdd>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fadds(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatAddSingle>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fsub(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatSubtract>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fsubs(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatSubtractSingle>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fmul(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatMultiply>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fmuls(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatMultiplySingle>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fdiv(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatDivide>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fdivs(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatDivideSingle>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fmadd(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatMultiplyAdd>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fmadds(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatMultiplyAddSingle>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fmsub(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatMultiplySubtract>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fmsubs(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatMultiplySubtractSingle>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fnmadd(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatNegativeMultiplyAdd>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fnmadds(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatNegativeMultiplyAddSingle>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fnmsub(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatNegativeMultiplySubtract>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fnmsubs(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatNegativeMultiplySubtractSingle>(i.Frt, m.Fpr(i.Fra), m.Fpr(i.Frc), m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fsqrt(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatSquareRoot>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fsqrts(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatSquareRootSingle>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fres(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatReciprocalEstimateSingle>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Frsqrte(ref TMachine m, AForm i, bool rc)
    {
        m.Float<FloatReciprocalSquareRootEstimate>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    // FRA decides by its image: -0 counts as zero, and all other images above +infinity are negative or NaNs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fsel(ref TMachine m, AForm i, bool rc)
    {
        T a = m.Fpr(i.Fra);
        T b = m.Fpr(i.Frb);
        T c = m.Fpr(i.Frc);
        T belowZeroOrNan = m.LessUnsigned(m.Constant(FloatImage.PlusInfinity), a);
        T isMinusZero = m.Equal(a, m.Constant(FloatImage.SignMask));
        m.SetFpr(i.Frt, m.Select(isMinusZero, c, m.Select(belowZeroOrNan, b, c)));
        FinishMove(ref m, rc);
    }

    // Moves (Book I 4.6.4) alter no FPSCR bit and cause no exception
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fmr(ref TMachine m, XfForm i, bool rc)
    {
        m.SetFpr(i.Frt, m.Fpr(i.Frb));
        FinishMove(ref m, rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fneg(ref TMachine m, XfForm i, bool rc)
    {
        m.SetFpr(i.Frt, m.Xor(m.Fpr(i.Frb), m.Constant(FloatImage.SignMask)));
        FinishMove(ref m, rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fabs(ref TMachine m, XfForm i, bool rc)
    {
        m.SetFpr(i.Frt, m.And(m.Fpr(i.Frb), m.Constant(~FloatImage.SignMask)));
        FinishMove(ref m, rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fnabs(ref TMachine m, XfForm i, bool rc)
    {
        m.SetFpr(i.Frt, m.Or(m.Fpr(i.Frb), m.Constant(FloatImage.SignMask)));
        FinishMove(ref m, rc);
    }

    // Rounding and conversion (Book I 4.6.6)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Frsp(ref TMachine m, XfForm i, bool rc)
    {
        m.Float<FloatRoundToSingle>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fctid(ref TMachine m, XfForm i, bool rc)
    {
        m.Float<FloatConvertToDoubleword>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fctidz(ref TMachine m, XfForm i, bool rc)
    {
        m.Float<FloatConvertToDoublewordTowardZero>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fctiw(ref TMachine m, XfForm i, bool rc)
    {
        m.Float<FloatConvertToWord>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fctiwz(ref TMachine m, XfForm i, bool rc)
    {
        m.Float<FloatConvertToWordTowardZero>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fcfid(ref TMachine m, XfForm i, bool rc)
    {
        m.Float<FloatConvertFromInteger>(i.Frt, m.Fpr(i.Frb));
        m.FinishFloat(rc);
    }

    // Comparison (Book I 4.6.7)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fcmpu(ref TMachine m, XfcmpForm i)
    {
        m.FloatCompare<FloatCompareUnordered>(i.Bf, m.Fpr(i.Fra), m.Fpr(i.Frb));
        m.FinishFloat(record: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fcmpo(ref TMachine m, XfcmpForm i)
    {
        m.FloatCompare<FloatCompareOrdered>(i.Bf, m.Fpr(i.Fra), m.Fpr(i.Frb));
        m.FinishFloat(record: false);
    }

    // The FPSCR (Book I 4.6.8). FRT0:31 of mffs is undefined there; on consoles it is 0xfff80000 (seen).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mffs(ref TMachine m, XfForm i, bool rc)
    {
        m.SetFpr(i.Frt, m.Or(m.Read(PpuRegister.Fpscr), m.Constant(0xfff8_0000_0000_0000)));
        FinishMove(ref m, rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mcrfs(ref TMachine m, XfcrForm i)
    {
        T fpscr = m.Read(PpuRegister.Fpscr);
        int shift = 28 - (4 * i.Bfa);
        uint copied = (0xfu << shift) & (Fpscr.Exceptions | Fpscr.Fx);
        m.SetCrField(i.Bf, m.And(m.ShiftRight(fpscr, m.Constant((ulong)shift)), m.Constant(0xf)));
        WriteFpscr(ref m, m.And(fpscr, m.Constant(~copied)));
        m.FinishFloat(record: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mtfsfi(ref TMachine m, XfiForm i, bool rc)
    {
        int shift = 28 - (4 * i.Bf);
        WriteFpscrUnderMask(ref m, m.Constant((ulong)(uint)i.U << shift), 0xfu << shift);
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mtfsf(ref TMachine m, XFLForm i, bool rc)
    {
        WriteFpscrUnderMask(ref m, m.Fpr(i.Frb), FieldMask(i.Flm));
        m.FinishFloat(rc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mtfsb0(ref TMachine m, XfbForm i, bool rc)
    {
        uint bit = BitOf(i.Bt);
        WriteFpscrUnderMask(ref m, m.Constant(0), bit);
        m.FinishFloat(rc);
    }

    // FX follows when an exception bit changes from 0 to 1 (4.2.2); mtfsfi and mtfsf alone are excepted from that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mtfsb1(ref TMachine m, XfbForm i, bool rc)
    {
        uint bit = BitOf(i.Bt);
        T fpscr = m.Read(PpuRegister.Fpscr);
        T set = m.Or(fpscr, m.Constant(bit));
        if ((bit & Fpscr.Exceptions) != 0)
        {
            T was = m.And(fpscr, m.Constant(bit));
            set = m.Select(was, set, m.Or(set, m.Constant(Fpscr.Fx)));
        }

        WriteFpscr(ref m, set);
        m.FinishFloat(rc);
    }

    // Storage access (Book I 4.6.2, 4.6.3). The single forms convert without touching the FPSCR.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lfs(ref TMachine m, DflForm i)
    {
        _ = TryLoadSingle(ref m, i.Frt, DisplacedOrZero(ref m, i.Ra, i.Si));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lfsu(ref TMachine m, DflForm i)
    {
        T address = Displaced(ref m, i.Ra, i.Si);
        if (TryLoadSingle(ref m, i.Frt, address))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lfsx(ref TMachine m, XflForm i)
    {
        _ = TryLoadSingle(ref m, i.Frt, IndexedOrZero(ref m, i.Ra, i.Rb));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lfsux(ref TMachine m, XflForm i)
    {
        T address = Indexed(ref m, i.Ra, i.Rb);
        if (TryLoadSingle(ref m, i.Frt, address))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lfd(ref TMachine m, DflForm i)
    {
        _ = TryLoadDouble(ref m, i.Frt, DisplacedOrZero(ref m, i.Ra, i.Si));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lfdu(ref TMachine m, DflForm i)
    {
        T address = Displaced(ref m, i.Ra, i.Si);
        if (TryLoadDouble(ref m, i.Frt, address))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lfdx(ref TMachine m, XflForm i)
    {
        _ = TryLoadDouble(ref m, i.Frt, IndexedOrZero(ref m, i.Ra, i.Rb));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lfdux(ref TMachine m, XflForm i)
    {
        T address = Indexed(ref m, i.Ra, i.Rb);
        if (TryLoadDouble(ref m, i.Frt, address))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfs(ref TMachine m, DfsForm i)
    {
        _ = TryStoreSingle(ref m, i.Frs, DisplacedOrZero(ref m, i.Ra, i.Si));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfsu(ref TMachine m, DfsForm i)
    {
        T address = Displaced(ref m, i.Ra, i.Si);
        if (TryStoreSingle(ref m, i.Frs, address))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfsx(ref TMachine m, XfsForm i)
    {
        _ = TryStoreSingle(ref m, i.Frs, IndexedOrZero(ref m, i.Ra, i.Rb));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfsux(ref TMachine m, XfsForm i)
    {
        T address = Indexed(ref m, i.Ra, i.Rb);
        if (TryStoreSingle(ref m, i.Frs, address))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfd(ref TMachine m, DfsForm i)
    {
        _ = TryStoreDouble(ref m, i.Frs, DisplacedOrZero(ref m, i.Ra, i.Si));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfdu(ref TMachine m, DfsForm i)
    {
        T address = Displaced(ref m, i.Ra, i.Si);
        if (TryStoreDouble(ref m, i.Frs, address))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfdx(ref TMachine m, XfsForm i)
    {
        _ = TryStoreDouble(ref m, i.Frs, IndexedOrZero(ref m, i.Ra, i.Rb));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfdux(ref TMachine m, XfsForm i)
    {
        T address = Indexed(ref m, i.Ra, i.Rb);
        if (TryStoreDouble(ref m, i.Frs, address))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stfiwx(ref TMachine m, XfsForm i)
    {
        _ = m.TryStore32(IndexedOrZero(ref m, i.Ra, i.Rb), m.Fpr(i.Frs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FinishMove(ref TMachine m, bool rc)
    {
        if (rc)
            m.RecordCr1();
    }


    // Bit 0 of the FLM field stands for FPSCR field 0
    private static uint FieldMask(int flm)
    {
        uint mask = 0;
        for (int field = 0; field < 8; field++)
        {
            if ((flm & (0x80 >> field)) != 0)
                mask |= 0xf000_0000u >> (4 * field);
        }

        return mask;
    }

    private static uint BitOf(int bt) => 0x8000_0000u >> bt;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteFpscrUnderMask(ref TMachine m, T value, uint mask)
    {
        T kept = m.And(m.Read(PpuRegister.Fpscr), m.Constant(~mask));
        WriteFpscr(ref m, m.Or(kept, m.And(value, m.Constant(mask))));
    }


    // VX and FEX are ORs of other bits and never set directly (4.2.2): what Fpscr.Summarize does, in the vocabulary.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteFpscr(ref TMachine m, T value)
    {
        value = m.And(value, m.Constant(~(Fpscr.Vx | Fpscr.Fex | Fpscr.Reserved)));
        value = SetIfAny(ref m, value, m.And(value, m.Constant(Fpscr.VxAll)), Fpscr.Vx);
        T causes = m.ShiftRight(value, m.Constant(Fpscr.EnableDistance));
        T enabled = m.And(m.And(causes, value), m.Constant(Fpscr.Enables));
        m.Write(PpuRegister.Fpscr, SetIfAny(ref m, value, enabled, Fpscr.Fex));
    }


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SetIfAny(ref TMachine m, T value, T condition, uint bit) =>
        m.Or(value, m.Select(condition, m.Constant(bit), m.Constant(0)));


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryLoadSingle(ref TMachine m, int frt, T address)
    {
        if (!m.TryLoad32(address, out T word))
            return false;

        m.SetFpr(frt, m.DoubleFromSingle(word));
        return true;
    }


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryLoadDouble(ref TMachine m, int frt, T address)
    {
        if (!m.TryLoad64(address, out T doubleword))
            return false;

        m.SetFpr(frt, doubleword);
        return true;
    }


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryStoreSingle(ref TMachine m, int frs, T address) =>
        m.TryStore32(address, m.SingleFromDouble(m.Fpr(frs)));


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryStoreDouble(ref TMachine m, int frs, T address) =>
        m.TryStore64(address, m.Fpr(frs));


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Displaced(ref TMachine m, int ra, int displacement) =>
        m.Add(m.Gpr(ra), m.Constant((ulong)displacement));


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T DisplacedOrZero(ref TMachine m, int ra, int displacement) =>
        m.Add(m.GprOrZero(ra), m.Constant((ulong)displacement));


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Indexed(ref TMachine m, int ra, int rb) =>
        m.Add(m.Gpr(ra), m.Gpr(rb));


    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T IndexedOrZero(ref TMachine m, int ra, int rb) =>
        m.Add(m.GprOrZero(ra), m.Gpr(rb));
}
