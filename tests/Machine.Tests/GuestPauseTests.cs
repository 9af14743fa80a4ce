using CellPpe.Core;

using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Lockups;

using Xunit;

namespace Machine.Tests;

/// <summary>A machine that is stopped from outside: nothing runs, and no time passes for the guest.</summary>
public sealed class GuestPauseTests
{
    private const double Second = IMachineClock.Frequency;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    public static TheoryData<ClockMode, int> Arrangements => new()
    {
        { ClockMode.Host, 1 },
        { ClockMode.Host, 2 },
        { ClockMode.Instructions, 1 },
    };

    [Theory, MemberData(nameof(Arrangements))]
    public async Task Guest_time_and_instructions_stand_still(ClockMode clock, int hostThreads)
    {
        using Ps3Machine machine = MachineBuilder.Build(Penguin.Config(new()) with
        {
            CommandLine = "noshutdown",
            Lockup = LockupAction.Off,
            Clock = clock,
            HostThreads = hostThreads == 2,
        });
        using var stop = new CancellationTokenSource();
        Task<RunOutcome> run = Task.Run(() => machine.Run(new RunLimits { Cancel = stop.Token, Timeout = TimeSpan.FromMinutes(2) }));
        await Task.Delay(500);
        Ask(machine, () => machine.Pause.Stop());
        // With host threads the others end their turns first.
        await Task.Delay(100);

        (ulong time, ulong instructions) before = Ask(machine, () => (machine.Clock.TimeBase, machine.Instructions));
        await Task.Delay(Pause);
        (ulong time, ulong instructions) after = Ask(machine, () => (machine.Clock.TimeBase, machine.Instructions));
        bool isStopped = Ask(machine, () => machine.Pause.IsStopped && machine.Devices.All(static device => device.Inspect().Stopped));
        Ask(machine, () => machine.Pause.Continue());
        await Task.Delay(500);
        (ulong time, ulong instructions) later = Ask(machine, () => (machine.Clock.TimeBase, machine.Instructions));
        bool runs = Ask(machine, () => !machine.Pause.IsStopped && !machine.Devices.Any(static device => device.Inspect().Stopped));
        await stop.CancelAsync();

        Assert.Equal(RunEnd.Cancelled, (await run).End);
        Assert.Equal(before.instructions, after.instructions);
        // What asks for the time runs for a moment itself, in either case.
        Assert.InRange(((double)after.time - before.time) / Second, -0.2, 0.2);
        Assert.True(isStopped && runs);
        Assert.True(later.instructions > after.instructions);
        if (clock == ClockMode.Host)
            Assert.InRange((later.time - after.time) / Second, 0.1, 1.4 * 10);
    }

    [Theory, MemberData(nameof(Arrangements))]
    public async Task A_machine_that_is_stopped_before_its_run_waits_and_can_be_ended(ClockMode clock, int hostThreads)
    {
        using Ps3Machine machine = MachineBuilder.Build(Penguin.Config(new()) with { Clock = clock, HostThreads = hostThreads == 2 });
        machine.Pause.Stop();
        Task<RunOutcome> run = Task.Run(() => machine.Run(new RunLimits { Timeout = TimeSpan.FromMinutes(2) }));
        await Task.Delay(500);

        Assert.Equal(0ul, Ask(machine, () => machine.Instructions));
        machine.Post(() => machine.End(new RunOutcome(RunEnd.Reset, "a test")));

        Assert.Equal(RunEnd.Reset, (await run).End);
    }

    [Fact]
    public async Task A_stop_does_not_change_what_a_guest_on_the_instruction_clock_does()
    {
        using Ps3Machine straight = Penguin.Build(out System.Text.StringBuilder expected);
        straight.Run(new RunLimits());
        using Ps3Machine stopped = Penguin.Build(out System.Text.StringBuilder console);
        stopped.Pause.Stop();
        Task<RunOutcome> run = Task.Run(() => stopped.Run(new RunLimits()));
        await Task.Delay(200);
        stopped.Post(() => stopped.Pause.Continue());

        Assert.Equal(RunEnd.PowerOff, (await run).End);
        Assert.Equal(expected.ToString(), console.ToString());
        Assert.Equal(MachineStateHash.Of(straight), MachineStateHash.Of(stopped));
    }

    private static void Ask(Ps3Machine machine, Action action) => Ask(machine, () =>
    {
        action();
        return true;
    });

    private static T Ask<T>(Ps3Machine machine, Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        machine.Post(() => answer.SetResult(question()));
        Assert.True(answer.Task.Wait(TimeSpan.FromSeconds(30)), "the machine's thread does not answer");
        return answer.Task.Result;
    }
}
