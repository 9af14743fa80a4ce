using System.Collections.Concurrent;
using System.Diagnostics;

using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil;
using CellPpe.Recompiler.Passes;

using Microsoft.Extensions.Logging;

namespace CellPpe.Ppe.Regions;

/// <summary>Makes host code of plans on a thread of its own, so that the guest never waits for it.</summary>
internal sealed unsafe class RegionCompiler : IDisposable
{
    // More plans than this waiting means that by the time the last is compiled the guest is elsewhere.
    private const int MostWaiting = 64;

    // The last first: what has just become hot is where the guest is.
    private readonly BlockingCollection<PpuRegion> _wanted = new(new ConcurrentStack<PpuRegion>(), MostWaiting);
    private readonly ConcurrentQueue<PpuRegion> _ready = new();
    private readonly PassPipeline _passes = PassPipeline.Standard(verify: false);
    private readonly HelperPlans _helpers = new();
    private readonly ILogger _logger;
    private readonly Thread? _thread;
    private long _ticks;
    private long _instructions;
    private long _bytes;
    private long _failures;

    /// <param name="synchronous">Compile at once on the thread that asks, for tests.</param>
    /// <param name="logger">Where a failure is reported.</param>
    public RegionCompiler(bool synchronous, ILogger logger)
    {
        _logger = logger;
        if (synchronous)
            return;
        _thread = new Thread(Run) { IsBackground = true, Name = "ppe-compiler" };
        _thread.Start();
    }

    /// <summary>Code of regions that have been taken away: the runtime frees it now and then.</summary>
    public RetiredCode Retired { get; } = new();

    /// <summary>True when a region has been compiled and not yet been taken.</summary>
    public bool HasReady => !_ready.IsEmpty;

    /// <summary>True when so much waits already that another plan would come too late.</summary>
    public bool IsBusy => _thread is not null && _wanted.Count >= MostWaiting;

    /// <summary>Time spent, guest instructions compiled, bytes of MSIL made of them, and regions that failed.</summary>
    public (TimeSpan Time, long Instructions, long Bytes, long Failures) Work =>
        (Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks)), Interlocked.Read(ref _instructions), Interlocked.Read(ref _bytes),
        Interlocked.Read(ref _failures));

    /// <summary>Asks for a region. False: too much is waiting already.</summary>
    public bool TryAdd(PpuRegion region)
    {
        if (_thread is not null)
            return _wanted.TryAdd(region);
        Compile(region);
        return true;
    }

    /// <summary>Takes a region that has been compiled.</summary>
    public bool TryTake(out PpuRegion? region) => _ready.TryDequeue(out region);

    /// <summary>Translates and compiles a plan, for the thread here and for tests.</summary>
    public static IrRegion Translate(PpuRegionPlan plan, IIrPass passes)
    {
        var blocks = new List<IrBlock>();
        var instructions = new List<int>();
        foreach (PpuPlannedBlock block in plan.Blocks)
        {
            IrBlock built = PpuIrTranslation.Translate(block.Address, block.Words, plan.Mode);
            instructions.Add(built.Site.Instructions);
            blocks.Add(passes.Run(built));
        }

        return new IrRegion(blocks, instructions, plan.Entries, plan.Returns, plan.Targets);
    }

    public void Dispose()
    {
        _wanted.CompleteAdding();
        _thread?.Join();
        _wanted.Dispose();
    }

    private void Run()
    {
        foreach (PpuRegion region in _wanted.GetConsumingEnumerable())
        {
            if (!_wanted.IsAddingCompleted)
                Compile(region);
        }
    }

    private void Compile(PpuRegion region)
    {
        long started = Stopwatch.GetTimestamp();
        PpuRegionPlan plan = region.Plan;
        try
        {
            IrRegion translated = Translate(plan, _passes);
            region.Code = new MsilRegionBackend(new PpuRegionGuest(region), _helpers).Compile(
                translated, $"ppe_{plan.Blocks[plan.Entries[0]].Address:x}", region.IsSpeculative);
            Interlocked.Add(ref _instructions, plan.Instructions);
            Interlocked.Add(ref _bytes, region.Code.MsilBytes);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidProgramException or ArgumentException)
        {
            // The interpreter runs what cannot be compiled; it is still a fault of the compiler, and tests check the count.
            Interlocked.Increment(ref _failures);
            _logger.LogError(e, "region at 0x{Address:x}, {Instructions} instructions, was not compiled",
                plan.Blocks[plan.Entries[0]].Address, plan.Instructions);
        }

        Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - started);
        _ready.Enqueue(region);
        Retired.CollectWhenDue();
    }
}
