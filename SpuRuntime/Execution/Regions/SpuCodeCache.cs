using System.Collections.Concurrent;
using System.Diagnostics;

using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil;
using CellPpe.Recompiler.Passes;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Interpreter;
using SpuRuntime.Execution.Translation;
using SpuRuntime.Isa;

namespace SpuRuntime.Execution.Regions;

/// <summary>
/// Compiled code by the contents of local store it was made of, for all SPEs of a machine, and the thread that compiles it. A program
/// that is loaded again, there or into another SPE, compiles nothing. May be used from any thread.
/// </summary>
public sealed unsafe class SpuCodeCache : IDisposable
{
    // More waiting than this means that by the time the last is compiled the programs are elsewhere.
    private const int MostWaiting = 64;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<uint, SpuRegion[]> _byStart = new();
    private readonly EvictionOrder<SpuRegion> _order = new(static region => region.TakeUse());
    private readonly RetiredCode _retired = new();
    private readonly BlockingCollection<SpuRegion> _wanted = new(MostWaiting);
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

    /// <summary>
    /// Regions compiled, their instructions, the bytes of MSIL they became, how long it took, and regions that could not be compiled.
    /// </summary>
    public (long Instructions, long MsilBytes, TimeSpan Time, long Failures) Work =>
        (Interlocked.Read(ref _compiled), Interlocked.Read(ref _bytes), Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks)),
            Interlocked.Read(ref _failures));

    /// <summary>
    /// Regions kept, and the instructions in them: at most <see cref="SpuEngineOptions.MostInstructions"/>, or one region.
    /// </summary>
    public (int Regions, long Instructions) Kept
    {
        get
        {
            lock (_lock)
                return (_order.Count, _instructions);
        }
    }

    /// <summary>Regions whose code was given to the runtime to free, and the collections asked for on their account.</summary>
    public (long Regions, long Collections) Retired => _retired.Counts;

    /// <summary>What it is made with.</summary>
    internal SpuEngineOptions Options { get; }

    /// <summary>True when so much waits already that another plan would come too late.</summary>
    internal bool IsBusy => _wanted.Count >= MostWaiting;

    /// <summary>The code of a machine's SPEs; null when they are to be interpreted.</summary>
    /// <param name="engine">How instructions are run.</param>
    /// <param name="mode">Which single-precision arithmetic.</param>
    /// <param name="logger">Where a failure is reported.</param>
    /// <param name="limit">Instructions kept compiled at most; null: as many as usual.</param>
    public static SpuCodeCache? Create(SpuEngine engine, SpuFloatMode mode = SpuFloatMode.Exact, ILogger? logger = null, long? limit = null)
    {
        if (engine == SpuEngine.Interpreter)
            return null;
        SpuEngineOptions options = SpuEngineOptions.Of(engine, mode);
        return new SpuCodeCache(limit is { } most ? options with { MostInstructions = most } : options, logger);
    }

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
    internal static IrRegion Translate(SpuRegionPlan plan, IIrPass passes, SpuFloatMode mode)
    {
        var blocks = new List<IrBlock>();
        var instructions = new List<int>();
        foreach (SpuPlannedBlock block in plan.Blocks)
        {
            IrBlock built = SpuIrTranslation.Translate(block.Address, block.Words, mode, plan.PlainMasks);
            instructions.Add(built.Site.Instructions);
            blocks.Add(passes.Run(built));
        }

        var region = new IrRegion(blocks, instructions, plan.Entries, plan.Returns, plan.Targets);
        return SlotConstants.Run(plan.Masks == MaskTrust.Constant ? EntryMasks.Assume(region, plan) : region, passes);
    }

    /// <summary>The region that begins at an address and was made of what local store holds, compiled or on its way.</summary>
    internal SpuRegion? Find(uint start, SpuContext* c, bool large, bool speculate, MaskTrust masks)
    {
        if (!_byStart.TryGetValue(start, out SpuRegion[]? candidates))
            return null;
        SpuRegion? found = null;
        foreach (SpuRegion region in candidates)
        {
            if (region.Plan.Speculates == speculate && region.Plan.Masks <= masks && (region.Plan.IsLarge || (!large && found is null))
                && region.Plan.Matches(c->LocalStore)
                && region.Plan.Fits(c->State))
                found = region;
        }

        found?.Used();
        return found;
    }

    /// <summary>An SPE is done with a region that it had in place. Others may go on, and so may the cache.</summary>
    internal void Release(SpuRegion region)
    {
        if (region.IsEvicted && region.Code is { } code)
            _retired.Add(code);
    }

    /// <summary>Asks for a region's code. False: too much is waiting already.</summary>
    internal bool TryAdd(SpuRegion region)
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
            _byStart[start] = _byStart.TryGetValue(start, out SpuRegion[]? others) ? [.. others, region] : [region];
            _instructions += region.Plan.Instructions;
            while (_instructions > Options.MostInstructions && _order.TakeVictim() is { } victim)
                Evict(victim);
            _order.Add(region);
        }

        if (Options.Synchronous)
            Compile(region);
        return true;
    }

    // A computed branch that has become a direct one does not say any more where it goes when it leaves the region.
    private static IEnumerable<(uint Branch, uint Target)> FindCertainTargets(SpuRegionPlan plan, IrRegion region)
    {
        for (int number = 0; number < plan.Blocks.Length; number++)
        {
            SpuPlannedBlock block = plan.Blocks[number];
            IrBlock translated = region.Blocks[number];
            IrInstruction last = translated.Instructions[^1];
            if (SpuRegionPlanner.IsComputed(SpuDecoder.Decode(block.Words[^1])) && last.Exit?.Kind == IrExitKind.Next
                && translated.TryConstant(last.A, out ulong target) && region.BlockAt(target) < 0)
            {
                yield return (block.Address + (4 * ((uint)block.Words.Length - 1)), (uint)target);
            }
        }
    }

    // An SPE that has it in place keeps it until it drops it: what is counted here is freed then.
    private void Evict(SpuRegion region)
    {
        region.IsEvicted = true;
        if (region.Code is { } code)
            _retired.Add(code);
        uint start = region.Plan.Start;
        SpuRegion[] rest = [.. _byStart[start].Where(one => one != region)];
        if (rest.Length > 0)
            _byStart[start] = rest;
        else
            _byStart.TryRemove(start, out _);
        _instructions -= region.Plan.Instructions;
    }

    private void Run()
    {
        foreach (SpuRegion region in _wanted.GetConsumingEnumerable())
        {
            if (!_wanted.IsAddingCompleted)
                Compile(region);
        }
    }

    private void Compile(SpuRegion region)
    {
        long started = Stopwatch.GetTimestamp();
        SpuRegionPlan plan = region.Plan;
        try
        {
            IrRegion translated = Translate(plan, _passes, Options.FloatMode);
            region.CertainTargets = [.. FindCertainTargets(plan, translated)];
            CompiledRegion code = new MsilRegionBackend(new SpuRegionGuest(plan, Options.PacksVectors), _helpers).Compile(
                translated, $"spu_{plan.Start:x}", plan.Speculates);
            Interlocked.Add(ref _compiled, plan.Instructions);
            Interlocked.Add(ref _bytes, code.MsilBytes);
            region.Code = code;
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidProgramException or ArgumentException)
        {
            // The interpreter runs what cannot be compiled. It is still an error of the compiler, and tests check the count.
            region.HasFailed = true;
            Interlocked.Increment(ref _failures);
            _logger.LogError(
                e, "SPU region at 0x{Address:x}, {Instructions} instructions, was not compiled", plan.Start, plan.Instructions);
        }

        Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - started);
        _retired.CollectWhenDue();
    }
}
