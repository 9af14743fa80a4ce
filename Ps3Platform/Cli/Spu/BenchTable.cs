using System.Globalization;

using Ps3Platform.Standalone.Bench;

namespace Ps3Platform.Cli.Spu;

/// <summary>Prints each measurement as a line of a table as soon as it is complete.</summary>
internal static class BenchTable
{
    public static void Heading(ISpuMeasure measure)
    {
        Console.WriteLine($"\n{measure.Name}: {measure.Title}");
        Console.WriteLine($"  {"",-32} {"median",10} {"",-7} {"90 of 100",24} {"samples",8}");
    }

    public static void Row(SpuMeasurement measurement)
    {
        string name = measurement.Unit.Length == 0 ? measurement.Case + " (Jain)" : measurement.Case;
        string range = $"{Number(measurement.Low)} .. {Number(measurement.High)}";
        Console.WriteLine($"  {name,-32} {Number(measurement.Summary.Median),10} {measurement.Unit,-7} {range,24} {measurement.Samples.Count,8}");
    }

    /// <summary>A number with three to four significant digits, in the C locale.</summary>
    public static string Number(double value) => value.ToString(
        Math.Abs(value) switch
        {
            >= 1000 => "0",
            >= 100 => "0.0",
            >= 1 => "0.00",
            _ => "0.0000",
        },
        CultureInfo.InvariantCulture);
}
