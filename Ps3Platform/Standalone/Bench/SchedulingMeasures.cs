using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Measures;

namespace Ps3Platform.Standalone.Bench;

/// <summary>
/// The total throughput of 6, 16 and 64 SPEs that never wait, and how evenly it is distributed. time-sliced has two host threads;
/// one-thread-each has one per SPE, which the host's kernel schedules; round-robin uses the caller's.
/// </summary>
internal sealed class FairnessMeasure : ISpuMeasure
{
    private const int HostThreads = 2;

    // Counts in an endless loop.
    private const string Busy = "ai $3,$3,1; ai $4,$4,3; xor $5,$3,$4; br 0";

    public string Name => "fairness";

    public string Title => "throughput and Jain's index of SPEs that never wait, on 2 host threads";

    public IEnumerable<SpuMeasurement> Run(SpuBenchOptions options)
    {
        foreach (SpePolicy policy in Enum.GetValues<SpePolicy>())
        {
            foreach (int spes in (int[])[6, 16, 64])
            {
                using var rig = new BenchRig(spes, new SpeSchedulerOptions { Policy = policy, Threads = HostThreads }, options.Engines);
                for (int number = 0; number < spes; number++)
                {
                    rig.Load(number, Busy);
                    rig.Spes.Start(number, 0);
                }

                // Each SPE must get several quanta, or the last one dominates the result.
                TimeSpan time = TimeSpan.FromMilliseconds(Math.Max(options.Time.TotalMilliseconds, spes * 10));
                rig.RunFor(time / 4);
                double[] rates = new double[options.Rounds];
                double[] shares = new double[options.Rounds];
                for (int round = 0; round < options.Rounds; round++)
                {
                    (double[] instructions, TimeSpan elapsed) = rig.RunFor(time);
                    rates[round] = instructions.Sum() / elapsed.TotalSeconds / 1e6;
                    shares[round] = Fairness.JainIndex(instructions);
                }

                string name = $"{SpeSchedulerOptions.NameOf(policy)} {spes} SPEs";
                yield return new SpuMeasurement(Name, name, "MIPS", MoreIsBetter: true, rates);
                yield return new SpuMeasurement(Name + " (Jain)", name, "", MoreIsBetter: true, shares);
            }
        }
    }
}

/// <summary>The time to switch a host thread from one SPE to another: 16 SPEs on one thread, with a quantum of one instruction.</summary>
internal sealed class SwitchMeasure : ISpuMeasure
{
    private const int Count = 16;

    public string Name => "switch";

    public string Title => "one SPE out of a host thread and another in, by quanta of one instruction";

    public IEnumerable<SpuMeasurement> Run(SpuBenchOptions options)
    {
        foreach (SpePolicy policy in (SpePolicy[])[SpePolicy.TimeSliced, SpePolicy.RoundRobin])
        {
            using var rig = new BenchRig(Count, new SpeSchedulerOptions { Policy = policy, Threads = 1, Quantum = SpeQuantum.Instructions(1) }, options.Engines);
            for (int number = 0; number < Count; number++)
            {
                rig.Load(number, "br 0");
                rig.Spes.Start(number, 0);
            }

            rig.RunFor(options.Time / 4);
            double[] samples = new double[options.Rounds];
            for (int round = 0; round < options.Rounds; round++)
            {
                (double[] instructions, TimeSpan elapsed) = rig.RunFor(options.Time);
                // With one instruction per turn, the count of instructions is the count of switches.
                samples[round] = elapsed.TotalMicroseconds / Math.Max(1, instructions.Sum());
            }

            yield return new SpuMeasurement(Name, SpeSchedulerOptions.NameOf(policy), "us", MoreIsBetter: false, samples);
        }
    }
}
