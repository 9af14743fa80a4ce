using System.Buffers.Binary;
using System.Diagnostics;

using Ps3Platform.Standalone.Rig;

using SpuRuntime.Scheduling;

namespace Ps3Platform.Standalone.Bench;

/// <summary>The time from the store that starts an SPU until the PPE reads that it has stopped, for a job of one instruction.</summary>
internal sealed class DispatchMeasure : ISpuMeasure
{
    private const int Warm = 200;
    private const int JobsPerRound = 400;

    public string Name => "dispatch";

    public string Title => "a job of one instruction, from run control to status";

    public IEnumerable<SpuMeasurement> Run(SpuBenchOptions options)
    {
        foreach (SpePolicy policy in Enum.GetValues<SpePolicy>())
        {
            using var rig = new BenchRig(1, new SpeSchedulerOptions { Policy = policy, Threads = 2 }, options.Engines);
            rig.Load(0, "stop 0x2000");
            double[] samples = new double[options.Rounds * JobsPerRound];
            for (int job = -Warm; job < samples.Length; job++)
            {
                long started = Stopwatch.GetTimestamp();
                rig.Spes.Start(0, 0);
                rig.AwaitStop(0);
                if (job >= 0)
                    samples[job] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }

            yield return new SpuMeasurement(Name, SpeSchedulerOptions.NameOf(policy), "us", MoreIsBetter: false, samples);
        }
    }
}

/// <summary>The round trip of a word to an SPE: from the PPE, and from another SPE, which writes the mailbox by DMA.</summary>
internal sealed class MailboxMeasure : ISpuMeasure
{
    private const int Warm = 200;
    private const int TripsPerRound = 400;
    private const uint LetterAt = 0x100c;

    // Microseconds.
    private const double SupposedTrip = 10;

    // Copies the inbound mailbox, plus one, to the outbound one.
    private const string Echo = "rdch $3,$ch29; ai $3,$3,1; wrch $ch28,$3; br 0";

    // Sends a word to the partner, whose mailbox address is in registers 16 and 17, and receives one; repeated register 20 times.
    private const string Caller =
        "wrch $ch16,$15; wrch $ch17,$16; wrch $ch18,$17; wrch $ch19,$18; wrch $ch20,$19; wrch $ch21,$21; rdch $3,$ch29; ai $20,$20,-1; brnz $20,0; stop 0x2000";

    private const string Answerer =
        "rdch $3,$ch29; wrch $ch16,$15; wrch $ch17,$16; wrch $ch18,$17; wrch $ch19,$18; wrch $ch20,$19; wrch $ch21,$21; br 0";

    public string Name => "mailbox";

    public string Title => "round trip of a word";

    public IEnumerable<SpuMeasurement> Run(SpuBenchOptions options)
    {
        SpePolicy[] policies = [SpePolicy.OneThreadEach, SpePolicy.TimeSliced];
        foreach (SpePolicy policy in policies)
            yield return FromPpe(policy, options);
        foreach (SpePolicy policy in policies)
            yield return BetweenSpes(policy, options);
    }

    private SpuMeasurement FromPpe(SpePolicy policy, SpuBenchOptions options)
    {
        using var rig = new BenchRig(1, new SpeSchedulerOptions { Policy = policy, Threads = 2 }, options.Engines);
        rig.Load(0, Echo);
        rig.Spes.Start(0, 0);
        Func<bool> hasAnswer = () => (rig.Problem(0, ProblemState.MailboxStatus) & 0xff) != 0;
        double[] samples = new double[options.Rounds * TripsPerRound];
        for (int trip = -Warm; trip < samples.Length; trip++)
        {
            long started = Stopwatch.GetTimestamp();
            rig.Problem(0, ProblemState.InMailbox, (uint)trip);
            rig.Await(hasAnswer);
            uint answer = rig.Problem(0, ProblemState.OutMailbox);
            if (answer != (uint)trip + 1)
                throw new InvalidOperationException($"mailbox: {answer:x8} came back for {trip:x8}");
            if (trip >= 0)
                samples[trip] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        return new SpuMeasurement(Name, $"PPE-SPE {SpeSchedulerOptions.NameOf(policy)}", "us", MoreIsBetter: false, samples);
    }

    private SpuMeasurement BetweenSpes(SpePolicy policy, SpuBenchOptions options)
    {
        // The sleeping PPE may wake a millisecond late, so the trips must take much longer than that.
        uint trips = (uint)Math.Clamp(options.Time.TotalMicroseconds / SupposedTrip, 1000, 1_000_000);
        const uint Put = 0x20;
        using var rig = new BenchRig(2, new SpeSchedulerOptions { Policy = policy, Threads = 2 }, options.Engines);
        for (int number = 0; number < 2; number++)
        {
            ulong mailbox = SpeRig.ProblemStateAt(1 - number) + ProblemState.InMailbox;
            rig.Load(number, number == 0 ? Caller : Answerer);
            rig.SetRegister(number, 15, LetterAt);
            rig.SetRegister(number, 16, (uint)(mailbox >> 32));
            rig.SetRegister(number, 17, (uint)mailbox);
            rig.SetRegister(number, 18, sizeof(uint));
            rig.SetRegister(number, 19, 0);
            rig.SetRegister(number, 21, Put);
            BinaryPrimitives.WriteUInt32BigEndian(rig.Spes.LocalStore(number)[(int)LetterAt..], 0x5150_4500 + (uint)number);
        }

        rig.Spes.Start(1, 0);
        double[] samples = new double[options.Rounds];
        for (int round = -1; round < options.Rounds; round++)
        {
            rig.SetRegister(0, 20, trips);
            long started = Stopwatch.GetTimestamp();
            rig.Spes.Start(0, 0);
            rig.AwaitStopIdle(0);
            if (round >= 0)
                samples[round] = Stopwatch.GetElapsedTime(started).TotalMicroseconds / trips;
        }

        return new SpuMeasurement(Name, $"SPE-SPE {SpeSchedulerOptions.NameOf(policy)}", "us", MoreIsBetter: false, samples);
    }
}
