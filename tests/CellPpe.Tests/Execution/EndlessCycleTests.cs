using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Cycles;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>Which loops with interrupts off are proven to go on for ever, and which are not.</summary>
public sealed unsafe class EndlessCycleTests : IDisposable
{
    private const ulong Pause = 9;
    private readonly TestMachine _machine = new();
    private readonly List<IMemoryWriter> _writers = [];

    private ref PpuState State => ref _machine.State;

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_branch_to_itself_never_ends()
    {
        EndlessCycle cycle = Find("ori r0,r0,0", back: 0);

        Assert.True(cycle.IsProven, cycle.Reason);
        Assert.Equal((2, TestMachine.Code, TestMachine.Code + 4), (cycle.Instructions, cycle.First, cycle.Last));
        Assert.Empty(cycle.Loads);
    }

    [Fact]
    public void Steps_that_lead_into_the_cycle_do_no_harm()
    {
        State.Gpr[5] = 77;

        EndlessCycle cycle = Find("addi r3,r5,1; addi r4,r3,1; ori r0,r0,0", back: 2);

        Assert.True(cycle.IsProven, cycle.Reason);
        Assert.Equal((2, TestMachine.Code + 8), (cycle.Instructions, cycle.First));
    }

    [Fact]
    public void A_lock_that_nobody_gives_back_never_is_free()
    {
        State.Gpr[3] = TestMachine.Data;
        _machine.Write32(TestMachine.Data, 1);

        EndlessCycle cycle = Find("lwarx r4,0,r3; addi r5,r4,0; or r1,r1,r1", back: 0);

        Assert.True(cycle.IsProven, cycle.Reason);
        Assert.Equal([TestMachine.Data], cycle.Loads);
    }

    [Fact]
    public void What_is_stored_again_and_again_changes_nothing()
    {
        // As a function saves and restores its link register around a hypercall (arch/powerpc/platforms/ps3/hvcall.S).
        State.Gpr[1] = TestMachine.Data;
        State.Lr = 0x1234_5678;
        _machine.Write32(TestMachine.Data + 20, 0x1234_5678);
        State.Gpr[11] = 0;

        EndlessCycle cycle = Find(
            "mfspr r0,8; std r0,16(r1); addi r11,r0,9; addi r11,0,9; addi r3,0,1; sc 1; ld r0,16(r1); mtspr 8,r0", back: 0);

        Assert.True(cycle.IsProven, cycle.Reason);
        Assert.Equal(1, cycle.Pauses);
        Assert.Equal([TestMachine.Data + 16], cycle.Stores);
    }

    [Fact]
    public void What_sets_the_decrementer_and_keeps_interrupts_off_may_be_endless()
    {
        // As the embedded guest's second thread rests.
        EndlessCycle cycle = Find("addis r3,0,32767; mtspr 22,r3; addi r3,0,2; mtmsrd r3,1; addi r11,0,9; addi r3,0,1; sc 1", back: 0);

        Assert.True(cycle.IsProven, cycle.Reason);
    }

    [Fact]
    public void Exceptions_that_lead_to_themselves_never_end()
    {
        // A guest without handlers: memory of zeros at 0x700 is an illegal instruction.
        _machine.Write32(0x700, 0);
        State.Nia = 0x700;

        EndlessCycle cycle = EndlessCycle.Find(_machine.Thread, Conditions());

        Assert.True(cycle.IsProven, cycle.Reason);
        Assert.Equal((1, 0x700UL), (cycle.Instructions, cycle.First));
    }

    [Theory]
    [InlineData("addi r3,r3,1", "does not come back")] // counts
    [InlineData("stw r5,0(r6)", "stores a new value")]
    [InlineData("mftb r3,268", "time base")]
    [InlineData("mfspr r3,22", "decrementer")]
    [InlineData("addi r3,0,0; ori r3,r3,32770; mtmsrd r3,1", "turns interrupts on")]
    [InlineData("addi r3,0,0; mtmsrd r3,0", "machine state register")]
    [InlineData("addi r11,0,10; sc 1", "hypercall 10")]
    [InlineData("sc 0", "system call")]
    [InlineData("lwarx r4,0,r6; stwcx. r4,0,r6", "stwcx.")]
    [InlineData("addis r7,0,16384; addis r7,r7,1; lwz r4,0(r7)", "would fault")]
    public void What_counts_stores_reads_the_time_calls_or_faults_is_not_judged(string loop, string why)
    {
        State.Gpr[5] = 1;
        State.Gpr[6] = TestMachine.Data;

        EndlessCycle cycle = Find(loop, back: 0);

        Assert.False(cycle.IsProven);
        Assert.Contains(why, cycle.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void With_interrupts_on_nothing_is_judged()
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Ee);

        EndlessCycle cycle = Find("ori r0,r0,0", back: 0);

        Assert.False(cycle.IsProven);
        Assert.Contains("interrupts", cycle.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_device_may_store_to_may_change()
    {
        State.Gpr[6] = TestMachine.Data + 64;
        _writers.Add(new Writer(TestMachine.Data));
        Assert.True(Find("lwz r4,0(r6)", back: 0).IsProven);

        State.Gpr[6] = TestMachine.Data + 8;
        EndlessCycle cycle = Find("lwz r4,0(r6)", back: 0);

        Assert.False(cycle.IsProven);
        Assert.Contains("a test device may change", cycle.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Looking_changes_neither_state_nor_memory()
    {
        State.Gpr[3] = TestMachine.Data;
        State.Gpr[4] = 5;
        _machine.Load("lwz r5,0(r3); addi r4,r4,1");
        _machine.Write32(TestMachine.Code + 8, Asm.B(li: -8));
        State.Nia = TestMachine.Code;
        PpuState before = State;

        EndlessCycle.Find(_machine.Thread, Conditions());

        Assert.Equal(before.Gpr[4], State.Gpr[4]);
        Assert.Equal(before.Gpr[5], State.Gpr[5]);
        Assert.Equal((before.Nia, before.Instructions), (State.Nia, State.Instructions));
        Assert.Equal(0UL, _machine.Thread.TlbFills);
    }

    private EndlessCycle Find(string loop, int back)
    {
        uint[] words = PpuAssembler.AssembleLines(loop, TestMachine.Code);
        _machine.Load([.. words, Asm.B(li: 4 * (back - words.Length))]);
        State.Nia = TestMachine.Code;
        return EndlessCycle.Find(_machine.Thread, Conditions());
    }

    private CycleConditions Conditions() => new(Pause, _writers);

    private sealed class Writer(ulong at) : IMemoryWriter
    {
        public string Name => "a test device";

        public bool MayStore(LparAddress start, ulong length) => start.Value < at + 64 && at < start.Value + length;
    }
}
