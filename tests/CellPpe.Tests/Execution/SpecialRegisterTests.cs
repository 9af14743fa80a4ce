using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>Special purpose registers by number (Book III 3.4.1 and the PPE's own).</summary>
public abstract unsafe class SpecialRegisterTests(PpuEngine engine) : IDisposable
{
    private readonly TestMachine _machine = new(engine);

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(8, 0xffff_ffff_ffff_ffff)] // LR
    [InlineData(9, 0xffff_ffff_ffff_ffff)] // CTR
    [InlineData(1, 0xe000_007f)] // XER
    [InlineData(18, 0xffff_ffff)] // DSISR
    [InlineData(19, 0xffff_ffff_ffff_ffff)] // DAR
    [InlineData(26, 0xffff_ffff_ffff_ffff)] // SRR0
    [InlineData(27, 0xffff_ffff_ffff_ffff)] // SRR1
    [InlineData(256, 0xffff_ffff)] // VRSAVE
    [InlineData(272, 0xffff_ffff_ffff_ffff)] // SPRG0
    [InlineData(273, 0xffff_ffff_ffff_ffff)]
    [InlineData(274, 0xffff_ffff_ffff_ffff)]
    [InlineData(275, 0xffff_ffff_ffff_ffff)]
    [InlineData(896, 0xffff_ffff_ffff_ffff)] // TSRL
    public void What_is_written_is_read(int spr, ulong implemented)
    {
        State.Gpr[3] = ulong.MaxValue;
        _machine.Run($"mtspr {spr},r3; mfspr r4,{spr}");
        Assert.Equal(TestMachine.Code + 8, State.Nia);
        Assert.Equal(implemented, State.Gpr[4]);
        State.Gpr[3] = 0;
        _machine.Run($"mtspr {spr},r3; mfspr r4,{spr}");
        Assert.Equal(0ul, State.Gpr[4]);
    }

    [Fact]
    public void Problem_state_reads_SPRG3_by_259()
    {
        AddressSpace.WithCode(_machine, Msr.Pr);
        State.Sprg[3] = 0x1234_5678_9abc_def0;
        _machine.Run("mfspr r3,259");
        Assert.Equal(State.Sprg[3], State.Gpr[3]);
        _machine.Run("mtspr 259,r3");
        Assert.Equal(0x700ul, State.Nia);
    }

    [Fact]
    public void The_processor_version_is_a_Cell()
    {
        _machine.Run("mfspr r3,287");
        Assert.Equal(0x0070_0501ul, State.Gpr[3]);
        _machine.Run("mtspr 287,r3");
        Assert.Equal((0x700ul, 1ul << 19), (State.Nia, State.Srr1 & 0x783f_0000));
    }

    [Fact]
    public void CTRL_tells_the_thread_and_keeps_the_run_latch()
    {
        using var machine = new TestMachine(engine, threads: 2);
        for (int id = 0; id < 2; id++)
        {
            Ppe.Threads.PpuThread thread = machine.Core.Threads[id];
            machine.Load("mfspr r3,136; mtspr 152,r4; mfspr r5,136; mtspr 152,r6; mfspr r7,136; mfspr r8,1023");
            thread.State.Nia = TestMachine.Code;
            thread.State.Gpr[4] = 0;
            thread.State.Gpr[6] = 1;
            thread.Run(6);
            Assert.Equal(id, System.Numerics.BitOperations.LeadingZeroCount((uint)thread.State.Gpr[3]));
            Assert.Equal((0ul, 1ul), (thread.State.Gpr[5] & 1, thread.State.Gpr[7] & 1));
            Assert.Equal(thread.State.Gpr[3], thread.State.Gpr[7]);
            Assert.Equal((ulong)id, thread.State.Gpr[8]);
        }
    }

    [Fact]
    public void The_time_base_is_the_clocks()
    {
        _machine.Clock.TimeBase = 0x1234_5678_9abc_def0;
        _machine.Run("mftb r3,268; mftb r4,269; mfspr r5,268");
        Assert.Equal((0x1234_5678_9abc_def0ul, 0x1234_5678ul, 0x1234_5678_9abc_def0ul), (State.Gpr[3], State.Gpr[4], State.Gpr[5]));
    }

    [Theory]
    [InlineData("mfspr r3,22")]
    [InlineData("mfspr r3,1017")]
    [InlineData("mtspr 275,r3")]
    [InlineData("mfspr r3,304")] // not there, but with the privileged bit
    public void Privileged_numbers_are_privileged(string instruction)
    {
        AddressSpace.WithCode(_machine, Msr.Pr);
        _machine.Run(instruction);
        Assert.Equal((0x700ul, 1ul << 18), (State.Nia, State.Srr1 & 0x783f_0000));
    }

    [Theory]
    [InlineData("mfspr r3,0")]
    [InlineData("mfspr r3,25")] // SDR1: no partition has it
    [InlineData("mtspr 25,r3")]
    public void Unknown_numbers_are_illegal(string instruction)
    {
        _machine.Run(instruction);
        Assert.Equal((0x700ul, 1ul << 19, TestMachine.Code), (State.Nia, State.Srr1 & 0x783f_0000, State.Srr0));
    }

    [Fact]
    public void The_decrementer_counts_down_with_the_time_base()
    {
        State.Gpr[3] = 0x1_0000_0005;
        _machine.Run("mtspr 22,r3");
        _machine.Run("mfspr r4,22");
        _machine.Clock.TimeBase += 6;
        _machine.Run("mfspr r5,22");
        Assert.Equal((5ul, 0xffff_fffful), (State.Gpr[4], State.Gpr[5]));
    }

    [Fact]
    public void A_hypervisor_register_keeps_its_value()
    {
        _machine.Run("mfspr r3,1008; nor r4,r3,r3; mtspr 1008,r4; mfspr r5,1008");
        Assert.Equal(State.Gpr[3], State.Gpr[5]);
        Assert.Equal(TestMachine.Code + 16, State.Nia);
    }
}
