namespace CellPpe.Recompiler.Inspection;

/// <summary>Checks that a block is well formed: operands come before their use and have the right types, and it ends once.</summary>
public static class IrVerifier
{
    /// <summary>Checks a block.</summary>
    /// <exception cref="InvalidOperationException">It is not well formed; the message names the instruction.</exception>
    public static void Verify(IrBlock block)
    {
        if (Check(block) is { } complaint)
            throw new InvalidOperationException($"block 0x{block.Address:x}: {complaint}\n{IrPrinter.Print(block)}");
    }

    /// <summary>What is wrong with a block, or null.</summary>
    public static string? Check(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        for (int index = 0; index < block.Instructions.Count; index++)
        {
            if (Check(block, index) is { } complaint)
                return $"instruction {index} ({block.Instructions[index].Op}): {complaint}";
        }

        return block.IsTerminated ? null : "does not end with an exit";
    }

    private static string? Check(IrBlock block, int index)
    {
        IrInstruction insn = block.Instructions[index];
        if (insn.Op == IrOp.Call && insn.Helper is null)
            return "calls nothing";
        IrType[] wanted = Operands(insn);
        for (int number = 0; number < IrInstruction.MaxOperands; number++)
        {
            IrValue operand = insn.Operand(number);
            if (operand.Exists != number < wanted.Length)
                return operand.Exists ? $"has an operand {number} too many" : $"lacks operand {number}";
            if (!operand.Exists || wanted[number] == IrType.None)
                continue;
            if (operand.Index >= index)
                return $"operand {number} is used before it is made";
            if (block[operand].Type != wanted[number])
                return $"operand {number} is {block[operand].Type}, not {wanted[number]}";
        }

        return CheckDetails(insn, isLast: index == block.Instructions.Count - 1);
    }

    private static string? CheckDetails(in IrInstruction insn, bool isLast) => insn.Op switch
    {
        IrOp.ReadSlot or IrOp.WriteSlot when !Exists(insn.Slot) => "has no such slot",
        IrOp.Load or IrOp.Store or IrOp.VectorElement when insn.Immediate is not (1 or 2 or 4 or 8) => "has no such width",
        IrOp.SignExtend when insn.Immediate is not (8 or 16 or 32) => "has no such width",
        IrOp.ByteReverse when insn.Immediate is not (2 or 4 or 8) => "has no such width",
        IrOp.Perform when insn.Routine is null => "performs nothing",
        IrOp.Exit when !isLast => "stands before the end",
        IrOp.Exit or IrOp.ExitIf => CheckExit(insn),
        _ when insn.Op.MayLeave && insn.Site.Instructions < 1 => "does not say where it leaves from",
        _ => null,
    };

    private static string? CheckExit(in IrInstruction insn) => insn.Exit?.Kind switch
    {
        null => "leaves in no way",
        IrExitKind.Host => "is no way a block leaves on its own",
        IrExitKind.Between when insn.Exit!.Routine is null => "has no routine to run between",
        _ when insn.Site.Instructions < 1 => "does not say where it leaves from",
        _ => null,
    };

    private static bool Exists(IrSlot slot) =>
        slot.Bytes is 1 or 4 or 8 or 16 && slot.Offset >= 0 && slot.Bits > 0 && slot.Bits <= 8 * slot.Bytes;

    // The types an instruction's operands must have.
    private static IrType[] Operands(in IrInstruction insn) => insn.Op switch
    {
        IrOp.Constant or IrOp.ReadSlot or IrOp.Perform or IrOp.Barrier => [],
        IrOp.WriteSlot => [insn.Slot.Type],
        IrOp.Not or IrOp.CountLeadingZeros or IrOp.SignExtend or IrOp.ByteReverse or IrOp.Load or IrOp.LoadVector => [IrType.I64],
        IrOp.Select => [IrType.I64, IrType.I64, IrType.I64],
        IrOp.VectorHigh or IrOp.VectorLow => [IrType.V128],
        IrOp.VectorShiftLeftBytes or IrOp.VectorShiftRightBytes or IrOp.VectorElement => [IrType.V128, IrType.I64],
        IrOp.StoreVector => [IrType.I64, IrType.V128],
        IrOp.StoreBytes => [IrType.I64, IrType.V128, IrType.I64],
        IrOp.Call => insn.Helper!.Parameters,
        IrOp.ExitIf => insn.Exit?.Kind == IrExitKind.Next ? [IrType.I64, IrType.I64] : [IrType.I64],
        IrOp.Exit => insn.Exit?.Kind == IrExitKind.Next ? [IrType.I64] : [],
        _ => [IrType.I64, IrType.I64],
    };
}
