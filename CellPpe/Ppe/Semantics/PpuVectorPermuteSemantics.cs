using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.Vector.Permute;
using CellPpe.Ppe.Isa;

namespace CellPpe.Ppe.Semantics;

/// <summary>Vector pack, unpack, merge, splat and permute.</summary>
internal readonly struct PpuVectorPermuteSemantics<TMachine, T, TVector> : IPpuVectorPermuteSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    // ---- Pack and unpack

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkuhum(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vpkuhum>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkuwum(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vpkuwum>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkuhus(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vpkuhus>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkuwus(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vpkuwus>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkshus(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vpkshus>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkswus(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vpkswus>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkshss(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vpkshss>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkswss(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.VectorStatus<Vpkswss>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vupkhsb(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vupkhsb>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vupkhsh(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vupkhsh>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vupklsb(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vupklsb>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vupklsh(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vupklsh>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vpkpx(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vpkpx>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vupkhpx(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vupkhpx>(m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vupklpx(ref TMachine m, VXBForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vupklpx>(m.Vr(i.Vrb)));

    // ---- Merge

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmrghb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmrghb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmrghh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmrghh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmrghw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmrghw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmrglb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmrglb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmrglh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmrglh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vmrglw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vmrglw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    // ---- Splat and permute

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vspltb(ref TMachine m, VXUBForm i) =>
        m.SetVr(i.Vrt, m.VectorImmediate<Vspltb>(m.Vr(i.Vrb), i.Uim));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsplth(ref TMachine m, VXUHForm i) =>
        m.SetVr(i.Vrt, m.VectorImmediate<Vsplth>(m.Vr(i.Vrb), i.Uim));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vspltw(ref TMachine m, VXUWForm i) =>
        m.SetVr(i.Vrt, m.VectorImmediate<Vspltw>(m.Vr(i.Vrb), i.Uim));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vspltisb(ref TMachine m, VXSForm i) =>
        m.SetVr(i.Vrt, Both(ref m, (byte)i.Sim * 0x0101_0101_0101_0101uL));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vspltish(ref TMachine m, VXSForm i) =>
        m.SetVr(i.Vrt, Both(ref m, (ushort)i.Sim * 0x0001_0001_0001_0001uL));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vspltisw(ref TMachine m, VXSForm i) =>
        m.SetVr(i.Vrt, Both(ref m, (uint)i.Sim * 0x0000_0001_0000_0001uL));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vperm(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vperm>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    private static TVector Both(ref TMachine m, ulong half) => m.VectorOf(m.Constant(half), m.Constant(half));
}
