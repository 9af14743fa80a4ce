using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.Vector.Integer;
using CellPpe.Ppe.Isa;

namespace CellPpe.Ppe.Semantics;

/// <summary>Vector integer arithmetic and comparison.</summary>
internal readonly struct PpuVectorIntegerSemantics<TMachine, T, TVector> : IPpuVectorIntegerSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    // ---- Add and subtract

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vaddubm(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vaddubm>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vadduhm(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vadduhm>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vadduwm(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vadduwm>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vaddcuw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vaddcuw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vaddubs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vaddubs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vadduhs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vadduhs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vadduws(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vadduws>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vaddsbs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vaddsbs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vaddshs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vaddshs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vaddsws(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vaddsws>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsububm(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsububm>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubuhm(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsubuhm>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubuwm(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsubuwm>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubcuw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsubcuw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsububs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsububs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubuhs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsubuhs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubuws(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsubuws>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubsbs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsubsbs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubshs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsubshs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsubsws(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsubsws>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    // ---- Average, maximum, minimum

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmaxub(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmaxub>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmaxuh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmaxuh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmaxuw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmaxuw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmaxsb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmaxsb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmaxsh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmaxsh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmaxsw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmaxsw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vminub(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vminub>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vminuh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vminuh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vminuw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vminuw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vminsb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vminsb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vminsh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vminsh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vminsw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vminsw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vavgub(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vavgub>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vavguh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vavguh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vavguw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vavguw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vavgsb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vavgsb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vavgsh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vavgsh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vavgsw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vavgsw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    // ---- Multiply and multiply-sum

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmuloub(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmuloub>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmulouh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmulouh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmulosb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmulosb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmulosh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmulosh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmuleub(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmuleub>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmuleuh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmuleuh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmulesb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmulesb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmulesh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmulesh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmhaddshs(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vmhaddshs>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmhraddshs(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vmhraddshs>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmladduhm(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmladduhm>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmsumubm(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmsumubm>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmsummbm(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmsummbm>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmsumuhm(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmsumuhm>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmsumuhs(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vmsumuhs>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmsumshm(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmsumshm>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmsumshs(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vmsumshs>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    // ---- Sum across

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsum4ubs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsum4ubs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsum4sbs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsum4sbs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsum4shs(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsum4shs>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsum2sws(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsum2sws>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsumsws(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vsumsws>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    // ---- Compare

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpequb(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpequb>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpequh(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpequh>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpequw(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpequw>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpgtub(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpgtub>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpgtuh(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpgtuh>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpgtuw(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpgtuw>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpgtsb(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpgtsb>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpgtsh(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpgtsh>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vcmpgtsw(ref TMachine m, VXRForm i, bool rc)
    {
        TVector mask = m.Vector<Vcmpgtsw>(m.Vr(i.Vra), m.Vr(i.Vrb));
        m.SetVr(i.Vrt, mask);
        if (rc)
            m.RecordCr6(mask);
    }
}
