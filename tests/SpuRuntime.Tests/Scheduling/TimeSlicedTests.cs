using System.Diagnostics;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Measures;
using SpuRuntime.Scheduling.Policies;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>Which SPEs get the threads of the time-sliced policy. The SPEs' slices end when the test says so.</summary>
public sealed class TimeSlicedTests : IDisposable
{
    private readonly SteppedSpe[] _spes = [.. Enumerable.Range(0, 8).Select(number => new SteppedSpe(number))];
    private SpeScheduler? _scheduler;

    private SpeScheduler Scheduler => _scheduler!;

    public void Dispose()
    {
        // An SPE that is running must leave its slice, or its host thread never ends.
        using var ended = new CancellationTokenSource();
        int[] left = new int[_spes.Length];
        var helper = new Thread(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                foreach (SteppedSpe spe in _spes)
                {
                    // Its host thread may take a while to leave a slice that was told to end.
                    if (!spe.IsInside || !spe.WasInterrupted || left[spe.Number] == spe.Slices)
                        continue;
                    left[spe.Number] = spe.Slices;
                    spe.Leave(SpuExitReason.Attention, runnable: false);
                }

                Thread.Sleep(1);
            }
        });
        helper.Start();
        _scheduler?.Dispose();
        ended.Cancel();
        helper.Join();
        foreach (SteppedSpe spe in _spes)
            spe.Dispose();
    }

    [Fact]
    public void Equals_take_turns_in_the_order_in_which_they_came()
    {
        Build(threads: 1);
        Wake(0, 1, 2);

        foreach (int next in (int[])[0, 1, 2, 0, 1, 2])
        {
            Inside(next);
            _spes[next].Leave(SpuExitReason.Budget);
        }

        Inside(0);
    }

    [Fact]
    public void One_that_nobody_waits_for_goes_on()
    {
        Build(threads: 2);
        Wake(0);
        Inside(0);

        _spes[0].Leave(SpuExitReason.Budget);
        Eventually.Is(() => _spes[0].Slices == 2, "it has another slice");

        Assert.Equal(1, Scheduler.UsageOf(_spes[0]).Turns);
    }

    [Fact]
    public void The_highest_priority_is_next()
    {
        Build(threads: 1);
        Set(1, priority: 1);
        Set(2, priority: 3);
        Set(3, priority: 2);
        Set(0, priority: 3);
        Wake(0);
        Inside(0);
        Wake(1, 2, 3);

        foreach (int next in (int[])[0, 2, 3, 1])
        {
            Inside(next);
            _spes[next].Leave(SpuExitReason.Blocked, runnable: false);
        }

        Eventually.Is(() => !Scheduler.IsBusy, "all are done");
    }

    [Fact]
    public void A_higher_priority_displaces_the_lowest_and_that_goes_on_before_its_equals()
    {
        Build(threads: 2);
        Set(0, priority: 5);
        Set(1, priority: 4);
        Set(2, priority: 4);
        Set(3, priority: 9);
        Wake(0, 1);
        Inside(0, 1);
        Wake(2);
        Wake(3);

        Eventually.Is(() => _spes[1].WasInterrupted, "the lowest is told to leave");
        Assert.False(_spes[0].WasInterrupted);
        _spes[1].Leave(SpuExitReason.Attention);
        Inside(0, 3);
        _spes[3].Leave(SpuExitReason.Blocked, runnable: false);

        Inside(0, 1);
    }

    [Fact]
    public void A_gang_goes_in_together_or_not_at_all()
    {
        Build(threads: 2);
        Set(2, gang: 1);
        Set(3, gang: 1);
        Wake(0, 1);
        Inside(0, 1);
        Wake(2, 3);

        _spes[0].Leave(SpuExitReason.Budget);
        Inside(1);
        _spes[1].Leave(SpuExitReason.Budget);

        Inside(2, 3);
    }

    [Fact]
    public void A_gang_leaves_together()
    {
        Build(threads: 2);
        Set(2, gang: 1);
        Set(3, gang: 1);
        Wake(2);
        Wake(3);
        Inside(2, 3);
        Wake(0, 1);

        _spes[2].Leave(SpuExitReason.Budget);
        Eventually.Is(() => _spes[3].WasInterrupted, "the other member is told to leave");
        _spes[3].Leave(SpuExitReason.Attention);
        Inside(0, 1);
        _spes[0].Leave(SpuExitReason.Blocked, runnable: false);
        _spes[1].Leave(SpuExitReason.Blocked, runnable: false);

        Inside(2, 3);
    }

    [Fact]
    public void A_member_that_gets_ready_joins_its_gang()
    {
        Build(threads: 2);
        Set(2, gang: 1);
        Set(3, gang: 1);
        Wake(2);
        Wake(0);
        Inside(0, 2);
        Wake(1, 3);

        // SPE 1 has waited longer, but is not in the gang.
        _spes[0].Leave(SpuExitReason.Blocked, runnable: false);

        Inside(2, 3);
    }

    [Fact]
    public void A_gang_larger_than_the_threads_takes_turns_among_its_members()
    {
        Build(threads: 2);
        for (int number = 0; number < 3; number++)
            Set(number, gang: 7);
        Wake(0, 1, 2);
        Inside(0, 1);

        _spes[0].Leave(SpuExitReason.Budget);
        Eventually.Is(() => _spes[1].WasInterrupted, "it leaves for the third");
        _spes[1].Leave(SpuExitReason.Attention);

        Inside(0, 2);
    }

    [Fact]
    public void A_gang_of_higher_priority_displaces_as_many_as_it_needs()
    {
        Build(threads: 3);
        Set(4, priority: 20, gang: 1);
        Set(5, priority: 20, gang: 1);
        Set(0, priority: 18);
        Wake(0, 1, 2);
        Inside(0, 1, 2);

        // The first member needs one thread. When the second comes, the gang needs two.
        Wake(4, 5);
        Eventually.Is(() => _spes[1].WasInterrupted && _spes[2].WasInterrupted, "the two lowest are told to leave");
        Assert.False(_spes[0].WasInterrupted);
        _spes[1].Leave(SpuExitReason.Attention);
        _spes[2].Leave(SpuExitReason.Attention);

        Inside(0, 4, 5);
    }

    [Fact]
    public void Suspending_a_member_lets_the_rest_of_the_gang_in()
    {
        Build(threads: 2);
        Set(2, gang: 1);
        Set(3, gang: 1);
        Wake(0, 1);
        Inside(0, 1);
        Wake(2, 3);
        _spes[0].Leave(SpuExitReason.Blocked, runnable: false);
        Inside(1);

        _spes[3].IsRunnable = false;
        Scheduler.Suspend(_spes[3]);

        Inside(1, 2);
    }

    [Theory]
    [InlineData("20000i")]
    [InlineData("200us")]
    public void Many_endless_spes_get_the_same(string quantum)
    {
        Assert.True(SpeQuantum.TryParse(quantum, out SpeQuantum slice));
        using SpeScheduler scheduler = new SpeSchedulerOptions { Policy = SpePolicy.TimeSliced, Threads = 2, Quantum = slice }
            .Build((_, exception) => Assert.Fail(exception.ToString()));
        FakeSpe[] spes = [.. Enumerable.Range(0, 16).Select(number => new FakeSpe(number) { IsEndless = true })];
        foreach (FakeSpe spe in spes)
            spe.Start(scheduler);
        Eventually.Is(() => Array.TrueForAll(spes, spe => scheduler.UsageOf(spe).Turns >= 30), "each has had 30 turns");

        double[] turns = [];
        TimeSpan shortest = TimeSpan.MaxValue;
        for (int check = 0; check < 50; check++)
        {
            // Uses the least delayed of several checks, because the threads continue meanwhile.
            long start = Stopwatch.GetTimestamp();
            double[] seen = [.. spes.Select(spe => (double)scheduler.UsageOf(spe).Turns)];
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            if (taken < shortest)
                (turns, shortest) = (seen, taken);
        }

        Assert.True(Fairness.JainIndex(turns) > 0.95, string.Join(' ', turns));
    }

    private void Build(int threads) =>
        _scheduler = new SpeSchedulerOptions { Policy = SpePolicy.TimeSliced, Threads = threads, Quantum = SpeQuantum.Instructions(1) }
        .Build((spe, exception) => Assert.Fail($"SPE {spe.Number}: {exception}"));

    private void Set(int number, int priority = SpeAttributes.DefaultPriority, int gang = 0) =>
        Scheduler.SetAttributes(_spes[number], new SpeAttributes(priority, gang));

    private void Wake(params int[] numbers)
    {
        foreach (int number in numbers)
            Scheduler.Wake(_spes[number]);
    }

    // Exactly these SPEs have threads, now and a short time later.
    private void Inside(params int[] numbers)
    {
        string inside = string.Join(", ", _spes.Where(spe => spe.IsInside).Select(spe => spe.Number));
        Eventually.Is(() => Holds(numbers), $"inside are {string.Join(", ", numbers)}; before that they were {inside}");
        Eventually.Never(() => !Holds(numbers), "another SPE goes in");
    }

    private bool Holds(int[] numbers) => Array.TrueForAll(_spes, spe => spe.IsInside == numbers.Contains(spe.Number));
}
