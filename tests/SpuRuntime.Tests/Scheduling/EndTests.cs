using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Policies;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>How schedulers end, and what happens when a slice throws.</summary>
public sealed class EndTests
{
    public static TheoryData<string> Threaded => Schedulers.Threaded;

    [Theory, MemberData(nameof(Threaded))]
    public void Dispose_ends_all_threads(string policy)
    {
        SpeScheduler scheduler = Schedulers.Build(policy);
        FakeSpe[] spes = [.. Enumerable.Range(0, 5).Select(number => new FakeSpe(number) { IsEndless = number < 3 })];
        foreach (FakeSpe spe in spes)
            spe.Post(scheduler);
        Eventually.Is(() => Array.TrueForAll(spes, spe => spe.Taken > 0), "all have run");

        scheduler.Dispose();

        Assert.DoesNotContain(spes, spe => spe.IsInside);
        Assert.DoesNotContain(spes, spe => spe.LastThread!.IsAlive);
        // Calls after the end return and do nothing.
        scheduler.Wake(spes[0]);
        scheduler.Suspend(spes[0]);
        Eventually.Never(() => spes[0].IsInside, "an SPE runs");
        scheduler.Dispose();
    }

    [Theory, MemberData(nameof(Threaded))]
    public void A_scheduler_that_was_never_used_ends(string policy)
    {
        using SpeScheduler scheduler = Schedulers.Build(policy);
        Assert.False(scheduler.IsBusy);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void An_exception_in_a_slice_is_reported_and_the_others_go_on(string policy)
    {
        var reports = new List<(ISchedulableSpe Spe, Exception Exception)>();
        using SpeScheduler scheduler = Schedulers.Build(policy, (spe, exception) =>
        {
            lock (reports)
                reports.Add((spe, exception));
        });
        var broken = new FakeSpe(0) { Received = _ => throw new InvalidOperationException("a bug") };
        var sound = new FakeSpe(1);

        broken.Post(scheduler);
        Eventually.Is(() => Count(reports) == 1, "it is reported");
        broken.Post(scheduler);
        scheduler.Suspend(broken);
        sound.Post(scheduler);

        Eventually.Is(() => sound.Taken == 1, "the other runs");
        Assert.Equal((broken, "a bug"), (reports[0].Spe, reports[0].Exception.Message));
        Assert.Equal(1, Count(reports));
        Assert.Equal(1, broken.Taken);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void The_report_of_an_exception_may_dispose_the_scheduler(string policy)
    {
        SpeScheduler? scheduler = null;
        using var disposed = new ManualResetEventSlim();
        scheduler = Schedulers.Build(policy, (_, _) =>
        {
            scheduler!.Dispose();
            disposed.Set();
        });
        new FakeSpe(1) { IsEndless = true }.Post(scheduler);
        new FakeSpe(0) { Received = _ => throw new InvalidOperationException("a bug") }.Post(scheduler);

        Assert.True(disposed.Wait(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void With_round_robin_the_exception_goes_to_the_caller_of_the_turn()
    {
        using SpeScheduler scheduler = new SpeSchedulerOptions { Policy = SpePolicy.RoundRobin }.Build(
            (_, _) => Assert.Fail("no slice can throw here"));
        var broken = new FakeSpe(0) { Received = _ => throw new InvalidOperationException("a bug") };
        broken.Post(scheduler);

        Assert.Throws<InvalidOperationException>(() => scheduler.RunTurn());
        Assert.False(scheduler.RunTurn());
        Assert.False(scheduler.IsBusy);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void A_removed_spe_makes_room_for_another_of_its_number(string policy)
    {
        using SpeScheduler scheduler = Schedulers.Build(policy);
        var first = new FakeSpe(3) { IsEndless = true };
        var second = new FakeSpe(3) { IsEndless = true };
        scheduler.Wake(first);
        Eventually.Is(() => first.IsInside, "the first runs");
        Assert.Throws<InvalidOperationException>(() => scheduler.Wake(second));

        scheduler.Remove(first);
        Assert.False(first.IsInside);
        scheduler.Wake(second);

        Eventually.Is(() => second.IsInside, "the second runs");
        Assert.False(first.IsInside);
    }

    [Fact]
    public void A_slice_may_end_for_any_reason()
    {
        using SpeScheduler scheduler = Schedulers.Build("one-thread-each");
        using var spe = new SteppedSpe(0);
        foreach (SpuExitReason reason in Enum.GetValues<SpuExitReason>())
        {
            int slices = spe.Slices;
            spe.IsRunnable = true;
            scheduler.Wake(spe);
            spe.Leave(reason, runnable: false);
            Eventually.Is(() => !scheduler.IsBusy, $"it sleeps after {reason}");
            Assert.Equal(slices + 1, spe.Slices);
        }
    }

    private static int Count(List<(ISchedulableSpe, Exception)> reports)
    {
        lock (reports)
            return reports.Count;
    }
}
