using System.Globalization;
using System.Security;
using System.Text;

using Ps3Platform.Standalone.Bench;

namespace Ps3Platform.Cli.Spu;

/// <summary>
/// Draws measurements as a picture: a panel for each group, a bar for each case with the length of its median, and over it a line from
/// the lower to the upper end of the spread.
/// </summary>
internal static class BenchPlot
{
    private const int PanelWidth = 560;
    private const int Gap = 24;
    private const int LabelWidth = 190;
    private const int ValueWidth = 90;
    private const int Row = 20;
    private const int Header = 34;
    private const int Columns = 2;

    public static void Write(Stream stream, IReadOnlyList<SpuMeasurement> measurements)
    {
        IGrouping<string, SpuMeasurement>[] groups = [.. measurements.GroupBy(static measurement => measurement.Group)];
        var body = new StringBuilder();
        int[] bottoms = [Gap, Gap];
        foreach (IGrouping<string, SpuMeasurement> group in groups)
        {
            int column = bottoms[1] < bottoms[0] ? 1 : 0;
            int left = Gap + (column * (PanelWidth + Gap));
            Panel(body, [.. group], left, bottoms[column]);
            bottoms[column] += Header + (group.Count() * Row) + Gap;
        }

        int width = Gap + (Columns * (PanelWidth + Gap));
        int height = bottoms.Max();
        using var writer = new StreamWriter(stream, new UTF8Encoding(false));
        writer.Write(
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"
             font-family="sans-serif" font-size="12">
            <rect width="{width}" height="{height}" fill="white"/>
            {body}</svg>

            """);
    }

    private static void Panel(StringBuilder svg, SpuMeasurement[] cases, int left, int top)
    {
        SpuMeasurement first = cases[0];
        string better = first.MoreIsBetter ? "more is better" : "less is better";
        string unit = first.Unit.Length > 0 ? first.Unit + ", " : "";
        Text(svg, left, top + 16, first.Group, "font-weight=\"bold\" font-size=\"14\"");
        Text(svg, left + LabelWidth, top + 16, unit + better, "fill=\"#666\"");
        double largest = cases.Max(static one => Math.Max(one.High, one.Summary.Median));
        double scale = (PanelWidth - LabelWidth - ValueWidth) / (largest > 0 ? largest : 1);
        for (int index = 0; index < cases.Length; index++)
        {
            SpuMeasurement one = cases[index];
            int y = top + Header + (index * Row);
            double start = left + LabelWidth;
            Text(svg, left, y + 10, one.Case, "");
            svg.Append($"<rect x=\"{Number(start)}\" y=\"{y}\" width=\"{Number(one.Summary.Median * scale)}\" height=\"13\" "
                + $"fill=\"#4878a8\"/>\n");
            svg.Append($"<path d=\"M{Number(start + (one.Low * scale))} {y + 6} H{Number(start + (one.High * scale))}\" stroke=\"#111\" "
                + $"stroke-width=\"2\"/>\n");
            Text(svg, start + (Math.Max(one.High, one.Summary.Median) * scale) + 6, y + 10, BenchTable.Number(one.Summary.Median),
                "fill=\"#333\"");
        }
    }

    private static void Text(StringBuilder svg, double x, int y, string text, string attributes) =>
        svg.Append($"<text x=\"{Number(x)}\" y=\"{y}\" {attributes}>{SecurityElement.Escape(text)}</text>\n");

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
