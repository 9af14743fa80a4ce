using System.Runtime.CompilerServices;

using CellPpe.Ppe.Isa;
using CellPpe.Recompiler.Backends.Native;

namespace CellPpe.Ppe.Semantics;

/// <summary>Branches and condition register logic (Book I 2.4, 2.5).</summary>
internal readonly struct PpuBranchSemantics<TMachine, T, TVector> : IPpuBranchSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void B(ref TMachine m, IForm i, bool lk, bool aa)
    {
        if (lk)
            Link(ref m);
        if (aa)
            m.Branch(m.Constant((ulong)(long)i.Li));
        else
            m.BranchRelative(i.Li);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Bc(ref TMachine m, BForm i, bool lk, bool aa)
    {
        T taken = Condition(ref m, i.Bo, i.Bi);
        if (lk)
            Link(ref m);
        if (aa)
            m.BranchIf(taken, m.Constant((ulong)(long)i.Bd));
        else
            m.BranchRelativeIf(taken, i.Bd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Bclr(ref TMachine m, XLbForm i, bool lk)
    {
        T target = m.Read(PpuRegister.Lr);
        T taken = Condition(ref m, i.Bo, i.Bi);
        if (lk)
            Link(ref m);
        m.BranchIf(taken, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Bcctr(ref TMachine m, XLbForm i, bool lk)
    {
        // BO[2] = 0 (decrement) is an invalid form here; like the 970, test the condition only.
        T taken = Condition(ref m, i.Bo | 4, i.Bi);
        T target = m.Read(PpuRegister.Ctr);
        if (lk)
            Link(ref m);
        m.BranchIf(taken, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Crand(ref TMachine m, XLForm i) => m.SetCrBit(i.Bt, m.And(m.CrBit(i.Ba), m.CrBit(i.Bb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Cror(ref TMachine m, XLForm i) => m.SetCrBit(i.Bt, m.Or(m.CrBit(i.Ba), m.CrBit(i.Bb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Crxor(ref TMachine m, XLForm i) => m.SetCrBit(i.Bt, m.Xor(m.CrBit(i.Ba), m.CrBit(i.Bb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Crnand(ref TMachine m, XLForm i) => m.SetCrBit(i.Bt, Invert(ref m, m.And(m.CrBit(i.Ba), m.CrBit(i.Bb))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Crnor(ref TMachine m, XLForm i) => m.SetCrBit(i.Bt, Invert(ref m, m.Or(m.CrBit(i.Ba), m.CrBit(i.Bb))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Creqv(ref TMachine m, XLForm i) => m.SetCrBit(i.Bt, Invert(ref m, m.Xor(m.CrBit(i.Ba), m.CrBit(i.Bb))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Crandc(ref TMachine m, XLForm i) => m.SetCrBit(i.Bt, m.And(m.CrBit(i.Ba), Invert(ref m, m.CrBit(i.Bb))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Crorc(ref TMachine m, XLForm i) => m.SetCrBit(i.Bt, m.Or(m.CrBit(i.Ba), Invert(ref m, m.CrBit(i.Bb))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mcrf(ref TMachine m, XLcrForm i) => m.SetCrField(i.Bf, m.CrField(i.Bfa));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Link(ref TMachine m) => m.Write(PpuRegister.Lr, m.Add(m.Cia(), m.Constant(4)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Invert(ref TMachine m, T bit) => m.Xor(bit, m.Constant(1));

    // BO, from the left: ignore CR, CR value wanted, ignore CTR, CTR = 0 wanted, hint (Book I 2.4.1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Condition(ref TMachine m, int bo, int bi)
    {
        bool ignoreCr = (bo & 16) != 0;
        bool ignoreCtr = (bo & 4) != 0;
        if (ignoreCr && ignoreCtr)
            return m.Constant(1);
        if (ignoreCtr)
            return CrWanted(ref m, bo, bi);
        T ctr = m.Subtract(m.Read(PpuRegister.Ctr), m.Constant(1));
        m.Write(PpuRegister.Ctr, ctr);
        T wanted = m.IsZeroInMode(ctr);
        if ((bo & 2) == 0)
            wanted = Invert(ref m, wanted);
        return ignoreCr ? wanted : m.And(wanted, CrWanted(ref m, bo, bi));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T CrWanted(ref TMachine m, int bo, int bi)
    {
        T bit = m.CrBit(bi);
        return (bo & 8) != 0 ? bit : Invert(ref m, bit);
    }
}
