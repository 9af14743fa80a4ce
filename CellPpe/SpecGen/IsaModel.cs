using System.Collections.Immutable;

namespace CellPpe.SpecGen;

/// <summary>A run of bits, counted from the left.</summary>
internal sealed record BitRange(int First, int Last)
{
    public int Width => Last - First + 1;
}

/// <summary>An operand field: ranges that are concatenated, most significant first, then scaled.</summary>
internal sealed record IsaField(string Name, bool Signed, ImmutableArray<BitRange> Ranges, int Scale)
{
    public int Width => Ranges.Sum(static range => range.Width);

    public uint Mask => Ranges.Aggregate(0u, static (mask, range) => mask | MaskOf(range));

    private static uint MaskOf(BitRange range) => (uint.MaxValue >> (32 - range.Width)) << (31 - range.Last);
}

/// <summary>An instruction format: the fields its instructions share.</summary>
internal sealed record IsaFormat(string Name, ImmutableArray<IsaField> Fields)
{
    public IsaField? Field(string name) => Fields.FirstOrDefault(field => field.Name == name);
}

/// <summary>One row of the table, as written.</summary>
internal sealed record IsaRow(
    string Mnemonic,
    uint Mask,
    uint Value,
    IsaFormat Format,
    string Assembly,
    ImmutableArray<string> Flags,
    string Section,
    string File,
    int Line)
{
    public bool Has(string flag) => Flags.Contains(flag);
}

/// <summary>One mnemonic a processor knows: a row with its variant bits (oe, rc, lk, aa; d, e, p, c) fixed.</summary>
internal sealed record IsaInstruction(IsaRow Row, string Mnemonic, uint Mask, uint Value, ImmutableArray<bool> Variants)
{
    /// <summary>The name of the operation in C#: "Add", "AddDot", "AddoDot".</summary>
    public string Identifier => Names.Pascal(Mnemonic);
}

/// <summary>The whole table.</summary>
internal sealed record IsaTable(
    IsaTarget Target,
    ImmutableArray<IsaFormat> Formats,
    ImmutableArray<IsaRow> Rows,
    ImmutableArray<IsaInstruction> Instructions,
    ImmutableArray<IsaError> Errors);

/// <summary>A mistake in a table, at its line.</summary>
internal sealed record IsaError(string File, int Line, string Message);

internal static class Names
{
    public static string Pascal(string mnemonic)
    {
        string plain = mnemonic.Replace(".", "Dot").Replace("+", "Plus").Replace("-", "Minus");
        return plain.Substring(0, 1).ToUpperInvariant() + plain.Substring(1);
    }
}
