using CellPpe.Core.Ports;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>
/// Interrupts that come from instructions or from outside (Book III 5.5): where they go, and what SRR0, SRR1 and MSR say.
/// </summary>
public abstract unsafe class InterruptTests(PpuEngine engine) : IDisposable
{
    private const ulong FloatingPointEnabled = 1UL << 20;
    private const ulong Illegal = 1UL << 19;
    private const ulong Privileged = 1UL << 18;
    private const ulong Trap = 1UL << 17;
    private const ulong LaterInstruction = 1UL << 16;

    private readonly TestMachine _machine = new(engine);

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(".long 0")]
    [InlineData("mfspr r3,1000")] // no such register
    [InlineData("mtspr 1000,r3")]
    [InlineData("mftb r3,270")] // no such time base register
    public void An_instruction_that_is_not_there_is_illegal(string instruction)
    {
        _machine.Run($"ori r0,r0,0\n{instruction}");
        AssertInterrupt(0x700, TestMachine.Code + 4, Msr.Sf | Illegal);
    }

    [Theory]
    [InlineData("mfmsr r3")]
    [InlineData("mtmsr r3,0")]
    [InlineData("mtmsrd r3,1")]
    [InlineData("rfid")]
    [InlineData("hrfid")]
    [InlineData("slbie r3")]
    [InlineData("slbia")]
    [InlineData("slbmte r3,r4")]
    [InlineData("slbmfee r3,r4")]
    [InlineData("slbmfev r3,r4")]
    [InlineData("tlbie r3,0")]
    [InlineData("tlbsync")]
    [InlineData("mfspr r3,26")]
    [InlineData("mtspr 26,r3")]
    [InlineData("mtspr 272,r3")]
    [InlineData("mfspr r3,1008")]
    public void A_privileged_instruction_in_problem_state_changes_nothing(string instruction)
    {
        AddressSpace.WithCode(_machine, Msr.Pr);
        ulong msr = State.Msr;
        State.Gpr[3] = 3;
        _machine.Run(instruction);
        AssertInterrupt(0x700, TestMachine.Code, msr | Privileged);
        Assert.Equal(3ul, State.Gpr[3]);
    }

    [Fact]
    public void Hypervisor_instructions_are_privileged_even_for_a_supervisor()
    {
        _machine.Run("hrfid");
        AssertInterrupt(0x700, TestMachine.Code, Msr.Sf | Privileged);
    }

    [Fact]
    public void A_trap_says_so()
    {
        _machine.Run("twi 31,r0,0");
        AssertInterrupt(0x700, TestMachine.Code, Msr.Sf | Trap);
    }

    [Theory]
    [InlineData("fadd f1,f2,f3")]
    [InlineData("lfd f1,0(r3)")]
    [InlineData("mffs f1")]
    public void Floating_point_needs_msr_fp(string instruction)
    {
        _machine.Run(instruction);
        AssertInterrupt(0x800, TestMachine.Code, Msr.Sf);
    }

    [Theory]
    [InlineData("vaddubm v1,v2,v3")]
    [InlineData("lvx v1,0,r3")]
    [InlineData("lvsl v1,0,r3")]
    public void Vectors_need_msr_vec(string instruction)
    {
        _machine.Run(instruction);
        AssertInterrupt(0xf20, TestMachine.Code, Msr.Sf);
    }

    [Fact]
    public void An_enabled_floating_point_exception_names_its_instruction()
    {
        const ulong Mode = Msr.Sf | Msr.Fp | Msr.Fe0 | Msr.Fe1;
        _machine.Thread.SetMsr(Mode);
        State.Fpscr.Value = Fpscr.Ze;
        State.Fpr[1] = BitConverter.DoubleToUInt64Bits(1);
        State.Fpr[4] = 44;
        _machine.Run("fdiv f4,f1,f2");
        AssertInterrupt(0x700, TestMachine.Code, Mode | FloatingPointEnabled);
        Assert.Equal(44ul, State.Fpr[4]); // Book I 4.4.2: an enabled zero divide leaves FRT as it is
        Assert.True(State.Fpscr.Has(Fpscr.Fex));
    }

    [Fact]
    public void An_exception_that_was_ignored_is_taken_when_fe0_or_fe1_is_set()
    {
        const ulong Mode = Msr.Sf | Msr.Fp;
        _machine.Thread.SetMsr(Mode);
        State.Fpscr.Value = Fpscr.Ze;
        State.Fpr[1] = BitConverter.DoubleToUInt64Bits(1);
        State.Gpr[3] = Mode | Msr.Fe1;
        _machine.Run("fdiv f4,f1,f2; mtmsrd r3,0");
        AssertInterrupt(0x700, TestMachine.Code + 8, Mode | Msr.Fe1 | FloatingPointEnabled | LaterInstruction);
    }

    [Fact]
    public void A_system_call_returns_behind_itself()
    {
        _machine.Run("sc 0");
        AssertInterrupt(0xc00, TestMachine.Code + 4, Msr.Sf);
    }

    [Fact]
    public void An_interrupt_keeps_ME_and_clears_the_rest()
    {
        _machine.Thread.SetMsr(Msr.Implemented & ~(Msr.Pr | Msr.Ir | Msr.Dr | Msr.Se | Msr.Be | Msr.Fe0 | Msr.Fe1));
        ulong msr = State.Msr;
        _machine.Run("sc 0");
        Assert.Equal(Msr.Sf | Msr.Me, State.Msr);
        Assert.Equal(msr, State.Srr1);
    }

    [Fact]
    public void A_32_bit_program_is_interrupted_into_64_bit_mode()
    {
        _machine.Thread.SetMsr(0);
        _machine.Run("sc 0");
        AssertInterrupt(0xc00, TestMachine.Code + 4, 0);
        Assert.Equal(Msr.Sf, State.Msr);
    }

    [Fact]
    public void Sc_1_is_a_hypercall()
    {
        var hypervisor = new EchoHypervisor();
        _machine.Thread.Hypervisor = hypervisor;
        for (int register = 3; register <= 11; register++)
            State.Gpr[register] = 0xffff_0000_0000_0000 | (uint)register;
        State.Srr0 = 0x5550;
        State.Srr1 = 0x6660;
        State.Gpr[12] = 12;

        _machine.Run("sc 1; ori r31,r3,0");

        Assert.Equal(0xffff_0000_0000_000b, hypervisor.Number);
        Assert.Equal(TestMachine.Code + 8, State.Nia);
        Assert.Equal(unchecked((ulong)(long)Lv1Status.NotImplemented), State.Gpr[31]);
        for (int register = 4; register <= 10; register++)
            Assert.Equal(0xffff_0000_0000_0000 + (uint)register - 1 + 0x100, State.Gpr[register]);
        Assert.Equal((12ul, 0x5550ul, 0x6660ul), (State.Gpr[12], State.Srr0, State.Srr1));
        Assert.Equal(1ul, _machine.Thread.Hypercalls);
    }

    [Fact]
    public void Sc_1_from_problem_state_reaches_no_hypervisor()
    {
        AddressSpace.WithCode(_machine, Msr.Pr);
        ulong msr = State.Msr;
        _machine.Run("sc 1");
        AssertInterrupt(0x700, TestMachine.Code, msr | Illegal);
    }

    [Fact]
    public void The_external_interrupt_is_a_level_that_waits_for_EE()
    {
        _machine.Thread.SetExternalInterrupt(true);
        State.Gpr[3] = Msr.Ee;
        _machine.Run("ori r0,r0,0; ori r0,r0,0");
        Assert.Equal(TestMachine.Code + 8, State.Nia);

        _machine.Load("mtmsrd r3,1; addi r5,r0,1");
        State.Nia = TestMachine.Code;
        _machine.Step(2);
        AssertInterrupt(0x500, TestMachine.Code + 4, Msr.Sf | Msr.Ee);
        Assert.Equal(0ul, State.Gpr[5]);

        // Still asserted: it comes again when the handler returns.
        _machine.Load("rfid", 0x500);
        _machine.Step(3);
        Assert.Equal(3ul, _machine.Thread.Interrupts);
        Assert.Equal(0ul, State.Gpr[5]);

        _machine.Thread.SetExternalInterrupt(false);
        _machine.Step(2);
        Assert.Equal(1ul, State.Gpr[5]);
    }

    [Fact]
    public void The_decrementer_interrupts_while_it_is_negative()
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Ee);
        State.Gpr[3] = 100;
        _machine.Run("mtspr 22,r3");
        Assert.False(_machine.Thread.DecrementerNegative);
        Assert.Equal(_machine.Clock.TimeBase + 101, _machine.Thread.DecrementerDue);

        _machine.Clock.TimeBase += 100;
        _machine.Run("mfspr r4,22");
        Assert.Equal(0ul, State.Gpr[4]);

        _machine.Clock.TimeBase++;
        _machine.Run("mfspr r4,22");
        AssertInterrupt(0x900, TestMachine.Code, Msr.Sf | Msr.Ee);
    }

    [Fact]
    public void External_comes_before_decrementer()
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Ee);
        _machine.Thread.SetExternalInterrupt(true);
        State.DecrementerZero = _machine.Clock.TimeBase - 1;
        _machine.Run("ori r0,r0,0");
        AssertInterrupt(0x500, TestMachine.Code, Msr.Sf | Msr.Ee);
    }

    [Fact]
    public void A_paused_thread_runs_nothing_until_it_is_interrupted()
    {
        _machine.Load("addi r3,r3,1");
        _machine.Thread.Pause(PpeWait.Interrupt);
        Assert.Equal(0, _machine.Thread.Run(1));
        _machine.Thread.SetExternalInterrupt(true);
        Assert.Equal(1, _machine.Thread.Run(1));
        Assert.Equal(1ul, State.Gpr[3]);
    }

    [Fact]
    public void Single_step_traces_every_instruction()
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Se);
        _machine.Run("addi r3,r0,1; addi r3,r0,2");
        AssertInterrupt(0xd00, TestMachine.Code + 4, Msr.Sf | Msr.Se);
        Assert.Equal(1ul, State.Gpr[3]);
        Assert.Equal(Msr.Sf, State.Msr);
    }

    [Fact]
    public void Rfid_is_never_traced()
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Se);
        State.Srr0 = TestMachine.Code + 0x100;
        State.Srr1 = Msr.Sf | Msr.Se;
        _machine.Load("addi r3,r0,1; addi r3,r0,2", TestMachine.Code + 0x100);
        _machine.Run("rfid; ori r0,r0,0");
        AssertInterrupt(0xd00, TestMachine.Code + 0x104, Msr.Sf | Msr.Se);
        Assert.Equal(1ul, State.Gpr[3]);
    }

    [Fact]
    public void A_hypercall_is_not_traced()
    {
        _machine.Thread.Hypervisor = new EchoHypervisor();
        _machine.Thread.SetMsr(Msr.Sf | Msr.Se);
        _machine.Run("sc 1; addi r31,r0,1");
        AssertInterrupt(0xd00, TestMachine.Code + 8, Msr.Sf | Msr.Se);
        Assert.Equal(1ul, State.Gpr[31]);
    }

    [Fact]
    public void An_instruction_that_interrupts_is_not_traced()
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Se);
        _machine.Run("sc 0");
        AssertInterrupt(0xc00, TestMachine.Code + 4, Msr.Sf | Msr.Se);
    }

    [Theory]
    [InlineData("b 0x10100", 0x100)]
    [InlineData("bc 20,0,0x10100", 0x100)]
    [InlineData("bc 12,0,0x10100", 8)] // CR is 0: not taken, and traced nevertheless
    [InlineData("bclr 20,0,0", 0x200)]
    [InlineData("bcctr 20,0,0", 0x300)]
    public void Branch_trace_comes_after_a_branch_taken_or_not(string branch, uint next)
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Be);
        State.Lr = TestMachine.Code + 0x200;
        State.Ctr = TestMachine.Code + 0x300;
        _machine.Run($"addi r3,r0,1; {branch}");
        AssertInterrupt(0xd00, TestMachine.Code + next, Msr.Sf | Msr.Be);
        Assert.Equal(1ul, State.Gpr[3]);
    }

    [Fact]
    public void Rfid_restores_what_an_interrupt_saved()
    {
        State.Srr0 = TestMachine.Code + 0x103; // the low two bits are ignored
        State.Srr1 = Msr.Sf | Msr.Fp | Msr.Ri | Msr.Me | Msr.Hv;
        _machine.Run("rfid");
        Assert.Equal(TestMachine.Code + 0x100, State.Nia);
        // ME and HV are hypervisor resources: they stay.
        Assert.Equal(Msr.Sf | Msr.Fp | Msr.Ri, State.Msr);
    }

    [Fact]
    public void Rfid_into_32_bit_mode_cuts_the_address()
    {
        State.Srr0 = 0xdead_0000_0000_0000 | (TestMachine.Code + 0x100);
        State.Srr1 = 0;
        _machine.Load("bcl 20,31,0x10104", TestMachine.Code + 0x100);
        _machine.Run("rfid; ori r0,r0,0");
        Assert.Equal(TestMachine.Code + 0x104, State.Lr);
        Assert.Equal(TestMachine.Code + 0x104, State.Nia);
    }

    [Theory]
    [InlineData("mtmsrd r3,0")]
    [InlineData("mtmsr r3,0")]
    [InlineData("rfid")]
    public void Problem_state_implies_EE_IR_and_DR(string instruction)
    {
        State.Gpr[3] = Msr.Sf | Msr.Pr;
        State.Srr0 = TestMachine.Code;
        State.Srr1 = Msr.Sf | Msr.Pr;
        _machine.Run(instruction);
        Assert.Equal(Msr.Sf | Msr.Pr | Msr.Ee | Msr.Ir | Msr.Dr, State.Msr);
    }

    [Fact]
    public void Mtmsr_changes_the_low_word_only()
    {
        State.Gpr[3] = Msr.Ri | Msr.Fp | Msr.Me;
        _machine.Run("mtmsr r3,0");
        Assert.Equal(Msr.Sf | Msr.Ri | Msr.Fp, State.Msr);
    }

    [Fact]
    public void Mtmsrd_changes_SF()
    {
        State.Gpr[3] = Msr.Ri;
        _machine.Run("mtmsrd r3,0");
        Assert.Equal(Msr.Ri, State.Msr);
    }

    [Theory]
    [InlineData("mtmsrd r3,1")]
    [InlineData("mtmsr r3,1")]
    public void L_changes_EE_and_RI_alone(string instruction)
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Fp);
        State.Gpr[3] = Msr.Implemented & ~Msr.Fp;
        _machine.Run(instruction);
        Assert.Equal(Msr.Sf | Msr.Fp | Msr.Ee | Msr.Ri, State.Msr);
    }

    [Fact]
    public void Mfmsr_reads_what_is_there()
    {
        _machine.Thread.SetMsr(Msr.Implemented & ~(Msr.Pr | Msr.Ir | Msr.Dr | Msr.Se | Msr.Be | Msr.Ee));
        _machine.Run("mfmsr r3");
        Assert.Equal(State.Msr, State.Gpr[3]);
        Assert.Equal(0ul, State.Gpr[3] & Msr.Hv);
    }

    private void AssertInterrupt(ulong vector, ulong srr0, ulong srr1)
    {
        Assert.Equal(vector.ToString("x"), State.Nia.ToString("x"));
        Assert.Equal(srr0.ToString("x"), State.Srr0.ToString("x"));
        Assert.Equal(srr1.ToString("x"), State.Srr1.ToString("x"));
    }

    /// <summary>Answers r4..r10 = r3..r9 + 0x100.</summary>
    private sealed class EchoHypervisor : IHypervisor
    {
        public ulong Number { get; private set; }

        public Lv1Status Call(ILogicalPpeThread caller, ref HypercallFrame frame)
        {
            Number = frame.Number;
            for (int index = 0; index < 7; index++)
                frame.Out[index] = frame.In[index] + 0x100;
            return Lv1Status.NotImplemented;
        }
    }
}
