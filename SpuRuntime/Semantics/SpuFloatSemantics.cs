using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Arithmetic.SinglePrecision;
using SpuRuntime.Isa;
using SpuRuntime.State;

namespace SpuRuntime.Semantics;

/// <summary>Single precision and the FPSCR (SPU ISA 9.1, 9.3).</summary>
internal readonly struct SpuFloatSemantics<TMachine, T, TVector> : ISpuFloatSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    public static void Fa(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<SingleAdd>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Fs(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<SingleSubtract>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Fm(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<SingleMultiply>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Fi(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<Interpolate>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Fma(ref TMachine m, RRRForm i) => m.SetGpr(i.Rt, m.Float<SingleMultiplyAdd>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rc)));
    public static void Fnms(ref TMachine m, RRRForm i) =>
        m.SetGpr(i.Rt, m.Float<SingleNegativeMultiplySubtract>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rc)));
    public static void Fms(ref TMachine m, RRRForm i) =>
        m.SetGpr(i.Rt, m.Float<SingleMultiplySubtract>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rc)));
    public static void Frest(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<ReciprocalEstimate>(m.Gpr(i.Ra)));
    public static void Frsqest(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Float<ReciprocalRootEstimate>(m.Gpr(i.Ra)));
    public static void Csflt(ref TMachine m, RI8fForm i) => m.SetGpr(i.Rt, m.FloatImmediate<SignedToSingle>(m.Gpr(i.Ra), i.I8));
    public static void Cuflt(ref TMachine m, RI8fForm i) => m.SetGpr(i.Rt, m.FloatImmediate<UnsignedToSingle>(m.Gpr(i.Ra), i.I8));
    public static void Cflts(ref TMachine m, RI8tForm i) => m.SetGpr(i.Rt, m.VectorImmediate<SingleToSigned>(m.Gpr(i.Ra), i.I8));
    public static void Cfltu(ref TMachine m, RI8tForm i) => m.SetGpr(i.Rt, m.VectorImmediate<SingleToUnsigned>(m.Gpr(i.Ra), i.I8));
    public static void Fceq(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<SingleEqual>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Fcmeq(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<SingleMagnitudeEqual>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Fcgt(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<SingleGreater>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Fcmgt(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<SingleMagnitudeGreater>(m.Gpr(i.Ra), m.Gpr(i.Rb)));

    // Unused bits read as zero; they are never set.
    public static void Fscrwr(ref TMachine m, RRForm i) => m.SetFpscr(m.Vector<And>(m.Gpr(i.Ra), m.Constant(SpuFpscr.Used)));

    public static void Fscrrd(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Fpscr());
}
