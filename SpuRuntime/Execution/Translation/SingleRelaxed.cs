using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.SinglePrecision;
using SpuRuntime.Engine;

namespace SpuRuntime.Execution.Translation;

/// <summary>
/// Single precision as the host does it, for <see cref="SpuFloatMode.Relaxed"/>: rounded to nearest, with IEEE's infinities, NaNs and
/// denormal numbers, and without flags. Right to the last bit but one for ordinary operands and results.
/// </summary>
internal static class SingleRelaxed
{
    private static readonly Dictionary<Type, IrHelper> Helpers = new()
    {
        [typeof(SingleAdd)] = SpuIrBinary<RelaxedAdd>.Helper,
        [typeof(SingleSubtract)] = SpuIrBinary<RelaxedSubtract>.Helper,
        [typeof(SingleMultiply)] = SpuIrBinary<RelaxedMultiply>.Helper,
        [typeof(SingleMultiplyAdd)] = SpuIrTernary<RelaxedMultiplyAdd>.Helper,
        [typeof(SingleMultiplySubtract)] = SpuIrTernary<RelaxedMultiplySubtract>.Helper,
        [typeof(SingleNegativeMultiplySubtract)] = SpuIrTernary<RelaxedNegativeMultiplySubtract>.Helper,
    };

    /// <summary>The relaxed form of an operation, or null.</summary>
    public static IrHelper? Of(Type operation) => Helpers.GetValueOrDefault(operation);

    private readonly struct RelaxedAdd : ISpuVectorBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() + b.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b) => (a.AsSingle() + b.AsSingle()).AsByte();
    }

    private readonly struct RelaxedSubtract : ISpuVectorBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() - b.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b) => (a.AsSingle() - b.AsSingle()).AsByte();
    }

    private readonly struct RelaxedMultiply : ISpuVectorBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() * b.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b) => (a.AsSingle() * b.AsSingle()).AsByte();
    }

    private readonly struct RelaxedMultiplyAdd : ISpuVectorTernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
            Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
            Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();
    }

    private readonly struct RelaxedMultiplySubtract : ISpuVectorTernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
            Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), -c.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
            Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), -c.AsSingle()).AsByte();
    }

    private readonly struct RelaxedNegativeMultiplySubtract : ISpuVectorTernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
            Vector128.MultiplyAddEstimate(-a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
            Vector512.MultiplyAddEstimate(-a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();
    }
}
