using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.Vector.Integer;
using CellPpe.Ppe.Arithmetic.Vector.Permute;
using CellPpe.Ppe.Isa;

namespace CellPpe.Ppe.Semantics;

/// <summary>Vector logical operations, rotates and shifts.</summary>
internal readonly struct PpuVectorLogicalSemantics<TMachine, T, TVector> : IPpuVectorLogicalSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    // ---- Logical

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vand(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vand>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vandc(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vandc>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vor(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vor>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vxor(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vxor>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vnor(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vnor>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsel(ref TMachine m, VAForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsel>(m.Vr(i.Vra), m.Vr(i.Vrb), m.Vr(i.Vrc)));

    // ---- Rotate and shift each element

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrlb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vrlb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrlh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vrlh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vrlw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vrlw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vslb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vslb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vslh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vslh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vslw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vslw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsrb(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsrb>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsrh(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsrh>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsrw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsrw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsrab(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsrab>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsrah(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsrah>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsraw(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsraw>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    // ---- Shift the whole register

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsl(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsl>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsr(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsr>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vslo(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vslo>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsro(ref TMachine m, VXForm i) =>
        m.SetVr(i.Vrt, m.Vector<Vsro>(m.Vr(i.Vra), m.Vr(i.Vrb)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Vsldoi(ref TMachine m, VASHForm i) =>
        m.SetVr(i.Vrt, m.VectorImmediate<Vsldoi>(m.Vr(i.Vra), m.Vr(i.Vrb), i.Shb));
}
