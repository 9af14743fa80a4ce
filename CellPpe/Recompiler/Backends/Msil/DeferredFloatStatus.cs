using System.Reflection.Emit;

namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>Locals that say what is owed to the floating-point status; a kind or comparison of 0 owes nothing.</summary>
public sealed class DeferredFloatStatus
{
    private readonly IrDeferredStatus[] _kinds;

    /// <param name="il">Where to.</param>
    /// <param name="kinds">What the region's quick forms owe: of other kinds there is never a debt.</param>
    internal DeferredFloatStatus(ILGenerator il, IrDeferredStatus[] kinds)
    {
        _kinds = kinds;
        Mode = il.DeclareLocal(typeof(int));
        ResultKind = il.DeclareLocal(typeof(int));
        Operands = [il.DeclareLocal(typeof(double)), il.DeclareLocal(typeof(double)), il.DeclareLocal(typeof(double))];
        ConversionKind = il.DeclareLocal(typeof(int));
        Conversion = il.DeclareLocal(typeof(double));
        Comparison = il.DeclareLocal(typeof(int));
    }

    /// <summary>Where the kind of a conversion is in a number of all kinds; that of a result is in the lowest bits.</summary>
    public const int ConversionShift = 8;

    /// <summary>Where a comparison is in it.</summary>
    public const int ComparisonShift = 16;

    /// <summary>What <see cref="Mode"/> holds when quick forms may be used always.</summary>
    public const int Always = 2;

    /// <summary>How quick forms may be used: 2 always, 1 when exact, 0 never.</summary>
    public LocalBuilder Mode { get; }

    /// <summary>The operation whose result is to be described.</summary>
    public LocalBuilder ResultKind { get; }

    /// <summary>Its operands, the first ones used.</summary>
    public LocalBuilder[] Operands { get; }

    /// <summary>The conversion to an integer.</summary>
    public LocalBuilder ConversionKind { get; }

    /// <summary>Its operand.</summary>
    public LocalBuilder Conversion { get; }

    /// <summary>What the last comparison gave.</summary>
    public LocalBuilder Comparison { get; }

    /// <summary>
    /// The locals that say which kinds of status are deferred, each with the bits it is shifted left by when they are one number.
    /// </summary>
    public IEnumerable<(LocalBuilder Local, int Shift)> Kinds()
    {
        if (Has(IrDeferredStatus.Result))
            yield return (ResultKind, 0);
        if (Has(IrDeferredStatus.Conversion))
            yield return (ConversionKind, ConversionShift);
        if (Has(IrDeferredStatus.Comparison))
            yield return (Comparison, ComparisonShift);
    }

    internal bool Has(IrDeferredStatus kind) => Array.IndexOf(_kinds, kind) >= 0;

    internal void EmitNone(ILGenerator il)
    {
        foreach ((LocalBuilder local, _) in Kinds())
        {
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Stloc, local);
        }
    }

    /// <summary>Leaves all kinds on the stack as one number, which is 0 when nothing is owed.</summary>
    public void EmitKinds(ILGenerator il)
    {
        il.Emit(OpCodes.Ldc_I4_0);
        foreach ((LocalBuilder local, int shift) in Kinds())
        {
            il.Emit(OpCodes.Ldloc, local);
            il.Emit(OpCodes.Ldc_I4, shift);
            il.Emit(OpCodes.Shl);
            il.Emit(OpCodes.Or);
        }
    }
}
