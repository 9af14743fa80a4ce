using System.Buffers.Binary;
using System.Runtime.InteropServices;

using CellPpe.Core.Stops;

using SpuRuntime.Engine;
using SpuRuntime.Isa;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Interpreter;

/// <summary>
/// The instructions of one SPU's local store as they are decoded, and the <see cref="SpuContext"/> that handlers work on. It is what
/// a handler's slow path reaches through <see cref="SpuContext.Owner"/>. Belongs to the host thread that runs the SPU, except for
/// <see cref="HoldsDecoded"/>.
/// </summary>
internal sealed unsafe class DecodedLocalStore : IDisposable
{
    private const int Words = SpuState.LocalStoreSize / 4;
    private const int Quadwords = SpuState.LocalStoreSize / 16;

    private readonly nint[] _handlers = SpuHandlers.CreateTable();
    private readonly bool _optionalInstructions;
    private SpuContext* _context;
    private GCHandle _self;

    // Every quadword of which something has ever been decoded is at or above the first of these, and below the second.
    private uint _firstDecoded = Quadwords;
    private uint _endDecoded;

    public DecodedLocalStore(byte* localStore, ISpuChannels channels, bool optionalInstructions)
    {
        Channels = channels;
        _optionalInstructions = optionalInstructions;
        _context = (SpuContext*)NativeMemory.AlignedAlloc((nuint)sizeof(SpuContext), 64);
        *_context = default;
        _context->State = SpuState.Reset;
        _context->QuadwordMask = SpuState.QuadwordMask;
        _context->LocalStore = localStore;
        _context->Code = (SpuDecodedInsn*)NativeMemory.AlignedAlloc((nuint)((Words + 1) * sizeof(SpuDecodedInsn)), 64);
        _context->Decoded = (byte*)NativeMemory.AlignedAlloc(Quadwords, 64);
        _self = GCHandle.Alloc(this);
        _context->OwnerHandle = GCHandle.ToIntPtr(_self);
        for (int word = 0; word < Words; word++)
            _context->Code[word] = new SpuDecodedInsn { Handler = &SpuInterpreter.DecodeAndRun };
        _context->Code[Words] = new SpuDecodedInsn { Handler = &SpuInterpreter.GoAround };
        NativeMemory.Clear(_context->Decoded, Quadwords);
        _context->Targets = (uint*)NativeMemory.AllocZeroed(Words, sizeof(uint));
    }

    /// <summary>What handlers work on. It stays where it is until this is disposed of.</summary>
    public SpuContext* Context => _context;

    /// <summary>What channel instructions reach.</summary>
    public ISpuChannels Channels { get; }

    /// <summary>Where the SPU stops; null when there is nothing.</summary>
    public StopPoints? Points { get; set; }

    /// <summary>The compiled code; null when there is none, or when it must not be used.</summary>
    public ISpuRegions? Regions { get; set; }

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
        // A use after this fails with a null reference.
        _context = null;
    }

    /// <summary>Decodes the word of an entry.</summary>
    public void Decode(SpuDecodedInsn* i)
    {
        uint address = _context->AddressOf(i);
        // The mark is set before the word is read. A thread that writes the word at the same time either sees the mark and asks for
        // attention, or has written before the word is read.
        _context->Decoded[address >> 4] |= DecodedFlags.Decoded;
        _firstDecoded = Math.Min(_firstDecoded, address >> 4);
        _endDecoded = Math.Max(_endDecoded, (address >> 4) + 1);
        Interlocked.MemoryBarrier();
        uint word = WordAt(address);
        SpuOp operation = _optionalInstructions ? SpuDecoder.DecodeAny(word) : SpuDecoder.Decode(word);
        i->Word = word;
        i->State = DecodedState.Decoded;
        i->Heat = Regions?.FirstHeat ?? 0;
        i->Handler = (delegate*<SpuContext*, SpuDecodedInsn*, SpuDecodedInsn*>)_handlers[(int)operation];
        if (HasStop(address, operation))
            i->Handler = &SpuStopHandler.Run;
    }

    /// <summary>The interpreter's handler of a decoded instruction.</summary>
    public delegate*<SpuContext*, SpuDecodedInsn*, SpuDecodedInsn*> HandlerOf(SpuDecodedInsn* i)
    {
        SpuOp operation = _optionalInstructions ? SpuDecoder.DecodeAny(i->Word) : SpuDecoder.Decode(i->Word);
        return (delegate*<SpuContext*, SpuDecodedInsn*, SpuDecodedInsn*>)_handlers[(int)operation];
    }

    /// <summary>True when the instruction at an address has a breakpoint: nothing may be compiled of it.</summary>
    public bool HasBreakpoint(uint address) => Points is not null && Points.Breakpoints.Contains(address);

    /// <summary>Whether what is decoded of a quadword is what local store holds.</summary>
    public bool IsCurrent(uint quadword)
    {
        SpuDecodedInsn* i = _context->Code + (quadword * 4);
        for (uint word = 0; word < 4; word++)
        {
            if (i[word].State != DecodedState.None && i[word].Word != WordAt((quadword * 16) + (word * 4)))
                return false;
        }

        return true;
    }

    /// <summary>Drops the four entries of a quadword.</summary>
    public void DropQuadword(uint quadword)
    {
        if ((_context->Decoded[quadword] & DecodedFlags.Compiled) != 0)
            Regions!.Drop(quadword);
        SpuDecodedInsn* i = _context->Code + (quadword * 4);
        for (int word = 0; word < 4; word++)
            i[word] = new SpuDecodedInsn { Handler = &SpuInterpreter.DecodeAndRun };
        _context->Decoded[quadword] = 0;
    }

    /// <summary>Drops all that is decoded.</summary>
    public void DropAll()
    {
        for (uint quadword = 0; quadword < Quadwords; quadword++)
        {
            if (_context->Decoded[quadword] != 0)
                DropQuadword(quadword);
        }
    }

    /// <summary>Drops what is decoded and is not what local store holds any more.</summary>
    public void Revalidate()
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

    /// <summary>
    /// From any thread: whether any of these bytes may be decoded. The marks may be stale, in both directions only as <see cref="Decode"/>
    /// allows.
    /// </summary>
    public bool HoldsDecoded(uint address, uint length)
    {
        if (length == 0)
            return false;
        uint first = (address & (SpuState.LocalStoreSize - 1)) >> 4;
        uint last = Math.Min((address & (SpuState.LocalStoreSize - 1)) + length - 1, SpuState.LocalStoreSize - 1) >> 4;
        // The caller's stores become visible before the marks are read: see Decode.
        Interlocked.MemoryBarrier();
        return new ReadOnlySpan<byte>(_context->Decoded + first, (int)(last - first + 1)).ContainsAnyExcept((byte)0);
    }

    private bool HasStop(uint address, SpuOp operation) =>
        Points is { } points && (HasBreakpoint(address) || (points.Watchpoints.Count > 0 && LocalStoreAccess.Has(operation)));

    private uint WordAt(uint address) => BinaryPrimitives.ReverseEndianness(*(uint*)(_context->LocalStore + address));
}
