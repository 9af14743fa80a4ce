using System.Runtime.Intrinsics;

namespace CellPpe.Recompiler;

/// <summary>Evaluates a helper: numbers stand in the low half of a vector.</summary>
/// <param name="state">The architected state struct.</param>
/// <param name="arguments">As many as the helper has parameters.</param>
public unsafe delegate Vector128<byte> IrEvaluate(byte* state, ReadOnlySpan<Vector128<byte>> arguments);

/// <summary>
/// An operation without tidy vocabulary, as the guest names it by a type: floating-point and vector arithmetic. Every
/// call of the same operation shares one of these.
/// </summary>
/// <param name="Operation">The type whose static method is the arithmetic; a compiling backend calls that directly.</param>
/// <param name="Result">The type of the result.</param>
/// <param name="Parameters">The types of the arguments.</param>
/// <param name="State">The slot it gets by reference, reads and may write; null: a pure function.</param>
/// <param name="Evaluate">The same in one signature for all.</param>
/// <param name="Method">The static method's name.</param>
public sealed record IrHelper(
    Type Operation, IrType Result, IrType[] Parameters, IrSlot? State, IrEvaluate Evaluate, string Method = IrHelper.Apply)
{
    /// <summary>What the method of a type that is one operation is called.</summary>
    public const string Apply = "Apply";

    /// <summary>Its name in listings.</summary>
    public string Name => Method == Apply ? Operation.Name : Method;
}

/// <summary>A routine of the guest's core that works on the whole state: string moves, reservations, mode changes.</summary>
/// <param name="Operation">The type that names it.</param>
/// <param name="Entry">Its entry point, in a signature only the guest's core knows.</param>
public sealed record IrRoutine(Type Operation, nint Entry)
{
    /// <summary>Its name in listings.</summary>
    public string Name => Operation.Name;
}
