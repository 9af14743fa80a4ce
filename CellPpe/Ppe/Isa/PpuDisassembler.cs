namespace CellPpe.Ppe.Isa;

/// <summary>Writes instructions as assembly text, in the raw form GNU objdump prints with <c>-M raw</c>: no simplified mnemonics.</summary>
public static class PpuDisassembler
{
    private static readonly PpuDialect Dialect = new();

    /// <summary>One instruction. Branch targets are computed from <paramref name="address"/>.</summary>
    public static string Disassemble(uint word, ulong address)
    {
        PpuInstructionInfo info = PpuTable.Info(PpuDecoder.Decode(word));
        return info.Op == PpuOp.Invalid ? PpuDialect.WriteWord(word) : Dialect.Write(info, word, address);
    }
}
