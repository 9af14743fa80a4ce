using System.Collections.Immutable;
using System.Text;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace CellPpe.SpecGen;

/// <summary>
/// Makes operation codes, forms, decoder data, assembler, section interfaces and dispatch from all *.isa files of a project.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class IsaGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor TableError = new(
        "ISA001", "Mistake in an instruction table", "{0}", "SpecGen", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<(string Path, string Text)>> files = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".isa", StringComparison.Ordinal))
            .Select(static (file, cancel) => (file.Path, file.GetText(cancel)?.ToString() ?? ""))
            .Collect();
        context.RegisterSourceOutput(files, static (output, texts) =>
        {
            if (texts.IsEmpty)
                return;
            IsaTable table = IsaParser.Parse(texts.OrderBy(static file => file.Path, StringComparer.Ordinal));
            foreach (IsaError error in table.Errors)
            {
                var position = new LinePosition(Math.Max(0, error.Line - 1), 0);
                var location = Location.Create(error.File, default, new LinePositionSpan(position, position));
                output.ReportDiagnostic(Diagnostic.Create(TableError, location, error.Message));
            }

            foreach ((string name, string text) in IsaEmitter.Emit(table))
                output.AddSource(name, SourceText.From(text, Encoding.UTF8));
        });
    }
}
