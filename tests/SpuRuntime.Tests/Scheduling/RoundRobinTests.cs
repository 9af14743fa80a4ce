using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Policies;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>The policy without threads.</summary>
public sealed class RoundRobinTests
{
    [Fact]
    public void Turns_come_in_the_order_of_the_numbers_whoever_was_woken_first()
    {
        using SpeScheduler scheduler = Build(quantum: 100);
        var log = new List<(int, long)>();
        foreach (int number in (int[])[4, 0, 2])
            scheduler.Wake(new LoggingSpe(number, log));

        Assert.True(scheduler.RunTurn());
        Assert.True(scheduler.RunTurn(longest: 30));

        Assert.Equal([(0, 100), (2, 100), (4, 100), (0, 30), (2, 30), (4, 30)], log);
    }

    [Fact]
    public void The_same_happens_every_time()
    {
        Assert.Equal(Play(), Play());
    }

    [Fact]
    public void A_blocked_spe_gets_no_turn()
    {
        using SpeScheduler scheduler = Build(quantum: 100);
        var spe = new FakeSpe(0);
        spe.Post(scheduler);
        Assert.True(scheduler.RunTurn());
        Assert.False(scheduler.RunTurn());
        Assert.False(scheduler.IsBusy);

        spe.Post(scheduler);
        Assert.True(scheduler.IsBusy);
        Assert.True(scheduler.RunTurn());
        Assert.Equal(2, spe.Taken);
    }

    [Fact]
    public void An_spe_may_suspend_itself()
    {
        using SpeScheduler scheduler = Build(quantum: 100);
        var spe = new FakeSpe(0) { IsEndless = true, Received = spe => scheduler.Suspend(spe) };
        scheduler.Wake(spe);

        Assert.True(scheduler.RunTurn());
        Assert.False(scheduler.RunTurn());
        Assert.Equal(1, spe.Taken);
    }

    [Fact]
    public void A_quantum_of_host_time_is_refused() =>
        Assert.Throws<ArgumentException>(
            () => new SpeSchedulerOptions { Policy = SpePolicy.RoundRobin, Quantum = SpeQuantum.Microseconds(5) }.Build((_, _) => { }));

    // SPEs that wake and stop each other at random, with a fixed seed.
    private static List<(int, long)> Play()
    {
        using SpeScheduler scheduler = Build(quantum: 50);
        var chance = new Random(7);
        var log = new List<(int, long)>();
        var spes = new FakeSpe[6];
        for (int number = 0; number < spes.Length; number++)
        {
            spes[number] = new FakeSpe(number)
            {
                Received = spe =>
                {
                    log.Add((spe.Number, spe.Taken));
                    FakeSpe other = spes[chance.Next(spes.Length)];
                    switch (chance.Next(10))
                    {
                        case 0:
                            other.Stop(scheduler);
                            break;
                        case 1:
                            other.Start(scheduler);
                            break;
                        default:
                            other.Post(scheduler);
                            break;
                    }
                },
            };
        }

        spes[3].Post(scheduler);
        spes[5].Post(scheduler);
        for (int turn = 0; turn < 200; turn++)
            scheduler.RunTurn();
        return log;
    }

    private static SpeScheduler Build(long quantum) =>
        new SpeSchedulerOptions { Policy = SpePolicy.RoundRobin, Quantum = SpeQuantum.Instructions(quantum) }.Build((_, _) => { });

    private sealed class LoggingSpe(int number, List<(int Number, long Budget)> log) : ISchedulableSpe
    {
        public int Number => number;

        public bool IsRunnable => true;

        public SpuExit RunSlice(long instructions)
        {
            log.Add((number, instructions));
            return new SpuExit(SpuExitReason.Budget);
        }

        public void Interrupt()
        {
        }
    }
}
