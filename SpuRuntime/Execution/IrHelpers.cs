using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.Float;
using SpuRuntime.Arithmetic.Integer;

namespace SpuRuntime.Execution;

// One IrHelper for each operation type: compiled code calls the same Apply that the interpreter inlines, and has it inlined, too.

/// <summary>What the helpers of all shapes are made with, and those that are no instructions.</summary>
internal static unsafe class IrHelpers
{
    /// <summary>The word in a register's preferred slot, as a number.</summary>
    public static IrHelper Preferred { get; } = new(
        typeof(Preferred), IrType.I64, [IrType.V128], null, static (_, x) => Wide(Arithmetic.Preferred.In(x[0])),
        nameof(Arithmetic.Preferred.In));

    /// <summary>Not 0 when the preferred word of a comparison's result, all ones or all zeros, is ones.</summary>
    public static IrHelper PreferredSign { get; } = new(
        typeof(IrHelpers), IrType.I64, [IrType.V128], null, static (_, x) => Wide(Sign(x[0])), nameof(Sign));

    /// <summary>See <see cref="PreferredSign"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Sign(Vector128<byte> mask) => mask.AsUInt32().ExtractMostSignificantBits() & 8;

    /// <summary>A register with a number in its preferred slot.</summary>
    public static IrHelper InPreferred { get; } = new(
        typeof(Preferred), IrType.V128, [IrType.I64], null, static (_, x) => Arithmetic.Preferred.Of((uint)Number(x[0])),
        nameof(Arithmetic.Preferred.Of));

    /// <summary>A vector of the same type this many times.</summary>
    public static IrType[] Vectors(int count) => [.. Enumerable.Repeat(IrType.V128, count)];

    /// <summary>The Apply of an operation with exactly these parameters.</summary>
    public static MethodInfo Apply(Type operation, params Type[] parameters) =>
        operation.GetMethod(IrHelper.Apply, BindingFlags.Static | BindingFlags.Public, parameters)
        ?? throw new InvalidOperationException($"{operation.Name} has no such {IrHelper.Apply}");

    /// <summary>The Apply of an operation over four times its registers, where it has one and the host can do it.</summary>
    public static MethodInfo? Four(Type operation, int count) => !Avx512BW.IsSupported ? null : operation.GetMethod(
        IrHelper.Apply, BindingFlags.Static | BindingFlags.Public, [.. Enumerable.Repeat(typeof(Vector512<byte>), count)]);

    /// <summary>The same for one whose first register is as it was in local store.</summary>
    public static MethodInfo? FourOfLoaded(Type operation) => operation == typeof(ShufflePlainBytesOfOne) && Avx512BW.IsSupported
        ? operation.GetMethod(nameof(ShufflePlainBytesOfOne.ApplyToLoaded))
        : null;

    /// <summary>The FPSCR of a state.</summary>
    public static ref Vector128<byte> Fpscr(byte* state) => ref Unsafe.AsRef<Vector128<byte>>(state + IrSlots.Fpscr.Offset);

    /// <summary>A number among vectors.</summary>
    public static ulong Number(Vector128<byte> value) => value.AsUInt64().ToScalar();

    private static Vector128<byte> Wide(ulong value) => Vector128.CreateScalar(value).AsByte();
}

/// <summary>The helper of a pure operation over one register.</summary>
internal static unsafe class IrUnary<TOperation>
    where TOperation : struct, IVectorUnary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, IrHelpers.Vectors(1), null, static (_, x) => TOperation.Apply(x[0]),
        Caller: IrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>)));
}

/// <summary>The helper of a pure operation over two registers.</summary>
internal static unsafe class IrBinary<TOperation>
    where TOperation : struct, IVectorBinary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, IrHelpers.Vectors(2), null, static (_, x) => TOperation.Apply(x[0], x[1]),
        Caller: IrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>), typeof(Vector128<byte>)), Source: IrSources.Of(typeof(TOperation)),
        Four: IrHelpers.Four(typeof(TOperation), 2), FourOfLoaded: IrHelpers.FourOfLoaded(typeof(TOperation)));
}

/// <summary>The helper of a pure operation over three registers.</summary>
internal static unsafe class IrTernary<TOperation>
    where TOperation : struct, IVectorTernary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, IrHelpers.Vectors(3), null, static (_, x) => TOperation.Apply(x[0], x[1], x[2]),
        Caller: IrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>), typeof(Vector128<byte>), typeof(Vector128<byte>)),
        Four: IrHelpers.Four(typeof(TOperation), 3));
}

/// <summary>The helper of a pure operation over a register and an immediate.</summary>
internal static unsafe class IrImmediate<TOperation>
    where TOperation : struct, IVectorImmediate
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, [IrType.V128, IrType.I64], null, static (_, x) => TOperation.Apply(x[0], (int)IrHelpers.Number(x[1])),
        Caller: IrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>), typeof(int)));
}

/// <summary>The helpers of operations with the FPSCR, by how many registers they take.</summary>
internal static unsafe class IrFloatUnary<TOperation>
    where TOperation : struct, IFloatUnary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, IrHelpers.Vectors(1), IrSlots.Fpscr, static (state, x) => TOperation.Apply(ref IrHelpers.Fpscr(state), x[0]),
        Caller: IrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>).MakeByRefType(), typeof(Vector128<byte>)));
}

/// <inheritdoc cref="IrFloatUnary{TOperation}"/>
internal static unsafe class IrFloatBinary<TOperation>
    where TOperation : struct, IFloatBinary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, IrHelpers.Vectors(2), IrSlots.Fpscr,
        static (state, x) => TOperation.Apply(ref IrHelpers.Fpscr(state), x[0], x[1]),
        Caller: IrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>).MakeByRefType(), typeof(Vector128<byte>), typeof(Vector128<byte>)),
        Guard: IrGuards.Of(typeof(TOperation)), Four: IrGuards.FourOf(typeof(TOperation)));
}

/// <inheritdoc cref="IrFloatUnary{TOperation}"/>
internal static unsafe class IrFloatTernary<TOperation>
    where TOperation : struct, IFloatTernary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, IrHelpers.Vectors(3), IrSlots.Fpscr,
        static (state, x) => TOperation.Apply(ref IrHelpers.Fpscr(state), x[0], x[1], x[2]),
        Caller: IrHelpers.Apply(
            typeof(TOperation), typeof(Vector128<byte>).MakeByRefType(), typeof(Vector128<byte>), typeof(Vector128<byte>), typeof(Vector128<byte>)),
        Guard: IrGuards.Of(typeof(TOperation)), Four: IrGuards.FourOf(typeof(TOperation)));
}

/// <inheritdoc cref="IrFloatUnary{TOperation}"/>
internal static unsafe class IrFloatImmediate<TOperation>
    where TOperation : struct, IFloatImmediate
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, [IrType.V128, IrType.I64], IrSlots.Fpscr,
        static (state, x) => TOperation.Apply(ref IrHelpers.Fpscr(state), x[0], (int)IrHelpers.Number(x[1])),
        Caller: IrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>).MakeByRefType(), typeof(Vector128<byte>), typeof(int)));
}

/// <summary>The quick forms of single-precision operations.</summary>
internal static class IrGuards
{
    private static readonly bool IsWide = Avx512F.IsSupported;

    private static readonly IrRangeCheck Look = new(
        new IrRange(SingleQuick.Greatest, SingleQuick.Grain), new IrRange(SingleQuick.GreatestResult, SingleQuick.ResultGrain),
        Method(nameof(SingleQuick.Highest)), Method(nameof(SingleQuick.Smallness)), Method(nameof(SingleQuick.IsModerate)), Method(nameof(SingleQuick.Max)),
        IsWide ? Method(nameof(SingleWide.Join)) : null);

    private static readonly IrForm? Wide = !IsWide ? null : new(
        typeof(Vector512<byte>), Method(nameof(SingleWide.Of)), Method(nameof(SingleWide.Narrow)));

    private static readonly Dictionary<Type, (string Name, Func<IrRange[], IrRange> RangeOf)> Quick = new()
    {
        [typeof(SingleAdd)] = (nameof(SingleQuick.Add), OfSum),
        [typeof(SingleSubtract)] = (nameof(SingleQuick.Subtract), OfSum),
        [typeof(SingleMultiply)] = (nameof(SingleQuick.Multiply), static x => IrRange.Product(x[0], x[1])),
        [typeof(SingleMultiplyAdd)] = (nameof(SingleQuick.MultiplyAdd), OfFused),
        [typeof(SingleMultiplySubtract)] = (nameof(SingleQuick.MultiplySubtract), OfFused),
        [typeof(SingleNegativeMultiplySubtract)] = (nameof(SingleQuick.NegativeMultiplySubtract), OfFused),
    };

    /// <summary>The quick form of an operation; null when it has none, or this host has not.</summary>
    public static IrGuard? Of(Type operation) =>
        SingleQuick.IsSupported && Quick.TryGetValue(operation, out (string Name, Func<IrRange[], IrRange> RangeOf) quick)
            ? new IrGuard(Method(quick.Name), quick.RangeOf, Look, Wide)
            : null;

    /// <summary>What an operation's quick form computes, where it takes four registers as well as one.</summary>
    public static MethodInfo? FourOf(Type operation) => Of(operation) is { Form: not null } guard ? guard.Compute : null;

    private static IrRange OfSum(IrRange[] operands) => IrRange.Sum(operands[0], operands[1]);

    private static IrRange OfFused(IrRange[] operands) => IrRange.Sum(IrRange.Product(operands[0], operands[1]), operands[2]);

    // Both have methods of the same names.
    private static MethodInfo Method(string name) =>
        (IsWide ? typeof(SingleWide) : typeof(SingleQuick)).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!;
}

/// <summary>Operations that put words of one register elsewhere.</summary>
internal static class IrSources
{
    // What may stand in a word of a shuffle's indices: those of a whole word.
    private static readonly uint[] Words = [0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f];

    /// <summary>Where an operation's words come from; null: they are others.</summary>
    public static Func<IrBlock, IrInstruction, IrWords>? Of(Type operation) => operation == typeof(ShufflePlainBytesOfOne) ? OfShuffle : null;

    private static IrWords OfShuffle(IrBlock block, IrInstruction shuffle)
    {
        if (!VectorFolding.TryConstant(block, shuffle.B, out Vector128<byte> indices))
            return default;
        int words = 0;
        for (int element = 0; element < Vector128<uint>.Count; element++)
        {
            // The register's number does not matter: there is only one.
            int word = Array.IndexOf(Words, indices.AsUInt32().GetElement(element) & 0x0f0f0f0f);
            if (word < 0)
                return default;
            words |= 1 << word;
        }

        return new IrWords(shuffle.A, words);
    }
}
