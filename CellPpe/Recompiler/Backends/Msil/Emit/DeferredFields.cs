using System.Reflection.Emit;

using CellPpe.Recompiler.Backends.Msil.Slots;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>
/// Condition fields that a region makes and never looks at. A comparison only notes what it compared; the field is made of that
/// where the region is left, which is once, and not at every turn of a loop.
/// </summary>
/// <remarks>
/// A field can be owed if no block reads it, if nothing but comparisons writes it, and if the summary overflow bit that belongs into
/// it does not change while the region runs.
/// </remarks>
internal sealed class DeferredFields
{
    // What is owed: nothing, the order of two signed numbers, or that of two unsigned ones, told apart by their second bit.
    private const int Nothing = 0;
    private const int OfSigned = 1;
    private const int OfUnsigned = 2;
    private const int UnsignedToSign = 62;

    private readonly Dictionary<int, Debt> _debts = [];
    private readonly SlotHomes _slotLocals;
    private readonly ILGenerator _il;
    private readonly LocalBuilder _sign;
    private readonly LocalBuilder _left;
    private readonly LocalBuilder _right;

    /// <param name="region">The region.</param>
    /// <param name="table">Its cached slots.</param>
    /// <param name="slotLocals">Their locals.</param>
    /// <param name="il">Where to.</param>
    public DeferredFields(IrRegion region, SlotTable table, SlotHomes slotLocals, ILGenerator il)
    {
        (_slotLocals, _il) = (slotLocals, il);
        (_sign, _left, _right) = (il.DeclareLocal(typeof(ulong)), il.DeclareLocal(typeof(ulong)), il.DeclareLocal(typeof(ulong)));
        var compared = new Dictionary<IrSlot, IrSlot>();
        var read = new HashSet<IrSlot>();
        var written = new HashSet<IrSlot>();
        foreach (IrBlock block in region.Blocks)
        {
            foreach (IrInstruction insn in block.Instructions)
            {
                if (insn.Op == IrOp.Perform)
                {
                    if (insn.Routine!.Writes is not { } writes)
                        return;
                    written.UnionWith(writes(insn));
                }
                else if (insn.Op == IrOp.ReadSlot)
                {
                    read.Add(insn.Slot);
                }
                else if (insn.Op == IrOp.WriteSlot)
                {
                    if (!TryMatch(block, insn, out _, out IrSlot summary)
                        || (!compared.TryAdd(insn.Slot, summary) && compared[insn.Slot] != summary))
                        written.Add(insn.Slot);
                }
            }
        }

        foreach ((IrSlot field, IrSlot summary) in compared)
        {
            if (read.Contains(field) || written.Contains(field) || written.Contains(summary))
                continue;
            if (table.NumberOf(field) is >= 0 and int number && table.NumberOf(summary) is >= 0 and int bit)
                _debts[number] = new Debt(
                    bit, il.DeclareLocal(typeof(int)), il.DeclareLocal(typeof(ulong)), il.DeclareLocal(typeof(ulong)));
        }
    }

    /// <summary>Whether a slot's value is noted instead of made.</summary>
    public bool Has(int slot) => _debts.ContainsKey(slot);

    /// <summary>Notes that nothing is owed: the slot's local is what it should be.</summary>
    public void EmitNone(int slot)
    {
        if (!_debts.TryGetValue(slot, out Debt? debt))
            return;
        _il.Emit(OpCodes.Ldc_I4, Nothing);
        _il.Emit(OpCodes.Stloc, debt.Kind);
    }

    /// <summary>Notes a comparison, the value that a block writes to the slot.</summary>
    public void EmitNote(int slot, IrBlock block, IrValue value, Action<IrValue> emit)
    {
        Debt debt = _debts[slot];
        IrInstruction order = block[block[value].A];
        emit(order.A);
        _il.Emit(OpCodes.Stloc, debt.Left);
        emit(order.B);
        _il.Emit(OpCodes.Stloc, debt.Right);
        _il.Emit(OpCodes.Ldc_I4, order.Op == IrOp.OrderSigned ? OfSigned : OfUnsigned);
        _il.Emit(OpCodes.Stloc, debt.Kind);
    }

    /// <summary>Makes the slot's local what it should be. It is still owed: only for where the region is left.</summary>
    public void EmitDeferredStatus(int slot)
    {
        if (!_debts.TryGetValue(slot, out Debt? debt))
            return;
        Label nothing = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, debt.Kind);
        _il.Emit(OpCodes.Brfalse, nothing);
        // With their first bits turned over, unsigned numbers have the order of signed ones.
        _il.Emit(OpCodes.Ldloc, debt.Kind);
        _il.Emit(OpCodes.Ldc_I4_2);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Ldc_I4_S, (sbyte)UnsignedToSign);
        _il.Emit(OpCodes.Shl);
        _il.Emit(OpCodes.Stloc, _sign);
        EmitOperand(debt.Left, _left);
        EmitOperand(debt.Right, _right);
        // Equal is 2, greater 4, less 8, as IrOp.OrderSigned has them.
        _il.Emit(OpCodes.Ldc_I4_2);
        EmitComparison(OpCodes.Cgt, OpCodes.Ldc_I4_2);
        EmitComparison(OpCodes.Clt, OpCodes.Ldc_I4_6);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Ldloc, _slotLocals[debt.Summary]);
        _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Stloc, _slotLocals[slot]);
        _il.MarkLabel(nothing);
    }

    private static bool TryMatch(IrBlock block, in IrInstruction write, out IrInstruction order, out IrSlot summary)
    {
        (order, summary) = (default, default);
        if (!write.Slot.IsField || block[write.A] is not { Op: IrOp.Or } field || block[field.B] is not { Op: IrOp.ReadSlot } bit)
            return false;
        (order, summary) = (block[field.A], bit.Slot);
        return order.Op is IrOp.OrderSigned or IrOp.OrderUnsigned;
    }

    private void EmitOperand(LocalBuilder operand, LocalBuilder turned)
    {
        _il.Emit(OpCodes.Ldloc, operand);
        _il.Emit(OpCodes.Ldloc, _sign);
        _il.Emit(OpCodes.Xor);
        _il.Emit(OpCodes.Stloc, turned);
    }

    // Adds what the comparison's outcome counts for to what is on the stack.
    private void EmitComparison(OpCode comparison, OpCode weight)
    {
        _il.Emit(OpCodes.Ldloc, _left);
        _il.Emit(OpCodes.Ldloc, _right);
        _il.Emit(comparison);
        _il.Emit(weight);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
    }

    // The slot of the bit that is part of the field, what kind of comparison is owed, and what was compared.
    private sealed record Debt(int Summary, LocalBuilder Kind, LocalBuilder Left, LocalBuilder Right);
}
