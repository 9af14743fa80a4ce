using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Isa;

namespace SpuRuntime.Semantics;

/// <summary>Shifts and rotates (SPU ISA chapter 6).</summary>
internal readonly struct SpuShiftSemantics<TMachine, T, TVector> : ISpuShiftSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    public static void Shlh(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftLeftHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Shl(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftLeftWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Shlqbi(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftLeftQuadBits>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Shlqby(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftLeftQuadBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Shlqbybi(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftLeftQuadBytesByBits>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Roth(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<RotateHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rot(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<RotateWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotqby(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<RotateQuadBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotqbybi(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<RotateQuadBytesByBits>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotqbi(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<RotateQuadBits>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rothm(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftRightHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotm(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftRightWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotqmby(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftRightQuadBytes>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotqmbybi(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftRightQuadBytesByBits>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotqmbi(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftRightQuadBits>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotmah(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftRightAlgebraicHalfwords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));
    public static void Rotma(ref TMachine m, RRForm i) => m.SetGpr(i.Rt, m.Vector<ShiftRightAlgebraicWords>(m.Gpr(i.Ra), m.Gpr(i.Rb)));

    // Counts in the I7 field, for elements as a register of equal counts.
    public static void Shlhi(ref TMachine m, RI7Form i) =>
        m.SetGpr(i.Rt, m.Vector<ShiftLeftHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I7).AsByte())));
    public static void Rothi(ref TMachine m, RI7Form i) =>
        m.SetGpr(i.Rt, m.Vector<RotateHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I7).AsByte())));
    public static void Rothmi(ref TMachine m, RI7Form i) =>
        m.SetGpr(i.Rt, m.Vector<ShiftRightHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I7).AsByte())));
    public static void Rotmahi(ref TMachine m, RI7Form i) =>
        m.SetGpr(i.Rt, m.Vector<ShiftRightAlgebraicHalfwords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((short)i.I7).AsByte())));
    public static void Shli(ref TMachine m, RI7Form i) =>
        m.SetGpr(i.Rt, m.Vector<ShiftLeftWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I7).AsByte())));
    public static void Roti(ref TMachine m, RI7Form i) =>
        m.SetGpr(i.Rt, m.Vector<RotateWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I7).AsByte())));
    public static void Rotmi(ref TMachine m, RI7Form i) =>
        m.SetGpr(i.Rt, m.Vector<ShiftRightWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I7).AsByte())));
    public static void Rotmai(ref TMachine m, RI7Form i) =>
        m.SetGpr(i.Rt, m.Vector<ShiftRightAlgebraicWords>(m.Gpr(i.Ra), m.Constant(Vector128.Create((int)i.I7).AsByte())));
    public static void Shlqbii(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<ShiftLeftQuadBits>(m.Gpr(i.Ra), i.I7));
    public static void Shlqbyi(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<ShiftLeftQuadBytes>(m.Gpr(i.Ra), i.I7));
    public static void Rotqbyi(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<RotateQuadBytes>(m.Gpr(i.Ra), i.I7));
    public static void Rotqbii(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<RotateQuadBits>(m.Gpr(i.Ra), i.I7));
    public static void Rotqmbyi(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<ShiftRightQuadBytes>(m.Gpr(i.Ra), i.I7));
    public static void Rotqmbii(ref TMachine m, RI7Form i) => m.SetGpr(i.Rt, m.VectorImmediate<ShiftRightQuadBits>(m.Gpr(i.Ra), i.I7));
}
