using System.Text;
using System.Text.Json;

using CellPpe.Core;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Policies;
using SpuRuntime.State;
using SpuRuntime.Timeline;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>What a timeline records, and the file that it is exported to.</summary>
public sealed class TimelineTests
{
    [Fact]
    public void Running_ready_and_blocked_follow_each_other_without_gaps()
    {
        var clock = new StepClock();
        var timeline = new SpeTimeline(clock);
        SpeTrack track = timeline.Track(2);

        // Woken at 150, in from 200 to 300, blocked on channel 29 until 450, in from 500 to 600.
        track.Enter(readySince: At(clock, 150, then: 200));
        clock.Time = 300;
        track.Leave(new SpuExit(SpuExitReason.Blocked, 29), runnable: false);
        track.Enter(readySince: At(clock, 450, then: 500));
        clock.Time = 600;
        track.Leave(new SpuExit(SpuExitReason.Stopped, 0x2104), runnable: false);
        clock.Time = 1000;

        Assert.Equal(
            ["ready 150-200", "running 200-300", "blocked on SPU_RdInMbox 300-450", "ready 450-500", "running 500-600"],
            Slices(timeline));
    }

    [Fact]
    public void Slices_without_anything_between_are_one()
    {
        var clock = new StepClock();
        var timeline = new SpeTimeline(clock);
        SpeTrack track = timeline.Track(0);
        foreach (ulong start in (ulong[])[1000, 2000, 3000, 9000])
        {
            clock.Time = start;
            track.Enter(start);
            clock.Time = start + 1000;
            track.Leave(new SpuExit(SpuExitReason.Budget), runnable: true);
        }

        clock.Time = 12000;
        Assert.Equal(["running 1000-4000", "ready 4000-9000", "running 9000-10000", "ready 10000-12000"], Slices(timeline));
    }

    [Fact]
    public void Transfers_have_tag_size_and_direction()
    {
        var clock = new StepClock();
        var timeline = new SpeTimeline(clock);
        SpeTrack track = timeline.Track(1);
        track.Issued(0, tag: 31, bytes: 16384, toLocalStore: true);
        clock.Time += 399;
        // A list of which one element was read when the slice ended; one that never completes; one that was purged.
        track.Issued(23, tag: 3, bytes: 0, toLocalStore: false);
        track.Grown(23, 128);
        track.Issued(5, tag: 4, bytes: 16, toLocalStore: true);
        track.Issued(6, tag: 5, bytes: 16, toLocalStore: true);
        track.Purged(6);
        clock.Time += 399;
        track.Completed(0);
        track.Completed(23);
        track.Completed(9);

        using JsonDocument file = Parse(timeline);
        JsonElement[] events = [.. file.RootElement.GetProperty("traceEvents").EnumerateArray().Where(
            item => item.TryGetProperty("id", out _))];

        Assert.Equal(
            ["b get", "e get", "b put", "e put", "b get", "e get"],
            events.Select(item => $"{item.GetProperty("ph")} {item.GetProperty("name")}"));
        Assert.Equal(
            (31, 16384),
            (events[0].GetProperty("args").GetProperty("tag").GetInt32(), events[0].GetProperty("args").GetProperty("bytes").GetInt32()));
        Assert.Equal(10.0, events[1].GetProperty("ts").GetDouble() - events[0].GetProperty("ts").GetDouble(), 3);
        Assert.Equal(
            (3, 128),
            (events[2].GetProperty("args").GetProperty("tag").GetInt32(), events[2].GetProperty("args").GetProperty("bytes").GetInt32()));
        Assert.NotEqual(events[0].GetProperty("id").GetInt64(), events[2].GetProperty("id").GetInt64());
    }

    [Fact]
    public void A_long_run_keeps_its_last_part_and_says_so()
    {
        var clock = new StepClock();
        var timeline = new SpeTimeline(clock, capacity: 4);
        SpeTrack track = timeline.Track(0);
        for (int index = 0; index < 10; index++)
        {
            track.Enter(clock.Time);
            clock.Time += 100;
            track.Leave(new SpuExit(SpuExitReason.Stopped), runnable: false);
        }

        Assert.Equal(["running 600-700", "running 700-800", "running 800-900", "running 900-1000"], Slices(timeline));
        Assert.Equal(6, track.Lost);
        Assert.Contains("SPE 0 (6 earlier events not kept)", Text(timeline), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_deterministic_runs_write_the_same_file()
    {
        string first = Play();
        Assert.Equal(first, Play());
        Assert.Contains("blocked on SPU_RdInMbox", first, StringComparison.Ordinal);
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        SpeTrack track = new SpeTimeline(new StepClock(), capacity: 64).Track(0);
        Record(track);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int index = 0; index < 1000; index++)
            Record(track);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Names_of_channels_are_the_manuals()
    {
        Assert.Equal(
            ["SPU_RdEventStat", "SPU_RdSigNotify1", "MFC_Cmd", "MFC_RdTagStat", "MFC_RdAtomicStat", "SPU_WrOutMbox", "SPU_RdInMbox",
                "SPU_WrOutIntrMbox", "channel 5", "channel 99"],
            new uint[] { 0, 3, 21, 24, 27, 28, 29, 30, 5, 99 }.Select(ChannelNames.Of));
    }

    private static void Record(SpeTrack track)
    {
        track.Enter(track.Now);
        track.Issued(0, 1, 2, toLocalStore: true);
        track.Completed(0);
        track.Leave(new SpuExit(SpuExitReason.Blocked, 29), runnable: false);
    }

    private static ulong At(StepClock clock, ulong woken, ulong then)
    {
        clock.Time = then;
        return woken;
    }

    // Messages circulate among four SPEs, and each instruction is one tick.
    private static string Play()
    {
        var clock = new StepClock();
        var timeline = new SpeTimeline(clock);
        using SpeScheduler scheduler = new SpeSchedulerOptions
        {
            Policy = SpePolicy.RoundRobin,
            Quantum = SpeQuantum.Instructions(20),
            Timeline = timeline
        }.Build((_, _) => { });
        var chance = new Random(3);
        var spes = new FakeSpe[4];
        for (int number = 0; number < spes.Length; number++)
        {
            spes[number] = new FakeSpe(number)
            {
                Received = _ =>
                {
                    clock.Time++;
                    spes[chance.Next(spes.Length)].Post(scheduler);
                },
            };
        }

        for (int message = 0; message < 30; message++)
            spes[message % 4].Post(scheduler);
        for (int turn = 0; turn < 100; turn++)
        {
            scheduler.RunTurn();
            clock.Time += 100;
        }

        return Text(timeline);
    }

    private static List<string> Slices(SpeTimeline timeline)
    {
        using JsonDocument file = Parse(timeline);
        return
        [
            .. file.RootElement.GetProperty("traceEvents").EnumerateArray()
                .Where(item => item.GetProperty("ph").GetString() == "X")
                .Select(Describe),
        ];

        static string Describe(JsonElement item)
        {
            JsonElement start = item.GetProperty("ts");
            return $"{item.GetProperty("name").GetString()} {Ticks(start)}-{Ticks(start, item.GetProperty("dur"))}";
        }
    }

    private static long Ticks(params JsonElement[] microseconds) =>
        (long)Math.Round(microseconds.Sum(item => item.GetDouble()) * IMachineClock.Frequency / 1e6);

    private static JsonDocument Parse(SpeTimeline timeline) => JsonDocument.Parse(Text(timeline));

    private static string Text(SpeTimeline timeline)
    {
        using var output = new MemoryStream();
        timeline.Write(output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private sealed class StepClock : IMachineClock
    {
        public ulong Time { get; set; }

        public ulong TimeBase => Time;

        public ulong RtcSeconds => 0;
    }
}
