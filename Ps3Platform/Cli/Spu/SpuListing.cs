using Ps3Platform.Loaders.Elf;

using SpuRuntime.Isa;

namespace Ps3Platform.Cli.Spu;

/// <summary>Formats instructions as objdump does, with the symbols of the addresses that they refer to.</summary>
internal sealed class SpuListing(SymbolTable symbols)
{
    private static readonly string[] Referring = ["br", "lqr", "stqr", "lqa", "stqa", "hbrr", "hbra"];

    /// <summary>"  80:  40 80 00 03  il      $3,0".</summary>
    public string Line(uint address, uint word) =>
        $"{address,8:x}:\t{word >> 24:x2} {(word >> 16) & 0xff:x2} {(word >> 8) & 0xff:x2} {word & 0xff:x2} \t{Text(address, word)}";

    /// <summary>The instruction alone.</summary>
    public string Text(uint address, uint word)
    {
        string text = SpuDisassembler.Disassemble(word, address);
        return Target(text) is { } target && symbols.Describe(target) is { } symbol ? $"{text}\t# <{symbol}>" : text;
    }

    /// <summary>"000001a0 &lt;main&gt;:" where a symbol begins.</summary>
    public string? Heading(uint address) =>
        symbols.Describe(address) is { } symbol && !symbol.Contains('+', StringComparison.Ordinal) ? $"{address:x8} <{symbol}>:" : null;

    private static uint? Target(string text)
    {
        if (!Referring.Any(name => text.StartsWith(name, StringComparison.Ordinal)))
            return null;
        int at = text.LastIndexOf("0x", StringComparison.Ordinal);
        return at > 0 && uint.TryParse(text.AsSpan(at + 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out uint target) ? target : null;
    }
}
