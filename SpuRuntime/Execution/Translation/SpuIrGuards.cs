using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic.SinglePrecision;

namespace SpuRuntime.Execution.Translation;

/// <summary>The fast paths of single-precision operations, for compiled code.</summary>
internal static class SpuIrGuards
{
    private static readonly bool IsWide = Avx512F.IsSupported;

    private static readonly IrRangeCheck Checks = new(
        new IrRange(ModerateRange.Greatest, ModerateRange.UnitExponent),
        new IrRange(ModerateRange.GreatestResult, ModerateRange.ResultUnitExponent),
        Method(nameof(SingleFastPath.MagnitudeKey)), Method(nameof(SingleFastPath.InverseMagnitudeKey)),
        Method(nameof(SingleFastPath.IsModerate)), Method(nameof(SingleFastPath.Max)),
        IsWide ? Method(nameof(SingleWide.Join)) : null);

    private static readonly IrForm? Wide = !IsWide ? null : new(
        typeof(Vector512<byte>), Method(nameof(SingleWide.Of)), Method(nameof(SingleWide.Narrow)));

    private static readonly Dictionary<Type, (string Name, Func<IrRange[], IrRange> RangeOf)> FastPaths = new()
    {
        [typeof(SingleAdd)] = (nameof(SingleFastPath.Add), OfSum),
        [typeof(SingleSubtract)] = (nameof(SingleFastPath.Subtract), OfSum),
        [typeof(SingleMultiply)] = (nameof(SingleFastPath.Multiply), static x => IrRange.Product(x[0], x[1])),
        [typeof(SingleMultiplyAdd)] = (nameof(SingleFastPath.MultiplyAdd), OfFused),
        [typeof(SingleMultiplySubtract)] = (nameof(SingleFastPath.MultiplySubtract), OfFused),
        [typeof(SingleNegativeMultiplySubtract)] = (nameof(SingleFastPath.NegativeMultiplySubtract), OfFused),
    };

    /// <summary>The fast path of an operation; null when it has none, or when this host has none.</summary>
    public static IrGuard? Of(Type operation) =>
        SingleFastPath.IsSupported && FastPaths.TryGetValue(operation, out (string Name, Func<IrRange[], IrRange> RangeOf) path)
            ? new IrGuard(Method(path.Name), path.RangeOf, Checks, Wide)
            : null;

    /// <summary>The method of an operation's fast path, if it takes four registers as well as one.</summary>
    public static MethodInfo? FourOf(Type operation) => Of(operation) is { Form: not null } guard ? guard.Compute : null;

    private static IrRange OfSum(IrRange[] operands) => IrRange.Sum(operands[0], operands[1]);

    private static IrRange OfFused(IrRange[] operands) => IrRange.Sum(IrRange.Product(operands[0], operands[1]), operands[2]);

    // Both have methods of the same names.
    private static MethodInfo Method(string name) =>
        (IsWide ? typeof(SingleWide) : typeof(SingleFastPath)).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!;
}
