using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Policies;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>Random priorities, gangs, messages and suspensions, all at once.</summary>
public sealed class TimeSlicedStressTests
{
    private const int Spes = 24;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(5, 4)]
    public void Nothing_is_lost_and_no_more_run_than_there_are_threads(int threads, int seed)
    {
        var options = new SpeSchedulerOptions { Policy = SpePolicy.TimeSliced, Threads = threads, Quantum = SpeQuantum.Instructions(7) };
        using SpeScheduler scheduler = options.Build((spe, exception) => Assert.Fail($"SPE {spe.Number}: {exception}"));
        int inside = 0;
        int most = 0;
        var spes = new FakeSpe[Spes];
        var chances = new Random[Spes];
        long sent = 0;
        int left = Schedulers.Operations;
        for (int number = 0; number < Spes; number++)
        {
            chances[number] = new Random((seed * 100) + number);
            spes[number] = new FakeSpe(number)
            {
                ForgetsEarlyInterrupts = number % 3 == 0,
                Received = spe =>
                {
                    int now = Interlocked.Increment(ref inside);
                    if (now > Volatile.Read(ref most))
                        Volatile.Write(ref most, now);
                    // A message is answered by two or by none with equal probability, until enough have been sent.
                    for (int message = chances[spe.Number].Next(3); message > 0 && Interlocked.Decrement(ref left) >= 0; message--)
                    {
                        Interlocked.Increment(ref sent);
                        spes[chances[spe.Number].Next(Spes)].Post(scheduler);
                    }

                    Interlocked.Decrement(ref inside);
                },
            };
        }

        var chance = new Random(seed);
        long start = Environment.TickCount64;
        while (Volatile.Read(ref left) > 0)
        {
            Assert.True(Environment.TickCount64 - start < 300_000, $"{Volatile.Read(ref left)} messages are left");
            FakeSpe spe = spes[chance.Next(Spes)];
            switch (chance.Next(4))
            {
                case 0:
                    spe.Stop(scheduler);
                    Assert.False(spe.IsInside);
                    spe.Start(scheduler);
                    break;
                case 1:
                    scheduler.SetAttributes(spe, new SpeAttributes(chance.Next(4), chance.Next(4)));
                    break;
                default:
                    Interlocked.Increment(ref sent);
                    spe.Post(scheduler);
                    break;
            }
        }

        Eventually.Is(() => !scheduler.IsBusy, "all SPEs are asleep");
        Assert.Equal(sent, spes.Sum(spe => spe.Taken));
        Assert.DoesNotContain(spes, spe => spe.WasInTwoThreads);
        Assert.InRange(most, 1, threads);
    }

    [Fact]
    public void Members_of_a_gang_find_each_other_inside()
    {
        // Two members on two threads, beside three SPEs that want threads as well. A member waits in its slice for the other, and gives
        // up only when it is told to leave: with half a gang inside it would wait for ever.
        var options = new SpeSchedulerOptions { Policy = SpePolicy.TimeSliced, Threads = 2, Quantum = SpeQuantum.Instructions(50) };
        using SpeScheduler scheduler = options.Build((spe, exception) => Assert.Fail($"SPE {spe.Number}: {exception}"));
        var spes = new FakeSpe[5];
        int met = 0;
        int waitedInVain = 0;
        for (int number = 0; number < spes.Length; number++)
        {
            spes[number] = new FakeSpe(number)
            {
                IsEndless = true,
                Received = spe =>
                {
                    if (spe.Number >= 2)
                        return;
                    FakeSpe other = spes[1 - spe.Number];
                    long start = Environment.TickCount64;
                    while (!other.IsInside && !spe.IsToldToLeave)
                    {
                        if (Environment.TickCount64 - start > 20_000)
                        {
                            Interlocked.Increment(ref waitedInVain);
                            return;
                        }

                        Thread.Yield();
                    }

                    Interlocked.Increment(ref met);
                },
            };
        }

        scheduler.SetAttributes(spes[0], new SpeAttributes(Gang: 1));
        scheduler.SetAttributes(spes[1], new SpeAttributes(Gang: 1));
        foreach (FakeSpe spe in spes)
            spe.Start(scheduler);

        Eventually.Is(
            () => Volatile.Read(ref waitedInVain) > 0
                || (Volatile.Read(ref met) > 20_000 && spes.All(spe => scheduler.UsageOf(spe).Turns >= 10)),
            "they meet often enough, and everybody has turns");
        Assert.Equal(0, waitedInVain);
    }
}
