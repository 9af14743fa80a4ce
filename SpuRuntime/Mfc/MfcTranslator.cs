using System.Runtime.CompilerServices;

using CellPpe.Core;
using CellPpe.Core.Ports;

namespace SpuRuntime.Mfc;

/// <summary>What an effective address has turned out to be, up to the end of its 4 KB page: memory, or a device's register.</summary>
internal unsafe ref struct MfcTarget
{
    public byte* Host;
    public MemoryRegion Region;
    public ulong RegionOffset;
}

/// <summary>
/// Turns effective addresses into memory: the MFC's own SLB, the partition's page table, and a cache of what was found.
/// </summary>
/// <remarks>
/// The gate guards all of it. The thread that copies holds it from the search to the end of the copy, so that taking it is enough to
/// know that no transfer by an older translation is under way. The page table is searched without it: a search may wait
/// for locks that are held by a thread that waits for the gate. Locks are taken in the order gate, an SPE's lock, a stripe of the
/// reservation table; no thread holds two gates, or takes a gate with an SPE's lock held.
/// </remarks>
internal sealed unsafe class MfcTranslator(GuestMemory memory) : ITranslationWatch
{
    /// <summary>MFC_SR1 (spe.md 1.2): local store decode, problem state, relocate, master run control.</summary>
    public const ulong LocalStoreDecode = 0x01;
    public const ulong ProblemState = 0x08;
    public const ulong Relocate = 0x10;
    public const ulong MasterRunControl = 0x20;

    public const ulong ResetSr1 = 0x33;

    private const int CacheSize = 64;
    private const int PageShift = 12;

    private readonly Lock _gate = new();
    private readonly CacheEntry[] _cache = new CacheEntry[CacheSize];
    private SegmentRegisters _segments;
    private ulong _sr1 = ResetSr1;
    private IPageTableWalker? _table;
    private int _generation;

    public ulong Sr1
    {
        get
        {
            lock (_gate)
                return _sr1;
        }

        set
        {
            lock (_gate)
            {
                _sr1 = value;
                Forget();
            }
        }
    }

    /// <summary>For fingerprints, with the SPE at rest.</summary>
    public SegmentRegisters Segments
    {
        get
        {
            lock (_gate)
                return _segments;
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            _segments = default;
            _sr1 = ResetSr1;
            Forget();
        }
    }

    public void Select(IPageTableWalker? table)
    {
        IPageTableWalker? old;
        lock (_gate)
        {
            old = _table;
            _table = table;
            Forget();
        }

        old?.RemoveWatch(this);
        table?.AddWatch(this);
    }

    /// <inheritdoc/>
    public void TranslationsChanged()
    {
        lock (_gate)
            Forget();
    }

    /// <summary>SLB_Index, SLB_ESID, SLB_VSID, SLB_Invalidate_Entry, SLB_Invalidate_All (CBE Public Registers 3.3.1).</summary>
    public ulong ReadSlb(ulong offset)
    {
        lock (_gate)
            return _segments.Read(offset);
    }

    public void WriteSlb(ulong offset, ulong value)
    {
        lock (_gate)
        {
            _segments.Write(offset, value);
            Forget();
        }
    }

    /// <summary>
    /// Finds what an address is. On success the gate is held if it is memory, until <see cref="Exit"/>; a device's registers are not
    /// host memory that could be reused for something else, and are used without it.
    /// </summary>
    public bool TryEnter(ulong address, bool store, bool atomic, out MfcTarget target, out MfcFault fault)
    {
        while (true)
        {
            _gate.Enter();
            if ((_sr1 & Relocate) == 0)
                return FinishReal(address, store, atomic, out target, out fault);

            if (TryCached(address, store, out target))
            {
                fault = MfcFault.None;
                LeaveIfDevice(target);
                return true;
            }

            bool found = _segments.TryFind(address, (_sr1 & ProblemState) != 0, out SegmentDescriptor segment);
            IPageTableWalker? table = _table;
            int generation = _generation;
            _gate.Exit();

            ulong dsisr = (store ? MfcFault.Store : 0) | (atomic ? MfcFault.Atomic : 0);
            if (!found)
            {
                fault = new MfcFault(MfcFaultKind.Segment, address);
                return false;
            }

            PageTranslation page = default;
            PageWalkResult result = table?.Walk(segment, address, store, out page) ?? PageWalkResult.NotFound;
            ulong offset = address & ((1UL << page.Shift) - 1) & ~((1UL << PageShift) - 1);
            MemoryRegion? region = null;
            if (result == PageWalkResult.Found && !TryRegion(page.Start + offset, store, out region))
                result = PageWalkResult.NoMemory;
            if (result != PageWalkResult.Found)
            {
                // A page that is no memory of the partition's is answered as one that may not be used: "not found" would have the kernel
                // enter it again and again.
                dsisr |= result == PageWalkResult.NotFound ? MfcFault.NotFound : MfcFault.Denied;
                fault = new MfcFault(MfcFaultKind.Storage, address, dsisr);
                return false;
            }

            lock (_gate)
            {
                // Only if nothing was forgotten while the table was searched.
                if (generation == _generation)
                    _cache[IndexOf(address)] = new CacheEntry(address >> PageShift, region!, (page.Start + offset).Value, page.Writable);
            }
        }
    }

    public void Exit() => _gate.Exit();

    private static int IndexOf(ulong address) => (int)((address >> PageShift) % CacheSize);

    private bool TryRegion(LparAddress address, bool store, out MemoryRegion? region) =>
        memory.TryFind(address, out region) && (region.Access & Needed(store)) != 0;

    private static RegionAccess Needed(bool store) => store ? RegionAccess.Write : RegionAccess.Read;

    // With the gate held; leaves it unless memory is found. Real mode: the address is the partition's (spe.md 1.2).
    private bool FinishReal(ulong address, bool store, bool atomic, out MfcTarget target, out MfcFault fault)
    {
        target = default;
        fault = MfcFault.None;
        if (TryRegion(new LparAddress(address), store, out MemoryRegion? region))
        {
            target = TargetIn(region!, address);
            LeaveIfDevice(target);
            return true;
        }

        _gate.Exit();
        fault = new MfcFault(
            MfcFaultKind.Storage, address, MfcFault.Denied | (store ? MfcFault.Store : 0) | (atomic ? MfcFault.Atomic : 0));
        return false;
    }

    private bool TryCached(ulong address, bool store, out MfcTarget target)
    {
        ref CacheEntry entry = ref _cache[IndexOf(address)];
        if (entry.Region is { } region && entry.Page == address >> PageShift && (!store || entry.Writable)
            && (region.Access & Needed(store)) != 0)
        {
            target = TargetIn(region, entry.Start + (address & ((1UL << PageShift) - 1)));
            return true;
        }

        target = default;
        return false;
    }

    // In bounds up to the end of the page: regions begin and end at multiples of 4 KB, and the address lies in this one.
    private MfcTarget TargetIn(MemoryRegion region, ulong lparAddress)
    {
        ulong offset = lparAddress - region.Start.Value;
        return new MfcTarget
        {
            Region = region,
            RegionOffset = offset,
            Host = region.Device is null ? memory.HostBase + region.HostOffset + offset : null,
        };
    }

    private void LeaveIfDevice(in MfcTarget target)
    {
        if (target.Host is null)
            _gate.Exit();
    }

    private void Forget()
    {
        _generation++;
        Array.Clear(_cache);
    }

    private readonly record struct CacheEntry(ulong Page, MemoryRegion Region, ulong Start, bool Writable);
}

/// <summary>The MFC's eight SLB entries and the index register: plain data.</summary>
internal struct SegmentRegisters
{
    public const ulong IndexOffset = 0x1108;
    public const ulong EsidOffset = 0x1110;
    public const ulong VsidOffset = 0x1118;
    public const ulong InvalidateEntryOffset = 0x1120;
    public const ulong InvalidateAllOffset = 0x1128;

    private const ulong Valid = 0x0800_0000;
    private const ulong EsidMask = 0xffff_ffff_f000_0000;

    // VSID register (CBE Public Registers 3.3.1.2; Book III 4.4.1). Bits 0:14 and 60:63 read back zero.
    private const ulong VsidMask = 0x0001_ffff_ffff_fff0;
    private const int VsidShift = 12;
    private const ulong KeySupervisor = 0x800;
    private const ulong KeyProblem = 0x400;
    private const ulong Large = 0x100;
    private const ulong LargeSize = 0x70; // a PPE encodes LP in bit 57, later processors in 58:59; kernels write either

    private SegmentEntries _esid;
    private SegmentEntries _vsid;
    private ulong _index;

    public readonly ulong Read(ulong offset) => offset switch
    {
        IndexOffset => _index,
        EsidOffset => _esid[(int)_index],
        VsidOffset => _vsid[(int)_index],
        _ => 0,
    };

    public void Write(ulong offset, ulong value)
    {
        switch (offset)
        {
            case IndexOffset:
                _index = value & 7;
                break;
            case EsidOffset:
                _esid[(int)_index] = value & (EsidMask | Valid);
                break;
            case VsidOffset:
                _vsid[(int)_index] = value & VsidMask;
                break;
            case InvalidateEntryOffset:
                for (int i = 0; i < 8; i++)
                {
                    if (((_esid[i] ^ value) & EsidMask) == 0)
                        _esid[i] &= ~Valid;
                }

                break;
            default:
                for (int i = 0; i < 8; i++)
                    _esid[i] &= ~Valid;
                break;
        }
    }

    public readonly bool TryFind(ulong address, bool problemState, out SegmentDescriptor segment)
    {
        for (int i = 0; i < 8; i++)
        {
            if ((_esid[i] & Valid) == 0 || ((_esid[i] ^ address) & EsidMask) != 0)
                continue;
            ulong vsid = _vsid[i];
            segment = new SegmentDescriptor(
                vsid >> VsidShift, (vsid & Large) != 0, (vsid & LargeSize) != 0, (vsid & (problemState ? KeyProblem : KeySupervisor)) != 0);
            return true;
        }

        segment = default;
        return false;
    }

    [InlineArray(8)]
    private struct SegmentEntries
    {
        private ulong _element0;
    }
}
