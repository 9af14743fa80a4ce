using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Isa;

namespace SpuRuntime.Semantics;

/// <summary>Constants (SPU ISA chapter 4).</summary>
internal readonly struct SpuConstantSemantics<TMachine, T, TVector> : ISpuConstantSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    public static void Ilh(ref TMachine m, RI16uForm i) => m.SetGpr(i.Rt, m.Constant(Vector128.Create((ushort)i.I16).AsByte()));

    public static void Ilhu(ref TMachine m, RI16uForm i) => m.SetGpr(i.Rt, m.Constant(Vector128.Create((uint)i.I16 << 16).AsByte()));

    public static void Iohl(ref TMachine m, RI16uForm i) =>
        m.SetGpr(i.Rt, m.Vector<Or>(m.Gpr(i.Rt), m.Constant(Vector128.Create((uint)i.I16).AsByte())));

    public static void Fsmbi(ref TMachine m, RI16uForm i) => m.SetGpr(i.Rt, m.Constant(MaskBytes.FromBits((uint)i.I16)));

    public static void Il(ref TMachine m, RI16Form i) => m.SetGpr(i.Rt, m.Constant(Vector128.Create(i.I16).AsByte()));

    public static void Ila(ref TMachine m, RI18Form i) => m.SetGpr(i.Rt, m.Constant(Vector128.Create(i.I18).AsByte()));
}
