using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.Float;

namespace SpuRuntime.Execution;

/// <summary>
/// Single precision as the host does it, for <see cref="SpuFloatMode.Relaxed"/>: rounded to nearest, with IEEE's infinities, NaNs and
/// denormal numbers, and without flags. Right to the last bit but one for ordinary operands and results.
/// </summary>
internal static class SingleRelaxed
{
    private static readonly Dictionary<Type, IrHelper> Helpers = new()
    {
        [typeof(SingleAdd)] = IrBinary<Add>.Helper,
        [typeof(SingleSubtract)] = IrBinary<Subtract>.Helper,
        [typeof(SingleMultiply)] = IrBinary<Multiply>.Helper,
        [typeof(SingleMultiplyAdd)] = IrTernary<MultiplyAdd>.Helper,
        [typeof(SingleMultiplySubtract)] = IrTernary<MultiplySubtract>.Helper,
        [typeof(SingleNegativeMultiplySubtract)] = IrTernary<NegativeMultiplySubtract>.Helper,
    };

    /// <summary>The relaxed form of an operation, or null.</summary>
    public static IrHelper? Of(Type operation) => Helpers.GetValueOrDefault(operation);

    private readonly struct Add : IVectorBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() + b.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b) => (a.AsSingle() + b.AsSingle()).AsByte();
    }

    private readonly struct Subtract : IVectorBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() - b.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b) => (a.AsSingle() - b.AsSingle()).AsByte();
    }

    private readonly struct Multiply : IVectorBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() * b.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b) => (a.AsSingle() * b.AsSingle()).AsByte();
    }

    private readonly struct MultiplyAdd : IVectorTernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
            Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
            Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();
    }

    private readonly struct MultiplySubtract : IVectorTernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
            Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), -c.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
            Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), -c.AsSingle()).AsByte();
    }

    private readonly struct NegativeMultiplySubtract : IVectorTernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
            Vector128.MultiplyAddEstimate(-a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Apply(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
            Vector512.MultiplyAddEstimate(-a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();
    }
}
