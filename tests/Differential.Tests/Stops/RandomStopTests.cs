using System.Globalization;

using CellPpe.Core.Stops;
using CellPpe.Ppe.Engines;

using Differential.Tests.Programs;

namespace Differential.Tests.Stops;

/// <summary>
/// Random programs with breakpoints and watchpoints that come and go while they run. They stop at the same places interpreted and
/// compiled, and at each stop an interpreter without any stands as they do after as many instructions.
/// </summary>
public sealed class RandomStopTests
{
    private const int Programs = 25;
    private const int MostSlices = 40;
    private const int MostStops = 40;

    [Fact]
    public void Programs_run_exactly_as_long_as_they_are_told()
    {
        long compiled = 0;
        for (int seed = 1; seed <= Programs; seed++)
            compiled += Run(seed, withPoints: false).Compiled;
        Assert.True(compiled > 20_000, $"only {compiled} instructions were compiled");
    }

    [Fact]
    public void Programs_stop_where_they_are_told()
    {
        var all = (Compiled: 0L, Breakpoints: 0L, Watchpoints: 0L);
        for (int seed = 1; seed <= Programs; seed++)
        {
            (long compiled, long breakpoints, long watchpoints) = Run(seed, withPoints: true);
            all = (all.Compiled + compiled, all.Breakpoints + breakpoints, all.Watchpoints + watchpoints);
        }

        Assert.True(all is { Compiled: > 5000, Breakpoints: > 200, Watchpoints: > 50 }, $"{all}");
    }

    private static (long Compiled, long Breakpoints, long Watchpoints) Run(int seed, bool withPoints)
    {
        ProgramCase program = ProgramGenerator.Make(seed) with { ExactBudgets = false };
        using var compiled = new ProgramMachine(program, PpuEngine.Compiled);
        using var interpreted = new ProgramMachine(program, PpuEngine.Interpreter);
        using var plain = new ProgramMachine(program, PpuEngine.Interpreter);
        var random = new Random(seed);
        long breakpoints = 0;
        long watchpoints = 0;
        for (int number = 0; number < Math.Min(program.Slices.Length, MostSlices); number++)
        {
            Slice slice = program.Slices[number];
            foreach (ProgramMachine machine in (ProgramMachine[])[compiled, interpreted, plain])
                machine.Happen(slice);
            if (withPoints)
                Change(random, program, [compiled.Thread.Stops, interpreted.Thread.Stops]);
            int stopped = 0;
            for (long left = slice.Budget; left > 0 && stopped < MostStops;)
            {
                Stop expected = interpreted.Thread.Stops.RunExactly(left);
                Stop stop = compiled.Thread.Stops.RunExactly(left);
                string where = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, slice {number}, {left} left");
                Assert.True(expected == stop, $"{where}: {stop}, expected {expected}");
                Assert.Null(Named(where, ProgramComparison.Difference(compiled, interpreted)));
                if (stop.Instructions > 0)
                {
                    Assert.Equal(stop.Instructions, plain.Thread.Stops.RunExactly(stop.Instructions).Instructions);
                    string? difference = InParts(stop) ? null : ProgramComparison.Difference(compiled, plain);
                    Assert.Null(Named($"{where}, {stop}, without stops", difference));
                }

                Assert.True(stop.Cause != StopCause.Count || stop.Instructions == left, $"{where}: {stop}");
                breakpoints += stop.Cause == StopCause.Breakpoint ? 1 : 0;
                watchpoints += stop.Cause == StopCause.Watchpoint ? 1 : 0;
                left -= stop.Instructions;
                stopped += stop.Cause == StopCause.Count ? 0 : 1;
                if (stop.Cause == StopCause.Waiting)
                    break;
            }
        }

        Assert.Null(compiled.Failure);
        return (compiled.Statistics.Compiled, breakpoints, watchpoints);
    }

    // Multiple and string accesses, and those of vectors by bytes, have perhaps done what lies before the watched bytes.
    private static bool InParts(Stop stop) => stop.Cause == StopCause.Watchpoint;

    private static string? Named(string where, string? difference) => difference is null ? null : $"{where}: {difference}";

    private static void Change(Random random, ProgramCase program, IStops[] both)
    {
        int kind = random.Next(5);
        ulong segment = random.Next(3) == 0 ? ProgramLayout.Alias : 0;
        ulong code = segment + ProgramLayout.Code + (4 * (ulong)random.Next(program.Words.Length));
        // Registers point to the middle and somewhat behind, in all three segments.
        ulong data = ((ulong[])[0, ProgramLayout.Alias, ProgramLayout.Large])[random.Next(3)] + ProgramLayout.Middle - 0x1000
            + (ulong)random.Next(0x1400);
        var watchpoint = new Watchpoint(data, (ulong)random.Next(1, 0x1000), (WatchedAccess)random.Next(1, 4));
        foreach (IStops stops in both)
        {
            if (kind < 2)
                stops.AddBreakpoint(code);
            else if (kind == 2)
                stops.AddWatchpoint(watchpoint);
            else if (kind == 3)
                Clear(stops);
        }
    }

    private static void Clear(IStops stops)
    {
        foreach (ulong address in stops.Breakpoints.ToArray())
            Assert.True(stops.RemoveBreakpoint(address));
        foreach (Watchpoint watchpoint in stops.Watchpoints.ToArray())
            Assert.True(stops.RemoveWatchpoint(watchpoint));
    }
}
