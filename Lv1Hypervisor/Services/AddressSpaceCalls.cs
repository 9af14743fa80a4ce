using System.Numerics;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>Virtual address spaces and their hashed page tables (lv1-calls.md 4.2 to 4.5).</summary>
internal sealed class AddressSpaceCalls(IAddressSpaceHost host, LparMemory memory, HtabWindows windows) : IAddressSpaceCalls
{
    private const ulong SmallestTable = 18;
    private const ulong LargestTable = 20;
    private const int LargePageSizes = 2;

    // Large page sizes for a guest that names none: 16 MiB and 64 KiB, which Linux and FreeBSD request.
    private const ulong OwnPageSizes = (24UL << 56) | (16UL << 48);

    // Ids are 1..15; 0 always means the one that is selected.
    private const int MaxSpaces = 16;
    private const int GroupSlots = 8;

    // Hashed page table entry, doubleword 0 (Book III 4.5): valid, secondary hash, large page.
    private const ulong Valid = 1;
    private const ulong Secondary = 2;
    private const ulong Large = 4;

    // Doubleword 1: real page number (and, in large pages, the page size selector), R, C and WIMG, PP, protection bit 0.
    private const ulong RealPage = 0x0fff_ffff_ffff_f000;
    private const ulong LargePageSelector = 0x1000;
    private const ulong LowBits = 0xfff;
    private const ulong Protection = 3;
    private const ulong Protection0 = 1UL << 63;

    private readonly AddressSpace?[] _spaces = new AddressSpace?[MaxSpaces];

    // For each address space, the number of logical SPEs that translate by it.
    private readonly int[] _users = new int[MaxSpaces];
    private int _selected;

    // Index of the evictable entry that is replaced next. It is part of the machine's state, so that a run can be repeated.
    private int _victim;

    public Lv1Status ConstructVirtualAddressSpace(
        ILogicalPpeThread caller, ulong log2Bytes, ulong pageSizeCount, ulong pageSizes, out ulong vasId, out ulong tableBytes)
    {
        vasId = 0;
        tableBytes = 0;
        if (pageSizeCount == 0)
            (pageSizeCount, pageSizes) = (LargePageSizes, OwnPageSizes);
        int shift0 = (int)(pageSizes >> 56);
        int shift1 = (int)(pageSizes >> 48) & 0xff;
        if (log2Bytes is < SmallestTable or > LargestTable || pageSizeCount != LargePageSizes
            || !IsLargePage(shift0) || !IsLargePage(shift1) || shift0 == shift1)
            return Lv1Status.IllegalParameterValue;
        int free = Array.IndexOf(_spaces, null, 1);
        if (free < 0)
            return Lv1Status.ResourceShortage;
        IPageTable table = host.CreatePageTable((int)log2Bytes, shift0, shift1);
        _spaces[free] = new AddressSpace(table, (int)log2Bytes, pageSizes, shift0, shift1);
        vasId = (ulong)free;
        tableBytes = 1UL << (int)log2Bytes;
        return Lv1Status.Success;
    }

    public Lv1Status DestructVirtualAddressSpace(ILogicalPpeThread caller, ulong vasId)
    {
        if (vasId == 0)
            return Lv1Status.IllegalParameterValue;
        if (vasId >= MaxSpaces || _spaces[vasId] is null)
            return Lv1Status.NoEntry;
        if ((int)vasId == _selected || _users[vasId] > 0)
            return Lv1Status.Busy;
        windows.UnmapAll(vasId);
        _spaces[vasId] = null;
        return Lv1Status.Success;
    }

    // Selects for both threads of the PPE: Linux calls it once, on the boot thread; FreeBSD once on each thread.
    public Lv1Status SelectVirtualAddressSpace(ILogicalPpeThread caller, ulong vasId)
    {
        if (vasId >= MaxSpaces || (vasId != 0 && _spaces[vasId] is null))
            return Lv1Status.NoEntry;
        _selected = (int)vasId;
        host.Select(_spaces[vasId]?.Table);
        return Lv1Status.Success;
    }

    // Linux does not set r3 for this call, so the PPE id is ignored. There is only one PPE.
    public Lv1Status GetVirtualAddressSpaceIdOfPpe(
        ILogicalPpeThread caller, ulong ppeId, out ulong vasId, out ulong log2Bytes, out ulong pageSizeCount, out ulong pageSizes)
    {
        AddressSpace? space = _spaces[_selected];
        vasId = (ulong)_selected;
        log2Bytes = (ulong)(space?.Log2Bytes ?? 0);
        pageSizeCount = space is null ? 0UL : LargePageSizes;
        pageSizes = space?.PageSizes ?? 0;
        return Lv1Status.Success;
    }

    public Lv1Status InsertHtabEntry(
        ILogicalPpeThread caller, ulong vasId, ulong groupSlot, ulong v, ulong r, ulong boltedMask, ulong flags,
        out ulong slot, out ulong evictedV, out ulong evictedR)
    {
        slot = evictedV = evictedR = 0;
        if (!TryFind(vasId, out AddressSpace space))
            return Lv1Status.NoEntry;
        IPageTable table = space.Table;
        if (groupSlot >= table.SlotCount || (v & Valid) == 0 || flags != 0)
            return Lv1Status.IllegalParameterValue;
        Lv1Status status = CheckPage(space, v, r);
        if (status != Lv1Status.Success)
            return status;

        ulong primary = groupSlot & ~(GroupSlots - 1UL);
        ulong secondary = ~primary & (table.SlotCount - 1) & ~(GroupSlots - 1UL);
        // lv1, not the guest, chooses the primary or secondary group, and records it in the H bit of the stored entry.
        v &= ~Secondary;
        if (!TryFindFree(table, primary, out slot) && !TryFindFree(table, secondary, out slot)
            && !TryChooseVictim(table, primary, secondary, boltedMask, out slot))
            return Lv1Status.ResourceShortage;

        (ulong oldV, ulong oldR) = table.Read(slot);
        bool inPrimary = slot - primary < GroupSlots;
        table.Write(slot, inPrimary ? v : v | Secondary, r);
        if ((oldV & Valid) != 0)
            (evictedV, evictedR) = (oldV, oldR);
        return Lv1Status.Success;
    }

    public Lv1Status WriteHtabEntry(ILogicalPpeThread caller, ulong vasId, ulong slot, ulong v, ulong r)
    {
        if (!TryFind(vasId, out AddressSpace space))
            return Lv1Status.NoEntry;
        if (slot >= space.Table.SlotCount)
            return Lv1Status.IllegalParameterValue;
        if ((v & Valid) != 0 && CheckPage(space, v, r) is var status and not Lv1Status.Success)
            return status;
        space.Table.Write(slot, v, r);
        return Lv1Status.Success;
    }

    public Lv1Status ReadHtabEntries(
        ILogicalPpeThread caller, ulong vasId, ulong slot,
        out ulong v0, out ulong v1, out ulong v2, out ulong v3, out ulong referenceChange)
    {
        v0 = v1 = v2 = v3 = referenceChange = 0;
        if (!TryFind(vasId, out AddressSpace space))
            return Lv1Status.NoEntry;
        if (slot >= space.Table.SlotCount)
            return Lv1Status.IllegalParameterValue;
        if ((slot & 3) != 0)
            return Lv1Status.AlignmentError;
        (v0, ulong r0) = space.Table.Read(slot);
        (v1, ulong r1) = space.Table.Read(slot + 1);
        (v2, ulong r2) = space.Table.Read(slot + 2);
        (v3, ulong r3) = space.Table.Read(slot + 3);
        // The first slot is in the most significant 16 bits. The real page numbers are not returned.
        referenceChange = ((r0 & LowBits) << 48) | ((r1 & LowBits) << 32) | ((r2 & LowBits) << 16) | (r3 & LowBits);
        return Lv1Status.Success;
    }

    public Lv1Status MapHtab(ILogicalPpeThread caller, ulong vasId, out ulong address)
    {
        address = 0;
        if (!TryGet(vasId, out ulong id, out IPageTable table))
            return Lv1Status.NoEntry;
        Lv1Status status = windows.Map(id, table, out LparAddress at);
        address = at.Value;
        return status;
    }

    public Lv1Status UnmapHtab(ILogicalPpeThread caller, ulong address) => windows.Unmap(new LparAddress(address));

    /// <summary>Finds the page table of an address space, and the space's real id: id 0 means the selected one.</summary>
    public bool TryGet(ulong vasId, out ulong id, out IPageTable table)
    {
        bool found = TryFind(vasId, out AddressSpace space);
        id = vasId == 0 ? (ulong)_selected : vasId;
        table = space.Table;
        return found;
    }

    /// <summary>Counts an SPE that translates by this space. The space cannot be destructed while it has users.</summary>
    public void AddUser(ulong id) => _users[id]++;

    /// <summary>Uncounts an SPE that no longer translates by this space.</summary>
    public void RemoveUser(ulong id) => _users[id]--;

    // The page sizes of the Cell's MMU beside 4 KiB: 64 KiB, 1 MiB, 16 MiB.
    private static bool IsLargePage(int shift) => shift is 16 or 20 or 24;

    private bool TryFind(ulong vasId, out AddressSpace space)
    {
        AddressSpace? found = vasId < MaxSpaces ? _spaces[vasId == 0 ? (ulong)_selected : vasId] : null;
        space = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>The page must lie in one region of the partition, and may not be writable where the region is not.</summary>
    private Lv1Status CheckPage(AddressSpace space, ulong v, ulong r)
    {
        int shift = (v & Large) == 0 ? 12 : (r & LargePageSelector) == 0 ? space.LargeShift0 : space.LargeShift1;
        ulong size = 1UL << shift;
        ulong start = r & RealPage & ~(size - 1);
        if (!memory.TryQuery(new LparAddress(start), out MemoryRegion region, out _)
            || region.Size - (start - region.Start.Value) < size)
            return Lv1Status.AccessViolation;
        // Book III 4.5, page protection: only PP = 11, or 110 with the third bit, is read-only for every key.
        ulong pp = r & Protection;
        bool readOnly = pp == 3 || ((r & Protection0) != 0 && pp == 2);
        return readOnly || (region.Access & RegionAccess.Write) != 0 ? Lv1Status.Success : Lv1Status.AccessViolation;
    }

    private static bool TryFindFree(IPageTable table, ulong group, out ulong slot)
    {
        for (slot = group; slot < group + GroupSlots; slot++)
        {
            if ((table.Read(slot).V & Valid) == 0)
                return true;
        }

        return false;
    }

    private bool TryChooseVictim(IPageTable table, ulong primary, ulong secondary, ulong boltedMask, out ulong slot)
    {
        for (int step = 0; step < 2 * GroupSlots; step++)
        {
            uint index = (uint)(_victim + step) % (2 * GroupSlots);
            slot = index < GroupSlots ? primary + index : secondary + index - GroupSlots;
            if ((table.Read(slot).V & boltedMask) != 0)
                continue;
            _victim = (int)((index + 1) % (2 * GroupSlots));
            return true;
        }

        slot = 0;
        return false;
    }

    private readonly record struct AddressSpace(IPageTable Table, int Log2Bytes, ulong PageSizes, int LargeShift0, int LargeShift1);
}
