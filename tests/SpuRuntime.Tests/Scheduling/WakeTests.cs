using SpuRuntime.Scheduling;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>Nothing is lost between host threads that block, wake and suspend each other.</summary>
public sealed class WakeTests
{
    private const int Spes = 8;

    public static TheoryData<string> Threaded => Schedulers.Threaded;

    [Theory, MemberData(nameof(Threaded))]
    public void Letters_that_go_round_are_all_delivered(string policy)
    {
        // Each SPE passes each message on to a random one, so that they block and wake each other all the time.
        using SpeScheduler scheduler = Schedulers.Build(policy);
        int left = Schedulers.Operations;
        var spes = new FakeSpe[Spes];
        var chance = new Random[Spes];
        for (int number = 0; number < Spes; number++)
        {
            chance[number] = new Random(number);
            spes[number] = new FakeSpe(number)
            {
                Received = spe =>
                {
                    if (Interlocked.Decrement(ref left) >= 0)
                        spes[chance[spe.Number].Next(Spes)].Post(scheduler);
                },
            };
        }

        const int Messages = 3;
        for (int message = 0; message < Messages; message++)
            spes[message].Post(scheduler);

        Eventually.Is(() => Volatile.Read(ref left) <= -Messages, "all messages have come to their end");
        Eventually.Is(() => !scheduler.IsBusy, "all SPEs are asleep");
        Assert.Equal(Schedulers.Operations + Messages, spes.Sum(spe => spe.Taken));
        Assert.DoesNotContain(spes, spe => spe.WasInTwoThreads);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void A_letter_that_comes_while_it_falls_asleep_is_taken(string policy)
    {
        // The next message is sent as soon as the last was taken: at the moment when the SPE finds its mailbox empty.
        using SpeScheduler scheduler = Schedulers.Build(policy);
        long taken = 0;
        var spe = new FakeSpe(0) { Received = _ => Interlocked.Increment(ref taken) };
        int rounds = Schedulers.Operations / 10;
        for (int round = 1; round <= rounds; round++)
        {
            spe.Post(scheduler);
            var wait = new SpinWait();
            long start = Environment.TickCount64;
            while (Interlocked.Read(ref taken) < round)
            {
                wait.SpinOnce(sleep1Threshold: -1);
                Assert.True(Environment.TickCount64 - start < 60_000, $"message {round} was lost");
            }

            // At a different time in each round.
            Thread.SpinWait(round % 50);
        }

        Assert.False(spe.WasInTwoThreads);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void Nobody_is_inside_after_suspend(string policy)
    {
        using SpeScheduler scheduler = Schedulers.Build(policy);
        FakeSpe[] spes = [.. Enumerable.Range(0, 4).Select(
            number => new FakeSpe(number) { IsEndless = true, ForgetsEarlyInterrupts = number % 2 == 1 })];
        foreach (FakeSpe spe in spes)
            spe.Start(scheduler);
        var chance = new Random(1);
        for (int round = 0; round < Schedulers.Operations / 100; round++)
        {
            FakeSpe spe = spes[chance.Next(spes.Length)];
            spe.Stop(scheduler);
            Assert.False(spe.IsInside);
            long taken = spe.Taken;
            // Waking a stopped SPE changes nothing.
            scheduler.Wake(spe);
            Thread.SpinWait(chance.Next(200));
            Assert.False(spe.IsInside);
            Assert.Equal(taken, spe.Taken);
            spe.Start(scheduler);
        }

        Assert.DoesNotContain(spes, spe => spe.WasInTwoThreads);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void Letters_are_delivered_though_spes_are_suspended_meanwhile(string policy)
    {
        using SpeScheduler scheduler = Schedulers.Build(policy);
        int left = Schedulers.Operations / 10;
        var spes = new FakeSpe[Spes];
        for (int number = 0; number < Spes; number++)
        {
            spes[number] = new FakeSpe(number)
            {
                Received = spe =>
                {
                    if (Interlocked.Decrement(ref left) >= 0)
                        spes[(spe.Number + 1) % Spes].Post(scheduler);
                },
            };
        }

        spes[0].Post(scheduler);
        var chance = new Random(2);
        long start = Environment.TickCount64;
        while (Volatile.Read(ref left) >= 0)
        {
            Assert.True(Environment.TickCount64 - start < 120_000, "the message was lost");
            FakeSpe spe = spes[chance.Next(Spes)];
            spe.Stop(scheduler);
            Assert.False(spe.IsInside);
            spe.Start(scheduler);
            Thread.Yield();
        }

        Assert.DoesNotContain(spes, spe => spe.WasInTwoThreads);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void A_suspended_spe_stays_out_until_it_is_woken(string policy)
    {
        using SpeScheduler scheduler = Schedulers.Build(policy);
        var spe = new FakeSpe(0) { IsEndless = true };
        scheduler.Wake(spe);
        Eventually.Is(() => spe.Taken > 0, "it runs");

        // It can run, because it was not stopped.
        scheduler.Suspend(spe);
        Eventually.Never(() => spe.IsInside, "it runs on");

        scheduler.Wake(spe);
        Eventually.Is(() => spe.IsInside, "it runs again");
    }

    [Theory, MemberData(nameof(Threaded))]
    public void Nobody_is_inside_in_a_pause_and_nothing_is_lost_in_it(string policy)
    {
        using SpeScheduler scheduler = Schedulers.Build(policy);
        int left = Schedulers.Operations / 10;
        var spes = new FakeSpe[Spes];
        for (int number = 0; number < Spes; number++)
        {
            spes[number] = new FakeSpe(number)
            {
                // The last SPE never blocks.
                IsEndless = number == Spes - 1,
                ForgetsEarlyInterrupts = number % 2 == 0,
                Received = spe =>
                {
                    if (spe.Number < Spes - 1 && Interlocked.Decrement(ref left) >= 0)
                        spes[(spe.Number + 1) % (Spes - 1)].Post(scheduler);
                },
            };
        }

        foreach (FakeSpe spe in spes)
            spe.Post(scheduler);
        var chance = new Random(3);
        long start = Environment.TickCount64;
        while (Volatile.Read(ref left) >= 0)
        {
            Assert.True(Environment.TickCount64 - start < 120_000, "a message was lost");
            scheduler.Pause();
            Assert.DoesNotContain(spes, spe => spe.IsInside);
            scheduler.Wake(spes[chance.Next(Spes)]);
            Thread.SpinWait(chance.Next(300));
            Assert.DoesNotContain(spes, spe => spe.IsInside);
            scheduler.Resume();
            Thread.Yield();
        }

        Assert.DoesNotContain(spes, spe => spe.WasInTwoThreads);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void An_spe_may_suspend_itself_and_others_from_its_slice(string policy)
    {
        // Each suspends the other from its own slice, as stores to the other's run control do. A third SPE is not involved.
        using SpeScheduler scheduler = Schedulers.Build(policy);
        var spes = new FakeSpe[2];
        int suspensions = 0;
        for (int number = 0; number < 2; number++)
        {
            spes[number] = new FakeSpe(number)
            {
                Received = spe =>
                {
                    scheduler.Suspend(spe);
                    scheduler.Suspend(spes[1 - spe.Number]);
                    Interlocked.Increment(ref suspensions);
                },
            };
        }

        const int Rounds = 300;
        for (int round = 0; round < Rounds; round++)
        {
            spes[round % 2].Post(scheduler);
            scheduler.Wake(spes[1 - (round % 2)]);
        }

        Eventually.Is(
            () =>
            {
                scheduler.Wake(spes[0]);
                scheduler.Wake(spes[1]);
                return Volatile.Read(ref suspensions) == Rounds;
            },
            "all messages were taken");
    }

    [Fact]
    public void A_signal_is_never_lost()
    {
        foreach (TimeSpan spin in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromMicroseconds(10)])
        {
            var cores = new HostCores(Environment.ProcessorCount);
            var there = new WakeSignal(cores, spin);
            var back = new WakeSignal(cores, spin);
            int rounds = Schedulers.Operations / 4;
            int seen = 0;
            var thread = new Thread(() =>
            {
                there.Begin();
                for (int round = 0; round < rounds; round++)
                {
                    there.Wait();
                    seen++;
                    back.Set();
                }

                there.End();
            });
            thread.Start();
            for (int round = 0; round < rounds; round++)
            {
                there.Set();
                back.Wait();
                Assert.Equal(round + 1, Volatile.Read(ref seen));
            }

            Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
        }
    }
}
