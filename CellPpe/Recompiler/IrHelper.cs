using System.Reflection;
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
/// <param name="Caller">
/// What compiled code calls in place of the operation's method, when that has another shape: a static method that takes the
/// slot's address first, if there is a slot, and then the arguments; it may take and give a double where the helper has a number.
/// </param>
/// <param name="FastPath">How compiled code does it without the state slot for ordinary operands.</param>
/// <param name="Guard">The same for a vector operation whose status is not deferred.</param>
/// <param name="Single">Whether it takes or gives the image of a single-precision number.</param>
/// <param name="Source">
/// Of a call: which words of which operand its result consists of; no operand when that cannot be told.
/// </param>
/// <param name="Four">
/// What compiled code may call for four calls at once, of vectors side by side in <see cref="System.Runtime.Intrinsics.Vector512{T}"/> of
/// bytes; of one that has a guard, the same as its guard computes. Null where there is no such thing.
/// </param>
/// <param name="FourOfLoaded">The same where the first operand is as it was in memory; null: nothing is gained by that.</param>
public sealed record IrHelper(
    Type Operation, IrType Result, IrType[] Parameters, IrSlot? State, IrEvaluate Evaluate, string Method = IrHelper.Apply,
    MethodInfo? Caller = null, IrFastPath? FastPath = null, IrGuard? Guard = null, IrSingleImage Single = IrSingleImage.None,
    Func<IrBlock, IrInstruction, IrWords>? Source = null, MethodInfo? Four = null, MethodInfo? FourOfLoaded = null)
{
    /// <summary>Compiled code may take a side exit here, and the interpreter executes the instruction.</summary>
    public bool MaySideExit => FastPath is not null || Guard is not null;

    /// <summary>What the method of a type that is one operation is called.</summary>
    public const string Apply = "Apply";

    /// <summary>Its name in listings.</summary>
    public string Name => Method == Apply ? Operation.Name : Method;

    /// <summary>The static method that compiled code calls.</summary>
    /// <exception cref="InvalidOperationException">The operation has no such method.</exception>
    public MethodInfo Target => Caller
        ?? Operation.GetMethod(Method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        ?? throw new InvalidOperationException($"{Operation.Name} has no method {Method}");
}

/// <summary>What a fast path defers of the floating-point status; each kind is replaced by the next of its kind.</summary>
public enum IrDeferredStatus
{
    /// <summary>The description of the last result. It cancels the two others.</summary>
    Result,

    /// <summary>Whether the last conversion to an integer was rounded.</summary>
    Conversion,

    /// <summary>The last comparison, which is also the result.</summary>
    Comparison,
}

/// <summary>A floating-point operation without its status, which is derived from the operands when it is read.</summary>
/// <param name="Kind">The operation's number, for the guest's part.</param>
/// <param name="Status">The kind of status that it defers.</param>
/// <param name="Compute">The host's result of one to three doubles: a double, or for a comparison a number that is 0 when it must be done
/// in full.</param>
/// <param name="IsSafe">Of operands and result: whether the result is right. None for a comparison.</param>
/// <param name="IsExact">Of operands and result: whether nothing was rounded. None for a comparison.</param>
/// <param name="IsSingle">The result is a single-precision number.</param>
/// <param name="Singles">How the host does it where all operands are single-precision numbers.</param>
public sealed record IrFastPath(
    int Kind, IrDeferredStatus Status, MethodInfo Compute, MethodInfo? IsSafe, MethodInfo? IsExact, bool IsSingle = false,
    IrSingles? Singles = null);

/// <summary>A floating-point operation over floats.</summary>
/// <param name="Compute">The host's result.</param>
/// <param name="IsSafe">Of operands and result: whether the result is right.</param>
public sealed record IrSingles(MethodInfo Compute, MethodInfo IsSafe);

/// <summary>What a pure helper has to do with the images of single-precision numbers.</summary>
public enum IrSingleImage
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Takes one, and gives the double that is the same number.</summary>
    Taken,

    /// <summary>Takes a double, and gives the image of the same number, if it is a single-precision one.</summary>
    Given,
}

/// <summary>
/// A vector operation as the host does it, right and without a change of the state slot as long as all numbers stay far from the ends
/// of the format. What the operands' ranges say of the result is known when the code is made, so that only what comes from outside
/// is checked: gathered over a run of such operations, and checked once, before anything else sees a result. Where an operand
/// was not ordinary, compiled code leaves for the interpreter, from where the run began.
/// </summary>
/// <param name="Compute">The host's result of the operation's operands.</param>
/// <param name="RangeOf">The range of the result, of the operands' ranges.</param>
/// <param name="Check">How operands are checked. An operation of ordinary operands gives a range within the limit.</param>
/// <param name="Form">What <paramref name="Compute"/> takes and gives in place of vectors; null: vectors.</param>
public sealed record IrGuard(MethodInfo Compute, Func<IrRange[], IrRange> RangeOf, IrRangeCheck Check, IrForm? Form = null);

/// <summary>Some words of a vector.</summary>
/// <param name="Whole">The vector; no value: none.</param>
/// <param name="Words">A bit for each word.</param>
public readonly record struct IrWords(IrValue Whole, int Words)
{
    /// <summary>All four.</summary>
    public const int All = 15;
}

/// <summary>Another form of a vector, in which the host computes.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Of">Makes it of a vector.</param>
/// <param name="Back">Makes a vector of it.</param>
public sealed record IrForm(Type Type, MethodInfo Of, MethodInfo Back);

/// <summary>What is known of a vector of numbers.</summary>
/// <param name="Greatest">None is greater in magnitude.</param>
/// <param name="Grain">Each is a multiple of this power of two, which may be negative; so none but zero is smaller.</param>
public readonly record struct IrRange(double Greatest, int Grain)
{
    /// <summary>The range of sums and differences.</summary>
    public static IrRange Sum(IrRange left, IrRange right) => new(left.Greatest + right.Greatest, Math.Min(left.Grain, right.Grain));

    /// <summary>The range of products.</summary>
    public static IrRange Product(IrRange left, IrRange right) => new(left.Greatest * right.Greatest, left.Grain + right.Grain);

    /// <summary>The range of what is in one of the two.</summary>
    public IrRange Or(IrRange other) => new(Math.Max(Greatest, other.Greatest), Math.Min(Grain, other.Grain));

    /// <summary>Whether it reaches no further than another.</summary>
    public bool Fits(IrRange limit) => Greatest <= limit.Greatest && Grain >= limit.Grain;
}

/// <summary>How operands are checked.</summary>
/// <param name="Ordinary">The range of those that pass.</param>
/// <param name="Limit">The range within which the host's results are right.</param>
/// <param name="Highest">Of an operand: unsigned words of which the greatest count.</param>
/// <param name="UnderflowMeasure">Of an operand: others that tell whether it is too small, and of which the greatest count.</param>
/// <param name="IsOrdinary">Of the greatest of both: whether all were ordinary.</param>
/// <param name="Max">Of two vectors of words: the greater of each two.</param>
/// <param name="Join">Combines several operands, which are checked together; null: each is checked by itself.</param>
public sealed record IrRangeCheck(
    IrRange Ordinary, IrRange Limit, MethodInfo Highest, MethodInfo UnderflowMeasure, MethodInfo IsOrdinary, MethodInfo Max,
    MethodInfo? Join = null)
{
    /// <summary>The type of the words, a vector of them.</summary>
    public Type Words => Highest.ReturnType;

    /// <summary>How many operands are checked together.</summary>
    public int Together => Join?.GetParameters().Length ?? 1;
}

/// <summary>A routine of the guest's core that works on the whole state: string moves, reservations, mode changes.</summary>
/// <param name="Operation">The type that names it.</param>
/// <param name="Entry">Its entry point, in a signature only the guest's core knows.</param>
/// <param name="Reads">
/// The slots it reads, when it reads and writes only a few and changes none of them where it leaves the block; else null: it may
/// read and write every slot.
/// </param>
/// <param name="Writes">The slots it writes, when <paramref name="Reads"/> is not null.</param>
public sealed record IrRoutine(
    Type Operation, nint Entry, Func<IrInstruction, IrSlot[]>? Reads = null, Func<IrInstruction, IrSlot[]>? Writes = null)
{
    /// <summary>Its name in listings.</summary>
    public string Name => Operation.Name;
}
