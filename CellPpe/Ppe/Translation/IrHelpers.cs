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
internal static unsafe class PpuIrFloat
{
    public static IrHelper DoubleFromSingle { get; } = new(
        typeof(FloatConversion), IrType.I64, [IrType.I64], null,
        static (_, x) => Wide(FloatConversion.DoubleFromSingle((uint)Number(x[0]))), nameof(FloatConversion.DoubleFromSingle),
        Method(typeof(PpuIrFloat), nameof(Widen)), Single: IrSingleImage.Taken);

    public static IrHelper SingleFromDouble { get; } = new(
        typeof(FloatConversion), IrType.I64, [IrType.I64], null,
        static (_, x) => Wide(FloatConversion.SingleFromDouble(Number(x[0]))), nameof(FloatConversion.SingleFromDouble),
        Method(typeof(PpuIrFloat), nameof(Narrow)), Single: IrSingleImage.Given);

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
        return single == value ? BitConverter.SingleToUInt32Bits(single)
            : FloatConversion.SingleFromDouble(BitConverter.DoubleToUInt64Bits(value));
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
        new(operation, IrType.I64, [.. Enumerable.Repeat(IrType.I64, parameters)], PpuIrSlots.Fpscr, evaluate,
            Caller: Method(caller, "Run"), FastPath: FastPathOf(operation));

    private static IrFastPath? FastPathOf(Type operation)
    {
        Type[] fastPaths =
            [typeof(IPpuFloatFastPathUnary), typeof(IPpuFloatFastPathBinary), typeof(IPpuFloatFastPathTernary),
                typeof(IPpuFloatFastPathCompare)];
        if (!Array.Exists(fastPaths, operation.IsAssignableTo))
            return null;
        var kind = (FloatKind)operation.GetProperty("Kind")!.GetValue(null)!;
        IrDeferredStatus debt = kind switch
        {
            FloatKind.Compare => IrDeferredStatus.Comparison,
            >= FloatKind.ConvertToDoubleword and <= FloatKind.ConvertToWordTowardZero => IrDeferredStatus.Conversion,
            _ => IrDeferredStatus.Result,
        };
        bool comparison = debt == IrDeferredStatus.Comparison;
        IrSingles? singles = operation.GetMethod("ComputeOfSingles") is { } compute
            ? new IrSingles(compute, Method(operation, "IsSafeOfSingles")) : null;
        return new IrFastPath(
            (int)kind, debt, Method(operation, "Compute"), comparison ? null : Method(operation, "IsSafe"),
            comparison ? null : Method(operation, "IsExact"), kind.IsSingle(), singles);
    }

    private static MethodInfo Method(Type type, string name) =>
        type.GetMethod(name, BindingFlags.Static | BindingFlags.Public)
        ?? throw new InvalidOperationException($"{type} has no method {name}");
}

/// <summary>The helper of a floating-point operation over one register.</summary>
internal static unsafe class PpuIrFloatUnary<TOperation>
    where TOperation : struct, IPpuFloatUnary
{
    public static IrHelper Helper { get; } = PpuIrFloat.Make(
        typeof(TOperation), 2, typeof(PpuIrFloatUnary<TOperation>), static (state, x) =>
        TOperation.Apply(ref PpuIrFloat.Status(state), PpuIrFloat.Number(x[0]), out ulong result) ? PpuIrFloat.Wide(result) : x[1]);

    /// <summary>The operation in full, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Run(ref Fpscr fpscr, ulong b, ulong old) => TOperation.Apply(ref fpscr, b, out ulong result) ? result : old;
}

/// <summary>The helper of a floating-point operation over two registers.</summary>
internal static unsafe class PpuIrFloatBinary<TOperation>
    where TOperation : struct, IPpuFloatBinary
{
    public static IrHelper Helper { get; } = PpuIrFloat.Make(
        typeof(TOperation), 3, typeof(PpuIrFloatBinary<TOperation>), static (state, x) =>
        TOperation.Apply(ref PpuIrFloat.Status(state), PpuIrFloat.Number(x[0]), PpuIrFloat.Number(x[1]), out ulong result)
        ? PpuIrFloat.Wide(result) : x[2]);

    /// <summary>The operation in full, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Run(ref Fpscr fpscr, ulong a, ulong b, ulong old) =>
        TOperation.Apply(ref fpscr, a, b, out ulong result) ? result : old;
}

/// <summary>The helper of a floating-point operation over three registers.</summary>
internal static unsafe class PpuIrFloatTernary<TOperation>
    where TOperation : struct, IPpuFloatTernary
{
    public static IrHelper Helper { get; } = PpuIrFloat.Make(
        typeof(TOperation), 4, typeof(PpuIrFloatTernary<TOperation>), static (state, x) =>
        TOperation.Apply(
            ref PpuIrFloat.Status(state), PpuIrFloat.Number(x[0]), PpuIrFloat.Number(x[1]), PpuIrFloat.Number(x[2]), out ulong result)
            ? PpuIrFloat.Wide(result)
            : x[3]);

    /// <summary>The operation in full, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Run(ref Fpscr fpscr, ulong a, ulong c, ulong b, ulong old) =>
        TOperation.Apply(ref fpscr, a, c, b, out ulong result) ? result : old;
}

/// <summary>The helper of a floating-point compare.</summary>
internal static unsafe class PpuIrFloatCompare<TOperation>
    where TOperation : struct, IPpuFloatCompare
{
    public static IrHelper Helper { get; } = PpuIrFloat.Make(
        typeof(TOperation), 2, typeof(PpuIrFloatCompare<TOperation>), static (state, x) =>
        PpuIrFloat.Wide(TOperation.Apply(ref PpuIrFloat.Status(state), PpuIrFloat.Number(x[0]), PpuIrFloat.Number(x[1]))));

    /// <summary>The comparison in full, for compiled code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Run(ref Fpscr fpscr, ulong a, ulong b) => TOperation.Apply(ref fpscr, a, b);
}

/// <summary>Vector operations as the intermediate representation calls them.</summary>
internal static unsafe class PpuIrVector
{
    public static ref Vscr Status(byte* state) => ref ((PpuState*)state)->Vscr;

    public static IrHelper Make(Type operation, bool status, IrType[] parameters, IrEvaluate evaluate) =>
        new(operation, IrType.V128, parameters, status ? PpuIrSlots.Vscr : null, evaluate);
}

/// <summary>The helper of a pure vector operation over one register.</summary>
internal static unsafe class PpuIrVectorUnary<TOperation>
    where TOperation : struct, IPpuVectorUnary
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), false, [IrType.V128], static (_, x) => TOperation.Apply(x[0]));
}

/// <summary>The helper of a pure vector operation over two registers.</summary>
internal static unsafe class PpuIrVectorBinary<TOperation>
    where TOperation : struct, IPpuVectorBinary
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), false, [IrType.V128, IrType.V128], static (_, x) => TOperation.Apply(x[0], x[1]));
}

/// <summary>The helper of a pure vector operation over three registers.</summary>
internal static unsafe class PpuIrVectorTernary<TOperation>
    where TOperation : struct, IPpuVectorTernary
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), false, [IrType.V128, IrType.V128, IrType.V128], static (_, x) => TOperation.Apply(x[0], x[1], x[2]));
}

/// <summary>The helper of a pure vector operation over one register and an immediate field.</summary>
internal static unsafe class PpuIrVectorImmediate<TOperation>
    where TOperation : struct, IPpuVectorImmediate
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), false, [IrType.V128, IrType.I64], static (_, x) => TOperation.Apply(x[0], (int)PpuIrFloat.Number(x[1])));
}

/// <summary>The helper of a pure vector operation over two registers and an immediate field.</summary>
internal static unsafe class PpuIrVectorBinaryImmediate<TOperation>
    where TOperation : struct, IPpuVectorBinaryImmediate
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), false, [IrType.V128, IrType.V128, IrType.I64],
        static (_, x) => TOperation.Apply(x[0], x[1], (int)PpuIrFloat.Number(x[2])));
}

/// <summary>The helper of a vector operation over one register and VSCR.</summary>
internal static unsafe class PpuIrVectorStatusUnary<TOperation>
    where TOperation : struct, IPpuVectorStatusUnary
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), true, [IrType.V128], static (state, x) => TOperation.Apply(ref PpuIrVector.Status(state), x[0]));
}

/// <summary>The helper of a vector operation over one register, an immediate field and VSCR.</summary>
internal static unsafe class PpuIrVectorStatusImmediate<TOperation>
    where TOperation : struct, IPpuVectorStatusImmediate
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), true, [IrType.V128, IrType.I64],
        static (state, x) => TOperation.Apply(ref PpuIrVector.Status(state), x[0], (int)PpuIrFloat.Number(x[1])));
}

/// <summary>The helper of a vector operation over two registers and VSCR.</summary>
internal static unsafe class PpuIrVectorStatusBinary<TOperation>
    where TOperation : struct, IPpuVectorStatusBinary
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), true, [IrType.V128, IrType.V128], static (state, x) =>
        TOperation.Apply(ref PpuIrVector.Status(state), x[0], x[1]));
}

/// <summary>The helper of a vector operation over three registers and VSCR.</summary>
internal static unsafe class PpuIrVectorStatusTernary<TOperation>
    where TOperation : struct, IPpuVectorStatusTernary
{
    public static IrHelper Helper { get; } = PpuIrVector.Make(
        typeof(TOperation), true, [IrType.V128, IrType.V128, IrType.V128],
        static (state, x) => TOperation.Apply(ref PpuIrVector.Status(state), x[0], x[1], x[2]));
}

/// <summary>The routine of an operation on the whole state, or, for reservations, on the few registers they name.</summary>
internal static unsafe class PpuIrSystem<TOperation>
    where TOperation : struct, ISystemOperation
{
    public static IrRoutine Routine { get; } = new(
        typeof(TOperation), (nint)(delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)&TOperation.Execute, Reads, Writes);

    private static Func<IrInstruction, IrSlot[]>? Reads =>
        typeof(TOperation) == typeof(LoadReserve) ? static insn => [PpuIrSlots.Gpr(Form(insn).Ra), PpuIrSlots.Gpr(Form(insn).Rb)]
        : typeof(TOperation) == typeof(StoreConditional)
            ? static insn => [PpuIrSlots.Gpr(Form(insn).Rt), PpuIrSlots.Gpr(Form(insn).Ra), PpuIrSlots.Gpr(Form(insn).Rb), PpuIrSlots.XerSo]
        : null;

    private static Func<IrInstruction, IrSlot[]>? Writes =>
        typeof(TOperation) == typeof(LoadReserve) ? static insn => [PpuIrSlots.Gpr(Form(insn).Rt)]
        : typeof(TOperation) == typeof(StoreConditional) ? static _ => [PpuIrSlots.Cr(0)]
        : null;

    private static XForm Form(IrInstruction insn) => new((uint)insn.Immediate);
}
