using BenchmarkDotNet.Attributes;

using Ps3Platform.Standalone.Bench;
using Ps3Platform.Standalone.Rig;

using SpuRuntime.Execution;
using SpuRuntime.Scheduling;

namespace Bench;

/// <summary>
/// An SPE's job and its mailboxes as a PPE sees them, with complete logical SPEs: run control, locks, scheduler, interpreter.
/// ps3 bench spu measures these and more, with their distribution.
/// </summary>
public class SpuJobBenchmarks : IDisposable
{
    private const string Job = "stop 0x2000";
    private const string Echo = "rdch $3,$ch29; wrch $ch28,$3; br 0";

    private BenchRig? _rig;
    private Func<bool> _hasAnswer = static () => true;

    /// <summary>The policy. Round robin runs on the caller's thread, so it measures the SPE's own cost.</summary>
    [Params(SpePolicy.OneThreadEach, SpePolicy.TimeSliced, SpePolicy.RoundRobin)]
    public SpePolicy Policy { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rig = new BenchRig(2, new SpeSchedulerOptions { Policy = Policy, Threads = 2 }, new SpuCoreFactory());
        _rig.Load(0, Job);
        _rig.Load(1, Echo);
        _rig.Spes.Start(1, 0);
        _hasAnswer = () => (_rig.Problem(1, ProblemState.MailboxStatus) & 0xff) != 0;
    }

    /// <summary>From the store to SPU_RunCntl to SPU_Status saying "stopped".</summary>
    [Benchmark(Baseline = true)]
    public void Dispatch()
    {
        _rig!.Spes.Start(0, 0);
        _rig.AwaitStop(0);
    }

    /// <summary>The round trip of a word.</summary>
    [Benchmark]
    public uint MailboxRoundTrip()
    {
        _rig!.Problem(1, ProblemState.InMailbox, 1);
        _rig.Await(_hasAnswer);
        return _rig.Problem(1, ProblemState.OutMailbox);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _rig?.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>DMA commands of one size, a thousand at a time, as an SPU issues them.</summary>
public class SpuDmaBenchmarks : IDisposable
{
    private const int Commands = 1000;

    // Registers: 10 local store address, 11 and 12 address, 13 size, 14 tag, 15 command, 16 how often.
    private const string Stream =
        "wrch $ch16,$10; wrch $ch17,$11; wrch $ch18,$12; wrch $ch19,$13; wrch $ch20,$14; wrch $ch21,$15; ai $16,$16,-1; brnz $16,0; stop 0x2000";

    private readonly BenchRig _rig = new(1, new SpeSchedulerOptions { Policy = SpePolicy.RoundRobin }, new SpuCoreFactory());

    /// <summary>Bytes of a command.</summary>
    [Params(16, 128, 1024, 16384)]
    public uint Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rig.Load(0, Stream);
        _rig.SetRegister(0, 10, 0x8000);
        _rig.SetRegister(0, 11, (uint)(SpeRig.MemoryAt >> 32));
        _rig.SetRegister(0, 12, (uint)SpeRig.MemoryAt);
        _rig.SetRegister(0, 13, Size);
        _rig.SetRegister(0, 14, 0);
    }

    /// <summary>Into local store.</summary>
    [Benchmark(OperationsPerInvoke = Commands)]
    public void Get() => Run(0x40);

    /// <summary>Out of it.</summary>
    [Benchmark(OperationsPerInvoke = Commands)]
    public void Put() => Run(0x20);

    [GlobalCleanup]
    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Run(uint command)
    {
        _rig.SetRegister(0, 15, command);
        _rig.SetRegister(0, 16, Commands);
        _rig.Spes.Start(0, 0);
        _rig.AwaitStop(0);
    }
}
