using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Isa;

namespace SpuRuntime.Semantics;

/// <summary>Logic, selection and shuffles (SPU ISA chapter 5).</summary>
internal readonly struct SpuLogicalSemantics<TMachine, T, TVector> : ISpuLogicalSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    public static void And(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<And>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Andc(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<AndComplement>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Or(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<Or>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Orc(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<OrComplement>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Xor(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<Xor>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Nand(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<Nand>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Nor(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<Nor>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Eqv(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<Equivalent>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Andbi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<And>(m.Gpr(i.Ra), m.Constant(Vector128.Create((byte)i.I10))));
    public static void Andhi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<And>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I10).AsByte())));
    public static void Andi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<And>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Orbi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<Or>(m.Gpr(i.Ra), m.Constant(Vector128.Create((byte)i.I10))));
    public static void Orhi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<Or>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I10).AsByte())));
    public static void Ori(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<Or>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Xorbi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<Xor>(m.Gpr(i.Ra), m.Constant(Vector128.Create((byte)i.I10))));
    public static void Xorhi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<Xor>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I10).AsByte())));
    public static void Xori(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<Xor>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Orx(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<OrAcross>(m.Gpr(i.Ra)));
    public static void Selb(ref TMachine m, RRRForm i) => m.SetGpr(i.Rt, m.Vector<SelectBits>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rc)));
    public static void Shufb(ref TMachine m, RRRForm i) => m.SetGpr(i.Rt, m.Vector<ShuffleBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rc)));
}
