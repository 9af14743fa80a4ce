using System.Runtime.Intrinsics;

using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.FloatingPoint;
using CellPpe.Ppe.State;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Execution;

// One IrHelper for each operation type: the same Apply the interpreter inlines. A floating-point operation whose enabled
// exception suppresses the write gives back the target's old value, its last argument.

/// <summary>Floating-point operations as the intermediate representation calls them.</summary>
internal static unsafe class IrFloat
{
    public static IrHelper DoubleFromSingle { get; } = new(
        typeof(FloatConversion), IrType.I64, [IrType.I64], null,
        static (_, x) => Wide(FloatConversion.DoubleFromSingle((uint)Number(x[0]))), nameof(FloatConversion.DoubleFromSingle));

    public static IrHelper SingleFromDouble { get; } = new(
        typeof(FloatConversion), IrType.I64, [IrType.I64], null,
        static (_, x) => Wide(FloatConversion.SingleFromDouble(Number(x[0]))), nameof(FloatConversion.SingleFromDouble));

    public static ulong Number(Vector128<byte> value) => value.AsUInt64().ToScalar();

    public static Vector128<byte> Wide(ulong value) => Vector128.CreateScalar(value).AsByte();

    public static ref Fpscr Status(byte* state) => ref ((PpuState*)state)->Fpscr;

    public static IrHelper Make(Type operation, int parameters, IrEvaluate evaluate) =>
        new(operation, IrType.I64, [.. Enumerable.Repeat(IrType.I64, parameters)], IrSlots.Fpscr, evaluate);
}

/// <summary>The helper of a floating-point operation over one register.</summary>
internal static unsafe class IrFloatUnary<TOperation>
    where TOperation : struct, IFloatUnary
{
    public static IrHelper Helper { get; } = IrFloat.Make(typeof(TOperation), 2, static (state, x) =>
        TOperation.Apply(ref IrFloat.Status(state), IrFloat.Number(x[0]), out ulong result) ? IrFloat.Wide(result) : x[1]);
}

/// <summary>The helper of a floating-point operation over two registers.</summary>
internal static unsafe class IrFloatBinary<TOperation>
    where TOperation : struct, IFloatBinary
{
    public static IrHelper Helper { get; } = IrFloat.Make(typeof(TOperation), 3, static (state, x) =>
        TOperation.Apply(ref IrFloat.Status(state), IrFloat.Number(x[0]), IrFloat.Number(x[1]), out ulong result) ? IrFloat.Wide(result) : x[2]);
}

/// <summary>The helper of a floating-point operation over three registers.</summary>
internal static unsafe class IrFloatTernary<TOperation>
    where TOperation : struct, IFloatTernary
{
    public static IrHelper Helper { get; } = IrFloat.Make(typeof(TOperation), 4, static (state, x) =>
        TOperation.Apply(ref IrFloat.Status(state), IrFloat.Number(x[0]), IrFloat.Number(x[1]), IrFloat.Number(x[2]), out ulong result)
            ? IrFloat.Wide(result)
            : x[3]);
}

/// <summary>The helper of a floating-point compare.</summary>
internal static unsafe class IrFloatCompare<TOperation>
    where TOperation : struct, IFloatCompare
{
    public static IrHelper Helper { get; } = IrFloat.Make(typeof(TOperation), 2, static (state, x) =>
        IrFloat.Wide(TOperation.Apply(ref IrFloat.Status(state), IrFloat.Number(x[0]), IrFloat.Number(x[1]))));
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

/// <summary>The routine of an operation on the whole state.</summary>
internal static unsafe class IrSystem<TOperation>
    where TOperation : struct, ISystemOperation
{
    public static IrRoutine Routine { get; } =
        new(typeof(TOperation), (nint)(delegate*<PpuContext*, DecodedInsn*, DecodedInsn*>)&TOperation.Execute);
}
