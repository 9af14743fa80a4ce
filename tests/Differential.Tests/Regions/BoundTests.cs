using System.Reflection.Emit;
using System.Runtime.CompilerServices;

using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Regions;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil;
using CellPpe.Recompiler.Backends.Native;

namespace Differential.Tests.Regions;

/// <summary>Caches of compiled code keep to their bounds, what is in use stays, and what has gone is freed.</summary>
public sealed unsafe class BoundTests
{
    private const ulong Start = RegionMachine.Code;

    // Goes to the loop at the start by a branch, as guest code does.
    private const ulong Caller = RegionMachine.Data + 0x1_0000;

    private const int Loops = 60;
    private const int LoopInstructions = 3;

    [Fact]
    public void The_oldest_goes_first_and_one_in_use_gets_a_second_chance()
    {
        string[] items = ["a", "b", "c", "d"];
        var used = new HashSet<string> { "a", "c" };
        var order = new EvictionOrder<string>(used.Remove);
        foreach (string item in items)
            order.Add(item);

        string?[] victims = [.. Enumerable.Range(0, 5).Select(_ => order.TakeVictim())];

        Assert.Equal("b d a c ", string.Join(' ', victims));
        Assert.Equal(0, order.Count);
    }

    [Fact]
    public void Where_all_are_in_use_the_oldest_goes_after_some_chances()
    {
        const int Items = 1000;
        int asked = 0;
        var order = new EvictionOrder<object>(_ => ++asked > 0);
        for (int number = 0; number < Items; number++)
            order.Add(new object());

        Assert.NotNull(order.TakeVictim());
        Assert.Equal(Items - 1, order.Count);
        Assert.InRange(asked, 1, 100);
    }

    [Fact]
    public void What_has_left_on_another_way_is_no_victim()
    {
        var order = new EvictionOrder<string>(static _ => false);
        order.Add("a");
        order.Add("b");

        Assert.True(order.Remove("a"));
        Assert.False(order.Remove("a"));
        Assert.Equal("b", order.TakeVictim());
    }

    [Fact]
    public void More_hot_code_than_fits_stays_within_the_bound_and_what_is_in_use_stays_compiled()
    {
        const int Most = 30 * LoopInstructions;
        using RegionMachine machine = WithLoops(new EngineOptions { MostInstructions = Most });
        machine.Run(30, Caller);
        Assert.True(machine.IsCompiled(Start));
        PpuRegion first = Assert.Single(machine.Core.Regions!.InPlace);

        for (int round = 0; round < 3; round++)
        {
            for (int loop = 0; loop < Loops; loop++)
            {
                machine.Run(200, LoopAt(loop));
                Assert.True(machine.IsCompiled(LoopAt(loop)), $"loop {loop} of round {round}");
                machine.Run(30, Caller);
                Assert.InRange(machine.Statistics.RegionInstructions, LoopInstructions, Most);
                Assert.Contains(first, machine.Core.Regions!.InPlace);
            }
        }

        Assert.InRange(machine.Statistics.Regions, 1, 30);
        Assert.True(machine.Statistics.Evicted >= Loops, machine.Statistics.ToString());
    }

    [Fact]
    public void What_was_evicted_must_be_reached_more_often_to_come_back()
    {
        using RegionMachine machine = WithLoops(new EngineOptions { MostInstructions = LoopInstructions });
        machine.Run(30, LoopAt(0));
        machine.Run(30, LoopAt(1));
        Assert.False(machine.IsCompiled(LoopAt(0)));

        machine.Run(30, LoopAt(0));
        Assert.False(machine.IsCompiled(LoopAt(0)));
        machine.Run(300, LoopAt(0));
        Assert.True(machine.IsCompiled(LoopAt(0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_host_code_of_what_has_gone_is_freed(bool evicted)
    {
        using RegionMachine machine = WithLoops(new EngineOptions { MostInstructions = 2 * LoopInstructions });
        machine.Run(30, LoopAt(0));
        machine.Core.Regions!.Settle();
        WeakReference method = MethodOf(machine);

        if (evicted)
        {
            machine.Run(30, LoopAt(1));
            machine.Run(30, LoopAt(2));
        }
        else
        {
            machine.Write(LoopAt(0), 0);
        }

        // It goes when no thread is inside any more.
        machine.Core.Regions!.Settle();
        machine.Core.Regions!.Settle();
        Assert.Equal(1, machine.Statistics.Retired.Regions);
        for (int turn = 0; turn < 2; turn++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(method.IsAlive, "something keeps the code of a region that has gone");
    }

    [Fact]
    public void The_runtime_is_asked_to_free_code_when_enough_of_it_is_out_of_use()
    {
        var retired = new RetiredCode(limit: 1000);
        var region = new CompiledRegion(new DynamicMethod("nothing", typeof(nint), []), 0, 600);

        retired.Add(region);
        retired.CollectWhenDue();
        Assert.Equal((1, 0), retired.Counts);
        retired.Add(region);
        retired.CollectWhenDue();
        retired.CollectWhenDue();

        Assert.Equal((2, 1), retired.Counts);
        Assert.Equal(0, retired.Waiting);
    }

    [Fact]
    public void A_method_keeps_its_code_and_not_what_it_was_made_of()
    {
        var method = new DynamicMethod("seven", typeof(int), [], typeof(BoundTests).Module);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4_7);
        il.Emit(OpCodes.Ret);
        Func<int> seven = method.CreateDelegate<Func<int>>();
        RuntimeHelpers.PrepareDelegate(seven);
        var generator = new WeakReference(il);
        il = null!;

        Assert.True(MsilLeftovers.Release(method), "this runtime keeps a method's MSIL somewhere else");
        GC.Collect();

        Assert.False(generator.IsAlive, "the generator is kept");
        Assert.Equal(7, seven());
        GC.KeepAlive(method);
    }

    [Fact]
    public void Notes_of_what_should_not_be_left_to_the_interpreter_are_bounded()
    {
        const int Most = 8;
        using RegionMachine machine = WithLoops(new EngineOptions { MostNotSpeculative = Most });
        RegionCache regions = machine.Core.Regions!;
        for (int loop = 0; loop < Loops; loop++)
        {
            machine.Run(30, LoopAt(loop));
            regions.Settle();
            int number = regions.InPlace.Max(static region => region.Number);
            for (int miss = 0; miss < 512; miss++)
                regions.CountSideExit(machine.Thread.Context, number);
            Assert.InRange(regions.NotSpeculative, 1, Most);
        }
    }

    [Fact]
    public void Native_code_keeps_to_its_room()
    {
        if (!NativeCode.IsSupported)
            return;
        const int Room = 160 * 1024;
        using RegionMachine machine = WithLoops(new EngineOptions { NativeThreshold = 2, Threshold = 100, NativeCodeBytes = Room });
        long units = 0;
        bool started = false;
        for (int round = 0; round < 40; round++)
        {
            for (int loop = 0; loop < Loops; loop++)
            {
                // New code, as where one program comes after another.
                machine.Write(LoopAt(loop), CellPpe.Ppe.Isa.Asm.Addi(3, 3, (short)((loop * 40) + round)));
                machine.State.Gpr[3] = 0;
                machine.Run(30, LoopAt(loop));
                Assert.Equal(10UL * (ulong)((loop * 40) + round), machine.State.Gpr[3]);
                (long Units, long Instructions, long Bytes, TimeSpan Time) native = machine.Statistics.Native;
                Assert.InRange(native.Bytes, 0, Room);
                units = Math.Max(units, native.Units);
                started |= machine.Core.Regions!.Native!.Code.Used < 8192 && units > 1000;
            }
        }

        Assert.True(started, $"{units} units were not enough to fill it");
    }

    private static ulong LoopAt(int number) => Start + 0x1000 + (0x40 * (ulong)number);

    private static RegionMachine WithLoops(EngineOptions options)
    {
        var machine = new RegionMachine(options);
        machine.Load($"addi r3,r3,1; addi r4,r4,2; b 0x{Start:x}");
        machine.Load($"b 0x{Start:x}", Caller);
        for (int loop = 0; loop < Loops; loop++)
            machine.Load($"addi r3,r3,{loop}; addi r5,r5,1; b 0x{LoopAt(loop):x}", LoopAt(loop));
        return machine;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MethodOf(RegionMachine machine) => new(Assert.Single(machine.Core.Regions!.InPlace).Code!.Method);
}
