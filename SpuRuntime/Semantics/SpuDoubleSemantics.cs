using SpuRuntime.Arithmetic.DoublePrecision;
using SpuRuntime.Isa;

namespace SpuRuntime.Semantics;

/// <summary>Double precision (SPU ISA 9.2).</summary>
internal readonly struct SpuDoubleSemantics<TMachine, T, TVector> : ISpuDoubleSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    public static void Dfa(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<DoubleAdd>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Dfs(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<DoubleSubtract>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Dfm(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<DoubleMultiply>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Dfma(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<DoubleMultiplyAdd>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));
    public static void Dfnms(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Float<DoubleNegativeMultiplySubtract>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));
    public static void Dfms(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Float<DoubleMultiplySubtract>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));
    public static void Dfnma(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Float<DoubleNegativeMultiplyAdd>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));
    public static void Frds(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<RoundToSingle>(m.Gpr(i.Ra)));
    public static void Fesd(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<ExtendToDouble>(m.Gpr(i.Ra)));
    public static void Dfceq(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<DoubleEqual>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Dfcmeq(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<DoubleMagnitudeEqual>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Dfcgt(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<DoubleGreater>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Dfcmgt(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<DoubleMagnitudeGreater>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Dftsv(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<DoubleTestSpecial>(m.Gpr(i.Ra), i.I7));
}
