using CellPpe.Core.Stops;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;
using SpuRuntime.State;

using Xunit;

namespace SpuRuntime.Tests.Execution;

/// <summary>Exact runs, breakpoints and watchpoints of an SPU, interpreted and compiled.</summary>
public sealed class StopTests : IDisposable
{
    // Six instructions a round, in the order 0, 4, 16, 20, 8, 12.
    private const string Loop = "ai $3,$3,1\nbrsl $0,16\nai $4,$4,2\nbr 0\nai $5,$5,3\nbi $0";
    private static readonly uint[] Order = [0, 4, 16, 20, 8, 12];

    private readonly SpuCodeCache _code = new(new SpuEngineOptions { Threshold = 4, Synchronous = true, Verify = true });

    public static TheoryData<bool> Engines => [false, true];

    public void Dispose() => _code.Dispose();

    [Theory]
    [MemberData(nameof(Engines))]
    public void Runs_are_exact_whatever_their_length(bool compiled)
    {
        using TestSpu spu = Make(compiled, Loop);
        var random = new Random(1);
        ulong sum = 0;
        for (int run = 0; run < 1000; run++)
        {
            long length = random.Next(3) == 0 ? random.Next(1, 400) : random.Next(1, 13);
            sum += (ulong)length;
            Assert.Equal(new Stop(StopCause.Count, Order[sum % 6], length), spu.Core.Stops.RunExactly(length));
            Assert.Equal(((sum + 5) / 6, sum), (spu.Word(3), spu.State.Instructions));
        }

        for (int step = 0; step < 12; step++)
            Assert.Equal(new Stop(StopCause.Count, Order[++sum % 6], 1), spu.Core.Stops.Step());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_breakpoint_in_a_hot_loop_comes_and_goes(bool compiled)
    {
        for (int index = 0; index < Order.Length; index++)
        {
            using TestSpu spu = Make(compiled, Loop);
            IStops stops = spu.Core.Stops;
            stops.RunExactly(6000);
            uint at = Order[index];

            Assert.True(stops.AddBreakpoint(at));
            Assert.False(stops.AddBreakpoint(at));
            Assert.Equal(new Stop(StopCause.Breakpoint, at, index), stops.RunExactly(1000));
            Assert.Equal((at, 1000u + (index > 0 ? 1u : 0), 3 * (1000u + (index > 2 ? 1u : 0))), (spu.State.Pc, spu.Word(3), spu.Word(5)));
            for (int round = 0; round < 100; round++)
                Assert.Equal(new Stop(StopCause.Breakpoint, at, 6), stops.RunExactly(1000));
            Assert.Equal(new SpuExit(SpuExitReason.StopPoint), spu.Core.Run(1000));
            Assert.Equal(new Stop(StopCause.Breakpoint, at, 6), stops.LastStop);
            stops.ClearLastStop();
            Assert.Null(stops.LastStop);
            Assert.Equal(new Stop(StopCause.Count, Order[(index + 5) % 6], 5), stops.RunExactly(5));
            Assert.Equal(new Stop(StopCause.Breakpoint, at, 1), stops.RunExactly(1000));

            Assert.True(stops.RemoveBreakpoint(at));
            Assert.False(stops.RemoveBreakpoint(at));
            long before = spu.Core.Statistics.Compiled;
            Assert.Equal(new Stop(StopCause.Count, at, 6000), stops.RunExactly(6000));
            Assert.True(!compiled || spu.Core.Statistics.Compiled - before > 4000, $"{spu.Core.Statistics}");
        }
    }

    [Fact]
    public void Code_from_the_cache_of_others_does_not_hide_a_breakpoint()
    {
        using TestSpu other = Make(compiled: true, Loop);
        other.Core.Run(6000);
        using TestSpu spu = Make(compiled: true, Loop);
        spu.Core.Stops.AddBreakpoint(8);

        for (int round = 0; round < 200; round++)
            Assert.Equal(new Stop(StopCause.Breakpoint, 8, round == 0 ? 4 : 6), spu.Core.Stops.RunExactly(1000));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Code_that_changes_keeps_its_breakpoint(bool compiled)
    {
        // Each round stores the quadword of the loop's second half, with the word at 0x10 from $6.
        using TestSpu spu = Make(compiled, "ai $3,$3,1\nstqa $6,0x10\nlnop\nbr 0x10\nai $4,$4,1\nbr 0");
        spu.LocalStore.Slice(0x10, 16).CopyTo(spu.LocalStore[0x100..]);
        spu.State.Registers[6] = TestSpu.Register(spu.LocalStore.Slice(0x100, 16));
        IStops stops = spu.Core.Stops;
        stops.RunExactly(600);
        stops.AddBreakpoint(0x10);
        Assert.Equal(new Stop(StopCause.Breakpoint, 0x10, 4), stops.RunExactly(1000));
        Assert.Equal(100u, spu.Word(4));

        spu.Write("ai $4,$4,100", 0x100);
        spu.State.Registers[6] = TestSpu.Register(spu.LocalStore.Slice(0x100, 16));
        Assert.Equal(new Stop(StopCause.Breakpoint, 0x10, 6), stops.RunExactly(1000));
        Assert.Equal(new Stop(StopCause.Breakpoint, 0x10, 6), stops.RunExactly(1000));
        Assert.Equal(201u, spu.Word(4));

        // As the PPE or a DMA transfer would write it.
        spu.Write("ai $4,$4,50", 0x10);
        spu.Core.Invalidate(0x10, 4);
        Assert.Equal(new Stop(StopCause.Breakpoint, 0x10, 6), stops.RunExactly(1000));
        Assert.Equal(251u, spu.Word(4));
    }

    // $7 holds 0x1000, $8 0x20.
    [Theory]
    [InlineData("lqd $9,32($7)", 0x1020, WatchedAccess.Load)]
    [InlineData("lqx $9,$7,$8", 0x1020, WatchedAccess.Load)]
    [InlineData("lqa $9,0x1020", 0x1020, WatchedAccess.Load)]
    [InlineData("lqr $9,0x1020", 0x1020, WatchedAccess.Load)]
    [InlineData("stqd $9,32($7)", 0x1020, WatchedAccess.Store)]
    [InlineData("stqx $9,$7,$8", 0x1020, WatchedAccess.Store)]
    [InlineData("stqa $9,0x1020", 0x1020, WatchedAccess.Store)]
    [InlineData("stqr $9,0x1020", 0x1020, WatchedAccess.Store)]
    public void An_access_of_a_quadword_with_watched_bytes_stops_before_it(string text, uint quadword, WatchedAccess access)
    {
        foreach (bool compiled in (bool[])[false, true])
        {
            using TestSpu spu = Make(compiled, $"ai $3,$3,1\n{text}\nbr 0");
            spu.SetWords(7, 0x1000);
            spu.SetWords(8, 0x20);
            IStops stops = spu.Core.Stops;
            stops.RunExactly(3000);
            var watched = new Watchpoint(quadword + 5, 3, access);

            Assert.True(stops.AddWatchpoint(new Watchpoint(quadword + 5, 3, WatchedAccess.Any ^ access)));
            Assert.True(stops.AddWatchpoint(new Watchpoint(quadword - 16, 16, access)));
            Assert.True(stops.AddWatchpoint(new Watchpoint(quadword + 16, 16, access)));
            Assert.Equal(new Stop(StopCause.Count, 0, 300), stops.RunExactly(300));
            Assert.True(stops.AddWatchpoint(watched));
            Assert.False(stops.AddWatchpoint(watched));
            spu.SetWord(quadword, 77);
            spu.SetWords(9, 78);
            Assert.Equal(new Stop(StopCause.Watchpoint, 4, 1, quadword + 5, access), stops.RunExactly(300));
            Assert.Equal((77u, 78u, 4u), (spu.GetWord(quadword), spu.Word(9), spu.State.Pc));
            Assert.Equal(new Stop(StopCause.Count, 8, 1), stops.Step());
            Assert.Equal(spu.GetWord(quadword), spu.Word(9));
            Assert.Equal(new Stop(StopCause.Watchpoint, 4, 2, quadword + 5, access), stops.RunExactly(300));

            foreach (Watchpoint watchpoint in stops.Watchpoints.ToArray())
                Assert.True(stops.RemoveWatchpoint(watchpoint));
            long before = spu.Core.Statistics.Compiled;
            Assert.Equal(new Stop(StopCause.Count, 4, 3000), stops.RunExactly(3000));
            Assert.True(!compiled || spu.Core.Statistics.Compiled - before > 2000, $"{spu.Core.Statistics}");
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void What_ends_a_run_itself_is_told(bool compiled)
    {
        using TestSpu spu = Make(compiled, "ai $3,$3,1\nstop 5\nbr 0");
        IStops stops = spu.Core.Stops;

        Assert.Equal(new Stop(StopCause.Ended, 8, 2), stops.RunExactly(100));
        spu.State.Pc = 4;
        stops.AddBreakpoint(4);
        Assert.Equal(new Stop(StopCause.Breakpoint, 4, 0), stops.RunExactly(100));
        Assert.Equal(new Stop(StopCause.Ended, 8, 1), stops.RunExactly(100));
    }

    [Fact]
    public void A_limit_that_comes_meanwhile_changes_nothing()
    {
        using TestSpu spu = Make(compiled: true, Loop);
        spu.Core.Stops.RunExactly(6000);
        spu.Core.Stops.AddBreakpoint(8);
        spu.State.LocalStoreLimit = 0x1ffff;

        Assert.Equal(new Stop(StopCause.Breakpoint, 8, 4), spu.Core.Stops.RunExactly(1000));
        spu.State.LocalStoreLimit = SpuState.LocalStoreSize - 1;
        Assert.Equal(new Stop(StopCause.Breakpoint, 8, 6), spu.Core.Stops.RunExactly(1000));
    }

    private TestSpu Make(bool compiled, string lines) => new TestSpu(code: compiled ? _code : null).Load(lines);
}
