using System.Text;

using CellPpe.Core;
using CellPpe.Core.Stops;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Machine.Tests;

/// <summary>A machine stops when one of its threads does, and continues from there, in both threading modes.</summary>
public sealed class StopTests
{
    private const ulong Code = 0x0100_0000;
    private const ulong Data = 0x0200_0000;

    public static TheoryData<PpuEngine, bool, ClockMode> Machines => new()
    {
        { PpuEngine.Interpreter, false, ClockMode.Instructions },
        { PpuEngine.Compiled, false, ClockMode.Instructions },
        { PpuEngine.Auto, false, ClockMode.Host },
        { PpuEngine.Auto, true, ClockMode.Host },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public unsafe void A_run_ends_at_a_stop_and_the_next_continues_past_it(PpuEngine engine, bool hostThreads, ClockMode clock)
    {
        using Ps3Machine machine = MachineBuilder.Build(Penguin.Config(new StringBuilder()) with
        {
            Engine = engine,
            HostThreads = hostThreads,
            Clock = clock,
            Spes = 0,
        });
        ulong first = Enter(machine, 0, "addi r3,r3,1; stw r3,0(r31); addi r4,r4,1");
        ulong second = Enter(machine, 1, "addi r5,r5,1; lwz r6,0(r31)");
        var limits = new RunLimits { Instructions = 200_000, Timeout = TimeSpan.FromMinutes(1) };
        Assert.Equal(RunEnd.InstructionLimit, machine.Run(limits).End);
        limits = limits with { Instructions = null };
        PpuThread thread = machine.Ppe.Threads[0];

        thread.Stops.AddBreakpoint(first + 8);
        for (int round = 0; round < 3; round++)
        {
            ulong before = thread.State.Gpr[3];
            RunOutcome outcome = machine.Run(limits);
            Assert.Equal(RunEnd.Stopped, outcome.End);
            Assert.StartsWith($"breakpoint at 0x{first + 8:x}", outcome.Message, StringComparison.Ordinal);
            Assert.EndsWith(", thread 0", outcome.Message, StringComparison.Ordinal);
            Assert.Equal((StopCause.Breakpoint, first + 8), (thread.Stops.LastStop!.Value.Cause, thread.State.Nia));
            if (round > 0)
                Assert.Equal(before + 1, thread.State.Gpr[3]);
        }

        thread.Stops.RemoveBreakpoint(first + 8);
        machine.Ppe.Threads[1].Stops.AddWatchpoint(new Watchpoint(Data, 4, WatchedAccess.Load));
        Assert.StartsWith($"load of 0x{Data:x} at 0x{second + 4:x}", machine.Run(limits).Message, StringComparison.Ordinal);
        // Exactly one round of this thread; the other does not run.
        ulong others = thread.State.Instructions;
        Stop stop = Exactly(machine, 1, 100);
        Assert.Equal(new Stop(StopCause.Watchpoint, second + 4, 3, Data, WatchedAccess.Load), stop);
        Assert.Equal(others, thread.State.Instructions);

        machine.Ppe.Threads[1].Stops.RemoveWatchpoint(new Watchpoint(Data, 4, WatchedAccess.Load));
        Assert.Equal(RunEnd.InstructionLimit, machine.Run(limits with { Instructions = machine.Instructions + 100_000 }).End);
    }

    private static Stop Exactly(Ps3Machine machine, int number, long instructions)
    {
        PpuThread thread = machine.Ppe.Threads[number];
        if (!machine.Ppe.Lock.IsShared)
            return thread.Stops.RunExactly(instructions);
        thread.Attach();
        try
        {
            return thread.Stops.RunExactly(instructions);
        }
        finally
        {
            thread.Detach();
        }
    }

    // Makes the thread loop over these instructions, in real mode, with interrupts off and r31 pointing at data.
    private static unsafe ulong Enter(Ps3Machine machine, int number, string round)
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
        return start;
    }
}
