using CellPpe.Core.Stops;
using CellPpe.Ppe.Isa;

using Differential.Tests.Regions;

namespace Differential.Tests.Stops;

/// <summary>Exact runs, steps and breakpoints, on every engine.</summary>
public sealed unsafe class BreakpointTests
{
    private const ulong Start = RegionMachine.Code;
    private const ulong Round = 6;

    // Six instructions a round, in this order.
    private const string Loop = "addi r3,r3,1; bl 0x10010; addi r4,r4,2; b 0x10000; addi r5,r5,3; bclr 20,0,0";
    private static readonly ulong[] Order = [0, 4, 16, 20, 8, 12];

    public static TheoryData<string, int> Places
    {
        get
        {
            var places = new TheoryData<string, int>();
            foreach (string engine in StopEngines.All)
            {
                for (int index = 0; index < Order.Length; index++)
                    places.Add(engine, index);
            }

            return places;
        }
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void Runs_are_exact_whatever_their_length(string engine)
    {
        using RegionMachine machine = StopEngines.Make(engine);
        machine.Load(Loop);
        var random = new Random(1);
        ulong sum = 0;
        for (int run = 0; run < 2000; run++)
        {
            long length = random.Next(3) == 0 ? random.Next(1, 400) : random.Next(1, 13);
            sum += (ulong)length;
            Assert.Equal(new Stop(StopCause.Count, After(sum), length), machine.Thread.Stops.RunExactly(length));
            Assert.Equal(sum, machine.State.Instructions);
            Assert.Equal((sum + 5) / Round, machine.State.Gpr[3]);
            Assert.Equal(2 * ((sum + 1) / Round), machine.State.Gpr[4]);
            Assert.Equal(3 * ((sum + 3) / Round), machine.State.Gpr[5]);
        }
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void Steps_follow_branches(string engine)
    {
        using RegionMachine machine = Hot(engine);
        for (ulong step = 1; step <= 3 * Round; step++)
            Assert.Equal(new Stop(StopCause.Count, After(step), 1), machine.Thread.Stops.Step());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_breakpoint_in_a_hot_loop_comes_and_goes(string engine, int index)
    {
        using RegionMachine machine = Hot(engine);
        ulong at = Start + Order[index];
        IStops stops = machine.Thread.Stops;
        ulong rounds = machine.State.Gpr[3];

        Assert.True(stops.AddBreakpoint(at));
        Assert.False(stops.AddBreakpoint(at));
        Assert.Equal(new Stop(StopCause.Breakpoint, at, index), stops.RunExactly(1000));
        Assert.Equal(at, machine.State.Nia);
        Assert.Equal(rounds + (index > 0 ? 1UL : 0), machine.State.Gpr[3]);
        Assert.Equal(3 * (rounds + (index > 2 ? 1UL : 0)), machine.State.Gpr[5]);
        for (int round = 0; round < 100; round++)
            Assert.Equal(new Stop(StopCause.Breakpoint, at, (long)Round), stops.RunExactly(1000));
        Assert.Equal(new Stop(StopCause.Count, Start + Order[(index + 5) % 6], 5), stops.RunExactly(5));
        Assert.Equal(new Stop(StopCause.Breakpoint, at, 1), stops.RunExactly(1000));

        Assert.True(stops.RemoveBreakpoint(at));
        Assert.False(stops.RemoveBreakpoint(at));
        StopEngines.Heat(machine, engine, 6000);
        Assert.Equal(at, machine.State.Nia);
        Assert.Equal(rounds + (index > 0 ? 1UL : 0) + 100 + 1 + 1000, machine.State.Gpr[3]);
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void A_normal_run_ends_there_and_goes_on(string engine)
    {
        using RegionMachine machine = Hot(engine);
        IStops stops = machine.Thread.Stops;
        stops.AddBreakpoint(Start + 8);

        Assert.Equal(4, machine.Thread.Run(1000));
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 8, 4), stops.LastStop);
        stops.ClearLastStop();
        Assert.Null(stops.LastStop);
        Assert.Equal(6, machine.Thread.Run(1000));
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 8, 6), stops.LastStop);
        // Somebody else goes elsewhere with it: it is another place, and another arrival.
        machine.State.Nia = Start + 8;
        machine.State.Instructions++;
        Assert.Equal(0, machine.Thread.Run(1000));
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 8, 0), stops.LastStop);
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void Code_that_changes_keeps_its_breakpoint(string engine)
    {
        using RegionMachine machine = StopEngines.Make(engine);
        machine.Load("addi r3,r3,1; stw r6,8(r7); addi r4,r4,1; b 0x10000");
        machine.State.Gpr[6] = Asm.Addi(rt: 4, ra: 4, si: 1);
        machine.State.Gpr[7] = Start;
        machine.Thread.Stops.RunExactly(400);
        machine.Thread.Stops.AddBreakpoint(Start + 8);

        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 8, 2), machine.Thread.Stops.RunExactly(1000));
        Assert.Equal(100UL, machine.State.Gpr[4]);
        machine.State.Gpr[6] = Asm.Addi(rt: 4, ra: 4, si: 100);
        // The guest's own store, which comes behind the instruction that is there now; then a device's.
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 8, 4), machine.Thread.Stops.RunExactly(1000));
        Assert.Equal(101UL, machine.State.Gpr[4]);
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 8, 4), machine.Thread.Stops.RunExactly(1000));
        Assert.Equal(201UL, machine.State.Gpr[4]);
        machine.Write(Start + 8, Asm.Addi(rt: 4, ra: 4, si: 1000));
        machine.State.Gpr[6] = Asm.Addi(rt: 4, ra: 4, si: 1000);
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 8, 4), machine.Thread.Stops.RunExactly(1000));
        Assert.Equal(1201UL, machine.State.Gpr[4]);
        machine.Core.DropCode();
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 8, 4), machine.Thread.Stops.RunExactly(1000));
        Assert.Equal(2201UL, machine.State.Gpr[4]);
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void A_breakpoint_is_at_an_effective_address_wherever_that_is(string engine)
    {
        const ulong Here = Start;
        const ulong There = Start + 0x1000;
        using RegionMachine machine = StopEngines.Make(engine);
        machine.Translate();
        machine.Load("addi r3,r3,1; addi r3,r3,1; b 0x10000", Here);
        machine.Load("addi r4,r4,1; addi r4,r4,1; b 0x12000", Start + 0x2000);
        machine.Map(Here, Here);
        machine.Map(There, Here);
        IStops stops = machine.Thread.Stops;
        stops.AddBreakpoint(There + 4);

        // The same bytes at another address: no stop, before the page has been seen at the watched one and after.
        for (int turn = 0; turn < 2; turn++)
        {
            machine.State.Nia = Here;
            Assert.Equal(new Stop(StopCause.Count, Here, 3000), stops.RunExactly(3000));
            machine.State.Nia = There;
            Assert.Equal(new Stop(StopCause.Breakpoint, There + 4, 1), stops.RunExactly(3000));
            Assert.Equal(new Stop(StopCause.Breakpoint, There + 4, 3), stops.RunExactly(3000));
        }

        machine.Map(There, Start + 0x2000);
        Assert.Equal(new Stop(StopCause.Breakpoint, There + 4, 3), stops.RunExactly(3000));
        Assert.Equal(2UL, machine.State.Gpr[4]);
        stops.RemoveBreakpoint(There + 4);
        Assert.Equal(new Stop(StopCause.Count, There + 4, 3000), stops.RunExactly(3000));
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void An_interrupt_is_no_instruction_and_its_handler_can_be_stopped_at(string engine)
    {
        using RegionMachine machine = StopEngines.Make(engine);
        machine.Load("addi r3,r3,1; tw 31,r0,r0; b 0x10000");
        machine.Load("addi r4,r4,1; mfspr r5,26; addi r5,r5,4; mtspr 26,r5; rfid", 0x700);
        IStops stops = machine.Thread.Stops;
        stops.RunExactly(8 * 200);
        stops.AddBreakpoint(0x700);

        Assert.Equal(new Stop(StopCause.Breakpoint, 0x700, 2), stops.RunExactly(1000));
        Assert.Equal(Start + 4, machine.State.Srr0);
        Assert.Equal(200UL, machine.State.Gpr[4]);
        Assert.Equal(new Stop(StopCause.Breakpoint, 0x700, 8), stops.RunExactly(1000));
        Assert.Equal(201UL, machine.State.Gpr[4]);
        // At the instruction that interrupts: it is tried when the run goes on, and comes back behind itself here.
        stops.RemoveBreakpoint(0x700);
        stops.AddBreakpoint(Start + 4);
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 4, 7), stops.RunExactly(1000));
        Assert.Equal(new Stop(StopCause.Breakpoint, Start + 4, 8), stops.RunExactly(1000));
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void A_reservation_outlives_a_step(string engine)
    {
        using RegionMachine machine = StopEngines.Make(engine);
        machine.Load("lwarx r6,r0,r3; addi r6,r6,1; stwcx. r6,r0,r3; bc 4,2,0x10000; b 0x10000");
        machine.State.Gpr[3] = RegionMachine.Data;
        for (int step = 0; step < 500; step++)
            Assert.Equal(1, machine.Thread.Stops.Step().Instructions);

        Assert.Equal(100UL, machine.State.Gpr[6]);
    }

    [Fact]
    public void What_is_no_place_is_refused()
    {
        using RegionMachine machine = StopEngines.Make(StopEngines.Interpreted);
        Assert.Throws<ArgumentException>(() => machine.Thread.Stops.AddBreakpoint(Start + 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Watchpoint(8, 0, WatchedAccess.Any));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Watchpoint(ulong.MaxValue, 2, WatchedAccess.Any));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Watchpoint(8, 1, WatchedAccess.None));
        Assert.Throws<ArgumentException>(() => machine.Thread.Stops.AddWatchpoint(default));
        Assert.Throws<ArgumentOutOfRangeException>(() => machine.Thread.Stops.RunExactly(-1));
    }

    private static RegionMachine Hot(string engine)
    {
        RegionMachine machine = StopEngines.Make(engine);
        machine.Load(Loop);
        StopEngines.Heat(machine, engine, 6000);
        return machine;
    }

    private static ulong After(ulong instructions) => Start + Order[instructions % Round];
}
