namespace SpuRuntime.Isa;

/// <summary>Writes instructions as assembly text in GNU syntax, as GNU objdump prints them but for symbols and comments.</summary>
public static class SpuDisassembler
{
    private static readonly SpuDialect Dialect = new();

    /// <summary>One instruction. Targets relative to the instruction are computed from <paramref name="address"/>.</summary>
    public static string Disassemble(uint word, uint address)
    {
        SpuInstructionInfo info = SpuTable.Info(SpuDecoder.DecodeAny(word));
        return info.Op == SpuOp.Invalid ? SpuDialect.WriteWord(word) : Dialect.Write(info, word, address);
    }
}
