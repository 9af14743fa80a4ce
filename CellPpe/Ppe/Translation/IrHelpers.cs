using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Operations;
using CellPpe.Ppe.State;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Translation;

// One IrHelper for each operation type: the same Apply the interpreter inlines. A floating-point operation whose enabled
// exception suppresses the write gives back the target's old value, its last argument.

/// <summary>Floating-point operations as the intermediate representation calls them.</summary>
internal static unsafe class IrFloat
{
    public static IrHelper DoubleFromSingle { get; } = new(
        typeof(FloatConversion), IrType.I64, [IrType.I64], null,
        static (_, x) => Wide(FloatConversion.DoubleFromSingle((uint)Number(x[0]))), nameof(FloatConversion.DoubleFromSingle),
        Method(typeof(IrFloat), nameof(Widen)), Single: IrSingleImage.Taken);

    public static IrHelper SingleFromDouble { get; } = new(
        typeof(FloatConversion), IrType.I64, [IrType.I64], null,
        static (_, x) => Wide(FloatConversion.SingleFromDouble(Number(x[0]))), nameof(FloatConversion.SingleFromDouble),
        Method(typeof(IrFloat), nameof(Narrow)), Single: IrSingleImage.Given);

    /// <summary>DoubleFromSingle for compiled code: the host converts all but NaNs, which it would make quiet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Widen(ulong word)
    {
        float single = BitConverter.UInt32BitsToSingle((uint)word);
        return float.IsNaN(single) ? BitConverter.UInt64BitsToDouble(FloatConversion.DoubleFromSingle((uint)word)) : single;
    }

    /// <summary>SingleFromDouble for compiled code: the host converts what is a single already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Narrow(double value)
    {
        float single = (float)value;
        return single == value ? BitConverter.SingleToUInt32Bits(single) : FloatConversion.SingleFromDouble(BitConverter.DoubleToUInt64Bits(value));
    }

    public static ulong Number(Vector128<byte> value) => value.AsUInt64().ToScalar();

    public static Vector128<byte> Wide(ulong value) => Vector128.CreateScalar(value).AsByte();

    public static ref Fpscr Status(byte* state) => ref ((PpuState*)state)->Fpscr;

    /// <summary>The helper of an operation that changes the FPSCR.</summary>
    /// <param name="operation">The operation's type.</param>
    /// <param name="parameters">Registers it takes, and the target's old value if it has one.</param>
    /// <param name="caller">The generic class here that calls it, closed over the operation.</param>
    /// <param name="evaluate">The same in one signature for all.</param>
    public static IrHelper Make(Type operation, int parameters, Type caller, IrEvaluate evaluate) =>
        new(operation, IrType.I64, [.. Enumerable.Repeat(IrType.I64, parameters)], IrSlots.Fpscr, evaluate,
            Caller: Method(caller, "Run"), Quick: QuickOf(operation));

    private static IrQuick? QuickOf(Type operation)
    {
        if (Array.Find(operation.GetInterfaces(), static one => one.Name.StartsWith("IFloatQuick", StringComparison.Ordinal)) is null)
            return null;
        var kind = (FloatKind)operation.GetProperty("Kind")!.GetValue(null)!;
        IrDebt debt = kind switch
        {
            FloatKind.Compare => IrDebt.Comparison,
            >= FloatKind.ConvertToDoubleword and <= FloatKind.ConvertToWordTowardZero => IrDebt.Conversion,
            _ => IrDebt.Result,
        };
        bool comparison = debt == IrDebt.Comparison;
        IrSingles? singles = operation.GetMethod("ComputeOfSingles") is { } compute ? new IrSingles(compute, Method(operation, "IsSafeOfSingles")) : null;
        return new IrQuick(
            (int)kind, debt, Method(operation, "Compute"), comparison ? null : Method(operation, "IsSafe"),
            comparison ? null : Method(operation, "IsExact"), kind.IsSingle(), singles);
    }

    private static MethodInfo Method(Type type, string name) =>
        type.GetMethod(name, BindingFlags.Static | BindingFlags.Public) ?? throw new InvalidOperationException($"{type} has no method {name}");
}

/// <summary>The helper of a floating-point operation over one register.</summary>
internal static unsafe class IrFloatUnary<TOperation>
    where TOperation : struct, IFloatUnary
{
    public static IrHelper Helper { get; } = IrFloat.Make(typeof(TOperation), 2, typeof(IrFloatUnary<TOperation>), static (state, x) =>
        TOperation.Apply(ref IrFloat.Status(state), IrFloat.Number(x[0]), out ulong result) ? IrFloat.Wide(result) : x[1]);

    /// <summary>The operation in full, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Run(ref Fpscr fpscr, ulong b, ulong old) => TOperation.Apply(ref fpscr, b, out ulong result) ? result : old;
}

/// <summary>The helper of a floating-point operation over two registers.</summary>
internal static unsafe class IrFloatBinary<TOperation>
    where TOperation : struct, IFloatBinary
{
    public static IrHelper Helper { get; } = IrFloat.Make(typeof(TOperation), 3, typeof(IrFloatBinary<TOperation>), static (state, x) =>
        TOperation.Apply(ref IrFloat.Status(state), IrFloat.Number(x[0]), IrFloat.Number(x[1]), out ulong result) ? IrFloat.Wide(result) : x[2]);

    /// <summary>The operation in full, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Run(ref Fpscr fpscr, ulong a, ulong b, ulong old) => TOperation.Apply(ref fpscr, a, b, out ulong result) ? result : old;
}

/// <summary>The helper of a floating-point operation over three registers.</summary>
internal static unsafe class IrFloatTernary<TOperation>
    where TOperation : struct, IFloatTernary
{
    public static IrHelper Helper { get; } = IrFloat.Make(typeof(TOperation), 4, typeof(IrFloatTernary<TOperation>), static (state, x) =>
        TOperation.Apply(ref IrFloat.Status(state), IrFloat.Number(x[0]), IrFloat.Number(x[1]), IrFloat.Number(x[2]), out ulong result)
            ? IrFloat.Wide(result)
            : x[3]);

    /// <summary>The operation in full, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Run(ref Fpscr fpscr, ulong a, ulong c, ulong b, ulong old) => TOperation.Apply(ref fpscr, a, c, b, out ulong result) ? result : old;
}

/// <summary>The helper of a floating-point compare.</summary>
internal static unsafe class IrFloatCompare<TOperation>
    where TOperation : struct, IFloatCompare
{
    public static IrHelper Helper { get; } = IrFloat.Make(typeof(TOperation), 2, typeof(IrFloatCompare<TOperation>), static (state, x) =>
        IrFloat.Wide(TOperation.Apply(ref IrFloat.Status(state), IrFloat.Number(x[0]), IrFloat.Number(x[1]))));

    /// <summary>The comparison in full, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Run(ref Fpscr fpscr, ulong a, ulong b) => TOperation.Apply(ref fpscr, a, b);
}

/// <summary>Vector operations as the intermediate representation calls them.</summary>
internal static unsafe class IrVector
{
    public static ref Vscr Status(byte* state) => ref ((PpuState*)state)->Vscr;

    public static IrHelper Make(Type operation, bool status, IrType[] parameters, IrEvaluate evaluate) =>
        new(operation, IrType.V128, parameters, status ? IrSlots.Vscr : null, evaluate);
}

/// <summary>The helper of a pure vector operation over one register.</summary>
internal static unsafe class IrVectorUnary<TOperation>
    where TOperation : struct, IVectorUnary
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), false, [IrType.V128], static (_, x) => TOperation.Apply(x[0]));
}

/// <summary>The helper of a pure vector operation over two registers.</summary>
internal static unsafe class IrVectorBinary<TOperation>
    where TOperation : struct, IVectorBinary
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), false, [IrType.V128, IrType.V128], static (_, x) => TOperation.Apply(x[0], x[1]));
}

/// <summary>The helper of a pure vector operation over three registers.</summary>
internal static unsafe class IrVectorTernary<TOperation>
    where TOperation : struct, IVectorTernary
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), false, [IrType.V128, IrType.V128, IrType.V128], static (_, x) => TOperation.Apply(x[0], x[1], x[2]));
}

/// <summary>The helper of a pure vector operation over one register and an immediate field.</summary>
internal static unsafe class IrVectorImmediate<TOperation>
    where TOperation : struct, IVectorImmediate
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), false, [IrType.V128, IrType.I64], static (_, x) => TOperation.Apply(x[0], (int)IrFloat.Number(x[1])));
}

/// <summary>The helper of a pure vector operation over two registers and an immediate field.</summary>
internal static unsafe class IrVectorBinaryImmediate<TOperation>
    where TOperation : struct, IVectorBinaryImmediate
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), false, [IrType.V128, IrType.V128, IrType.I64],
        static (_, x) => TOperation.Apply(x[0], x[1], (int)IrFloat.Number(x[2])));
}

/// <summary>The helper of a vector operation over one register and VSCR.</summary>
internal static unsafe class IrVectorStatusUnary<TOperation>
    where TOperation : struct, IVectorStatusUnary
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), true, [IrType.V128], static (state, x) => TOperation.Apply(ref IrVector.Status(state), x[0]));
}

/// <summary>The helper of a vector operation over one register, an immediate field and VSCR.</summary>
internal static unsafe class IrVectorStatusImmediate<TOperation>
    where TOperation : struct, IVectorStatusImmediate
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), true, [IrType.V128, IrType.I64],
        static (state, x) => TOperation.Apply(ref IrVector.Status(state), x[0], (int)IrFloat.Number(x[1])));
}

/// <summary>The helper of a vector operation over two registers and VSCR.</summary>
internal static unsafe class IrVectorStatusBinary<TOperation>
    where TOperation : struct, IVectorStatusBinary
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), true, [IrType.V128, IrType.V128], static (state, x) => TOperation.Apply(ref IrVector.Status(state), x[0], x[1]));
}

/// <summary>The helper of a vector operation over three registers and VSCR.</summary>
internal static unsafe class IrVectorStatusTernary<TOperation>
    where TOperation : struct, IVectorStatusTernary
{
    public static IrHelper Helper { get; } = IrVector.Make(
        typeof(TOperation), true, [IrType.V128, IrType.V128, IrType.V128],
        static (state, x) => TOperation.Apply(ref IrVector.Status(state), x[0], x[1], x[2]));
}

/// <summary>The routine of an operation on the whole state, or, for reservations, on the few registers they name.</summary>
internal static unsafe class IrSystem<TOperation>
    where TOperation : struct, ISystemOperation
{
    public static IrRoutine Routine { get; } = new(
        typeof(TOperation), (nint)(delegate*<PpuContext*, DecodedInsn*, DecodedInsn*>)&TOperation.Execute, Reads, Writes);

    private static Func<IrInstruction, IrSlot[]>? Reads =>
        typeof(TOperation) == typeof(LoadReserve) ? static insn => [IrSlots.Gpr(Form(insn).Ra), IrSlots.Gpr(Form(insn).Rb)]
        : typeof(TOperation) == typeof(StoreConditional)
            ? static insn => [IrSlots.Gpr(Form(insn).Rt), IrSlots.Gpr(Form(insn).Ra), IrSlots.Gpr(Form(insn).Rb), IrSlots.XerSo]
        : null;

    private static Func<IrInstruction, IrSlot[]>? Writes =>
        typeof(TOperation) == typeof(LoadReserve) ? static insn => [IrSlots.Gpr(Form(insn).Rt)]
        : typeof(TOperation) == typeof(StoreConditional) ? static _ => [IrSlots.Cr(0)]
        : null;

    private static XForm Form(IrInstruction insn) => new((uint)insn.Immediate);
}
