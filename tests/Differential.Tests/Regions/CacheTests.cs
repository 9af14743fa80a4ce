using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Regions;

namespace Differential.Tests.Regions;

/// <summary>Compiled code comes, is used, and goes when what it was made from changes.</summary>
public sealed unsafe class CacheTests
{
    private const ulong Start = RegionMachine.Code;

    private const string Counting = "addi r3,r3,1; addi r4,r4,2; b 0x10000";

    [Fact]
    public void A_loop_that_is_hot_runs_compiled()
    {
        using RegionMachine machine = Hot(Counting);

        machine.Run(300);

        Assert.True(machine.IsCompiled(Start));
        Assert.Equal(110UL, machine.State.Gpr[3]);
        Assert.Equal(1, machine.Statistics.Regions);
        Assert.Equal(3, machine.Statistics.RegionInstructions);
        Assert.True(machine.Statistics.Compiled >= 290, machine.Statistics.ToString());
        Assert.Equal(0, machine.Statistics.Failures);
    }

    [Fact]
    public void A_store_from_outside_drops_it()
    {
        using RegionMachine machine = Hot(Counting);

        machine.Write(Start + 4, Asm.Addi(4, 4, 100));
        Assert.False(machine.IsCompiled(Start));
        machine.State.Gpr[4] = 0;
        machine.Run(30);

        Assert.Equal(1000UL, machine.State.Gpr[4]);
        Assert.Equal(1, machine.Statistics.Dropped);
    }

    [Fact]
    public void A_store_beside_it_does_not()
    {
        using RegionMachine machine = Hot(Counting);

        machine.Write(Start + 12, 1);
        machine.Write(Start + 0x800, 1);

        Assert.True(machine.IsCompiled(Start));
    }

    [Fact]
    public void The_guests_own_store_drops_it()
    {
        using RegionMachine machine = Hot(Counting);
        machine.Load("stw r6,4(r7); b 0x10804", Start + 0x800);
        machine.State.Gpr[6] = Asm.Addi(4, 4, 100);
        machine.State.Gpr[7] = Start;

        machine.Run(1, Start + 0x800);

        Assert.False(machine.IsCompiled(Start));
        Assert.Equal(1, machine.Statistics.Dropped);
    }

    [Fact]
    public void A_region_that_stores_into_itself_is_left_and_the_store_is_run_once()
    {
        // Every eighth round puts the number of rounds into the immediate of the last addi.
        const string Text = "addi r6,r6,1; andi. r8,r6,7; bc 4,2,0x10010; sth r6,18(r7); addi r3,r3,0; b 0x10000";
        using RegionMachine compiled = Hot(Text, 0);
        using var interpreted = new RegionMachine(engine: PpuEngine.Interpreter);
        interpreted.Load(Text);
        foreach (RegionMachine machine in (RegionMachine[])[compiled, interpreted])
        {
            machine.State.Gpr[7] = Start;
            machine.State.Nia = Start;
            for (int turn = 0; turn < 50; turn++)
                machine.Thread.Run(23);
        }

        Assert.Equal(interpreted.State.Gpr[3], compiled.State.Gpr[3]);
        Assert.Equal(interpreted.State.Gpr[6], compiled.State.Gpr[6]);
        Assert.Equal(interpreted.State.Nia, compiled.State.Nia);
        Assert.Equal(interpreted.State.Instructions, compiled.State.Instructions);
        Assert.True(compiled.Statistics.Dropped > 5, compiled.Statistics.ToString());
    }

    [Fact]
    public void The_oldest_go_when_there_is_too_much()
    {
        using var machine = new RegionMachine(new EngineOptions { MostInstructions = 5 });
        machine.Load(Counting);
        machine.Load("addi r5,r5,1; addi r5,r5,1; b 0x11000", Start + 0x1000);
        machine.Run(30);
        Assert.True(machine.IsCompiled(Start));
        machine.Run(30, Start + 0x1000);

        Assert.True(machine.IsCompiled(Start + 0x1000));
        Assert.False(machine.IsCompiled(Start));
        Assert.Equal(1, machine.Statistics.Regions);
    }

    [Fact]
    public void Dropping_decoded_code_drops_all_of_it()
    {
        using RegionMachine machine = Hot(Counting);

        machine.Core.DropCode();

        Assert.False(machine.IsCompiled(Start));
        Assert.Equal(0, machine.Statistics.Regions);
        Assert.Equal(0, machine.Statistics.RegionInstructions);
        machine.Run(300);
        Assert.Equal(110UL, machine.State.Gpr[3]);
    }

    [Fact]
    public void A_budget_that_is_too_small_is_not_entered_with()
    {
        using RegionMachine machine = Hot(Counting);
        ulong refused = machine.Statistics.Refusals;

        machine.Run(2);

        Assert.Equal(11UL, machine.State.Gpr[3]);
        Assert.Equal(refused + 1, machine.Statistics.Refusals);
    }

    [Fact]
    public void Another_mode_is_not_entered_and_gets_a_region_of_its_own()
    {
        using var machine = new RegionMachine(new EngineOptions { LargeThreshold = 5 });
        machine.Load("addi r3,r3,1; addis r3,r3,0x7fff; b 0x10000");
        machine.Run(30);
        machine.Thread.SetMsr(0);
        machine.State.Gpr[3] = 0;

        machine.Run(60);
        machine.Run(60);

        Assert.Equal(40 * 0x7fff_0001UL, machine.State.Gpr[3]);
        Assert.True(machine.Statistics.Refusals > 0 && machine.Statistics.Installed > 1, machine.Statistics.ToString());
        long compiled = machine.Statistics.Compiled;
        machine.Run(300);
        Assert.True(machine.Statistics.Compiled > compiled + 280, machine.Statistics.ToString());
    }

    [Fact]
    public void A_page_that_moves_is_noticed_though_the_region_stays()
    {
        using var machine = new RegionMachine();
        machine.Translate();
        machine.Load("addi r3,r3,1; b 0x11000");
        machine.Load("addi r4,r4,1; b 0x10000", Start + 0x1000);
        machine.Load("addi r5,r5,1; b 0x11000", Start + 0x2000); // to stand at 0x11000
        machine.Map(Start, Start);
        machine.Map(Start + 0x1000, Start + 0x1000);
        machine.Run(40);
        Assert.True(machine.IsCompiled(Start));

        machine.Map(Start + 0x1000, Start + 0x2000);
        machine.Run(40);

        Assert.Equal((20UL, 10UL, 10UL), (machine.State.Gpr[3], machine.State.Gpr[4], machine.State.Gpr[5]));

        // And back: the pages are checked once more, and the code is valid again.
        machine.Map(Start + 0x1000, Start + 0x1000);
        long compiled = machine.Statistics.Compiled;
        machine.Run(40);

        Assert.Equal((30UL, 20UL, 10UL), (machine.State.Gpr[3], machine.State.Gpr[4], machine.State.Gpr[5]));
        Assert.True(machine.Statistics.Compiled > compiled + 20, machine.Statistics.ToString());
    }

    [Fact]
    public void Code_at_a_second_address_is_not_taken_for_the_first()
    {
        using var machine = new RegionMachine();
        machine.Translate();
        machine.Load("bcl 20,31,0x10004; mfspr r3,8; b 0x10000");
        machine.Map(Start, Start);
        machine.Map(Start + 0x5000, Start);
        machine.Run(60);
        Assert.True(machine.IsCompiled(Start));

        machine.Run(59, Start + 0x5000);
        Assert.Equal(Start + 0x5004, machine.State.Gpr[3]);
        machine.Run(59);
        Assert.Equal(Start + 4, machine.State.Gpr[3]);
    }

    [Fact]
    public void A_side_entry_does_not_displace_a_region_that_begins_there()
    {
        using RegionMachine machine = Hot("addi r3,r3,1; sc 0; addi r4,r4,1; b 0x10000", 0);
        machine.Load("rfid", 0xc00);
        machine.Run(100);
        machine.Run(100);

        Assert.True(machine.IsCompiled(Start));
        Assert.True(machine.IsCompiled(Start + 8));
        Assert.Equal(0, machine.Insn(Start)->Entry);
        Assert.Equal(machine.State.Gpr[3], machine.State.Gpr[4]);
    }

    [Fact]
    public void What_stays_hot_becomes_larger()
    {
        var options = new EngineOptions { LargeThreshold = 5, Small = new PpuRegionLimits(60, 32, 1, false) };
        using var machine = new RegionMachine(options);
        machine.Load("addi r3,r3,1; bl 0x11000; b 0x10000");
        machine.Load("addi r4,r4,1; bclr 20,0,0", Start + 0x1000);
        for (int turn = 0; turn < 20; turn++)
            machine.Run(50);

        EngineStatistics before = machine.Statistics;
        machine.Run(5000);

        Assert.True(machine.Statistics.Entries - before.Entries < 10, machine.Statistics.ToString());
        Assert.Equal(machine.State.Gpr[3], machine.State.Gpr[4]);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(8, true)]
    [InlineData(16, false)]
    public void A_branch_through_a_table_stays_inside_as_long_as_it_has_few_targets(int targets, bool inside)
    {
        string text =
            $"addi r6,r6,1; andi. r8,r6,{targets - 1}; rldicr r8,r8,3,60; add r8,r8,r28; mtspr 9,r8; bcctrl 20,0,0; add r4,r4,r3; b "
            + $"0x10000";
        string functions = string.Concat(Enumerable.Range(1, targets).Select(static number => $"addi r3,r3,{number}; bclr 20,0,0; "));
        using var compiled = new RegionMachine(new EngineOptions { LargeThreshold = 300 });
        using var interpreted = new RegionMachine(engine: PpuEngine.Interpreter);
        foreach (RegionMachine machine in (RegionMachine[])[compiled, interpreted])
        {
            machine.Load(text);
            machine.Load(functions, Start + 0x40);
            machine.State.Gpr[28] = Start + 0x40;
            machine.State.Nia = Start;
            for (int turn = 0; turn < 100; turn++)
                machine.Thread.Run(997);
        }

        EngineStatistics before = compiled.Statistics;
        compiled.Thread.Run(10_000);
        interpreted.Thread.Run(10_000);

        Assert.Equal(interpreted.State.Gpr[3], compiled.State.Gpr[3]);
        Assert.Equal(interpreted.State.Gpr[4], compiled.State.Gpr[4]);
        Assert.Equal(interpreted.State.Nia, compiled.State.Nia);
        Assert.Equal(inside, compiled.Statistics.Entries - before.Entries < 10);
    }

    [Theory]
    [InlineData(Counting)]
    [InlineData("addi r3,r3,1; mulld r4,r4,r3; lwz r5,0(r3); b 0x10000")]
    [InlineData("addi r3,r3,1; bc 4,31,0x10000; b 0x10000")]
    public void A_loop_without_end_is_left_when_somebody_asks_for_it(string text)
    {
        using RegionMachine machine = Hot(text);
        long instructions = 0;
        var runner = new Thread(() => instructions = machine.Thread.Run(long.MaxValue / 2)) { IsBackground = true };
        runner.Start();

        Thread.Sleep(100);
        machine.Thread.EndTurn();

        Assert.True(runner.Join(TimeSpan.FromSeconds(30)), "it is not left");
        Assert.True(instructions > 10_000, $"{instructions} instructions");
        Assert.True(machine.Statistics.Compiled > 10_000, machine.Statistics.ToString());
    }

    [Fact]
    public void A_region_that_cannot_be_compiled_is_counted_and_interpreted()
    {
        using RegionMachine machine = Hot(Counting);
        PpuRegionPlan plan = machine.Plan()!;
        using var compiler = new RegionCompiler(synchronous: true, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var wrong = new PpuRegionPlan
        {
            Blocks = [plan.Blocks[0], plan.Blocks[0]],
            Entries = plan.Entries,
            Returns = plan.Returns,
            Pages = plan.Pages,
            Mode = plan.Mode,
            MsrMask = plan.MsrMask,
            MsrValue = plan.MsrValue,
            Generation = plan.Generation,
        };

        Assert.True(compiler.TryAdd(new PpuRegion(0, wrong)));

        Assert.Equal(1, compiler.Work.Failures);
        Assert.True(compiler.TryTake(out PpuRegion? region));
        Assert.Null(region!.Code);
        region.Dispose();
    }

    // Run until it is compiled, with r3 = 10 for the counting loop.
    private static RegionMachine Hot(string text, long instructions = 30)
    {
        var machine = new RegionMachine();
        machine.Load(text);
        if (instructions > 0)
            machine.Run(instructions);
        machine.Core.Regions!.Settle();
        return machine;
    }
}
