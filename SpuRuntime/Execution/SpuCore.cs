using System.Buffers.Binary;
using System.Runtime.InteropServices;

using CellPpe.Core.Stops;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Interpreter;
using SpuRuntime.Execution.Regions;
using SpuRuntime.State;

namespace SpuRuntime.Execution;

/// <summary>
/// One SPU: its state, its decoded instructions, and the interpreter over both. Local store and channels are others'.
/// Everything but <see cref="Invalidate"/> and <see cref="Signal"/> belongs to the host thread that runs it, or, while none does, to
/// the holder of the SPE's lock.
/// </summary>
public sealed unsafe class SpuCore : ISpuEngine, IDisposable
{
    private readonly DecodedLocalStore _decoded;
    private readonly SpuRegionSet? _regions;
    private readonly SpuStops _stops;
    private SpuContext* _context;

    /// <param name="localStore">256 KB, aligned to 16 bytes, in guest byte order; must stay where it is until the core is disposed
    /// of.</param>
    /// <param name="channels">What its channel instructions reach.</param>
    /// <param name="optionalInstructions">True to have the instructions the manual calls optional, which a Cell BE has not.</param>
    /// <param name="code">Compiled code, which SPEs share; null: everything is interpreted.</param>
    /// <exception cref="ArgumentException">Local store is not aligned.</exception>
    public SpuCore(byte* localStore, ISpuChannels channels, bool optionalInstructions = false, SpuCodeCache? code = null)
    {
        if (((nint)localStore & 15) != 0)
            throw new ArgumentException("local store is not aligned to 16 bytes", nameof(localStore));
        _decoded = new DecodedLocalStore(localStore, channels, optionalInstructions);
        _context = _decoded.Context;
        // The compiler knows the Cell BE's instructions only.
        _regions = code is null || optionalInstructions ? null : new SpuRegionSet(_decoded, code);
        _decoded.Regions = _regions;
        _stops = new SpuStops(this, SetPoints);
    }

    /// <summary>The architected state.</summary>
    public ref SpuState State => ref _context->State;

    /// <summary>What its engines have done so far.</summary>
    public SpuEngineStatistics Statistics => new(_context->Compiled, _context->Entries, _context->SideExits, Regions?.Count ?? 0);

    /// <summary>Exact runs, breakpoints, and watchpoints on local store. Channels and transfers are no accesses of the SPU's.</summary>
    public IStops Stops => _stops;

    /// <summary>Its compiled code; null when it has none, or must not use it.</summary>
    internal SpuRegionSet? Regions => _decoded.Regions is null ? null : _regions;

    /// <summary>True while <see cref="Run"/> does one instruction only (SPU_PrivCntl, single-step mode).</summary>
    public bool SingleStep { get; set; }

    private StopPoints? Points => _decoded.Points;

    /// <summary>Runs up to so many instructions, exactly; those done are added to <see cref="SpuState.Instructions"/>.</summary>
    public SpuExit Run(long budget)
    {
        SpuContext* c = _context;
        ulong before = c->State.Instructions;
        Points?.Begin();
        // The PPE, or a transfer, may have written local store since.
        Regions?.Settle();
        _decoded.Revalidate();
        if (c->QuadwordMask != (c->State.LocalStoreLimit & SpuState.QuadwordMask))
            ObeyLimit();
        SpuDecodedInsn* next = SpuInterpreter.TakeInterrupt(c, c->At(c->State.Pc));
        long left = SingleStep ? Math.Min(budget, 1) : budget;
        while (true)
        {
            // Attention first: it was perhaps wanted before the first instruction.
            long wanted = Interlocked.Exchange(ref c->State.Attention, 0);
            if (wanted != 0)
            {
                if ((wanted & SpuAttention.Code) != 0)
                    _decoded.Revalidate();
                next = SpuInterpreter.TakeInterrupt(c, next);
                if ((wanted & SpuAttention.Leave) != 0)
                    return Leave(next, SpuExitReason.Attention);
            }

            if (left <= 0)
                return Leave(next, SingleStep && budget > 0 ? SpuExitReason.SingleStep : SpuExitReason.Budget);
            // What was reported is done by itself, so that nothing behind it goes unreported.
            bool over = Points is not null && Points.ResumesAt(c->AddressOf(next) & (SpuState.LocalStoreSize - 1), c->State.Instructions);
            if (over)
                Points!.IsSteppingOver = true;
            long chunk = over ? 1 : Math.Min(left, SpuAttention.MostInstructions);
            c->Left = chunk;
            c->Counted = chunk;
            next = SpuInterpreter.Loop(c, next);
            c->Count();
            left -= chunk - c->Left;
            if (over)
                Points!.IsSteppingOver = false;
            if (next != null)
                continue;
            if (c->Exit == SpuExitReason.StopPoint)
            {
                Points!.Reported(c->State.Instructions);
                Points.End((long)(c->State.Instructions - before));
            }

            return new SpuExit(c->Exit, c->ExitArgument);
        }
    }

    /// <summary>From any thread: asks for attention (<see cref="SpuAttention"/>).</summary>
    public void Signal(long what) => Interlocked.Or(ref _context->State.Attention, what);

    /// <summary>From any thread: these bytes of local store have been written by someone else than the SPU.</summary>
    /// <remarks>An SPU need not see new instructions before a sync (SPU ISA 13.5); this one sees them soon.</remarks>
    public void Invalidate(uint address, uint length)
    {
        // A mark that is out of date does no harm: the SPU compares the words themselves.
        if (_decoded.HoldsDecoded(address, length))
            Signal(SpuAttention.Code);
    }

    /// <inheritdoc/>
    public void CodeMayHaveChanged()
    {
        // Every run begins by comparing what is decoded with what is there.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoded.Dispose();
        // A use after this fails with a null reference.
        _context = null;
    }

    /// <summary>What would be compiled for an instruction, for tests.</summary>
    internal SpuRegionPlan? Plan(uint address, MaskTrust masks = MaskTrust.Constant) =>
        new SpuRegionPlanner(_decoded, new Dictionary<uint, List<uint>>(), new HashSet<uint>()).Plan(
            address, SpuRegionLimits.Large, large: true, speculate: true, masks);

    // Other points, or none. Not while the SPU runs.
    private void SetPoints(StopPoints? points)
    {
        _decoded.DropAll();
        _decoded.Points = points;
        ChooseRegions();
    }

    // SPU_LSLR is another one. Compiled code has the whole local store's bits in it: under a limit everything is interpreted.
    private void ObeyLimit()
    {
        _decoded.DropAll();
        _context->QuadwordMask = _context->State.LocalStoreLimit & SpuState.QuadwordMask;
        ChooseRegions();
    }

    // Compiled code accesses local store without a check: while bytes are watched everything is interpreted.
    private void ChooseRegions() =>
        _decoded.Regions = _context->QuadwordMask == SpuState.QuadwordMask && Points is not { Watchpoints.Count: > 0 } ? _regions : null;

    private SpuExit Leave(SpuDecodedInsn* next, SpuExitReason reason)
    {
        _context->State.Pc = _context->AddressOf(next) & (SpuState.LocalStoreSize - 1);
        return new SpuExit(reason);
    }
}
