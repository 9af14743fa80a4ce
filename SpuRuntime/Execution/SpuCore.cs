using System.Buffers.Binary;
using System.Runtime.InteropServices;

using CellPpe.Core.Stops;

using SpuRuntime.Channels;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Execution.Stops;
using SpuRuntime.Isa;
using SpuRuntime.State;

namespace SpuRuntime.Execution;

/// <summary>
/// One SPU: its state, its decoded instructions, and the interpreter over both. Local store and channels are others'.
/// Everything but <see cref="Invalidate"/> and <see cref="Signal"/> belongs to the host thread that runs it, or, while none does, to
/// whoever holds the SPE's lock.
/// </summary>
public sealed unsafe class SpuCore : ISpuEngine, IDisposable
{
    private const int Words = SpuState.LocalStoreSize / 4;
    private const int Quadwords = SpuState.LocalStoreSize / 16;

    private SpuContext* _context;
    private readonly nint[] _handlers = SpuHandlers.CreateTable();
    private readonly bool _optionalInstructions;
    private readonly RegionSet? _regions;
    private readonly SpuStops _stops;
    private GCHandle _self;

    // Quadwords of which something has ever been decoded lie from the first of these to before the second.
    private uint _firstDecoded = Quadwords;
    private uint _endDecoded;

    /// <param name="localStore">256 KB, aligned to 16 bytes, in guest byte order; must stay where it is until the core is disposed of.</param>
    /// <param name="channels">What its channel instructions reach.</param>
    /// <param name="optionalInstructions">True to have the instructions the manual calls optional, which a Cell BE has not.</param>
    /// <param name="code">Compiled code, which SPEs share; null: everything is interpreted.</param>
    public SpuCore(byte* localStore, ISpuChannels channels, bool optionalInstructions = false, SpuCodeCache? code = null)
    {
        if (((nint)localStore & 15) != 0)
            throw new ArgumentException("local store is not aligned to 16 bytes", nameof(localStore));
        Channels = channels;
        _optionalInstructions = optionalInstructions;
        _context = (SpuContext*)NativeMemory.AlignedAlloc((nuint)sizeof(SpuContext), 64);
        *_context = default;
        _context->State = SpuState.Reset;
        _context->QuadwordMask = SpuState.QuadwordMask;
        _context->LocalStore = localStore;
        _context->Code = (DecodedInsn*)NativeMemory.AlignedAlloc((nuint)((Words + 1) * sizeof(DecodedInsn)), 64);
        _context->Decoded = (byte*)NativeMemory.AlignedAlloc(Quadwords, 64);
        _self = GCHandle.Alloc(this);
        _context->Owner = GCHandle.ToIntPtr(_self);
        for (int word = 0; word < Words; word++)
            _context->Code[word] = new DecodedInsn { Handler = &SpuInterpreter.DecodeAndRun };
        _context->Code[Words] = new DecodedInsn { Handler = &SpuInterpreter.GoAround };
        NativeMemory.Clear(_context->Decoded, Quadwords);
        _context->Targets = (uint*)NativeMemory.AllocZeroed(Words, sizeof(uint));
        // The compiler knows the Cell BE's instructions only.
        _regions = code is null || optionalInstructions ? null : new RegionSet(this, _context, code);
        Regions = _regions;
        _stops = new SpuStops(this);
    }

    /// <summary>The architected state.</summary>
    public ref SpuState State => ref _context->State;

    /// <summary>What its channel instructions reach.</summary>
    public ISpuChannels Channels { get; }

    /// <summary>What its engines have done so far.</summary>
    public SpuEngineStatistics Statistics => new(_context->Compiled, _context->Entries, _context->Misses, Regions?.Count ?? 0);

    /// <summary>Exact runs, breakpoints, and watchpoints on local store. Channels and transfers are no accesses of the SPU's.</summary>
    public IStops Stops => _stops;

    /// <summary>Where it stops; null when there is nothing.</summary>
    internal StopPoints? Points { get; private set; }

    /// <summary>Its compiled code; null when it has none, or must not use it.</summary>
    internal RegionSet? Regions { get; private set; }

    /// <summary>True while <see cref="Run"/> does one instruction only (SPU_PrivCntl, single-step mode).</summary>
    public bool SingleStep { get; set; }

    /// <summary>Runs up to so many instructions, exactly; those done are added to <see cref="SpuState.Instructions"/>.</summary>
    public SpuExit Run(long budget)
    {
        SpuContext* c = _context;
        ulong before = c->State.Instructions;
        Points?.Begin();
        // The PPE, or a transfer, may have written local store since.
        Regions?.Settle();
        Revalidate();
        if (c->QuadwordMask != (c->State.LocalStoreLimit & SpuState.QuadwordMask))
            ObeyLimit();
        DecodedInsn* next = SpuInterpreter.TakeInterrupt(c, c->At(c->State.Pc));
        long left = SingleStep ? Math.Min(budget, 1) : budget;
        while (true)
        {
            // Attention first: it was perhaps wanted before the first instruction.
            long wanted = Interlocked.Exchange(ref c->State.Attention, 0);
            if (wanted != 0)
            {
                if ((wanted & SpuAttention.Code) != 0)
                    Revalidate();
                next = SpuInterpreter.TakeInterrupt(c, next);
                if ((wanted & SpuAttention.Leave) != 0)
                    return Leave(next, SpuExitReason.Attention);
            }

            if (left <= 0)
                return Leave(next, SingleStep && budget > 0 ? SpuExitReason.SingleStep : SpuExitReason.Budget);
            // What was reported is done by itself, so that nothing behind it goes unreported.
            bool over = Points is not null && Points.GoesOnAt(c->AddressOf(next) & (SpuState.LocalStoreSize - 1), c->State.Instructions);
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
        if (length == 0)
            return;
        uint first = (address & (SpuState.LocalStoreSize - 1)) >> 4;
        uint last = Math.Min((address & (SpuState.LocalStoreSize - 1)) + length - 1, SpuState.LocalStoreSize - 1) >> 4;
        // The bytes before the marks: see Decode.
        Interlocked.MemoryBarrier();
        // Stale flags do no harm: the SPU compares the words themselves.
        if (new ReadOnlySpan<byte>(_context->Decoded + first, (int)(last - first + 1)).ContainsAnyExcept((byte)0))
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
        if (!_self.IsAllocated)
            return;
        _self.Free();
        NativeMemory.AlignedFree(_context->Code);
        NativeMemory.AlignedFree(_context->Decoded);
        NativeMemory.Free(_context->Targets);
        NativeMemory.AlignedFree(_context);
        // Whoever is late fails loudly.
        _context = null;
    }

    /// <summary>Decodes the word of an entry.</summary>
    internal void Decode(DecodedInsn* i)
    {
        uint address = _context->AddressOf(i);
        // Marked before it is read: who writes it at the same time either finds the mark and asks for attention, or has written before.
        _context->Decoded[address >> 4] |= DecodedFlags.Decoded;
        _firstDecoded = Math.Min(_firstDecoded, address >> 4);
        _endDecoded = Math.Max(_endDecoded, (address >> 4) + 1);
        Interlocked.MemoryBarrier();
        uint word = WordAt(address);
        SpuOp operation = _optionalInstructions ? SpuDecoder.DecodeAny(word) : SpuDecoder.Decode(word);
        i->Word = word;
        i->State = DecodedState.Decoded;
        i->Heat = Regions?.FirstHeat ?? 0;
        i->Handler = (delegate*<SpuContext*, DecodedInsn*, DecodedInsn*>)_handlers[(int)operation];
        if (HasStop(address, operation))
            i->Handler = &SpuStopHandler.Run;
    }

    /// <summary>True when the instruction at an address has a breakpoint: nothing may be compiled of it.</summary>
    internal bool HasBreakpoint(uint address) => Points is not null && Points.Breakpoints.Contains(address);

    /// <summary>Other points, or none. Not while the SPU runs.</summary>
    internal void SetPoints(StopPoints? points)
    {
        DropAll();
        Points = points;
        ChooseRegions();
    }

    /// <summary>The interpreter's handler of a decoded instruction.</summary>
    internal delegate*<SpuContext*, DecodedInsn*, DecodedInsn*> HandlerOf(DecodedInsn* i) =>
        (delegate*<SpuContext*, DecodedInsn*, DecodedInsn*>)_handlers[(int)(_optionalInstructions ? SpuDecoder.DecodeAny(i->Word) : SpuDecoder.Decode(i->Word))];

    /// <summary>What would be compiled for an instruction, for tests.</summary>
    internal RegionPlan? Plan(uint address, MaskTrust masks = MaskTrust.Constant) =>
        new RegionPlanner(_context, new Dictionary<uint, List<uint>>(), new HashSet<uint>()).Plan(
            address, RegionLimits.Large, large: true, hopeful: true, masks);

    /// <summary>Drops the four entries of a quadword.</summary>
    internal void DropQuadword(uint quadword)
    {
        if ((_context->Decoded[quadword] & DecodedFlags.Compiled) != 0)
            Regions!.Drop(quadword);
        DecodedInsn* i = _context->Code + (quadword * 4);
        for (int word = 0; word < 4; word++)
            i[word] = new DecodedInsn { Handler = &SpuInterpreter.DecodeAndRun };
        _context->Decoded[quadword] = 0;
    }

    /// <summary>Drops what is decoded and is not what local store holds any more.</summary>
    internal void Revalidate()
    {
        if (_endDecoded == 0)
            return;
        var decoded = new ReadOnlySpan<byte>(_context->Decoded, (int)_endDecoded);
        for (int from = (int)_firstDecoded; ;)
        {
            int found = decoded[from..].IndexOfAnyExcept((byte)0);
            if (found < 0)
                return;
            from += found;
            if (!IsCurrent((uint)from))
                DropQuadword((uint)from);
            from++;
        }
    }

    // SPU_LSLR is another one. Compiled code has the whole local store's bits in it: under a limit everything is interpreted.
    private void ObeyLimit()
    {
        DropAll();
        _context->QuadwordMask = _context->State.LocalStoreLimit & SpuState.QuadwordMask;
        ChooseRegions();
    }

    private void DropAll()
    {
        for (uint quadword = 0; quadword < Quadwords; quadword++)
        {
            if (_context->Decoded[quadword] != 0)
                DropQuadword(quadword);
        }
    }

    // Compiled code accesses local store without a check: while bytes are watched everything is interpreted.
    private void ChooseRegions() =>
        Regions = _context->QuadwordMask == SpuState.QuadwordMask && Points is not { Watchpoints.Count: > 0 } ? _regions : null;

    private bool HasStop(uint address, SpuOp operation) =>
        Points is { } points && (HasBreakpoint(address) || (points.Watchpoints.Count > 0 && LocalStoreAccess.Has(operation)));

    /// <summary>Whether what is decoded of a quadword is what local store holds.</summary>
    internal bool IsCurrent(uint quadword)
    {
        DecodedInsn* i = _context->Code + (quadword * 4);
        for (uint word = 0; word < 4; word++)
        {
            if (i[word].State != DecodedState.None && i[word].Word != WordAt((quadword * 16) + (word * 4)))
                return false;
        }

        return true;
    }

    private uint WordAt(uint address) => BinaryPrimitives.ReverseEndianness(*(uint*)(_context->LocalStore + address));

    private SpuExit Leave(DecodedInsn* next, SpuExitReason reason)
    {
        _context->State.Pc = _context->AddressOf(next) & (SpuState.LocalStoreSize - 1);
        return new SpuExit(reason);
    }
}
