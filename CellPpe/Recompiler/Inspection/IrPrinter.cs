using System.Globalization;
using System.Text;

namespace CellPpe.Recompiler.Inspection;

/// <summary>
/// Writes blocks as text, for people and for golden tests. Values are numbered densely; constants stand where they are used.
/// </summary>
public static class IrPrinter
{
    /// <summary>One line an instruction.</summary>
    /// <param name="block">What to print.</param>
    /// <param name="slotName">Names the guest's registers; by default a slot prints as its offset and width.</param>
    public static string Print(IrBlock block, Func<IrSlot, string>? slotName = null)
    {
        ArgumentNullException.ThrowIfNull(block);
        slotName ??= static slot => $"s{slot.Offset}:{slot.Bytes}";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"block 0x{block.Address:x}\n");
        var names = new string[block.Instructions.Count];
        int values = 0;
        for (int index = 0; index < names.Length; index++)
        {
            IrInstruction insn = block.Instructions[index];
            if (insn.Op == IrOp.Constant)
            {
                names[index] = Number(insn.Immediate);
                continue;
            }

            text.Append("  ");
            if (insn.Type != IrType.None)
            {
                names[index] = $"v{values++}";
                text.Append(names[index]).Append(" = ");
            }

            text.Append(Describe(insn, slotName));
            AppendOperands(text, insn, names);
            if (insn.Op.MayLeave)
                text.Append(CultureInfo.InvariantCulture, $"  @0x{insn.Site.Address:x} #{insn.Site.Instructions}");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Describe(in IrInstruction insn, Func<IrSlot, string> slotName) => insn.Op switch
    {
        IrOp.ReadSlot => $"read {slotName(insn.Slot)}",
        IrOp.WriteSlot => $"write {slotName(insn.Slot)},",
        IrOp.Call when insn.Helper!.State is { } state => $"call {insn.Helper.Name} &{slotName(state)},",
        IrOp.Call => $"call {insn.Helper!.Name}",
        IrOp.Perform => $"perform {insn.Routine!.Name} {Number(insn.Immediate)}",
        IrOp.Barrier => $"barrier {((StorageBarrier)insn.Immediate).ToString().ToLowerInvariant()}",
        IrOp.SignExtend or IrOp.ByteReverse or IrOp.VectorElement or IrOp.Load or IrOp.Store => $"{Mnemonic(insn.Op)}{insn.Immediate}",
        IrOp.Exit or IrOp.ExitIf => $"{Mnemonic(insn.Op)} {Describe(insn.Exit!)}",
        _ => Mnemonic(insn.Op),
    };

    private static string Describe(IrExit exit) => exit.Kind switch
    {
        IrExitKind.Interrupt => $"interrupt {Number(exit.Code)}:{Number(exit.Status)}",
        IrExitKind.Between => $"between {exit.Routine!.Name} {Number(exit.Word)}",
        _ => exit.Kind.ToString().ToLowerInvariant(),
    };

    // MultiplyHighSigned -> multiply.high.signed
    private static string Mnemonic(IrOp op)
    {
        var text = new StringBuilder();
        foreach (char letter in op.ToString())
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('.');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static void AppendOperands(StringBuilder text, in IrInstruction insn, string[] names)
    {
        string separator = " ";
        for (int number = 0; number < IrInstruction.MaxOperands; number++)
        {
            IrValue operand = insn.Operand(number);
            if (!operand.Exists)
                continue;
            // A block that is not well formed must print, too: that is when it is looked at.
            string? name = operand.Index < names.Length ? names[operand.Index] : null;
            text.Append(separator).Append(name ?? $"?{operand.Index}");
            separator = ", ";
        }
    }

    private static string Number(ulong value) => value < 10 ? value.ToString(CultureInfo.InvariantCulture) : $"0x{value:x}";
}
