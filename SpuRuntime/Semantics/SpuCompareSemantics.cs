using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Isa;

namespace SpuRuntime.Semantics;

/// <summary>Comparisons and halts (SPU ISA chapter 7).</summary>
internal readonly struct SpuCompareSemantics<TMachine, T, TVector> : ISpuCompareSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    public static void Ceqb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CompareEqualBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Ceqh(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CompareEqualHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Ceq(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CompareEqualWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Cgtb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CompareGreaterBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Cgth(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CompareGreaterHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Cgt(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CompareGreaterWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Clgtb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CompareLogicalGreaterBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Clgth(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Vector<CompareLogicalGreaterHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Clgt(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CompareLogicalGreaterWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Ceqbi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareEqualBytes>(m.Gpr(i.Ra), m.Constant(Vector128.Create((byte)i.I10))));
    public static void Ceqhi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareEqualHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I10).AsByte())));
    public static void Ceqi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareEqualWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Cgtbi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareGreaterBytes>(m.Gpr(i.Ra), m.Constant(Vector128.Create((byte)i.I10))));
    public static void Cgthi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareGreaterHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I10).AsByte())));
    public static void Cgti(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareGreaterWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Clgtbi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareLogicalGreaterBytes>(m.Gpr(i.Ra), m.Constant(Vector128.Create((byte)i.I10))));
    public static void Clgthi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareLogicalGreaterHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I10).AsByte())));
    public static void Clgti(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<CompareLogicalGreaterWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));

    // Halts compare preferred words. They stop precisely here, which "at or after" allows.
    public static void Heq(ref TMachine m, RRForm i) => m.HaltIf(m.Equal(m.Preferred(m.Gpr(i.Ra)), m.Preferred(m.Gpr(i.Rb))));
    public static void Heqi(ref TMachine m, RI10Form i) => m.HaltIf(m.Equal(m.Preferred(m.Gpr(i.Ra)), m.Constant((uint)i.I10)));
    public static void Hgt(ref TMachine m, RRForm i) => m.HaltIf(m.GreaterSigned(m.Preferred(m.Gpr(i.Ra)), m.Preferred(m.Gpr(i.Rb))));
    public static void Hgti(ref TMachine m, RI10Form i) => m.HaltIf(m.GreaterSigned(m.Preferred(m.Gpr(i.Ra)), m.Constant((uint)i.I10)));
    public static void Hlgt(ref TMachine m, RRForm i) => m.HaltIf(m.GreaterUnsigned(m.Preferred(m.Gpr(i.Ra)), m.Preferred(m.Gpr(i.Rb))));
    public static void Hlgti(ref TMachine m, RI10Form i) => m.HaltIf(m.GreaterUnsigned(m.Preferred(m.Gpr(i.Ra)), m.Constant((uint)i.I10)));
}
