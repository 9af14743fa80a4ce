using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.Vector.Float;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Semantics;

/// <summary>Vector single-precision arithmetic, and the Vector Status and Control Register.</summary>
internal readonly struct PpuVectorFloatSemantics<TMachine, T, TVector> : IPpuVectorFloatSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    // ---- Arithmetic

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vaddfp(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vaddfp>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubfp(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsubfp>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmaddfp(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vmaddfp>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vnmsubfp(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vnmsubfp>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmaxfp(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vmaxfp>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vminfp(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vminfp>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    // ---- Compare

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpeqfp(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.VectorStatus<Vcmpeqfp>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpgefp(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.VectorStatus<Vcmpgefp>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpgtfp(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.VectorStatus<Vcmpgtfp>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    // Its result is never all ones, so that RecordCr6 leaves only "all elements in bounds" to be set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpbfp(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.VectorStatus<Vcmpbfp>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    // ---- Round and convert

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrfin(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vrfin>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrfiz(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vrfiz>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrfip(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vrfip>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrfim(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vrfim>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcfux(ref TMachine m, VXUForm i) =>
        m.SetVr(i.Vrt, m.VectorImmediate<Vcfux>(m.Vr(i.Vrb), i.Uim));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcfsx(ref TMachine m, VXUForm i) =>
        m.SetVr(i.Vrt, m.VectorImmediate<Vcfsx>(m.Vr(i.Vrb), i.Uim));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vctuxs(ref TMachine m, VXUForm i) =>
        m.SetVr(i.Vrt, m.VectorStatusImmediate<Vctuxs>(m.Vr(i.Vrb), i.Uim));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vctsxs(ref TMachine m, VXUForm i) =>
        m.SetVr(i.Vrt, m.VectorStatusImmediate<Vctsxs>(m.Vr(i.Vrb), i.Uim));

    // ---- Estimates

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrefp(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vrefp>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrsqrtefp(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vrsqrtefp>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vexptefp(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vexptefp>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vlogefp(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vlogefp>(m.Vr(i.Vrb)));

    // ---- Vector Status and Control Register

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mfvscr(ref TMachine m, VXTForm i) =>
        m.SetVr(i.Vrt, m.VectorOf(m.Constant(0), m.Read(PpuRegister.Vscr)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mtvscr(ref TMachine m, VXMForm i) =>
        m.Write(PpuRegister.Vscr, m.And(m.VectorLow(m.Vr(i.Vrb)), m.Constant(Vscr.Nj | Vscr.Sat)));
}
