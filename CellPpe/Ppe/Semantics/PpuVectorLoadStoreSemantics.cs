using System.Runtime.CompilerServices;

using CellPpe.Ppe.Isa;

namespace CellPpe.Ppe.Semantics;

/// <summary>Vector loads and stores, permute controls, stream hints; Cell's left and right forms (CBE Handbook, PPE vector unit).</summary>
internal readonly struct PpuVectorLoadStoreSemantics<TMachine, T, TVector> : IPpuVectorLoadStoreSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvebx(ref TMachine m, XvForm i) => Lvx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvehx(ref TMachine m, XvForm i) => Lvx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvewx(ref TMachine m, XvForm i) => Lvx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvx(ref TMachine m, XvForm i)
    {
        if (m.TryLoadVector(m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb)), out TVector value))
            m.SetVr(i.Vrt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvxl(ref TMachine m, XvForm i) => Lvx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvlx(ref TMachine m, XvForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoadVector(address, out TVector value))
            m.SetVr(i.Vrt, m.VectorShiftLeftBytes(value, m.And(address, m.Constant(15))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvlxl(ref TMachine m, XvForm i) => Lvlx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvrx(ref TMachine m, XvForm i)
    {
        // An aligned address names no byte: zero, and no access is made that could fault.
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        T count = m.And(address, m.Constant(15));
        if (m.TryLoadVectorIf(count, address, out TVector value))
            m.SetVr(i.Vrt, m.VectorShiftRightBytes(value, m.Subtract(m.Constant(16), count)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvrxl(ref TMachine m, XvForm i) => Lvrx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvebx(ref TMachine m, XvsForm i)
    {
        T address = m.And(m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb)), m.Constant(~0UL));
        m.TryStore8(address, m.VectorElement(m.Vr(i.Vrs), m.And(address, m.Constant(15)), 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvehx(ref TMachine m, XvsForm i)
    {
        T address = m.And(m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb)), m.Constant(~1UL));
        m.TryStore16(address, m.VectorElement(m.Vr(i.Vrs), m.And(address, m.Constant(15)), 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvewx(ref TMachine m, XvsForm i)
    {
        T address = m.And(m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb)), m.Constant(~3UL));
        m.TryStore32(address, m.VectorElement(m.Vr(i.Vrs), m.And(address, m.Constant(15)), 4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvx(ref TMachine m, XvsForm i) => m.TryStoreVector(m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb)), m.Vr(i.Vrs));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvxl(ref TMachine m, XvsForm i) => Stvx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvlx(ref TMachine m, XvsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStoreVectorLeft(address, m.Vr(i.Vrs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvlxl(ref TMachine m, XvsForm i) => Stvlx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvrx(ref TMachine m, XvsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStoreVectorRight(address, m.Vr(i.Vrs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stvrxl(ref TMachine m, XvsForm i) => Stvrx(ref m, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvsl(ref TMachine m, XvForm i) =>
        m.SetVr(i.Vrt, PermuteControl(ref m, m.And(m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb)), m.Constant(15))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lvsr(ref TMachine m, XvForm i) =>
        m.SetVr(i.Vrt, PermuteControl(ref m, m.Subtract(m.Constant(16), m.And(m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb)), m.Constant(15)))));

    // Data streams are hints; the PPE ignores them.
    public static void Dst(ref TMachine m, XdstForm i)
    {
    }

    public static void Dstt(ref TMachine m, XdstForm i)
    {
    }

    public static void Dstst(ref TMachine m, XdstForm i)
    {
    }

    public static void Dststt(ref TMachine m, XdstForm i)
    {
    }

    public static void Dss(ref TMachine m, XdssForm i)
    {
    }

    public static void Dssall(ref TMachine m, XdssForm i)
    {
    }

    // Bytes sh, sh+1, ... sh+15: adding sh to each byte of 00 01 .. 0f never carries out of a byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector PermuteControl(ref TMachine m, T shift)
    {
        T spread = m.Multiply(shift, m.Constant(0x0101_0101_0101_0101));
        return m.VectorOf(m.Add(spread, m.Constant(0x0001_0203_0405_0607)), m.Add(spread, m.Constant(0x0809_0a0b_0c0d_0e0f)));
    }
}
