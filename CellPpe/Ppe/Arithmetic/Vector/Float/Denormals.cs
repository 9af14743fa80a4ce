using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Float;

/// <summary>VSCR.NJ: when set, a denormal operand or result counts as the zero of its sign.</summary>
internal static class Denormals
{
    private const int LargestDenormal = 0x007f_ffff;

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
        // A signed comparison, because that is the one all hosts have.
        Vector128<int> bits = value.AsInt32();
        Vector128<int> normal = Vector128.GreaterThan(bits & Vector128.Create(int.MaxValue), Vector128.Create(LargestDenormal));
        return (bits & (normal | Vector128.Create(int.MinValue))).AsSingle();
    }
}
