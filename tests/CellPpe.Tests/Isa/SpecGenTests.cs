using CellPpe.SpecGen;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

using Xunit;

namespace CellPpe.Tests.Isa;

/// <summary>The generator's output for small tables: code for a valid one, and the line of the error in an invalid one.</summary>
public sealed class SpecGenTests
{
    private const string Formats = "@D rt=6-10 ra=11-15 si=s16-31\n@XO rt=6-10 ra=11-15 rb=16-20 oe=21 rc=31\n= Test\n";

    [Fact]
    public void A_row_with_oe_and_rc_makes_four_instructions()
    {
        IsaTable table = Parse(Formats + "add  011111 ..... ..... ..... . 100001010 .  @XO  rt, ra, rb  oe rc\n");

        Assert.Empty(table.Errors);
        Assert.Equal(["add", "addo", "add.", "addo."], table.Instructions.Select(static instruction => instruction.Mnemonic));
        Assert.Equal(
            [0x7c00_0214u, 0x7c00_0614u, 0x7c00_0215u, 0x7c00_0615u], table.Instructions.Select(static instruction => instruction.Value));
        Assert.All(table.Instructions, static instruction => Assert.Equal(0xfc00_07ffu, instruction.Mask));
    }

    [Fact]
    public void A_reserved_bit_is_neither_mask_nor_value()
    {
        IsaTable table = Parse(Formats + "probe  011111 ..... ----- ..... - 100001010 -  @XO  rt, rb  load\n");

        IsaInstruction probe = Assert.Single(table.Instructions);
        Assert.Equal(0xfc00_03feu, probe.Mask);
        Assert.True(probe.Row.Has("load"));
    }

    [Fact]
    public void Emitted_forms_cut_out_split_and_scaled_fields()
    {
        IsaTable table = Parse("@XS sh=30,16-20\n@I li=s6-29*4\n= Test\n"
            + "shift  011111 ----- ----- ..... 110011101 . -  @XS  sh\njump  010010 ........................ --  @I  li\n");

        string forms = IsaEmitter.Emit(table).Single(static file => file.Name == "PpuForms.g.cs").Text;

        Assert.Empty(table.Errors);
        Assert.Contains("(((word >> 1) & 0x1u) << 5) | (((word >> 11) & 0x1fu) << 0)", forms, StringComparison.Ordinal);
        Assert.Contains("((int)(word << 6) >> 8) * 4", forms, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a  001110 ..... ..... ................  @D  rt, ra, si\nb  001110 ..... ..... ................  @D  rt, ra, si", 5,
        "b matches words that a matches")]
    [InlineData("a  001110 ..... ..... ................  @D  rt, ra, si\nb  001110 ..... 00000 ................  @D  rt, si", 5,
        "b matches words that a matches")]
    [InlineData("a  001110 ..... ..... ................  @D  rt, ra, si\na  001111 ..... ..... ................  @D  rt, ra, si", 5,
        "a is declared twice")]
    [InlineData("a  001110 ..... ..... ...............  @D  rt, ra, si", 4, "a: the encoding has 31 bits, not 32")]
    [InlineData("# comment\n\na  001110 ..... ..... ................  @DX  rt, ra, si", 6, "a: format @DX is not declared")]
    [InlineData("a  001110 ..... ..... ................  @D  rt, ra, si  rc", 4, "a: @D has no field 'rc'")]
    [InlineData(
        "a  011111 ..... ..... ..... ......... . .  @XO  rt, ra, rb", 4, "a: '.' at a bit that no field of @XO covers (mask 000003fe)")]
    [InlineData("nonsense", 4, "row 'nonsense' is not: name  encoding  @FORMAT  assembly  flags")]
    [InlineData("@D rt=6-10", 4, "format @D is declared twice")]
    [InlineData("@E rt:6-10", 4, "field 'rt:6-10' is not name=[s]first-last[,first-last][*scale]")]
    [InlineData("a  001110 ..... ..... ................  @D  rt, ra, sj", 4, "a: operand 'sj' is no field of @D")]
    public void A_mistake_is_reported_at_its_line(string rows, int line, string message)
    {
        IsaError error = Assert.Single(Parse(Formats + rows + "\n").Errors);

        Assert.Equal("test.isa", error.File);
        Assert.Equal(line, error.Line);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_row_before_the_first_section_is_a_mistake()
    {
        IsaError error = Assert.Single(
            Parse("@D rt=6-10 ra=11-15 si=s16-31\na  001110 ..... ..... ................  @D  rt, ra, si\n").Errors);

        Assert.Equal((2, "a: stands before the first section line"), (error.Line, error.Message));
    }

    [Fact]
    public void An_architecture_line_names_what_is_made_after_its_core()
    {
        IsaTable table = Parse(
            "architecture spu\n@BI d=12 e=13 ra=18-24\n= Test\nbi  00110101000 - . . ---- ....... -------  @BI  ra  d e end\n");

        Dictionary<string, string> files = IsaEmitter.Emit(table).ToDictionary(static file => file.Name, static file => file.Text);

        Assert.Empty(table.Errors);
        Assert.Equal(["bi", "bid", "bie", "bide"], table.Instructions.Select(static instruction => instruction.Mnemonic));
        Assert.Contains("namespace SpuRuntime.Isa;", files["SpuOp.g.cs"], StringComparison.Ordinal);
        Assert.Contains(
            "static abstract void Bi(ref TMachine m, BIForm i, bool d, bool e);", files["SpuSemantics.g.cs"], StringComparison.Ordinal);
        Assert.Contains("public static uint Bie(int ra) => 0x35040000u", files["SpuAsm.g.cs"], StringComparison.Ordinal);
        Assert.DoesNotContain(files.Values, static text =>
            text.Contains("Ppu", StringComparison.Ordinal) || text.Contains("CellPpe", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_architecture_is_a_mistake()
    {
        IsaError error = Assert.Single(Parse("architecture vax\n").Errors);

        Assert.Equal((1, "no architecture 'vax'"), (error.Line, error.Message));
    }

    [Fact]
    public void Formats_are_shared_by_all_files()
    {
        IsaTable table = IsaParser.Parse(
            [("a.isa", "= Test\na  001110 ..... ..... ................  @D  rt, ra, si\n"), ("b.isa", Formats)]);

        Assert.Empty(table.Errors);
    }

    [Fact]
    public void The_compiler_sees_the_mistake_as_an_error_in_the_table()
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new IsaGenerator().AsSourceGenerator()], [new Table("tables/bad.isa", Formats + "a  0  @D  rt\n")]);

        GeneratorDriverRunResult result = driver.RunGenerators(CSharpCompilation.Create("test")).GetRunResult();

        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(("ISA001", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Equal("tables/bad.isa", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal(3, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
    }

    private static IsaTable Parse(string text) => IsaParser.Parse([("test.isa", text)]);

    private sealed class Table(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
