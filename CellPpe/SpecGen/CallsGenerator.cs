using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

[assembly: InternalsVisibleTo("Lv1Hypervisor.Tests")]

namespace CellPpe.SpecGen;

/// <summary>Turns every *.calls table among the additional files into an enum, interfaces and a dispatcher.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class CallsGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor BadRow = new(
        "LV1CALLS001", "Wrong row in a hypercall table", "{0}", "SpecGen", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<AdditionalText> tables = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".calls", StringComparison.Ordinal));
        context.RegisterSourceOutput(tables, static (output, file) => Generate(output, file));
    }

    private static void Generate(SourceProductionContext output, AdditionalText file)
    {
        SourceText? text = file.GetText(output.CancellationToken);
        if (text is null)
            return;
        CallsTable table = CallsTable.Parse(text.ToString());
        foreach (CallsError error in table.Errors)
        {
            TextLine line = text.Lines[error.Line];
            var location = Location.Create(file.Path, line.Span, text.Lines.GetLinePositionSpan(line.Span));
            output.ReportDiagnostic(Diagnostic.Create(BadRow, location, error.Message));
        }

        output.AddSource(
            Path.GetFileNameWithoutExtension(file.Path) + ".calls.g.cs", SourceText.From(CallsWriter.Write(table), Encoding.UTF8));
    }
}
