using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.Integer;

namespace SpuRuntime.Execution.Translation;

// One IrHelper for each operation type: compiled code calls the same Apply that the interpreter inlines, and has it inlined, too.

/// <summary>What the helpers of all shapes are made with, and those that are no instructions.</summary>
internal static unsafe class SpuIrHelpers
{
    /// <summary>The word in a register's preferred slot, as a number.</summary>
    public static IrHelper Preferred { get; } = new(
        typeof(Preferred), IrType.I64, [IrType.V128], null, static (_, x) => Wide(Arithmetic.Preferred.In(x[0])),
        nameof(Arithmetic.Preferred.In));

    /// <summary>Not 0 when the preferred word of a comparison's result, all ones or all zeros, is ones.</summary>
    public static IrHelper PreferredSign { get; } = new(
        typeof(SpuIrHelpers), IrType.I64, [IrType.V128], null, static (_, x) => Wide(Sign(x[0])), nameof(Sign));

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
    public static ref Vector128<byte> Fpscr(byte* state) => ref Unsafe.AsRef<Vector128<byte>>(state + SpuIrSlots.Fpscr.Offset);

    /// <summary>A number among vectors.</summary>
    public static ulong Number(Vector128<byte> value) => value.AsUInt64().ToScalar();

    private static Vector128<byte> Wide(ulong value) => Vector128.CreateScalar(value).AsByte();
}

/// <summary>The helper of a pure operation over one register.</summary>
internal static unsafe class SpuIrUnary<TOperation>
    where TOperation : struct, ISpuVectorUnary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, SpuIrHelpers.Vectors(1), null, static (_, x) => TOperation.Apply(x[0]),
        Caller: SpuIrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>)));
}

/// <summary>The helper of a pure operation over two registers.</summary>
internal static unsafe class SpuIrBinary<TOperation>
    where TOperation : struct, ISpuVectorBinary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, SpuIrHelpers.Vectors(2), null, static (_, x) => TOperation.Apply(x[0], x[1]),
        Caller: SpuIrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>), typeof(Vector128<byte>)),
        Source: SpuIrWordSources.Of(typeof(TOperation)),
        Four: SpuIrHelpers.Four(typeof(TOperation), 2), FourOfLoaded: SpuIrHelpers.FourOfLoaded(typeof(TOperation)));
}

/// <summary>The helper of a pure operation over three registers.</summary>
internal static unsafe class SpuIrTernary<TOperation>
    where TOperation : struct, ISpuVectorTernary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, SpuIrHelpers.Vectors(3), null, static (_, x) => TOperation.Apply(x[0], x[1], x[2]),
        Caller: SpuIrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>), typeof(Vector128<byte>), typeof(Vector128<byte>)),
        Four: SpuIrHelpers.Four(typeof(TOperation), 3));
}

/// <summary>The helper of a pure operation over a register and an immediate.</summary>
internal static unsafe class SpuIrImmediate<TOperation>
    where TOperation : struct, ISpuVectorImmediate
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, [IrType.V128, IrType.I64], null, static (_, x) =>
            TOperation.Apply(x[0], (int)SpuIrHelpers.Number(x[1])),
        Caller: SpuIrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>), typeof(int)));
}

/// <summary>The helpers of operations with the FPSCR, by how many registers they take.</summary>
internal static unsafe class SpuIrFloatUnary<TOperation>
    where TOperation : struct, ISpuFloatUnary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, SpuIrHelpers.Vectors(1), SpuIrSlots.Fpscr, static (state, x) =>
            TOperation.Apply(ref SpuIrHelpers.Fpscr(state), x[0]),
        Caller: SpuIrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>).MakeByRefType(), typeof(Vector128<byte>)));
}

/// <inheritdoc cref="SpuIrFloatUnary{TOperation}"/>
internal static unsafe class SpuIrFloatBinary<TOperation>
    where TOperation : struct, ISpuFloatBinary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, SpuIrHelpers.Vectors(2), SpuIrSlots.Fpscr,
        static (state, x) => TOperation.Apply(ref SpuIrHelpers.Fpscr(state), x[0], x[1]),
        Caller: SpuIrHelpers.Apply(
            typeof(TOperation), typeof(Vector128<byte>).MakeByRefType(), typeof(Vector128<byte>), typeof(Vector128<byte>)),
        Guard: SpuIrGuards.Of(typeof(TOperation)), Four: SpuIrGuards.FourOf(typeof(TOperation)));
}

/// <inheritdoc cref="SpuIrFloatUnary{TOperation}"/>
internal static unsafe class SpuIrFloatTernary<TOperation>
    where TOperation : struct, ISpuFloatTernary
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, SpuIrHelpers.Vectors(3), SpuIrSlots.Fpscr,
        static (state, x) => TOperation.Apply(ref SpuIrHelpers.Fpscr(state), x[0], x[1], x[2]),
        Caller: SpuIrHelpers.Apply(
            typeof(TOperation), typeof(Vector128<byte>).MakeByRefType(), typeof(Vector128<byte>), typeof(Vector128<byte>),
            typeof(Vector128<byte>)),
        Guard: SpuIrGuards.Of(typeof(TOperation)), Four: SpuIrGuards.FourOf(typeof(TOperation)));
}

/// <inheritdoc cref="SpuIrFloatUnary{TOperation}"/>
internal static unsafe class SpuIrFloatImmediate<TOperation>
    where TOperation : struct, ISpuFloatImmediate
{
    public static IrHelper Helper { get; } = new(
        typeof(TOperation), IrType.V128, [IrType.V128, IrType.I64], SpuIrSlots.Fpscr,
        static (state, x) => TOperation.Apply(ref SpuIrHelpers.Fpscr(state), x[0], (int)SpuIrHelpers.Number(x[1])),
        Caller: SpuIrHelpers.Apply(typeof(TOperation), typeof(Vector128<byte>).MakeByRefType(), typeof(Vector128<byte>), typeof(int)));
}
