using CellPpe.Core.Stops;

using Ps3Platform.Standalone.Bench;

using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Scheduling;

using Xunit;

namespace Standalone.Tests;

/// <summary>Every case of the measurements ends, has a sample for each round, and has plausible values.</summary>
public sealed class BenchTests
{
    private static readonly SpuBenchOptions Short = new() { Rounds = 2, Time = TimeSpan.FromMilliseconds(5) };

    public static TheoryData<string, int> Cases => new()
    {
        { "dispatch", 3 }, { "mailbox", 4 }, { "dma", 12 }, { "atomic", 6 }, { "fairness", 18 }, { "switch", 2 }, { "sgemm", 1 },
        { "integer", 1 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Every_case_has_its_samples(string name, int cases)
    {
        ISpuMeasure measure = SpuMeasures.All(SpuPrograms.Built("standalone/sgemm.elf"), SpuPrograms.Built("standalone/integer.elf"))
            .Single(one => one.Name == name);

        SpuMeasurement[] measurements = [.. measure.Run(Short)];

        Assert.Equal(cases, measurements.Length);
        Assert.All(measurements, one =>
        {
            Assert.True(one.Samples.Count >= Short.Rounds);
            Assert.All(one.Samples, static sample => Assert.True(sample > 0 && double.IsFinite(sample)));
            Assert.InRange(one.Summary.Median, one.Low, one.High);
        });
        Assert.All(measurements.Where(static one => one.Group.EndsWith("(Jain)", StringComparison.Ordinal)), static one =>
            Assert.All(one.Samples, static sample => Assert.InRange(sample, 1 / 64.0, 1.0000001)));
    }

    [Fact]
    public void A_failing_spe_is_reported_instead_of_waited_for()
    {
        using var rig = new BenchRig(1, new SpeSchedulerOptions(), new FailingEngines());
        rig.Spes.Start(0, 0);

        Assert.Contains("broken", Assert.Throws<InvalidOperationException>(() => rig.AwaitStop(0)).Message, StringComparison.Ordinal);
    }

    private sealed class FailingEngines : ISpuEngineFactory
    {
        public unsafe ISpuEngine Create(byte* localStore, ISpuChannels channels) => new Failing(localStore, channels);

        private sealed unsafe class Failing(byte* localStore, ISpuChannels channels) : ISpuEngine, IDisposable
        {
            private readonly SpuCore _core = new(localStore, channels);

            public ref SpuRuntime.State.SpuState State => ref _core.State;

            public IStops Stops => _core.Stops;

            public SpuExit Run(long budget) => throw new InvalidOperationException("broken");

            public void Invalidate(uint address, uint length)
            {
            }

            public void CodeMayHaveChanged()
            {
            }

            public void Dispose() => _core.Dispose();
        }
    }
}
