using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

using CellPpe.Core;
using CellPpe.Core.Stops;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Storage;

/// <summary>
/// One thread's slow path to storage, behind the inlined fast path: fills the software TLB and the fetch cache, splits accesses over
/// pages, reaches devices and raises storage interrupts.
/// </summary>
internal sealed unsafe class PpuStorage : IDisposable
{
    private readonly PpuContext* _c;
    private readonly GuestMemory _memory;
    private readonly CodePages _code;
    private readonly PpuTranslator _translator;
    private readonly TranslationCaches _caches;
    private readonly MachineLockHold _hold;
    private readonly SoftTlb _tlb;

    /// <param name="context">The thread's.</param>
    /// <param name="memory">Where the bytes are.</param>
    /// <param name="code">Decoded instructions of memory.</param>
    /// <param name="translator">Translates addresses.</param>
    /// <param name="caches">The software TLBs of all threads.</param>
    /// <param name="hold">The thread's hold of the machine's lock, under which slow paths run.</param>
    public PpuStorage(
        PpuContext* context, GuestMemory memory, CodePages code, PpuTranslator translator, TranslationCaches caches, MachineLockHold hold)
    {
        _c = context;
        _memory = memory;
        _code = code;
        _translator = translator;
        _caches = caches;
        _hold = hold;
        _tlb = new SoftTlb(context, memory, code);
    }

    /// <summary>The thread's software TLB and fetch cache.</summary>
    public SoftTlb Tlb => _tlb;

    /// <summary>
    /// The thread's breakpoints and watchpoints; null when there are none. Watched pages have no TLB entries, so that accesses come here.
    /// </summary>
    public StopPoints? Points
    {
        get => _tlb.Points;
        set => _tlb.Points = value;
    }

    /// <summary>Slow-path accesses since the start: misses, page crossings, devices, stores to code.</summary>
    public ulong SlowAccesses { get; private set; }

    /// <summary>Slow-path accesses that filled a TLB entry.</summary>
    public ulong TlbFills => _tlb.Fills;

    /// <summary>How often translations were dropped.</summary>
    public TlbFlushes Flushes => _tlb.Flushes;

    /// <summary>MSR has changed: chooses the caches and the address width.</summary>
    public void SelectMode() => _tlb.SelectMode();

    /// <inheritdoc cref="SoftTlb.FlushAll"/>
    public void FlushAll() => _tlb.FlushAll();

    /// <inheritdoc cref="SoftTlb.FlushSegment"/>
    public void FlushSegment(ulong effectiveAddress) => _tlb.FlushSegment(effectiveAddress);

    /// <inheritdoc cref="SoftTlb.FlushSegmentsExcept"/>
    public void FlushSegmentsExcept(ulong effectiveAddress) => _tlb.FlushSegmentsExcept(effectiveAddress);

    /// <inheritdoc cref="SoftTlb.FlushPage"/>
    public void FlushPage(ulong offsetInSegment) => _tlb.FlushPage(offsetInSegment);

    /// <inheritdoc cref="SoftTlb.ProtectHostPage"/>
    public void ProtectHostPage(ulong hostOffset) => _tlb.ProtectHostPage(hostOffset);

    /// <summary>True when stores may go straight to a page of host memory. Under the machine's lock.</summary>
    public bool MayWrite(ulong hostOffset) => _tlb.MayWrite(hostOffset);

    /// <summary>True when a page at this offset of any segment has a translation. Under the machine's lock.</summary>
    public bool HoldsPage(ulong offsetInSegment) => _tlb.HoldsPage(offsetInSegment);

    public bool Load(PpuDecodedInsn* i, ulong address, int size, out ulong value)
    {
        _hold.Take(ThreadActivity.InBlock);
        bool loaded = LoadHeld(i, address, size, out value);
        _hold.Release();
        return loaded;
    }

    public bool Store(PpuDecodedInsn* i, ulong address, int size, ulong value)
    {
        _hold.Take(ThreadActivity.InBlock);
        bool stored = StoreHeld(i, address, size, value);
        _hold.Release();
        return stored;
    }

    /// <summary>
    /// Finds the bytes of an aligned access for a reservation instruction. They stay there until the thread wants the lock again.
    /// </summary>
    public bool TryGetHost(PpuDecodedInsn* i, ulong address, int size, bool store, out byte* host)
    {
        TlbEntry* entry = _tlb.EntryOf(address);
        if (store ? SoftTlb.MayStore(entry, address) : entry->ReadTag == (address & ~0xfffUL))
        {
            host = (byte*)address + entry->Addend;
            // The list of regions is stable only under the lock.
            if (!store || _c->InRegion == 0 || !_code.Holds((ulong)(host - _memory.HostBase)))
                return true;
        }

        _hold.Take(ThreadActivity.InBlock);
        bool found = TryFindHost(i, address, size, store, out host);
        _hold.Release();
        return found;
    }

    /// <summary>Brings the page of the next instruction into the fetch cache.</summary>
    /// <returns>False when an interrupt must be taken (set in the context, SRR0 = the address).</returns>
    public bool TryFetch(ulong address)
    {
        _hold.Take(ThreadActivity.BetweenBlocks);
        bool fetched = TryFetchHeld(address);
        _hold.Release();
        return fetched;
    }

    private bool LoadHeld(PpuDecodedInsn* i, ulong address, int size, out ulong value)
    {
        SlowAccesses++;
        value = 0;
        if (StopsAt(i, address, size, WatchedAccess.Load))
            return false;
        if (CrossesPage(address, size))
        {
            // Both pages must be reachable before anything is loaded; then it is loaded byte by byte.
            if (!TryTranslate(i, address, AccessKind.Load, out _) || !TryTranslate(i, NextPage(address), AccessKind.Load, out _))
                return false;
            for (int index = 0; index < size; index++)
            {
                if (!LoadHeld(i, (address + (ulong)index) & _c->ModeMask, 1, out ulong part))
                    return false;
                value = (value << 8) | part;
            }

            return true;
        }

        // Parts of crossing accesses and string moves come here without a TLB probe before.
        TlbEntry* entry = _tlb.EntryOf(address);
        if (entry->ReadTag == (address & ~0xfffUL))
        {
            value = Read((byte*)address + entry->Addend, size);
            return true;
        }

        if (BreaksAt(address, size, store: false))
            return DataStorageInterrupt(i, address, PpuTranslator.DataBreakpoint);
        if (!TryTranslate(i, address, AccessKind.Load, out AddressTranslation translation))
            return false;
        if (!TryFind(translation.Real, out MemoryRegion? region))
            return MachineCheck(i, address);
        ulong offset = translation.Real.Value - region.Start.Value;
        if (region.Device is { } device)
        {
            value = device.Read(offset, size);
            return true;
        }

        Fill(address, translation, region);
        value = Read(_memory.HostBase + region.HostOffset + offset, size);
        return true;
    }

    private bool StoreHeld(PpuDecodedInsn* i, ulong address, int size, ulong value)
    {
        SlowAccesses++;
        if (StopsAt(i, address, size, WatchedAccess.Store))
            return false;
        if (CrossesPage(address, size))
        {
            if (!TryTranslate(i, address, AccessKind.Store, out _) || !TryTranslate(i, NextPage(address), AccessKind.Store, out _))
                return false;
            for (int index = 0; index < size; index++)
            {
                if (!StoreHeld(i, (address + (ulong)index) & _c->ModeMask, 1, value >> (8 * (size - 1 - index)) & 0xff))
                    return false;
            }

            return true;
        }

        TlbEntry* entry = _tlb.EntryOf(address);
        if (entry->WriteTag == (address & ~0xfffUL))
        {
            Write((byte*)address + entry->Addend, size, value);
            return true;
        }

        if (SoftTlb.MayStore(entry, address))
        {
            byte* host = (byte*)address + entry->Addend;
            if (!StoreBesideCode(i, host, size, value))
                return false;
            // The page held code that was dropped.
            ulong hostOffset = (ulong)(host - _memory.HostBase);
            if (!_code.Holds(hostOffset))
                _tlb.Fill(address, hostOffset, writable: true);
            return true;
        }

        if (BreaksAt(address, size, store: true))
            return DataStorageInterrupt(i, address, PpuTranslator.DataBreakpoint | PpuTranslator.IsStore);
        if (!TryTranslate(i, address, AccessKind.Store, out AddressTranslation translation))
            return false;
        if (!TryFind(translation.Real, out MemoryRegion? region))
            return MachineCheck(i, address);
        ulong offset = translation.Real.Value - region.Start.Value;
        if ((region.Access & RegionAccess.Write) == 0)
            return DataStorageInterrupt(i, address, PpuTranslator.Protected | PpuTranslator.IsStore);
        if (region.Device is { } device)
        {
            device.Write(offset, size, value & (ulong.MaxValue >> (64 - (8 * size))));
            return true;
        }

        Fill(address, translation, region);
        return StoreBesideCode(i, _memory.HostBase + region.HostOffset + offset, size, value);
    }

    /// <summary>True when the fetch cache holds the page of this address.</summary>
    public bool IsFetchCached(ulong address) => _tlb.TryFindFetch(address, out _);

    private bool TryFindHost(PpuDecodedInsn* i, ulong address, int size, bool store, out byte* host)
    {
        host = null;
        if (StopsAt(i, address, size, store ? WatchedAccess.Store : WatchedAccess.Load))
            return false;
        if (BreaksAt(address, 1, store))
            return DataStorageInterrupt(i, address, PpuTranslator.DataBreakpoint | (store ? PpuTranslator.IsStore : 0));
        if (!TryTranslate(i, address, store ? AccessKind.Store : AccessKind.Load, out AddressTranslation translation))
            return false;
        if (!TryFind(translation.Real, out MemoryRegion? region))
            return MachineCheck(i, address);
        // Devices are Caching Inhibited: there are no reservations on them (Book III 5.5.3, DSISR bit 5).
        if (region.Device is not null)
            return DataStorageInterrupt(i, address, PpuTranslator.NoReservation | (store ? PpuTranslator.IsStore : 0));
        if (store && (region.Access & RegionAccess.Write) == 0)
            return DataStorageInterrupt(i, address, PpuTranslator.Protected | PpuTranslator.IsStore);
        Fill(address, translation, region);
        host = _memory.HostBase + region.HostOffset + (translation.Real.Value - region.Start.Value);
        return !store || MayStoreInRegion(i, host);
    }

    private bool TryFetchHeld(ulong address)
    {
        AddressTranslation translation = _translator.Translate(&_c->State, _tlb.Segments, address, AccessKind.Fetch);
        MemoryRegion? region = null;
        if (!translation.Faulted
            && (!TryFind(translation.Real, out region) || region.Device is not null))
        {
            translation = new AddressTranslation(Vectors.MachineCheck, 0, default, false, false);
        }

        if (translation.Faulted)
        {
            _c->Exit = PpuLoopExit.Interrupt;
            _c->ExitVector = translation.Vector;
            _c->ExitSrr1 = translation.Status;
            return false;
        }

        ulong page = (region!.HostOffset + (translation.Real.Value - region.Start.Value)) & ~0xfffUL;
        PpuDecodedInsn* decoded = _code.GetOrAdd(page, out bool added);
        if (added)
            _caches.ProtectHostPage(page);
        _tlb.FillFetch(address, decoded, page);
        if (Points is { } points)
            _code.PlaceStops(points, address, page);
        return true;
    }

    /// <summary>
    /// Translates an instruction address in the present mode, to the host offset of its page, and leaves no trace: fails
    /// where a fetch would raise an interrupt, find no memory, or set the table entry's R bit.
    /// </summary>
    public bool TryProbeFetch(ulong address, out ulong hostPage)
    {
        if (_tlb.TryFindFetch(address, out hostPage))
            return true;
        if (!_translator.TryProbeFetch(&_c->State, _tlb.Segments, address, out LparAddress real)
            || !TryFind(real, out MemoryRegion? region) || region.Device is not null)
        {
            return false;
        }

        hostPage = (region.HostOffset + (real.Value - region.Start.Value)) & ~0xfffUL;
        return true;
    }

    /// <summary>
    /// Where an access by this state would go, which has the thread's SLB; leaves no trace. Fails where the access would raise an
    /// interrupt, find nothing, or set R or C of its table entry.
    /// </summary>
    public bool TryProbe(
        ref PpuState state, ulong address, AccessKind kind, out LparAddress real, [NotNullWhen(true)] out MemoryRegion? region)
    {
        region = null;
        fixed (PpuState* pinned = &state)
            return _translator.TryProbe(pinned, _tlb.Segments, address, kind, out real) && _memory.TryFind(real, out region);
    }

    public void Dispose() => _tlb.Dispose();

    public bool DataStorageInterrupt(PpuDecodedInsn* i, ulong address, uint status)
    {
        _c->State.Dar = address;
        _c->State.Dsisr = status;
        _c->Interrupt(i, Vectors.DataStorage, 0);
        return false;
    }

    /// <summary>Alignment interrupt: DAR is the address, DSISR tells the instruction and its registers (Book III 5.5.8).</summary>
    public bool AlignmentInterrupt(PpuDecodedInsn* i, ulong address)
    {
        _c->State.Dar = address;
        _c->State.Dsisr = AlignmentStatus(i->Word);
        _c->Interrupt(i, Vectors.Alignment, 0);
        return false;
    }

    /// <summary>DSISR after an alignment interrupt: opcode bits by the instruction's form, then RT and RA (Book III 5.5.8).</summary>
    internal static uint AlignmentStatus(uint word)
    {
        uint opcode = (word >> 26) switch
        {
            31 => (word.Bits(29, 30) << 15) | (word.Bits(25, 25) << 14) | (word.Bits(21, 24) << 10), // X-form
            58 or 62 => (word.Bits(30, 31) << 18) | (word.Bits(5, 5) << 14) | (word.Bits(1, 4) << 10), // DS-form
            _ => (word.Bits(5, 5) << 14) | (word.Bits(1, 4) << 10), // D-form
        };
        return opcode | word.Bits(6, 15);
    }

    // A page cannot leave the translation caches between the lookup and this: both are done under the machine's lock.
    private static ulong Read(byte* host, int size) => size switch
    {
        1 => *host,
        2 => BinaryPrimitives.ReverseEndianness(*(ushort*)host),
        4 => BinaryPrimitives.ReverseEndianness(*(uint*)host),
        _ => BinaryPrimitives.ReverseEndianness(*(ulong*)host),
    };

    private static void Write(byte* host, int size, ulong value)
    {
        switch (size)
        {
            case 1: *host = (byte)value; break;
            case 2: *(ushort*)host = BinaryPrimitives.ReverseEndianness((ushort)value); break;
            case 4: *(uint*)host = BinaryPrimitives.ReverseEndianness((uint)value); break;
            default: *(ulong*)host = BinaryPrimitives.ReverseEndianness(value); break;
        }
    }

    // A store into compiled code is the interpreter's: the region that wants to store may be the one that has to go.
    private bool Replay(PpuDecodedInsn* i)
    {
        _c->State.Nia = _c->AddressOf(i);
        _c->Exit = PpuLoopExit.Replay;
        return false;
    }

    // Of an aligned word or doubleword, before anything is stored.
    private bool MayStoreInRegion(PpuDecodedInsn* i, byte* host)
    {
        ulong hostOffset = (ulong)(host - _memory.HostBase);
        return _c->InRegion == 0 || !_code.Holds(hostOffset) || !_code.Compiled!.Covers(hostOffset, sizeof(ulong)) || Replay(i);
    }

    // Stores to pages that hold decoded instructions, most of them to data that lives there now.
    private bool StoreBesideCode(PpuDecodedInsn* i, byte* host, int size, ulong value)
    {
        ulong hostOffset = (ulong)(host - _memory.HostBase);
        bool code = _code.Holds(hostOffset);
        if (code && _c->InRegion != 0 && _code.Compiled!.Covers(hostOffset, (ulong)size))
            return Replay(i);
        Write(host, size, value);
        if (!code)
            return true;
        _code.Invalidate(hostOffset, (ulong)size);
        _code.CountStore(hostOffset);
        return true;
    }

    private static bool CrossesPage(ulong address, int size) => (address & 0xfff) + (ulong)size > 0x1000;

    private ulong NextPage(ulong address) => ((address & ~0xfffUL) + 0x1000) & _c->ModeMask;

    // Before translation: an access that will fault is one as well.
    private bool StopsAt(PpuDecodedInsn* i, ulong address, int size, WatchedAccess access)
    {
        if (Points is not { } points || !points.Watches(address, size, access, out ulong data))
            return false;
        points.Found(StopCause.Watchpoint, _c->AddressOf(i), data, access);
        _c->Stop(i);
        return true;
    }

    // The breakpoint names a doubleword; DABRX says in which states it counts (Book III 4.7).
    private bool BreaksAt(ulong address, int size, bool store)
    {
        ulong dabr = _c->State.Dabr;
        if ((dabr & 3) == 0 || (dabr & (store ? 2UL : 1UL)) == 0)
            return false;
        ulong wanted = (_c->State.Msr & Msr.Pr) != 0 ? 1UL : 2UL;
        bool translationMatches = (_c->State.Dabrx & 8) != 0 || ((dabr & 4) != 0) == ((_c->State.Msr & Msr.Dr) != 0);
        return (_c->State.Dabrx & wanted) != 0 && translationMatches && (dabr & ~7UL) < address + (ulong)size
            && address < (dabr & ~7UL) + 8;
    }

    private bool TryTranslate(PpuDecodedInsn* i, ulong address, AccessKind kind, out AddressTranslation translation)
    {
        translation = _translator.Translate(&_c->State, _tlb.Segments, address, kind);
        if (!translation.Faulted)
            return true;
        _c->State.Dar = address;
        if (translation.Vector == Vectors.DataStorage)
            _c->State.Dsisr = translation.Status;
        _c->Interrupt(i, translation.Vector, 0);
        return false;
    }

    // The page table names an address that is no memory of the partition: what lv1 lets through by mistake, or a region
    // the guest gave back while it was mapped.
    private bool MachineCheck(PpuDecodedInsn* i, ulong address)
    {
        _c->State.Dar = address;
        _c->State.Dsisr = 0;
        _c->Interrupt(i, Vectors.MachineCheck, 0);
        return false;
    }

    private void Fill(ulong address, in AddressTranslation translation, MemoryRegion region)
    {
        ulong hostOffset = region.HostOffset + (translation.Real.Value - region.Start.Value);
        _tlb.Fill(address, hostOffset, translation.Writable && (region.Access & RegionAccess.Write) != 0);
    }

    private bool TryFind(LparAddress address, [NotNullWhen(true)] out MemoryRegion? region)
    {
        region = _tlb.LastRegion;
        if (region is not null && region.Contains(address))
            return true;
        if (!_memory.TryFind(address, out region))
            return false;
        if (region.Device is null)
            _tlb.LastRegion = region;
        return true;
    }
}
