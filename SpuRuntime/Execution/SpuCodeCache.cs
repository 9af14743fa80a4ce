using System.Collections.Concurrent;
using System.Diagnostics;

using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil;
using CellPpe.Recompiler.Passes;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using SpuRuntime.Execution.Regions;
using SpuRuntime.Isa;

namespace SpuRuntime.Execution;

/// <summary>
/// Compiled code by the contents of local store it was made of, for all SPEs of a machine, and the thread that compiles it. A program
/// that is loaded again, there or into another SPE, compiles nothing. May be used from any thread.
/// </summary>
public sealed unsafe class SpuCodeCache : IDisposable
{
    // More waiting than this means that by the time the last is compiled the programs are elsewhere.
    private const int MostWaiting = 64;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<uint, Region[]> _byStart = new();
    private readonly Queue<Region> _oldestFirst = new();
    private readonly BlockingCollection<Region> _wanted = new(MostWaiting);
    private readonly ILogger _logger;
    private readonly IIrPass _passes;
    private readonly HelperPlans _helpers = new();
    private Thread? _thread;
    private long _instructions;
    private long _compiled;
    private long _ticks;
    private long _bytes;
    private long _failures;

    internal SpuCodeCache(SpuEngineOptions options, ILogger? logger = null)
    {
        Options = options;
        _logger = logger ?? NullLogger.Instance;
        _passes = PassesOf(options.Verify);
    }

    /// <summary>Regions compiled, their instructions, the bytes of MSIL they became, how long it took, and regions that could not be compiled.</summary>
    public (long Instructions, long MsilBytes, TimeSpan Time, long Failures) Work =>
        (Interlocked.Read(ref _compiled), Interlocked.Read(ref _bytes), Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks)), Interlocked.Read(ref _failures));

    /// <summary>What it is made with.</summary>
    internal SpuEngineOptions Options { get; }

    /// <summary>True when so much waits already that another plan would come too late.</summary>
    internal bool IsBusy => _wanted.Count >= MostWaiting;

    /// <summary>The code of a machine's SPEs; null when they are to be interpreted.</summary>
    public static SpuCodeCache? Create(SpuEngine engine, SpuFloatMode mode = SpuFloatMode.Exact, ILogger? logger = null) =>
        engine == SpuEngine.Interpreter ? null : new SpuCodeCache(SpuEngineOptions.Of(engine, mode), logger);

    /// <summary>An empty one of the same engine, with the arithmetic that is given.</summary>
    public SpuCodeCache Another(SpuFloatMode mode) => new(Options with { FloatMode = mode }, _logger);

    /// <inheritdoc/>
    public void Dispose()
    {
        _wanted.CompleteAdding();
        _thread?.Join();
        _wanted.Dispose();
    }

    /// <summary>The passes in their order.</summary>
    internal static PassPipeline PassesOf(bool verify) => new(
        [
            new SlotForwarding(), new VectorFolding(), new ConstantFolding(), new VectorFolding(), new ValueNumbering(),
            new DeadWriteElimination(loadsLeave: false), new DeadCodeElimination(),
        ],
        verify);

    /// <summary>Translates a plan.</summary>
    internal static IrRegion Translate(RegionPlan plan, IIrPass passes, SpuFloatMode mode)
    {
        var blocks = new List<IrBlock>();
        var instructions = new List<int>();
        foreach (PlannedBlock block in plan.Blocks)
        {
            IrBlock built = IrTranslation.Translate(block.Address, block.Words, mode, plan.PlainMasks);
            instructions.Add(built.Site.Instructions);
            blocks.Add(passes.Run(built));
        }

        var region = new IrRegion(blocks, instructions, plan.Entries, plan.Returns, plan.Targets);
        return SlotConstants.Run(plan.Masks == MaskTrust.Constant ? EntryMasks.Assume(region, plan) : region, passes);
    }

    /// <summary>The region that begins at an address and was made of what local store holds, compiled or on its way.</summary>
    internal Region? Find(uint start, SpuContext* c, bool large, bool hopeful, MaskTrust masks)
    {
        if (!_byStart.TryGetValue(start, out Region[]? candidates))
            return null;
        Region? found = null;
        foreach (Region region in candidates)
        {
            if (region.Plan.IsHopeful == hopeful && region.Plan.Masks <= masks && (region.Plan.IsLarge || (!large && found is null)) && region.Plan.Matches(c->LocalStore)
                && region.Plan.Fits(c->State))
                found = region;
        }

        return found;
    }

    /// <summary>Asks for a region's code. False: too much is waiting already.</summary>
    internal bool TryAdd(Region region)
    {
        if (!Options.Synchronous && !_wanted.TryAdd(region))
            return false;
        lock (_lock)
        {
            // Most machines run nothing on their SPEs.
            if (!Options.Synchronous && _thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "spu-compiler" };
                _thread.Start();
            }

            uint start = region.Plan.Start;
            _byStart[start] = _byStart.TryGetValue(start, out Region[]? others) ? [.. others, region] : [region];
            _oldestFirst.Enqueue(region);
            _instructions += region.Plan.Instructions;
            while (_instructions > Options.MostInstructions && _oldestFirst.Count > 1)
                Evict(_oldestFirst.Dequeue());
        }

        if (Options.Synchronous)
            Compile(region);
        return true;
    }

    // A computed branch that has become a direct one does not say any more where it goes when it leaves the region.
    private static IEnumerable<(uint Branch, uint Target)> FindCertainTargets(RegionPlan plan, IrRegion region)
    {
        for (int number = 0; number < plan.Blocks.Length; number++)
        {
            PlannedBlock block = plan.Blocks[number];
            IrBlock translated = region.Blocks[number];
            IrInstruction last = translated.Instructions[^1];
            if (RegionPlanner.IsComputed(SpuDecoder.Decode(block.Words[^1])) && last.Exit?.Kind == IrExitKind.Next
                && translated.TryConstant(last.A, out ulong target) && region.BlockAt(target) < 0)
            {
                yield return (block.Address + (4 * ((uint)block.Words.Length - 1)), (uint)target);
            }
        }
    }

    // An SPE that has it in place keeps it until it drops it.
    private void Evict(Region region)
    {
        uint start = region.Plan.Start;
        Region[] rest = [.. _byStart[start].Where(one => one != region)];
        if (rest.Length > 0)
            _byStart[start] = rest;
        else
            _byStart.TryRemove(start, out _);
        _instructions -= region.Plan.Instructions;
    }

    private void Run()
    {
        foreach (Region region in _wanted.GetConsumingEnumerable())
        {
            if (!_wanted.IsAddingCompleted)
                Compile(region);
        }
    }

    private void Compile(Region region)
    {
        long started = Stopwatch.GetTimestamp();
        RegionPlan plan = region.Plan;
        try
        {
            IrRegion translated = Translate(plan, _passes, Options.FloatMode);
            region.CertainTargets = [.. FindCertainTargets(plan, translated)];
            CompiledRegion code = new MsilRegionBackend(new SpuRegionGuest(plan, Options.PacksVectors), _helpers).Compile(translated, $"spu_{plan.Start:x}", plan.IsHopeful);
            Interlocked.Add(ref _compiled, plan.Instructions);
            Interlocked.Add(ref _bytes, code.MsilBytes);
            region.Code = code;
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidProgramException or ArgumentException)
        {
            // The interpreter runs what cannot be compiled; it is still a fault of the compiler, and tests look at the count.
            region.HasFailed = true;
            Interlocked.Increment(ref _failures);
            _logger.LogError(e, "SPU region at 0x{Address:x}, {Instructions} instructions, was not compiled", plan.Start, plan.Instructions);
        }

        Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - started);
    }
}
