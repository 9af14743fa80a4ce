using System.Collections.Immutable;
using CellPpe.SpecGen;
using Lv1Hypervisor.Abi;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Lv1Hypervisor.Tests;

/// <summary>The generator: call table text in, C# or diagnostics out.</summary>
public sealed class CallTableTests
{
    [Fact]
    public void A_small_table_becomes_enum_interface_and_dispatcher()
    {
        string code = CallsWriter.Write(CallsTable.Parse(
            """
            # number  name  in  out  service  policy
            7   select_space  vas_id      -           Space  memory
            9   out           lock size   size        Space  basic
            5   -             -           -           -      unassigned
            4   later         -           value       -      memory
            """));

        Assert.Contains("    SelectSpace = 7,\n", code, StringComparison.Ordinal);
        Assert.Contains("    Later = 4,\n", code, StringComparison.Ordinal);
        Assert.Contains("internal interface ISpaceCalls\n{\n", code, StringComparison.Ordinal);
        Assert.Contains("    Lv1Status SelectSpace(ILogicalPpeThread caller, ulong vasId);\n", code, StringComparison.Ordinal);
        Assert.Contains(
            "    Lv1Status Out(ILogicalPpeThread caller, ulong @lock, ulong size, out ulong resultSize);\n", code,
            StringComparison.Ordinal);
        Assert.Contains(
            "            case 9:\n                return spaceCalls.Out(caller, frame.In[0], frame.In[1], out frame.Out[0]);\n",
            code, StringComparison.Ordinal);
        Assert.DoesNotContain("case 4:", code, StringComparison.Ordinal);
        Assert.Contains("        4 => HypercallClass.Memory,\n", code, StringComparison.Ordinal);
        Assert.Contains("    Unassigned,\n", code, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1  a  -  -  -  p\n1  b  -  -  -  p", 1, "call number 1 stands twice in the table")]
    [InlineData("1  a  -  -  -  p\n\n2  a  -  -  -  p", 2, "call name 'a' stands twice in the table")]
    [InlineData("1  a  -  -  -", 0, "expected 6 columns with two or more spaces between them, found 5")]
    [InlineData("256  a  -  -  -  p", 0, "'256' is no call number (0..255)")]
    [InlineData("1  A  -  -  -  p", 0, "'A' is no lower_case name")]
    [InlineData("1  a  -  -  memory  p", 0, "'memory' is no service name")]
    [InlineData("1  -  x  -  -  p", 0, "a slot without a name has no arguments and no service")]
    [InlineData("1  a  a b c d e f g h i  -  -  p", 0, "9 inputs, but only r3..r10 carry them")]
    [InlineData("1  a  -  a b c d e f g h  -  p", 0, "8 outputs, but only r4..r10 carry them")]
    [InlineData("1  a  x x  -  -  p", 0, "an argument name stands twice")]
    public void A_wrong_row_is_an_error_at_its_line(string table, int line, string message)
    {
        CallsError error = Assert.Single(CallsTable.Parse(table).Errors);
        Assert.Equal((line, message), (error.Line, error.Message));
    }

    [Fact]
    public void Two_rows_of_one_number_fail_the_build()
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new CallsGenerator())
            .AddAdditionalTexts([new TextFile("x.calls", "1  a  -  -  -  p\n1  b  -  -  -  p\n")]);
        driver.RunGeneratorsAndUpdateCompilation(
            CSharpCompilation.Create("test"), out _, out ImmutableArray<Diagnostic> diagnostics, None);

        Diagnostic error = Assert.Single(diagnostics);
        Assert.Equal(DiagnosticSeverity.Error, error.Severity);
        Assert.Equal(1, error.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void The_real_table_has_no_errors_and_every_known_number()
    {
        CallsTable table = CallsTable.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "lv1.calls")));
        Assert.Empty(table.Errors);
        // Rows an unmodified Linux 6.1 names in asm/lv1call.h, by a sample of number, inputs and outputs.
        (int Number, string Name, int Inputs, int Outputs)[] sample =
        [
            (0, "allocate_memory", 4, 2), (1, "write_htab_entry", 4, 0), (6, "query_logical_partition_address_region_info", 1, 5),
            (57, "construct_logical_spe", 7, 6), (91, "read_repository_node", 5, 2), (158, "insert_htab_entry", 6, 3),
            (176, "map_device_dma_region", 6, 0), (217, "gpu_context_allocate", 2, 5), (255, "panic", 1, 0),
        ];
        foreach ((int number, string name, int inputs, int outputs) in sample)
        {
            CallRow row = Assert.Single(table.Rows, row => row.Number == number);
            Assert.Equal((name, inputs, outputs), (row.Name!, row.Inputs.Count, row.Outputs.Count));
        }
    }

    [Fact]
    public void Names_and_classes_come_from_the_table()
    {
        Assert.Equal("insert_htab_entry", Lv1Calls.Name(158));
        Assert.Equal("unassigned", Lv1Calls.Name(5));
        Assert.Equal("unassigned", Lv1Calls.Name(ulong.MaxValue));
        Assert.Equal(HypercallClass.PhysicalMemory, Lv1Calls.Class(114));
        Assert.Equal(HypercallClass.Unassigned, Lv1Calls.Class(300));
        Assert.Equal(6, Lv1Calls.InputCount((ulong)Lv1Call.InsertHtabEntry));
    }

    private static CancellationToken None => CancellationToken.None;

    private sealed class TextFile(string path, string text) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
