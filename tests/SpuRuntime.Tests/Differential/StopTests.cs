using CellPpe.Core.Stops;

using SpuRuntime.Execution.Regions;
using SpuRuntime.Tests.Vectors;

using Xunit;

namespace SpuRuntime.Tests.Differential;

/// <summary>
/// Random programs with breakpoints and watchpoints that come and go: both engines stop at the same instructions, in the
/// same state as an interpreter that has none.
/// </summary>
public sealed class StopTests
{
    private const int Programs = 20;
    private const ulong Instructions = 6000;

    [Fact]
    public void Programs_stop_where_they_are_told()
    {
        var all = (Compiled: 0L, Stops: 0L);
        for (int seed = 1; seed <= Programs; seed++)
        {
            (long compiled, long stops) = Run(new ProgramGenerator(seed).Make());
            all = (all.Compiled + compiled, all.Stops + stops);
        }

        Assert.True(all is { Compiled: > 10_000, Stops: > 200 }, $"{all}");
    }

    private static (long Compiled, long Stops) Run(ProgramCase program)
    {
        using var code = new SpuCodeCache(ProgramSettings.Engine(program, small: program.Seed % 3 == 0));
        using var plain = new TestSpu(new PlainChannels());
        using var interpreted = new TestSpu(new PlainChannels());
        using var compiled = new TestSpu(new PlainChannels(), code: code);
        TestSpu[] all = [plain, interpreted, compiled];
        foreach (TestSpu spu in all)
            program.Prepare(spu);
        var random = new Random(program.Seed);
        long stops = 0;
        for (int slice = 0; slice < 200 && compiled.State.Instructions < Instructions; slice++)
        {
            Change(random, program, [interpreted.Core.Stops, compiled.Core.Stops]);
            long budget = random.Next(1, 300);
            Stop expected = interpreted.Core.Stops.RunExactly(budget);
            Stop stop = compiled.Core.Stops.RunExactly(budget);
            Assert.True(expected == stop, $"seed {program.Seed}, slice {slice}: {stop}, expected {expected}");
            Assert.Null(ProgramComparison.Compare(interpreted, compiled));
            if (stop.Instructions > 0)
            {
                Assert.Equal(stop.Instructions, plain.Core.Stops.RunExactly(stop.Instructions).Instructions);
                Assert.Null(ProgramComparison.Compare(plain, compiled));
            }

            stops += stop.Cause is StopCause.Breakpoint or StopCause.Watchpoint ? 1 : 0;
            foreach (TestSpu spu in all)
            {
                ((PlainChannels)spu.Channels).Writes.Clear();
                if (stop.Cause is StopCause.Ended or StopCause.Waiting)
                    spu.State.Pc = ProgramCase.Start;
            }
        }

        Assert.Equal(0, code.Work.Failures);
        return (compiled.Core.Statistics.Compiled, stops);
    }

    private static void Change(Random random, ProgramCase program, IStops[] both)
    {
        int kind = random.Next(8);
        uint address = ProgramCase.Start + (4 * (uint)random.Next(program.Words.Length));
        ulong data = ProgramCase.Data + (ulong)random.Next(0x1000);
        var watchpoint = new Watchpoint(data, (ulong)random.Next(1, 40), (WatchedAccess)random.Next(1, 4));
        foreach (IStops stops in both)
        {
            if (kind < 2)
                stops.AddBreakpoint(address);
            else if (kind == 2)
                stops.AddWatchpoint(watchpoint);
            if (kind is not (3 or 4))
                continue;
            foreach (ulong breakpoint in stops.Breakpoints.ToArray())
                stops.RemoveBreakpoint(breakpoint);
            foreach (Watchpoint known in stops.Watchpoints.ToArray())
                stops.RemoveWatchpoint(known);
        }
    }
}
