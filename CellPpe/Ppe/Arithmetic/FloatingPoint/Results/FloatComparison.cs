using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Results;

/// <summary>fcmpu and fcmpo (Book I 4.6.7).</summary>
internal static class FloatComparison
{
    private const uint Less = 0b1000;
    private const uint Greater = 0b0100;
    private const uint Equal = 0b0010;
    private const uint Unordered = 0b0001;

    /// <summary>Which of less, greater and equal holds, as a CR field, or 0 if none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Relation(double left, double right) =>
        (left < right ? Less : 0) | (left > right ? Greater : 0) | (left == right ? Equal : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Apply(ref Fpscr fpscr, ulong a, ulong b, bool ordered)
    {
        uint relation = Relation(BitConverter.UInt64BitsToDouble(a), BitConverter.UInt64BitsToDouble(b));
        if (relation == 0)
        {
            relation = Unordered;
            Signal(ref fpscr, a, b, ordered);
        }

        fpscr.SetFpcc(relation);
        return relation;
    }

    // An enabled exception changes nothing but VXVC: the CR field and FPCC are written all the same (4.4.1.2).
    private static void Signal(ref Fpscr fpscr, ulong a, ulong b, bool ordered)
    {
        if (FloatImage.IsSignalingNan(a) || FloatImage.IsSignalingNan(b))
            fpscr.Raise(ordered && !fpscr.Has(Fpscr.Ve) ? Fpscr.VxSnan | Fpscr.VxVc : Fpscr.VxSnan);
        else if (ordered)
            fpscr.Raise(Fpscr.VxVc);
    }
}
