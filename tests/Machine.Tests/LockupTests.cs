using System.Text;

using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Lockups;

using Xunit;

namespace Machine.Tests;

/// <summary>Complete machines with a guest of a few instructions: which lock-ups are detected, by threading mode and engine.</summary>
public sealed class LockupTests
{
    private const ulong Code = 0x0100_0000;
    private const ulong Data = 0x0200_0000;

    // Waits ten milliseconds per round with interrupts off, and returns to the same state.
    private const string PausingRound = "addi r11,0,9; addi r3,0,0; sc 1";

    public static TheoryData<PpuEngine, bool, ClockMode> Machines => new()
    {
        { PpuEngine.Interpreter, false, ClockMode.Instructions },
        { PpuEngine.Compiled, false, ClockMode.Instructions },
        { PpuEngine.Auto, false, ClockMode.Host },
        { PpuEngine.Auto, true, ClockMode.Host },
        { PpuEngine.Interpreter, true, ClockMode.Host },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public void Threads_that_can_never_leave_their_rounds_end_the_run(PpuEngine engine, bool hostThreads, ClockMode clock)
    {
        using Ps3Machine machine = Build(engine, hostThreads, clock);
        Enter(machine, 0, PausingRound);
        Enter(machine, 1, PausingRound);

        RunOutcome outcome = machine.Run(new RunLimits { Timeout = TimeSpan.FromMinutes(1) });

        Assert.Equal(RunEnd.LockedUp, outcome.End);
        Assert.Contains("thread 1 repeats the same 4 instructions for ever with interrupts off, at 0x1010000", outcome.Message,
            StringComparison.Ordinal);
        Assert.Contains("calling lv1_pause, reading nothing", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Threads_that_spin_end_the_run(bool hostThreads)
    {
        using Ps3Machine machine = Build(PpuEngine.Auto, hostThreads, ClockMode.Host);
        Enter(machine, 0, "lwz r4,0(r31); ori r0,r0,0");
        Enter(machine, 1, "ori r0,r0,0");

        RunOutcome outcome = machine.Run(new RunLimits { Timeout = TimeSpan.FromMinutes(1) });

        Assert.Equal(RunEnd.LockedUp, outcome.End);
        Assert.Contains("reading 0x2000000", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("addi r20,r20,1")]
    [InlineData("lwz r4,0(r31); addi r4,r4,1; stw r4,0(r31)")]
    [InlineData("mftb r4,268")]
    public void A_guest_that_computes_with_interrupts_off_runs_on(string round)
    {
        using Ps3Machine machine = Build(PpuEngine.Auto, hostThreads: false, ClockMode.Instructions);
        Enter(machine, 0, $"{PausingRound}; {round}");
        Enter(machine, 1, PausingRound);

        // Half a minute of guest time. Then a pending decrementer exception, which the guest does not take, ends each pause at once.
        RunOutcome outcome = machine.Run(new RunLimits { Instructions = 60_000 });

        Assert.Equal(RunEnd.InstructionLimit, outcome.End);
        Assert.True(machine.Clock.TimeBase > 27 * IMachineClock.Frequency, $"{machine.Clock.TimeBase}");
    }

    [Fact]
    public void Waiting_for_a_lock_that_the_other_thread_may_release_is_no_lockup()
    {
        using Ps3Machine machine = Build(PpuEngine.Auto, hostThreads: false, ClockMode.Instructions);
        Enter(machine, 0, $"lwz r4,0(r31); {PausingRound}");
        Enter(machine, 1, $"{PausingRound}; addi r20,r20,1; stw r20,4(r31)");

        Assert.Equal(RunEnd.InstructionLimit, machine.Run(new RunLimits { Instructions = 20_000 }).End);
    }

    [Fact]
    public void Report_prints_it_once_and_detection_never_changes_the_state()
    {
        string expected = HashAfter(LockupAction.Off, out int none);
        string reported = HashAfter(LockupAction.Report, out int reports);

        Assert.Equal((0, 1), (none, reports));
        Assert.Equal(expected, reported);
    }

    [Theory]
    [InlineData(Msr.Sf)]
    [InlineData(Msr.Sf | Msr.Ee)]
    public void A_guest_that_reports_a_panic_and_waits_has_panicked(ulong msr)
    {
        using Ps3Machine machine = Build(PpuEngine.Auto, hostThreads: false, ClockMode.Instructions);
        machine.ConsolePanic = () => "Kernel panic - not syncing: test";
        foreach (PpuThread thread in machine.Ppe.Threads)
        {
            Enter(machine, thread.ThreadId, "addi r11,0,9; addi r3,0,1; sc 1");
            thread.SetMsr(msr);
        }

        RunOutcome outcome = machine.Run(new RunLimits { Timeout = TimeSpan.FromMinutes(1) });

        Assert.Equal(RunEnd.Panic, outcome.End);
        Assert.StartsWith("Kernel panic - not syncing: test", outcome.Message, StringComparison.Ordinal);
    }

    private static string HashAfter(LockupAction action, out int reports)
    {
        int count = 0;
        using Ps3Machine machine = Build(PpuEngine.Auto, hostThreads: false, ClockMode.Instructions, action);
        machine.LockupReporter = _ => count++;
        Enter(machine, 0, PausingRound);
        Enter(machine, 1, PausingRound);
        Assert.Equal(RunEnd.InstructionLimit, machine.Run(new RunLimits { Instructions = 10_000 }).End);
        reports = count;
        return MachineStateHash.Of(machine);
    }

    private static Ps3Machine Build(PpuEngine engine, bool hostThreads, ClockMode clock, LockupAction action = LockupAction.Stop) =>
        MachineBuilder.Build(Penguin.Config(new StringBuilder()) with
        {
            Engine = engine,
            HostThreads = hostThreads,
            Clock = clock,
            Lockup = action,
            Spes = 0,
        });

    // Makes the thread loop over these instructions, in real mode, with interrupts off and r31 pointing at data.
    private static unsafe void Enter(Ps3Machine machine, int number, string round)
    {
        ulong start = Code + ((ulong)number << 16);
        uint[] words = PpuAssembler.AssembleLines(round, start);
        words = [.. words, Asm.B(li: -4 * words.Length)];
        for (int index = 0; index < words.Length; index++)
            Assert.True(machine.Memory.TryWriteUInt32(new LparAddress(start + (4 * (ulong)index)), words[index]));
        PpuThread thread = machine.Ppe.Threads[number];
        thread.State.Nia = start;
        thread.State.Gpr[31] = Data;
        thread.SetMsr(Msr.Sf);
    }
}
