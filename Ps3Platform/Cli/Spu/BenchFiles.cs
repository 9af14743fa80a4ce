using System.Text.Json;

using Ps3Platform.Standalone.Bench;

using SpuRuntime.Scheduling.Measures;

namespace Ps3Platform.Cli.Spu;

/// <summary>Writes measurements as JSON: host, cases, and every sample.</summary>
internal static class BenchFiles
{
    public static void WriteJson(Stream stream, IReadOnlyList<SpuMeasurement> measurements, SpuBenchOptions options)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("hostCores", Environment.ProcessorCount);
        json.WriteNumber("rounds", options.Rounds);
        json.WriteNumber("secondsPerSample", options.Time.TotalSeconds);
        json.WriteStartArray("measurements");
        foreach (SpuMeasurement measurement in measurements)
        {
            LatencySummary summary = measurement.Summary;
            json.WriteStartObject();
            json.WriteString("group", measurement.Group);
            json.WriteString("case", measurement.Case);
            json.WriteString("unit", measurement.Unit);
            json.WriteBoolean("moreIsBetter", measurement.MoreIsBetter);
            json.WriteNumber("median", summary.Median);
            json.WriteNumber("mean", summary.Mean);
            json.WriteNumber("minimum", summary.Minimum);
            json.WriteNumber("percentile5", measurement.Low);
            json.WriteNumber("percentile95", measurement.High);
            json.WriteNumber("maximum", summary.Maximum);
            json.WriteStartArray("samples");
            foreach (double sample in measurement.Samples)
                json.WriteNumberValue(Math.Round(sample, 6));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
