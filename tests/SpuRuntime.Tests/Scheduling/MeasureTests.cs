using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Measures;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>Measurements of schedulers, and their names on the command line.</summary>
public sealed class MeasureTests
{
    [Theory]
    [InlineData(new double[] { 3, 3, 3, 3 }, 1)]
    [InlineData(new double[] { 1, 0, 0, 0 }, 0.25)]
    [InlineData(new double[] { 1, 1, 0, 0 }, 0.5)]
    [InlineData(new double[] { 1, 2, 3 }, 36.0 / 42)]
    [InlineData(new double[] { 0, 0 }, 1)]
    [InlineData(new double[0], 1)]
    public void Jains_index(double[] shares, double expected) => Assert.Equal(expected, Fairness.JainIndex(shares), 12);

    [Theory]
    [InlineData(new double[] { 2, 4, 3 }, 0.5)]
    [InlineData(new double[] { 0, 4 }, 0)]
    [InlineData(new double[0], 1)]
    public void Smallest_to_largest(double[] shares, double expected) => Assert.Equal(expected, Fairness.SmallestToLargest(shares), 12);

    [Fact]
    public void Latencies_are_summed_up_by_nearest_rank()
    {
        double[] samples = [.. Enumerable.Range(1, 200).Reverse().Select(value => (double)value)];

        Assert.Equal(new LatencySummary(200, 100.5, 1, 100, 190, 198, 200), LatencySummary.Of(samples));
        Assert.Equal(new LatencySummary(1, 5, 5, 5, 5, 5, 5), LatencySummary.Of([5.0]));
        Assert.Equal(default, LatencySummary.Of([]));
    }

    [Theory]
    [InlineData("500us", 500, true)]
    [InlineData("2ms", 2000, true)]
    [InlineData("20000i", 20000, false)]
    public void Quanta_are_read(string text, long amount, bool isTime)
    {
        Assert.True(SpeQuantum.TryParse(text, out SpeQuantum quantum));
        Assert.Equal((amount, isTime), (quantum.Amount, quantum.IsTime));
    }

    [Theory]
    [InlineData("")]
    [InlineData("us")]
    [InlineData("500")]
    [InlineData("0us")]
    [InlineData("-1i")]
    [InlineData("1.5ms")]
    [InlineData("99999999999999999999i")]
    [InlineData("9223372036854775807ms")]
    public void Other_quanta_are_refused(string text) => Assert.False(SpeQuantum.TryParse(text, out _));

    [Fact]
    public void Every_policy_has_a_name()
    {
        foreach (SpePolicy policy in Enum.GetValues<SpePolicy>())
        {
            Assert.True(SpeSchedulerOptions.TryParsePolicy(SpeSchedulerOptions.NameOf(policy), out SpePolicy found));
            Assert.Equal(policy, found);
        }

        Assert.False(SpeSchedulerOptions.TryParsePolicy("fastest", out _));
    }
}
