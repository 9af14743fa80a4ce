using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using CellPpe.Core.Stops;
using CellPpe.Ppe.State;

using Differential.Tests.Regions;

namespace Differential.Tests.Stops;

/// <summary>Watched bytes, on every engine: which access stops, where, and what the others on the page do.</summary>
public sealed unsafe class WatchpointTests
{
    private const ulong Start = RegionMachine.Code;
    private const ulong Data = RegionMachine.Data;
    private const ulong Watched = Data + 256;

    // Registers: r10 points to the data, r11 too in each round, r12 to eight bytes before what is watched; r13 is its offset, r14
    // four more.
    private static readonly (string Text, ulong Offset, WatchedAccess Access)[] Accesses =
    [
        ("lbz r4,263(r10)", 7, WatchedAccess.Load),
        ("lhz r4,255(r10)", 0, WatchedAccess.Load),
        ("lwz r4,254(r10)", 0, WatchedAccess.Load),
        ("lwa r4,260(r10)", 4, WatchedAccess.Load),
        ("ld r4,256(r10)", 0, WatchedAccess.Load),
        ("lwzu r4,256(r11)", 0, WatchedAccess.Load),
        ("ldbrx r4,r10,r13", 0, WatchedAccess.Load),
        ("lmw r24,240(r10)", 0, WatchedAccess.Load),
        ("lswi r4,r12,20", 0, WatchedAccess.Load),
        ("lfd f1,252(r10)", 0, WatchedAccess.Load),
        ("lfs f1,260(r10)", 4, WatchedAccess.Load),
        ("lvx v1,r10,r13", 0, WatchedAccess.Load),
        ("lvewx v1,r10,r14", 0, WatchedAccess.Load),
        ("lwarx r4,r10,r13", 0, WatchedAccess.Load),
        ("ldarx r4,r10,r13", 0, WatchedAccess.Load),
        ("stb r4,259(r10)", 3, WatchedAccess.Store),
        ("sth r4,255(r10)", 0, WatchedAccess.Store),
        ("std r4,256(r10)", 0, WatchedAccess.Store),
        ("stdu r4,256(r11)", 0, WatchedAccess.Store),
        ("stwbrx r4,r10,r14", 4, WatchedAccess.Store),
        ("stmw r24,240(r10)", 0, WatchedAccess.Store),
        ("stswi r4,r12,20", 0, WatchedAccess.Store),
        ("stfs f1,260(r10)", 4, WatchedAccess.Store),
        ("stfd f1,252(r10)", 0, WatchedAccess.Store),
        ("stvx v1,r10,r13", 0, WatchedAccess.Store),
        ("stvewx v1,r10,r14", 4, WatchedAccess.Store),
        ("stvlx v1,r10,r14", 4, WatchedAccess.Store),
        ("stwcx. r4,r10,r13", 0, WatchedAccess.Store),
        ("dcbz r10,r13", 0, WatchedAccess.Store),
    ];

    // They may have done a part, which they do again: Book I and II leave it to them what an interrupt in their midst leaves behind.
    private static readonly string[] InParts = ["lmw", "lswi", "stmw", "stswi"];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string engine in StopEngines.All)
            {
                foreach ((string text, _, _) in Accesses)
                    cases.Add(engine, text);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_access_of_watched_bytes_stops_before_it(string engine, string text)
    {
        (_, ulong offset, WatchedAccess access) = Accesses.First(one => one.Text == text);
        using RegionMachine machine = Hot(engine, $"ori r11,r10,0; {text}; b 0x10000");
        IStops stops = machine.Thread.Stops;
        var watched = new Watchpoint(Watched, 8, access);
        var other = new Watchpoint(Watched, 8, WatchedAccess.Any ^ access);

        Assert.True(stops.AddWatchpoint(other));
        Assert.Equal(new Stop(StopCause.Count, Start, 300), stops.RunExactly(300));
        Assert.True(stops.AddWatchpoint(watched));
        Assert.False(stops.AddWatchpoint(watched));
        Assert.Equal(new Stop(StopCause.Watchpoint, Start + 4, 1, Watched + offset, access), stops.RunExactly(300));

        // What it would load or store is another value now.
        machine.Write(Watched, 0x4048_f5c3);
        machine.Write(Watched + 4, 0x4049_0fdb);
        machine.State.Gpr[4]++;
        machine.State.Fpr[1] = BitConverter.DoubleToUInt64Bits(1.5);
        machine.State.Vr[1] = Vector128.Create((byte)0x5a);
        machine.State.Instructions++;
        byte[] state = State(machine);
        (uint, uint) bytes = (machine.Read(Watched), machine.Read(Watched + 4));
        Assert.Equal(new Stop(StopCause.Watchpoint, Start + 4, 0, Watched + offset, access), stops.RunExactly(300));
        Assert.Equal(bytes, (machine.Read(Watched), machine.Read(Watched + 4)));
        if (!InParts.Contains(text.Split(' ')[0]))
            Assert.Equal(state, State(machine));

        Assert.Equal(new Stop(StopCause.Count, Start + 8, 1), stops.Step());
        Assert.NotEqual(state, State(machine));
        Assert.Equal(new Stop(StopCause.Watchpoint, Start + 4, 2, Watched + offset, access), stops.RunExactly(300));
        Assert.True(stops.RemoveWatchpoint(watched));
        Assert.False(stops.RemoveWatchpoint(watched));
        Assert.Equal(new Stop(StopCause.Count, Start + 4, 300), stops.RunExactly(300));
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void Other_bytes_of_the_page_are_only_slower_and_other_pages_are_not(string engine)
    {
        using RegionMachine machine = Hot(engine, "lwz r4,512(r10); addi r4,r4,1; stw r4,512(r10); b 0x10000");
        machine.Load("lwz r5,4092(r10); addi r5,r5,1; stw r5,4092(r10); b 0x11000", Start + 0x1000);
        var thread = new CountedThread(machine);
        uint before = machine.Read(Data + 512);
        Assert.True(thread.Stops.AddWatchpoint(new Watchpoint(Watched, 8, WatchedAccess.Any)));

        Assert.Equal(StopCause.Count, thread.Stops.RunExactly(4000).Cause);
        Assert.Equal(before + 1000, machine.Read(Data + 512));
        Assert.True(thread.SlowSince() >= 2000);

        // The next page: a byte behind what r10 reaches here.
        machine.State.Gpr[10] = Data + 0x1000;
        machine.State.Nia = Start + 0x1000;
        thread.Stops.RunExactly(400);
        thread.SlowSince();
        Assert.Equal(StopCause.Count, thread.Stops.RunExactly(4000).Cause);
        Assert.Equal(0UL, thread.SlowSince());

        machine.State.Gpr[10] = Data;
        machine.State.Nia = Start;
        thread.Stops.RemoveWatchpoint(new Watchpoint(Watched, 8, WatchedAccess.Any));
        thread.Stops.RunExactly(400);
        thread.SlowSince();
        Assert.Equal(StopCause.Count, thread.Stops.RunExactly(4000).Cause);
        Assert.Equal(0UL, thread.SlowSince());
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void An_access_over_the_end_of_a_page_is_seen_on_both(string engine)
    {
        using RegionMachine machine = Hot(engine, "ori r11,r10,0; ld r4,4092(r10); b 0x10000");
        IStops stops = machine.Thread.Stops;
        foreach (ulong first in (ulong[])[Data + 4092, Data + 4095, Data + 4096, Data + 4099])
        {
            var watchpoint = new Watchpoint(first, 1, WatchedAccess.Load);
            stops.AddWatchpoint(watchpoint);
            Stop stop = stops.RunExactly(1000);
            Assert.Equal((StopCause.Watchpoint, Start + 4, first), (stop.Cause, stop.Address, stop.Data));
            stops.RemoveWatchpoint(watchpoint);
            Assert.Equal(new Stop(StopCause.Count, Start + 4, 300), stops.RunExactly(300));
        }

        stops.AddWatchpoint(new Watchpoint(Data + 4100, 8, WatchedAccess.Load));
        stops.AddWatchpoint(new Watchpoint(Data + 4084, 8, WatchedAccess.Load));
        Assert.Equal(StopCause.Count, stops.RunExactly(300).Cause);
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void Fetches_and_what_devices_do_are_not_watched(string engine)
    {
        using RegionMachine machine = Hot(engine, "addi r3,r3,1; b 0x10000");
        IStops stops = machine.Thread.Stops;
        stops.AddWatchpoint(new Watchpoint(Start, 8, WatchedAccess.Any));
        stops.AddWatchpoint(new Watchpoint(Watched, 8, WatchedAccess.Any));
        machine.Write(Watched, 1);

        Assert.Equal(StopCause.Count, stops.RunExactly(3000).Cause);
    }

    [Theory]
    [MemberData(nameof(StopEngines.Each), MemberType = typeof(StopEngines))]
    public void The_guests_own_breakpoint_is_another_one(string engine)
    {
        using RegionMachine machine = Hot(engine, "ori r11,r10,0; lwz r4,256(r10); b 0x10000");
        machine.Load("b 0x300", 0x300);
        // Doubleword, loads, in any state (Book III 4.7).
        machine.Thread.SetDataBreakpoint(Watched | 1, 0xf);
        machine.Thread.Stops.AddWatchpoint(new Watchpoint(Watched, 4, WatchedAccess.Load));

        Assert.Equal(StopCause.Watchpoint, machine.Thread.Stops.RunExactly(10).Cause);
        Assert.Equal(0UL, machine.State.Dar);
        Assert.Equal(new Stop(StopCause.Count, 0x300, 1), machine.Thread.Stops.Step());
        Assert.Equal((Watched, Start + 4), (machine.State.Dar, machine.State.Srr0));
    }

    private static RegionMachine Hot(string engine, string loop)
    {
        RegionMachine machine = StopEngines.Make(engine);
        machine.Load(loop);
        machine.State.Gpr[10] = Data;
        machine.State.Gpr[12] = Watched - 8;
        machine.State.Gpr[13] = 256;
        machine.State.Gpr[14] = 260;
        machine.Thread.SetMsr(Msr.Sf | Msr.Fp | Msr.Vec);
        for (int turn = 0; turn < 100; turn++)
            Assert.Equal(12, machine.Thread.Stops.RunExactly(12).Instructions);
        return machine;
    }

    private static byte[] State(RegionMachine machine) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref machine.State, 1)).ToArray();

    // Slow accesses since the last question.
    private sealed class CountedThread(RegionMachine machine)
    {
        private ulong _seen = machine.Thread.SlowAccesses;

        public IStops Stops => machine.Thread.Stops;

        public ulong SlowSince()
        {
            ulong slow = machine.Thread.SlowAccesses - _seen;
            _seen += slow;
            return slow;
        }
    }
}
