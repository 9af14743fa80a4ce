using System.Reflection.Emit;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>
/// What the present block owes and has not put into the region's locals yet: kinds are locals, 0 where the full way was taken.
/// </summary>
internal readonly record struct PendingFloatStatus(
    LocalBuilder? ResultKind, LocalBuilder[]? Operands, LocalBuilder? ConversionKind, LocalBuilder? Conversion, LocalBuilder? Comparison);

/// <summary>
/// Emits quick floating-point operations of one block: the host's operation and a check of its result. The full way, behind
/// the straight code, first pays what is owed, because it works on the status itself.
/// </summary>
internal sealed class FastPathEmitter(RegionEmitter region, ExpressionEmitter values)
{
    /// <summary>What is owed at this point.</summary>
    public PendingFloatStatus Pending { get; private set; }

    private ILGenerator Il => region.Code.Il;

    /// <summary>Emits an operation; the local holds its result.</summary>
    /// <param name="insn">The call.</param>
    /// <param name="quick">Its quick form.</param>
    /// <param name="now">Where it stands.</param>
    /// <param name="miss">Where to go when the quick form will not do; null: do it in full here.</param>
    public LocalBuilder Emit(IrInstruction insn, IrFastPath quick, ProgramPoint now, Label? miss)
    {
        int count = quick.Compute.GetParameters().Length;
        bool single = miss is not null && quick.Singles is not null
            && Enumerable.Range(0, count).All(number => values.IsSingle(insn.Operand(number)));
        LocalBuilder[] operands = [.. Enumerable.Range(0, count).Select(number =>
            single ? values.LocalizeSingle(insn.Operand(number), now) : values.LocalizeDouble(insn.Operand(number), now))];
        bool comparison = quick.Status == IrDeferredStatus.Comparison;
        LocalBuilder result = region.Code.Temporary(comparison ? typeof(ulong) : single ? typeof(float) : typeof(double));
        LocalBuilder owed = region.Code.Temporary(typeof(int));
        Label full = miss ?? Il.DefineLabel();
        Label done = Il.DefineLabel();
        // What is emitted later must use these, not the copies made below.
        LocalBuilder[] used = [.. operands];
        if (comparison)
            EmitComparison(quick, used, result, owed, full);
        else
            EmitArithmetic(quick, used, result, owed, full, speculative: miss is not null);
        Il.MarkLabel(done);

        // A slot's local may change before the status is materialised.
        for (int number = 0; number < count; number++)
            operands[number] = CopyOfSlot(operands[number]);
        PendingFloatStatus before = Pending;
        if (miss is null)
            region.Code.Later(() => EmitFull(insn, now, before, result, owed, full, done));
        Pending = quick.Status switch
        {
            IrDeferredStatus.Result => new PendingFloatStatus(owed, operands, null, null, null),
            IrDeferredStatus.Conversion => before with { ConversionKind = owed, Conversion = operands[0] },
            _ => before with { Comparison = owed },
        };
        return result;
    }

    /// <summary>Pays everything, for an instruction that looks at the status.</summary>
    public void EmitDeferredStatus()
    {
        EmitAssign(Pending);
        Pending = default;
        region.EmitDeferredStatus();
    }

    /// <summary>Puts what this block owes into the region's locals.</summary>
    public void Commit()
    {
        EmitAssign(Pending);
        Pending = default;
    }

    /// <summary>The same at an exit on the way.</summary>
    public void EmitAssign(PendingFloatStatus pending)
    {
        if (region.Deferred is not { } deferred)
            return;
        if (pending.ResultKind is { } kind)
        {
            Copy(kind, deferred.ResultKind);
            for (int number = 0; number < pending.Operands!.Length; number++)
                Copy(pending.Operands[number], deferred.Operands[number]);
            if (deferred.Has(IrDeferredStatus.Conversion))
                Copy(pending.ConversionKind, deferred.ConversionKind);
            if (deferred.Has(IrDeferredStatus.Comparison))
                Copy(pending.Comparison, deferred.Comparison);
        }
        else
        {
            if (pending.ConversionKind is not null)
                Copy(pending.ConversionKind, deferred.ConversionKind);
            if (pending.Comparison is not null)
                Copy(pending.Comparison, deferred.Comparison);
        }

        if (pending.Conversion is { } operand)
            Copy(operand, deferred.Conversion);
    }

    private LocalBuilder CopyOfSlot(LocalBuilder operand)
    {
        if (!region.SlotLocals.Has(operand))
            return operand;
        LocalBuilder copy = region.Code.Temporary(operand.LocalType);
        Il.Emit(OpCodes.Ldloc, operand);
        Il.Emit(OpCodes.Stloc, copy);
        return copy;
    }

    private void EmitComparison(IrFastPath quick, LocalBuilder[] operands, LocalBuilder result, LocalBuilder owed, Label full)
    {
        Load(operands);
        Il.Emit(OpCodes.Call, quick.Compute);
        Il.Emit(OpCodes.Stloc, owed);
        Il.Emit(OpCodes.Ldloc, owed);
        Il.Emit(OpCodes.Brfalse, full);
        Il.Emit(OpCodes.Ldloc, owed);
        Il.Emit(OpCodes.Conv_U8);
        Il.Emit(OpCodes.Stloc, result);
    }

    private void EmitArithmetic(
        IrFastPath quick, LocalBuilder[] operands, LocalBuilder result, LocalBuilder owed, Label full, bool speculative)
    {
        Label doubtful = speculative ? full : Il.DefineLabel();
        Label safe = Il.DefineLabel();
        bool single = result.LocalType == typeof(float);
        Load(operands);
        Il.Emit(OpCodes.Call, single ? quick.Singles!.Compute : quick.Compute);
        Il.Emit(OpCodes.Stloc, result);
        Load(operands);
        Il.Emit(OpCodes.Ldloc, result);
        Il.Emit(OpCodes.Call, single ? quick.Singles!.IsSafe : quick.IsSafe!);
        Il.Emit(OpCodes.Brfalse, full);
        if (!region.IsFastThroughout)
        {
            Il.Emit(OpCodes.Ldloc, region.Deferred!.Mode);
            Il.Emit(OpCodes.Ldc_I4, DeferredFloatStatus.Always);
            Il.Emit(OpCodes.Bne_Un, doubtful);
        }

        Il.MarkLabel(safe);
        Il.Emit(OpCodes.Ldc_I4, quick.Kind);
        Il.Emit(OpCodes.Stloc, owed);
        if (speculative)
            return;
        region.Code.Later(() =>
        {
            Il.MarkLabel(doubtful);
            Il.Emit(OpCodes.Ldloc, region.Deferred!.Mode);
            Il.Emit(OpCodes.Brfalse, full);
            Load(operands);
            Il.Emit(OpCodes.Ldloc, result);
            Il.Emit(OpCodes.Call, quick.IsExact!);
            Il.Emit(OpCodes.Brtrue, safe);
            Il.Emit(OpCodes.Br, full);
        });
    }

    private void EmitFull(
        IrInstruction insn, ProgramPoint now, PendingFloatStatus before, LocalBuilder result, LocalBuilder owed, Label full, Label done)
    {
        Il.MarkLabel(full);
        EmitAssign(before);
        region.EmitDeferredStatus();
        // What has been paid must not be paid again by an exit further on.
        foreach (LocalBuilder? paid in new[] { before.ResultKind, before.ConversionKind, before.Comparison, owed })
        {
            if (paid is null)
                continue;
            Il.Emit(OpCodes.Ldc_I4_0);
            Il.Emit(OpCodes.Stloc, paid);
        }

        values.Compute(insn, now);
        if (result.LocalType == typeof(double))
            Il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.UInt64BitsToDouble))!);
        Il.Emit(OpCodes.Stloc, result);
        region.EmitFloatMode();
        Il.Emit(OpCodes.Br, done);
    }

    private void Load(LocalBuilder[] operands)
    {
        foreach (LocalBuilder operand in operands)
            Il.Emit(OpCodes.Ldloc, operand);
    }

    // Nothing is kept for a deferred status that has been cancelled.
    private void Copy(LocalBuilder? from, LocalBuilder to)
    {
        if (from is null)
            Il.Emit(OpCodes.Ldc_I4_0);
        else
            Il.Emit(OpCodes.Ldloc, from);
        if (from?.LocalType == typeof(float))
            Il.Emit(OpCodes.Conv_R8);
        Il.Emit(OpCodes.Stloc, to);
    }
}
