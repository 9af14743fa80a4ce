using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Regions;
using CellPpe.Ppe.State;

namespace Differential.Tests.Regions;

/// <summary>What the planner takes into a region.</summary>
public sealed class PlannerTests : IDisposable
{
    private const ulong Start = RegionMachine.Code;
    private readonly RegionMachine _machine = new(engine: PpuEngine.Interpreter);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_loop_is_one_region_with_a_block_for_each_leader()
    {
        _machine.Load("addi r3,r3,1; cmpi 0,1,r3,5; bc 12,2,0x10010; addi r4,r4,1; addi r5,r5,1; b 0x10000");
        _machine.Run(40);

        PpuRegionPlan plan = _machine.Plan()!;

        Assert.Equal([Start, Start + 12, Start + 16], plan.Blocks.Select(static block => block.Address));
        Assert.Equal(6, plan.Instructions);
        Assert.Equal([0], plan.Entries);
        Assert.Equal(Msr.Sf, plan.MsrMask);
        Assert.Equal(Msr.Sf, plan.MsrValue);
    }

    [Fact]
    public void What_was_never_run_stays_outside()
    {
        _machine.Load("addi r3,r3,1; bc 12,31,0x10010; addi r4,r4,1; b 0x10000; addi r5,r5,1; b 0x10000");
        _machine.Run(40);

        Assert.Equal([Start, Start + 8], _machine.Plan()!.Blocks.Select(static block => block.Address));
    }

    [Fact]
    public void Where_nothing_can_be_compiled_there_is_no_plan()
    {
        _machine.Load("fadd f1,f2,f3; b 0x10000");
        _machine.Load("b 0x800", 0x800);
        _machine.Run(10);

        Assert.Null(_machine.Plan());
    }

    [Fact]
    public void The_region_is_as_large_as_its_limits_allow()
    {
        _machine.Load(string.Concat(Enumerable.Repeat("addi r3,r3,1; ", 50)) + "b 0x10000");
        _machine.Run(102);

        PpuRegionPlan plan = _machine.Plan(new PpuRegionLimits(20, 8, 4, false))!;

        Assert.Equal([8, 8, 4], plan.Blocks.Select(static block => block.Words.Length));
    }

    [Fact]
    public void Pages_beyond_the_limit_stay_outside()
    {
        _machine.Load("b 0x11000");
        _machine.Load("addi r3,r3,1; b 0x10000", Start + 0x1000);
        _machine.Run(30);

        PpuRegionPlan two = _machine.Plan(new PpuRegionLimits(60, 32, 2, false))!;
        PpuRegionPlan one = _machine.Plan(new PpuRegionLimits(60, 32, 1, false))!;

        Assert.Equal([Start, Start + 0x1000], two.Pages.Select(static page => page.Address));
        // Which pages are where depends on the mode.
        Assert.Equal(Msr.Sf | Msr.Ir | Msr.Pr, two.MsrMask);
        Assert.Equal([Start], one.Pages.Select(static page => page.Address));
        Assert.Equal(1, one.Instructions);
    }

    [Fact]
    public void A_block_ends_with_its_page()
    {
        _machine.Load("addi r3,r3,1; addi r3,r3,1; b 0x10ff8", Start + 0xffc);
        _machine.Load("addi r4,r4,1", Start + 0xff8);
        _machine.Run(30, Start + 0xff8);

        PpuRegionPlan plan = _machine.Plan(address: Start + 0xff8)!;

        Assert.Equal([Start + 0xff8, Start + 0x1000], plan.Blocks.Select(static block => block.Address));
    }

    [Fact]
    public void A_call_stays_inside_and_its_return_is_predicted()
    {
        _machine.Load("bl 0x10010; addi r3,r3,1; b 0x10000; addi r0,r0,0; addi r4,r4,1; bclr 20,0,0");
        _machine.Run(50);

        PpuRegionPlan plan = _machine.Plan()!;

        Assert.Equal([Start, Start + 4, Start + 16], plan.Blocks.Select(static block => block.Address));
        Assert.Equal([1], plan.Returns);
        Assert.Equal([0], plan.Entries);
    }

    [Fact]
    public void Behind_a_call_that_leaves_the_region_there_is_a_side_entry()
    {
        _machine.Load("bl 0x11000; addi r3,r3,1; b 0x10000");
        _machine.Load("bclr 20,0,0", Start + 0x1000);
        _machine.Run(50);

        PpuRegionPlan plan = _machine.Plan(new PpuRegionLimits(60, 32, 1, false))!;

        Assert.Empty(plan.Returns);
        Assert.Equal([Start, Start + 4], plan.Entries.Select(entry => plan.Blocks[entry].Address));
    }

    [Theory]
    [InlineData("fadd f1,f2,f3", Msr.Fp | Msr.Fe0 | Msr.Fe1)]
    [InlineData("vaddubm v1,v2,v3", Msr.Vec)]
    [InlineData("mfmsr r3", Msr.Pr)]
    public void What_an_instruction_needs_is_part_of_the_mode(string instruction, ulong mask)
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Fp | Msr.Vec);
        _machine.Load($"addi r3,r3,1; {instruction}; b 0x10000");
        _machine.Run(30);

        PpuRegionPlan plan = _machine.Plan()!;

        Assert.Equal(3, plan.Instructions);
        Assert.Equal(Msr.Sf | mask, plan.MsrMask);
        Assert.Equal((Msr.Sf | Msr.Fp | Msr.Vec) & plan.MsrMask, plan.MsrValue);
    }

    [Fact]
    public void What_interrupts_for_lack_of_a_mode_bit_is_left_to_the_interpreter()
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Vec);
        _machine.Load("addi r3,r3,1; vaddubm v1,v2,v3; b 0x10000");
        _machine.Run(30);
        _machine.Thread.SetMsr(Msr.Sf);

        Assert.Equal(1, _machine.Plan()!.Instructions);
    }

    [Fact]
    public void Short_addresses_wrap_around()
    {
        _machine.Thread.SetMsr(0);
        _machine.Load("addi r3,r3,1; b 0x10000");
        _machine.Run(30);

        PpuRegionPlan plan = _machine.Plan()!;

        Assert.Equal(Msr.Sf, plan.MsrMask);
        Assert.Equal(0UL, plan.MsrValue);
    }

    [Fact]
    public void A_system_call_ends_its_block_and_is_come_back_to()
    {
        _machine.Load("addi r3,r3,1; sc 0; addi r4,r4,1; b 0x10000");
        _machine.Load("rfid", 0xc00);
        _machine.Run(30);

        PpuRegionPlan plan = _machine.Plan()!;

        Assert.Equal([Start, Start + 8], plan.Entries.Select(entry => plan.Blocks[entry].Address));
    }
}
