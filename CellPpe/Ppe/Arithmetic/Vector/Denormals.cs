using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector;

/// <summary>VSCR.NJ: when set, a denormal operand or result counts as the zero of its sign.</summary>
internal static class Denormals
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Operand(Vscr vscr, Vector128<byte> operand) =>
        (vscr.Value & Vscr.Nj) == 0 ? operand.AsSingle() : Flush(operand.AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Result(Vscr vscr, Vector128<float> result) =>
        ((vscr.Value & Vscr.Nj) == 0 ? result : Flush(result)).AsByte();

    /// <summary>Keeps only the sign of elements whose exponent field is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Flush(Vector128<float> value)
    {
        Vector128<uint> bits = value.AsUInt32();
        Vector128<uint> small = Vector128.Equals(bits & Vector128.Create(0x7f80_0000u), Vector128<uint>.Zero);
        return Vector128.AndNot(bits, small & Vector128.Create(0x7fff_ffffu)).AsSingle();
    }
}
