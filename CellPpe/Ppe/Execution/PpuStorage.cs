using System.Buffers.Binary;
using System.Runtime.InteropServices;

using CellPpe.Core;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Execution;

/// <summary>
/// One thread's way to storage: the software TLB and fetch cache (one set for each of real mode, supervisor, problem
/// state), and the slow path that fills them, splits accesses over pages, reaches devices and raises storage interrupts.
/// </summary>
internal sealed unsafe class PpuStorage : IDisposable
{
    private const int Modes = 3;

    private readonly PpuContext* _c;
    private readonly PpuCore _core;
    private readonly TlbEntry* _tlbs;
    private readonly FetchEntry* _fetches;

    public PpuStorage(PpuContext* context, PpuCore core)
    {
        _c = context;
        _core = core;
        _tlbs = (TlbEntry*)NativeMemory.AlignedAlloc(Modes * PpuContext.TlbEntries * (nuint)sizeof(TlbEntry), 64);
        _fetches = (FetchEntry*)NativeMemory.AlignedAlloc(Modes * PpuContext.FetchEntries * (nuint)sizeof(FetchEntry), 64);
        NativeMemory.Clear(_tlbs, Modes * PpuContext.TlbEntries * (nuint)sizeof(TlbEntry));
        NativeMemory.Clear(_fetches, Modes * PpuContext.FetchEntries * (nuint)sizeof(FetchEntry));
        FlushAll();
        SelectMode();
    }

    /// <summary>Slow-path accesses since the start: misses, page crossings, devices, stores to code.</summary>
    public ulong SlowAccesses { get; private set; }

    /// <summary>Slow-path accesses that filled a TLB entry.</summary>
    public ulong TlbFills { get; private set; }

    /// <summary>MSR has changed: chooses the caches and the address width.</summary>
    public void SelectMode()
    {
        ulong msr = _c->State.Msr;
        int problem = (msr & Msr.Pr) != 0 ? 2 : 1;
        _c->Tlb = _tlbs + (((msr & Msr.Dr) == 0 ? 0 : problem) * PpuContext.TlbEntries);
        _c->Fetch = _fetches + (((msr & Msr.Ir) == 0 ? 0 : problem) * PpuContext.FetchEntries);
        _c->ModeMask = (msr & Msr.Sf) != 0 ? ulong.MaxValue : uint.MaxValue;
    }

    public void FlushAll()
    {
        for (int index = 0; index < Modes * PpuContext.TlbEntries; index++)
        {
            _tlbs[index].ReadTag = TlbEntry.Invalid;
            _tlbs[index].WriteTag = TlbEntry.Invalid;
        }

        FlushFetch();
    }

    public void FlushFetch()
    {
        for (int index = 0; index < Modes * PpuContext.FetchEntries; index++)
            _fetches[index].Tag = TlbEntry.Invalid;
    }

    /// <summary>Drops what was translated through one 256 MB segment.</summary>
    public void FlushSegment(ulong effectiveAddress)
    {
        ulong esid = effectiveAddress >> 28;
        for (int index = PpuContext.TlbEntries; index < Modes * PpuContext.TlbEntries; index++)
        {
            if (_tlbs[index].ReadTag >> 28 == esid || _tlbs[index].WriteTag >> 28 == esid)
            {
                _tlbs[index].ReadTag = TlbEntry.Invalid;
                _tlbs[index].WriteTag = TlbEntry.Invalid;
            }
        }

        for (int index = PpuContext.FetchEntries; index < Modes * PpuContext.FetchEntries; index++)
        {
            if (_fetches[index].Tag >> 28 == esid)
                _fetches[index].Tag = TlbEntry.Invalid;
        }
    }

    /// <summary>
    /// Drops what was translated for the page at this offset of any segment: both caches are indexed by address bits below
    /// a segment's size, so that is one entry of each.
    /// </summary>
    public void FlushPage(ulong offsetInSegment)
    {
        ulong page = offsetInSegment >> 12;
        for (int mode = 1; mode < Modes; mode++)
        {
            TlbEntry* entry = _tlbs + ((uint)mode * PpuContext.TlbEntries) + (page & (PpuContext.TlbEntries - 1));
            entry->ReadTag = TlbEntry.Invalid;
            entry->WriteTag = TlbEntry.Invalid;
            _fetches[((uint)mode * PpuContext.FetchEntries) + (page & (PpuContext.FetchEntries - 1))].Tag = TlbEntry.Invalid;
        }
    }

    /// <summary>Makes stores to one page of host memory take the slow path: its instructions are decoded now.</summary>
    public void ProtectHostPage(ulong hostOffset)
    {
        nint page = (nint)(_core.Memory.HostBase + hostOffset);
        for (int index = 0; index < Modes * PpuContext.TlbEntries; index++)
        {
            if (_tlbs[index].WriteTag != TlbEntry.Invalid && (nint)_tlbs[index].WriteTag + _tlbs[index].Addend == page)
                _tlbs[index].WriteTag = TlbEntry.Invalid;
        }
    }

    public bool Load(DecodedInsn* i, ulong address, int size, out ulong value)
    {
        SlowAccesses++;
        if (CrossesPage(address, size))
        {
            // Both pages must be reachable before anything is loaded; then byte by byte, which each lie in one page.
            value = 0;
            if (!TryTranslate(i, address, AccessKind.Load, out _) || !TryTranslate(i, NextPage(address), AccessKind.Load, out _))
                return false;
            for (int index = 0; index < size; index++)
            {
                if (!Load(i, (address + (ulong)index) & _c->ModeMask, 1, out ulong part))
                    return false;
                value = (value << 8) | part;
            }

            return true;
        }

        value = 0;
        if (BreaksAt(address, size, store: false))
            return DataStorageInterrupt(i, address, PpuTranslator.DataBreakpoint);
        if (!TryTranslate(i, address, AccessKind.Load, out Translation translation))
            return false;
        if (!_core.Memory.TryFind(translation.Real, out MemoryRegion? region))
            return MachineCheck(i, address);
        ulong offset = translation.Real.Value - region.Start.Value;
        if (region.Device is { } device)
        {
            value = device.Read(offset, size);
            return true;
        }

        Fill(address, translation, region, offset);
        byte* host = _core.Memory.HostBase + region.HostOffset + offset;
        value = size switch
        {
            1 => *host,
            2 => BinaryPrimitives.ReverseEndianness(*(ushort*)host),
            4 => BinaryPrimitives.ReverseEndianness(*(uint*)host),
            _ => BinaryPrimitives.ReverseEndianness(*(ulong*)host),
        };
        return true;
    }

    public bool Store(DecodedInsn* i, ulong address, int size, ulong value)
    {
        SlowAccesses++;
        if (CrossesPage(address, size))
        {
            if (!TryTranslate(i, address, AccessKind.Store, out _) || !TryTranslate(i, NextPage(address), AccessKind.Store, out _))
                return false;
            for (int index = 0; index < size; index++)
            {
                if (!Store(i, (address + (ulong)index) & _c->ModeMask, 1, value >> (8 * (size - 1 - index)) & 0xff))
                    return false;
            }

            return true;
        }

        if (BreaksAt(address, size, store: true))
            return DataStorageInterrupt(i, address, PpuTranslator.DataBreakpoint | PpuTranslator.IsStore);
        if (!TryTranslate(i, address, AccessKind.Store, out Translation translation))
            return false;
        if (!_core.Memory.TryFind(translation.Real, out MemoryRegion? region))
            return MachineCheck(i, address);
        ulong offset = translation.Real.Value - region.Start.Value;
        if (region.Device is { } device)
        {
            device.Write(offset, size, value & (ulong.MaxValue >> (64 - (8 * size))));
            return true;
        }

        if ((region.Access & RegionAccess.Write) == 0)
            return DataStorageInterrupt(i, address, PpuTranslator.Protected | PpuTranslator.IsStore);
        Fill(address, translation, region, offset);
        byte* host = _core.Memory.HostBase + region.HostOffset + offset;
        switch (size)
        {
            case 1: *host = (byte)value; break;
            case 2: *(ushort*)host = BinaryPrimitives.ReverseEndianness((ushort)value); break;
            case 4: *(uint*)host = BinaryPrimitives.ReverseEndianness((uint)value); break;
            default: *(ulong*)host = BinaryPrimitives.ReverseEndianness(value); break;
        }

        if (_core.Code.Holds(region.HostOffset + offset))
            _core.Code.Invalidate(region.HostOffset + offset, (ulong)size);
        return true;
    }

    /// <summary>Finds the bytes of an aligned access for a reservation instruction.</summary>
    public bool TryGetHost(DecodedInsn* i, ulong address, bool store, out byte* host)
    {
        host = null;
        if (BreaksAt(address, 1, store))
            return DataStorageInterrupt(i, address, PpuTranslator.DataBreakpoint | (store ? PpuTranslator.IsStore : 0));
        if (!TryTranslate(i, address, store ? AccessKind.Store : AccessKind.Load, out Translation translation))
            return false;
        if (!_core.Memory.TryFind(translation.Real, out MemoryRegion? region))
            return MachineCheck(i, address);
        // Devices are Caching Inhibited: there are no reservations on them (Book III 5.5.3, DSISR bit 5).
        if (region.Device is not null)
            return DataStorageInterrupt(i, address, PpuTranslator.NoReservation | (store ? PpuTranslator.IsStore : 0));
        if (store && (region.Access & RegionAccess.Write) == 0)
            return DataStorageInterrupt(i, address, PpuTranslator.Protected | PpuTranslator.IsStore);
        host = _core.Memory.HostBase + region.HostOffset + (translation.Real.Value - region.Start.Value);
        return true;
    }

    /// <summary>Brings the page of the next instruction into the fetch cache.</summary>
    /// <returns>False when an interrupt must be taken (set in the context, SRR0 = the address).</returns>
    public bool TryFetch(ulong address)
    {
        Translation translation = _core.Translator.Translate(&_c->State, address, AccessKind.Fetch);
        MemoryRegion? region = null;
        if (!translation.Faulted
            && (!_core.Memory.TryFind(translation.Real, out region) || region.Device is not null))
        {
            translation = new Translation(Vectors.MachineCheck, 0, default, false, false);
        }

        if (translation.Faulted)
        {
            _c->Exit = PpuLoopExit.Interrupt;
            _c->ExitVector = translation.Vector;
            _c->ExitSrr1 = translation.Status;
            return false;
        }

        ulong page = (region!.HostOffset + (translation.Real.Value - region.Start.Value)) & ~0xfffUL;
        DecodedInsn* decoded = _core.Code.GetOrAdd(page, out bool added);
        if (added)
            _core.ProtectHostPage(page);
        FetchEntry* entry = _c->Fetch + ((address >> 12) & (PpuContext.FetchEntries - 1));
        entry->Tag = address & ~0xfffUL;
        entry->Page = decoded;
        entry->Host = _core.Memory.HostBase + page;
        return true;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_tlbs);
        NativeMemory.AlignedFree(_fetches);
    }

    public bool DataStorageInterrupt(DecodedInsn* i, ulong address, uint status)
    {
        _c->State.Dar = address;
        _c->State.Dsisr = status;
        _c->Interrupt(i, Vectors.DataStorage, 0);
        return false;
    }

    /// <summary>Alignment interrupt: DAR is the address, DSISR tells the instruction and its registers (Book III 5.5.8).</summary>
    public bool AlignmentInterrupt(DecodedInsn* i, ulong address)
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

    private static bool CrossesPage(ulong address, int size) => (address & 0xfff) + (ulong)size > 0x1000;

    private ulong NextPage(ulong address) => ((address & ~0xfffUL) + 0x1000) & _c->ModeMask;

    // The breakpoint names a doubleword; DABRX says in which states it counts (Book III 4.7).
    private bool BreaksAt(ulong address, int size, bool store)
    {
        ulong dabr = _c->State.Dabr;
        if ((dabr & 3) == 0 || (dabr & (store ? 2UL : 1UL)) == 0)
            return false;
        ulong wanted = (_c->State.Msr & Msr.Pr) != 0 ? 1UL : 2UL;
        bool translationMatches = (_c->State.Dabrx & 8) != 0 || ((dabr & 4) != 0) == ((_c->State.Msr & Msr.Dr) != 0);
        return (_c->State.Dabrx & wanted) != 0 && translationMatches && (dabr & ~7UL) < address + (ulong)size && address < (dabr & ~7UL) + 8;
    }

    private bool TryTranslate(DecodedInsn* i, ulong address, AccessKind kind, out Translation translation)
    {
        translation = _core.Translator.Translate(&_c->State, address, kind);
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
    private bool MachineCheck(DecodedInsn* i, ulong address)
    {
        _c->State.Dar = address;
        _c->State.Dsisr = 0;
        _c->Interrupt(i, Vectors.MachineCheck, 0);
        return false;
    }

    private void Fill(ulong address, in Translation translation, MemoryRegion region, ulong offset)
    {
        ulong page = address & ~0xfffUL;
        // A breakpoint on the page keeps every access to it here.
        if ((_c->State.Dabr & 3) != 0 && (_c->State.Dabr & ~0xfffUL) == page)
            return;
        TlbFills++;
        ulong hostPage = (region.HostOffset + offset) & ~0xfffUL;
        TlbEntry* entry = _c->Tlb + ((address >> 12) & (PpuContext.TlbEntries - 1));
        entry->Addend = (nint)(_core.Memory.HostBase + hostPage) - (nint)page;
        entry->ReadTag = page;
        bool direct = translation.Writable && (region.Access & RegionAccess.Write) != 0 && !_core.Code.Holds(hostPage);
        entry->WriteTag = direct ? page : TlbEntry.Invalid;
    }
}
