using CellPpe.Core.Ports;
using CellPpe.Ppe.State;

namespace CellPpe.Tests.Execution;

/// <summary>
/// Translation for a <see cref="TestMachine"/>: a page table, filled by an independent implementation of the rules of Book III 4.5,
/// and SLB entries. Segment n (256 MB) is mapped by SLB entry n with VSID 0x1000 + n.
/// </summary>
internal sealed class AddressSpace
{
    public const ulong Referenced = 0x100;
    public const ulong Changed = 0x80;
    public const ulong Guarded = 8;
    public const ulong NoExecute = 4;
    public const ulong ReadOnly = 3;

    public const ulong Ks = 0x800;
    public const ulong Kp = 0x400;
    public const ulong NoExecuteSegment = 0x200;
    public const ulong LargePages = 0x100;
    public const ulong SecondLargeSize = 0x10;

    private const int Log2Bytes = 18;
    private const ulong SlbValid = 0x0800_0000;

    private readonly TestMachine _machine;

    public AddressSpace(TestMachine machine)
    {
        _machine = machine;
        Table = machine.Core.CreatePageTable(Log2Bytes, largePageShift0: 24, largePageShift1: 16);
        machine.Core.Select(Table);
    }

    public IPageTable Table { get; }

    public static ulong Vsid(ulong address) => 0x1000 + (address >> 28);

    /// <summary>An address space with the machine's code at its own address, and IR and DR on.</summary>
    public static AddressSpace WithCode(TestMachine machine, ulong msr = 0)
    {
        var space = new AddressSpace(machine);
        space.Segment(TestMachine.Code);
        space.Map(TestMachine.Code, TestMachine.Code);
        machine.Thread.SetMsr(Msr.Sf | Msr.Ir | Msr.Dr | msr);
        return space;
    }

    /// <summary>Puts the segment of an address into the SLB entry of its number.</summary>
    public void Segment(ulong address, ulong attributes = 0)
    {
        ref PpuState state = ref _machine.State;
        int index = (int)(address >> 28) & 63;
        unsafe
        {
            state.SlbEsid[index] = (address & ~0x0fff_ffffUL) | SlbValid;
            state.SlbVsid[index] = (Vsid(address) << 12) | attributes;
        }
    }

    /// <summary>Maps one page.</summary>
    /// <returns>The table's slot.</returns>
    public ulong Map(ulong address, ulong real, ulong attributes = 0, int pageShift = 12, bool secondary = false)
    {
        ulong vsid = Vsid(address);
        ulong hash = (vsid & 0x7f_ffff_ffff) ^ ((address & 0x0fff_ffff) >> pageShift);
        if (secondary)
            hash = ~hash;
        ulong slot = (hash & ((1UL << (Log2Bytes - 7)) - 1)) * 8;
        while ((Table.Read(slot).V & 1) != 0)
            slot++;
        ulong avpn = (vsid << 5) | ((address >> 23) & 0x1f);
        if (pageShift == 24)
            avpn &= ~1UL; // bits below the page size are no part of the page number
        ulong large = pageShift == 12 ? 0u : 4u;
        ulong selector = pageShift == 16 ? 0x1000u : 0u; // LP in the low bits of RPN
        Table.Write(slot, (avpn << 7) | large | (secondary ? 2u : 0) | 1, real | selector | attributes);
        return slot;
    }
}
