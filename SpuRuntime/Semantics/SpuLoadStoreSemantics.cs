using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Isa;

namespace SpuRuntime.Semantics;

/// <summary>Loads, stores and the masks that insert elements (SPU ISA chapter 3).</summary>
internal readonly struct SpuLoadStoreSemantics<TMachine, T, TVector> : ISpuLoadStoreSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    public static void Lqd(ref TMachine m, RI10qForm i) => m.SetGpr(i.Rt, m.Load(DForm(ref m, i)));

    public static void Lqx(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Load(XForm(ref m, i)));

    public static void Lqa(ref TMachine m, RI16aForm i) => m.SetGpr(i.Rt, m.Load(m.Constant((uint)i.Abs)));

    public static void Lqr(ref TMachine m, RI16rForm i) => m.SetGpr(i.Rt, m.Load(m.Constant(m.Cia() + (uint)i.Rel)));

    public static void Stqd(ref TMachine m, RI10qForm i) => m.Store(DForm(ref m, i), m.Gpr(i.Rt));

    public static void Stqx(ref TMachine m, RRForm i) => m.Store(XForm(ref m, i), m.Gpr(i.Rt));

    public static void Stqa(ref TMachine m, RI16aForm i) => m.Store(m.Constant((uint)i.Abs), m.Gpr(i.Rt));

    public static void Stqr(ref TMachine m, RI16rForm i) => m.Store(m.Constant(m.Cia() + (uint)i.Rel), m.Gpr(i.Rt));

    public static void Cbd(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<InsertByte>(m.Gpr(i.Ra), i.I7));

    public static void Chd(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<InsertHalfword>(m.Gpr(i.Ra), i.I7));

    public static void Cwd(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<InsertWord>(m.Gpr(i.Ra), i.I7));

    public static void Cdd(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<InsertDoubleword>(m.Gpr(i.Ra), i.I7));

    public static void Cbx(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<InsertByte>(m.Gpr(i.Ra), m.Gpr(i.Rb)));

    public static void Chx(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<InsertHalfword>(m.Gpr(i.Ra), m.Gpr(i.Rb)));

    public static void Cwx(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<InsertWord>(m.Gpr(i.Ra), m.Gpr(i.Rb)));

    public static void Cdx(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<InsertDoubleword>(m.Gpr(i.Ra), m.Gpr(i.Rb)));

    private static T DForm(ref TMachine m, RI10qForm i) => m.Add(m.Preferred(m.Gpr(i.Ra)), m.Constant((uint)i.I10));

    private static T XForm(ref TMachine m, RRForm i) => m.Add(m.Preferred(m.Gpr(i.Ra)), m.Preferred(m.Gpr(i.Rb)));
}
