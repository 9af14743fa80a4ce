using System.Runtime.Intrinsics;
using System.Text;

using CellPpe.Core.Stops;

using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Spe;

using Xunit;

using static Machine.Tests.SpeGuest;

namespace Machine.Tests;

/// <summary>A machine stops when one of its SPEs does, under every scheduling policy, and continues from there.</summary>
public sealed class SpeStopTests
{
    private const ulong Status = 0x4024;
    private const ulong Mailbox = 0x400c;
    private const uint RunningOnly = 1;

    // Register 3 counts the rounds, and each is stored at 0x100.
    private const string Rounds = "il $3,0; ai $3,$3,1; stqa $3,0x100; br 4";

    public static TheoryData<SpuEngine, SpePolicy, bool, ClockMode> Machines => new()
    {
        { SpuEngine.Interpreter, SpePolicy.RoundRobin, false, ClockMode.Instructions },
        { SpuEngine.Compiled, SpePolicy.RoundRobin, false, ClockMode.Instructions },
        { SpuEngine.Auto, SpePolicy.RoundRobin, false, ClockMode.Host },
        { SpuEngine.Auto, SpePolicy.OneThreadEach, false, ClockMode.Host },
        { SpuEngine.Compiled, SpePolicy.OneThreadEach, true, ClockMode.Host },
        { SpuEngine.Auto, SpePolicy.TimeSliced, false, ClockMode.Host },
        { SpuEngine.Compiled, SpePolicy.TimeSliced, true, ClockMode.Host },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public void A_run_ends_at_an_spes_stop_and_the_next_continues_past_it(
        SpuEngine engine, SpePolicy policy, bool hostThreads, ClockMode clock)
    {
        using Ps3Machine machine = Build(engine, policy, hostThreads, clock);
        LogicalSpe spe = Start(machine, Rounds);
        LogicalSpe other = Start(machine, Rounds);
        var limits = new RunLimits { Timeout = TimeSpan.FromMinutes(1) };

        spe.Stops.AddBreakpoint(8);
        for (int round = 1; round <= 3; round++)
        {
            RunOutcome outcome = machine.Run(limits);
            Assert.Equal((RunEnd.Stopped, "breakpoint at 0x8, SPE 0"), (outcome.End, outcome.Message));
            Assert.Equal((StopCause.Breakpoint, 8UL), (spe.Stops.LastStop!.Value.Cause, (ulong)spe.Registers.Pc));
            Assert.Equal((uint)round, Count(spe));
            Assert.True(spe.IsAtStop);
            // To the guest it runs.
            Assert.Equal(RunningOnly, spe.ProblemState.Read(Status, 4));
        }

        spe.Stops.RemoveBreakpoint(8);
        var store = new Watchpoint(0x104, 1, WatchedAccess.Store);
        spe.Stops.AddWatchpoint(store);
        Assert.Equal("store of 0x104 at 0x8, SPE 0", machine.Run(limits).Message);
        uint stored = Count(spe);

        // This SPE alone, exactly: a round of three instructions, then one more instruction of the next.
        ulong others = other.Registers.Instructions;
        Assert.Equal(new Stop(StopCause.Watchpoint, 8, 3, 0x104, WatchedAccess.Store), spe.Stops.RunExactly(100));
        spe.Stops.RemoveWatchpoint(store);
        Assert.Equal(new Stop(StopCause.Count, 0xc, 1), spe.Stops.Step());
        Assert.Equal(new Stop(StopCause.Count, 0xc, 3000), spe.Stops.RunExactly(3000));
        Assert.Equal(stored + 1 + 1000, Count(spe));
        Assert.Equal(others, other.Registers.Instructions);

        // Without a stop both go on with the machine.
        machine.Run(limits with { Timeout = TimeSpan.FromMilliseconds(500) });
        Assert.True(Count(spe) > stored + 1001);
        Assert.True(other.Registers.Instructions > others);
    }

    [Fact]
    public void An_exact_run_ends_where_the_spu_waits_or_stops_and_settles_what_that_means()
    {
        using Ps3Machine machine = Build(SpuEngine.Auto, SpePolicy.OneThreadEach, false, ClockMode.Host);
        LogicalSpe spe = Start(machine, "rdch $3,$ch29; ai $3,$3,1; stop 0x123");

        Assert.Equal(new Stop(StopCause.Waiting, 0, 0), spe.Stops.RunExactly(10));
        spe.ProblemState.Write(Mailbox, 4, 41);
        Assert.Equal(new Stop(StopCause.Count, 4, 1), spe.Stops.Step());
        spe.Stops.AddBreakpoint(8);
        Assert.Equal(new Stop(StopCause.Breakpoint, 8, 1), spe.Stops.RunExactly(10));
        Assert.Equal(42U, Count(spe));
        Assert.Equal(new Stop(StopCause.Ended, 0xc, 1), spe.Stops.RunExactly(10));
        Assert.Equal(0x0123_0002UL, spe.ProblemState.Read(Status, 4));
        Assert.False(spe.IsAtStop);
    }

    [Fact]
    public void Spes_in_turns_are_refused_where_the_ppe_takes_none()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => Build(SpuEngine.Auto, SpePolicy.RoundRobin, hostThreads: true, ClockMode.Host).Dispose());
        Assert.Contains("in turns", refused.Message, StringComparison.Ordinal);
    }

    private static Ps3Machine Build(SpuEngine engine, SpePolicy policy, bool hostThreads, ClockMode clock) =>
        MachineBuilder.Build(Penguin.Config(new StringBuilder()) with
        {
            Clock = clock,
            CommandLine = "noshutdown",
            HostThreads = hostThreads,
            SpuEngine = engine,
            SpeScheduling = new SpeSchedulerOptions { Policy = policy },
        });

    // The preferred slot is the last word of a host vector.
    private static uint Count(LogicalSpe spe) => spe.Registers.Registers[3].AsUInt32().GetElement(3);
}
