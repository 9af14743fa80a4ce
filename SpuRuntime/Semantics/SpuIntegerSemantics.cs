using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Isa;

namespace SpuRuntime.Semantics;

/// <summary>Integer arithmetic (SPU ISA chapter 5).</summary>
internal readonly struct SpuIntegerSemantics<TMachine, T, TVector> : ISpuIntegerSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    // Chapter 5: sums. Immediates are the ten bits, sign-extended to the element.
    public static void Ah(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<AddHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void A(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<AddWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Sfh(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<SubtractFromHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Sf(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<SubtractFromWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Ahi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<AddHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I10).AsByte())));
    public static void Ai(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<AddWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Sfhi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<SubtractFromHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I10).AsByte())));
    public static void Sfi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<SubtractFromWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Addx(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<AddExtended>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));
    public static void Cg(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CarryGenerate>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Cgx(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Vector<CarryGenerateExtended>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));
    public static void Sfx(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Vector<SubtractFromExtended>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));
    public static void Bg(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<BorrowGenerate>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Bgx(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Vector<BorrowGenerateExtended>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));

    // Products
    public static void Mpy(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<Multiply>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Mpyu(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<MultiplyUnsigned>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Mpyh(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<MultiplyHighLow>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Mpys(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<MultiplyShiftRight>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Mpyhh(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<MultiplyHighHigh>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Mpyhha(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Vector<MultiplyHighHighAdd>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));
    public static void Mpyhhu(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<MultiplyHighHighUnsigned>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Mpyhhau(ref TMachine m, RRForm i) =>
        m.SetGpr(i.Rt, m.Vector<MultiplyHighHighUnsignedAdd>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rt)));

    // The immediate has 16 bits, sign-extended, even where it is then taken for unsigned.
    public static void Mpyi(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<Multiply>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Mpyui(ref TMachine m, RI10Form i) =>
        m.SetGpr(i.Rt, m.Vector<MultiplyUnsigned>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I10).AsByte())));
    public static void Mpya(ref TMachine m, RRRForm i) => m.SetGpr(i.Rt, m.Vector<MultiplyLowAdd>(m.Gpr(i.Ra), m.Gpr(i.Rb), m.Gpr(i.Rc)));

    // Bits and bytes
    public static void Clz(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CountLeadingZeros>(m.Gpr(i.Ra)));
    public static void Cntb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<CountOnes>(m.Gpr(i.Ra)));
    public static void Fsmb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<MaskBytes>(m.Gpr(i.Ra)));
    public static void Fsmh(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<MaskHalfwords>(m.Gpr(i.Ra)));
    public static void Fsm(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<MaskWords>(m.Gpr(i.Ra)));
    public static void Gbb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<GatherBytes>(m.Gpr(i.Ra)));
    public static void Gbh(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<GatherHalfwords>(m.Gpr(i.Ra)));
    public static void Gb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<GatherWords>(m.Gpr(i.Ra)));
    public static void Avgb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<AverageBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Absdb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<AbsoluteDifferences>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Sumb(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<SumBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Xsbh(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ExtendBytes>(m.Gpr(i.Ra)));
    public static void Xshw(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ExtendHalfwords>(m.Gpr(i.Ra)));
    public static void Xswd(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ExtendWords>(m.Gpr(i.Ra)));
}
