using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>MSR.SF = 0: addresses and CTR are cut to the low word (Book I 1.12.2, 2.3.3, 2.4.1). Arithmetic is in the vectors.</summary>
public abstract unsafe class ThirtyTwoBitModeTests : IDisposable
{
    private const ulong Data = TestMachine.Data;
    private const ulong High = 0xabcd_ef01_0000_0000;

    private readonly TestMachine _machine;

    protected ThirtyTwoBitModeTests(PpuEngine engine)
    {
        _machine = new TestMachine(engine);
        _machine.Thread.SetMsr(Msr.Fp | Msr.Vec);
    }

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Storage_addresses_are_cut()
    {
        _machine.Write64(Data, 0x1122_3344_5566_7788);
        State.Gpr[3] = High | Data;
        State.Gpr[4] = 4;
        _machine.Run("lwz r5,4(r3); lwzx r6,r3,r4; ld r7,0(r3); stw r5,8(r3); lvx v1,0,r3; lwarx r8,0,r3");
        Assert.Equal(TestMachine.Code + 24, State.Nia);
        Assert.Equal((0x5566_7788ul, 0x5566_7788ul, 0x1122_3344_5566_7788ul), (State.Gpr[5], State.Gpr[6], State.Gpr[7]));
        Assert.Equal(0x5566_7788u, _machine.Read32(Data + 8));
        Assert.Equal(0x1122_3344ul, State.Gpr[8]);
    }

    [Fact]
    public void An_address_wraps_at_4_GB()
    {
        _machine.Write32(0x4000, 0x1234_5678);
        State.Gpr[3] = 0xffff_fff0;
        State.Gpr[4] = 0x4010;
        _machine.Run("lwzx r5,r3,r4");
        Assert.Equal(0x1234_5678ul, State.Gpr[5]);
    }

    [Fact]
    public void DAR_has_no_high_word()
    {
        State.Gpr[3] = High | 0x7000_0000;
        _machine.Run("lwz r4,0(r3)");
        Assert.Equal((0x300ul, 0x7000_0000ul), (State.Nia, State.Dar));
        Assert.Equal(0ul, State.Srr1 & Msr.Sf);
    }

    [Fact]
    public void An_update_keeps_all_64_bits_of_the_sum()
    {
        State.Gpr[3] = High | Data;
        _machine.Run("stwu r4,16(r3)");
        Assert.Equal(TestMachine.Code + 4, State.Nia);
        Assert.Equal(Data + 16, State.Gpr[3] & uint.MaxValue);
    }

    [Fact]
    public void Branch_targets_are_cut()
    {
        State.Lr = High | (TestMachine.Code + 0x100);
        _machine.Load("addi r3,r0,1", TestMachine.Code + 0x100);
        _machine.Run("bclr 20,0,0; ori r0,r0,0");
        Assert.Equal((1ul, TestMachine.Code + 0x104), (State.Gpr[3], State.Nia));
    }

    [Fact]
    public void CTR_counts_in_its_low_word()
    {
        State.Ctr = High | 1;
        _machine.Run("bc 18,0,0x10100"); // decrement, branch if CTR = 0
        Assert.Equal(TestMachine.Code + 0x100, State.Nia);
    }

    [Fact]
    public void The_next_instruction_after_the_last_word_is_at_0()
    {
        AddressSpace space = new(_machine);
        space.Segment(0xf000_0000);
        space.Segment(0);
        space.Map(0xffff_f000, Data);
        space.Map(0, Data + 0x1000);
        _machine.Load("addi r3,r3,1", Data + 0xffc);
        _machine.Load("addi r3,r3,2", Data + 0x1000);
        _machine.Thread.SetMsr(Msr.Ir);
        foreach (bool atOnce in (bool[])[true, false])
        {
            State.Gpr[3] = 0;
            State.Nia = 0xffff_fffc;
            _machine.Step(atOnce ? 2 : 1);
            if (!atOnce)
                _machine.Step();
            Assert.Equal((3ul, 4ul), (State.Gpr[3], State.Nia));
        }
    }
}
