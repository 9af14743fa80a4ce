using System.Buffers.Binary;
using System.Diagnostics;

using Ps3Platform.Standalone.Rig;

using SpuRuntime.Scheduling;

namespace Ps3Platform.Standalone.Bench;

/// <summary>The rate of DMA between local store and a megabyte of memory, one command after another, by size.</summary>
internal sealed class DmaMeasure : ISpuMeasure
{
    private const uint LocalAddress = 0x8000;
    private const uint Window = 0x10_0000;
    private const int WarmUps = 3;
    private static readonly (string Name, uint Opcode)[] Directions = [("get", 0x40), ("put", 0x20)];

    // Registers: 10 local store address, 11 and 12 address, 13 size, 14 tag, 15 command, 16 how often, 17 offset, 18 its mask.
    private const string Stream =
        """
        a     $4,$12,$17
        wrch  $ch16,$10
        wrch  $ch17,$11
        wrch  $ch18,$4
        wrch  $ch19,$13
        wrch  $ch20,$14
        wrch  $ch21,$15
        a     $17,$17,$13
        and   $17,$17,$18
        ai    $16,$16,-1
        brnz  $16,0
        il    $5,1
        wrch  $ch22,$5
        il    $5,2
        wrch  $ch23,$5
        rdch  $3,$ch24
        stop  0x2000
        """;

    public string Name => "dma";

    public string Title => "bandwidth of one SPE's DMA by size";

    public IEnumerable<SpuMeasurement> Run(SpuBenchOptions options)
    {
        foreach ((string name, uint opcode) in Directions)
        {
            for (uint size = 16; size <= 0x4000; size *= 4)
                yield return Measure(name, opcode, size, options);
        }
    }

    private SpuMeasurement Measure(string name, uint opcode, uint size, SpuBenchOptions options)
    {
        using var rig = new BenchRig(1, new SpeSchedulerOptions { Policy = SpePolicy.OneThreadEach }, options.Engines);
        rig.Load(0, Stream);
        uint[] registers = [LocalAddress, (uint)(SpeRig.MemoryAt >> 32), (uint)SpeRig.MemoryAt, size, 0, opcode, 0, 0, Window - 1];
        for (int index = 0; index < registers.Length; index++)
            rig.SetRegister(0, 10 + index, registers[index]);

        // Finds the count that fits the time by trial runs, which also warm up the host's compiler.
        uint count = 1000;
        for (int attempt = 0; attempt < WarmUps; attempt++)
            count = (uint)Math.Clamp(count * options.Time.TotalSeconds / Once(rig, count), 1000, 50_000_000);
        double[] samples = new double[options.Rounds];
        for (int round = 0; round < options.Rounds; round++)
            samples[round] = (double)count * size / Once(rig, count) / 1e9;
        return new SpuMeasurement(Name, $"{name} {Label(size)}", "GB/s", MoreIsBetter: true, samples);
    }

    private static string Label(uint size) => size >= 1024 ? $"{size / 1024} KB" : $"{size} B";

    private static double Once(BenchRig rig, uint count)
    {
        rig.SetRegister(0, 16, count);
        long started = Stopwatch.GetTimestamp();
        rig.Spes.Start(0, 0);
        // A PPE that polls would contend for the SPE's lock.
        rig.AwaitStopIdle(0);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

/// <summary>The rate at which 1 to 6 SPEs increment a counter in one line by getllar and putllc. No increment may be lost.</summary>
internal sealed class AtomicMeasure : ISpuMeasure
{
    private const int MostSpes = 6;
    private const uint LineAt = 0x4000;

    // Registers: 10 the line's copy, 11 and 12 the line, 13 and 14 the commands, 16 how often.
    private const string Increase =
        """
        wrch  $ch16,$10
        wrch  $ch17,$11
        wrch  $ch18,$12
        wrch  $ch21,$13
        rdch  $3,$ch27
        lqd   $4,0($10)
        a     $4,$4,$15
        stqd  $4,0($10)
        wrch  $ch16,$10
        wrch  $ch17,$11
        wrch  $ch18,$12
        wrch  $ch21,$14
        rdch  $3,$ch27
        brnz  $3,0
        ai    $16,$16,-1
        brnz  $16,0
        stop  0x2000
        """;

    public string Name => "atomic";

    public string Title => "increments a second of one counter, all SPEs together";

    public IEnumerable<SpuMeasurement> Run(SpuBenchOptions options)
    {
        for (int spes = 1; spes <= MostSpes; spes++)
        {
            using var rig = new BenchRig(spes, new SpeSchedulerOptions { Policy = SpePolicy.OneThreadEach }, options.Engines);
            for (int number = 0; number < spes; number++)
            {
                rig.Load(number, Increase);
                uint[] registers = [LineAt, (uint)(SpeRig.MemoryAt >> 32), (uint)SpeRig.MemoryAt, 0xd0, 0xb4, 1];
                for (int index = 0; index < registers.Length; index++)
                    rig.SetRegister(number, 10 + index, registers[index]);
            }

            uint count = 2000;
            count = (uint)Math.Clamp(count * options.Time.TotalSeconds / Once(rig, spes, count), 1000, 10_000_000);
            double[] samples = new double[options.Rounds];
            for (int round = 0; round < options.Rounds; round++)
                samples[round] = spes * (double)count / Once(rig, spes, count) / 1e6;
            yield return new SpuMeasurement(Name, spes == 1 ? "1 SPE" : $"{spes} SPEs", "M/s", MoreIsBetter: true, samples);
        }
    }

    private static double Once(BenchRig rig, int spes, uint count)
    {
        Span<byte> counter = rig.Spes.Bytes(SpeRig.MemoryAt, sizeof(uint));
        uint before = BinaryPrimitives.ReadUInt32BigEndian(counter);
        for (int number = 0; number < spes; number++)
            rig.SetRegister(number, 16, count);
        long started = Stopwatch.GetTimestamp();
        for (int number = 0; number < spes; number++)
            rig.Spes.Start(number, 0);
        for (int number = 0; number < spes; number++)
            rig.AwaitStop(number);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        uint increments = BinaryPrimitives.ReadUInt32BigEndian(rig.Spes.Bytes(SpeRig.MemoryAt, sizeof(uint))) - before;
        if (increments != count * (uint)spes)
            throw new InvalidOperationException($"atomic: {increments} increments instead of {count * (uint)spes}");
        return seconds;
    }
}
