using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Tests.Execution;
using Xunit;

namespace CellPpe.Tests.Storage;

/// <summary>What the software TLB keeps and drops: it drops exactly what the architecture requires.</summary>
public abstract unsafe class SoftTlbTests(PpuEngine engine) : IDisposable
{
    private const ulong Data = TestMachine.Data;
    private const ulong Kernel = 0xc000_0000_0000_0000;
    private const ulong SlbValid = 0x0800_0000;
    private const ulong Translated = Msr.Sf | Msr.Ir | Msr.Dr;

    private readonly TestMachine _machine = new(engine);

    private ref PpuState State => ref _machine.State;

    private PpuStorage Storage => _machine.Thread.Storage;

    private ulong Epoch =>
        _machine.Thread.Context->FetchEpochs[0] + _machine.Thread.Context->FetchEpochs[1] + _machine.Thread.Context->FetchEpochs[2];

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Slbia_keeps_what_entry_0_translates()
    {
        AddressSpace space = Prepare();
        ulong code = TestMachine.Code + 0x2000; // segment 0, which is SLB entry 0's
        space.Map(code, code);
        Load(code);
        Load(Data);
        _machine.Run("slbia");
        Assert.True(IsCached(code));
        Assert.False(IsCached(Data));
        Assert.Equal(1ul, Storage.Flushes.Segments);
    }

    [Fact]
    public void Slbia_drops_all_when_entry_0_is_not_valid()
    {
        Prepare();
        Load(Data);
        Load(TestMachine.Code);
        State.SlbEsid[0] = 0;
        Storage.FlushSegmentsExcept(0xffff_ffff_0000_0000);
        Assert.False(IsCached(Data));
        Assert.False(IsCached(TestMachine.Code));
    }

    [Fact]
    public void Slbie_drops_its_segment_and_no_other_even_of_the_same_chain()
    {
        AddressSpace space = Prepare();
        const ulong SameChain = Data + (64ul << 28);
        Assert.Equal(SegmentChains.Of(Data), SegmentChains.Of(SameChain));
        State.SlbEsid[9] = SameChain | SlbValid;
        State.SlbVsid[9] = AddressSpace.Vsid(SameChain) << 12;
        space.Map(SameChain + 0x1000, Data + 0x1000);
        Load(Data);
        Load(SameChain + 0x1000);
        State.Gpr[4] = Data;
        _machine.Run("slbie r4");
        Assert.False(IsCached(Data));
        Assert.True(IsCached(SameChain + 0x1000));
    }

    [Fact]
    public void Slbmte_of_what_is_there_already_drops_nothing()
    {
        Prepare();
        Load(Data);
        State.Gpr[4] = State.SlbVsid[4];
        State.Gpr[5] = State.SlbEsid[4] | 4;
        _machine.Run("slbmte r4,r5");
        Assert.True(IsCached(Data));
    }

    [Fact]
    public void A_changed_table_entry_drops_its_page_and_no_other()
    {
        AddressSpace space = Prepare();
        ulong other = space.Map(Data + 0x2000, Data + 0x2000);
        Load(Data);
        Load(Data + 0x2000);
        space.Table.Write(other, 0, 0);
        Assert.True(IsCached(Data));
        Assert.False(IsCached(Data + 0x2000));
    }

    [Theory]
    [InlineData("tlbie r4,0", 0x1234_5000_0000ul, false, true)]
    [InlineData("tlbiel r4,0", 0x1234_5000_0000ul, false, true)]
    [InlineData("tlbie r4,1", 0x1234_5000_0000ul, false, false)]
    [InlineData("tlbie r4,0", 0x1234_5000_0800ul, false, false)] // RB[52:63] is not zero: an unknown form drops all
    public void Tlbie_drops_the_page_it_names(string instruction, ulong rb, bool named, bool other)
    {
        AddressSpace space = Prepare();
        space.Map(Data + 0x2000, Data + 0x2000);
        Load(Data);
        Load(Data + 0x2000);
        State.Gpr[4] = rb;
        _machine.Run(instruction);
        Assert.Equal((named, other), (IsCached(Data), IsCached(Data + 0x2000)));
    }

    [Fact]
    public void A_64_KB_page_goes_as_one_and_leaves_others()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        const ulong Segment = Kernel + 0x5000_0000;
        const ulong Page = Segment + 0xff0_0000;
        space.Segment(Segment, AddressSpace.LargePages | AddressSpace.SecondLargeSize);
        space.Segment(Data);
        space.Map(Data, Data);
        ulong slot = space.Map(Page, Data, pageShift: 16);
        for (ulong offset = 0; offset < 0x10000; offset += 0x3000)
            Load(Page + offset);
        Load(Data);
        Assert.True(IsCached(Page + 0x3000));
        space.Table.Write(slot, 0, 0);
        for (ulong offset = 0; offset < 0x10000; offset += 0x1000)
            Assert.False(IsCached(Page + offset));
        Assert.True(IsCached(Data));
    }

    [Fact]
    public void A_16_MB_page_goes_as_one()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        const ulong Segment = Kernel + 0x5000_0000;
        space.Segment(Segment, AddressSpace.LargePages);
        ulong slot = space.Map(Segment + 0x100_0000, Data, pageShift: 24);
        Load(Segment + 0x100_0000);
        Load(Segment + 0x100_f000);
        space.Table.Write(slot, 0, 0);
        Assert.False(IsCached(Segment + 0x100_0000));
        Assert.False(IsCached(Segment + 0x100_f000));
    }

    [Fact]
    public void A_16_MB_page_s_C_bit_is_set_by_the_first_store_and_no_load()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        const ulong Segment = Kernel + 0x5000_0000;
        space.Segment(Segment, AddressSpace.LargePages);
        ulong slot = space.Map(Segment, Data, pageShift: 24);
        Load(Segment);
        Load(Segment + 0x1000);
        Assert.Equal(AddressSpace.Referenced, space.Table.Read(slot).R & 0x180);
        State.Gpr[3] = Segment + 0x1000;
        _machine.Run("std r4,0(r3)");
        Assert.Equal(AddressSpace.Referenced | AddressSpace.Changed, space.Table.Read(slot).R & 0x180);
    }

    [Fact]
    public void Stores_beside_code_need_one_translation_and_are_seen()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data);
        _machine.Load("addi r5,r5,1", Data);
        State.Gpr[3] = Data + 0x800;
        RunAt(Data);
        ulong fills = Storage.TlbFills;
        _machine.Run("std r4,0(r3); std r4,8(r3); std r4,16(r3)");
        Assert.Equal(fills + 1, Storage.TlbFills);
        State.Gpr[3] = Data;
        State.Gpr[4] = 0x38a5_0010; // addi r5,r5,16
        _machine.Run("stw r4,0(r3)");
        RunAt(Data);
        Assert.Equal(17ul, State.Gpr[5]);
    }

    [Fact]
    public void Code_protects_every_address_a_host_page_can_be_stored_through()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        for (ulong alias = 0; alias < 0x3000; alias += 0x1000)
        {
            space.Map(Data + alias, Data);
            State.Gpr[3] = Data + alias + 0x100;
            _machine.Run("std r4,0(r3)");
        }

        _machine.Load("addi r5,r5,1", Data);
        RunAt(Data);
        for (ulong alias = 0; alias < 0x3000; alias += 0x1000)
        {
            State.Gpr[3] = Data + alias;
            State.Gpr[4] = 0x38a5_0000 + alias + 2; // addi r5,r5,...
            State.Gpr[5] = 0;
            _machine.Run("stw r4,0(r3)");
            RunAt(Data);
            Assert.Equal(alias + 2, State.Gpr[5]);
        }
    }

    [Fact]
    public void Probe_finds_what_was_fetched_and_leaves_no_trace_of_what_was_not()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        ulong slot = space.Map(Data, Data);
        State.Dar = 1;
        Assert.False(Storage.TryProbeFetch(Data, out _)); // R would have to be set
        Assert.False(Storage.TryProbeFetch(Data + 0x1000, out _)); // not mapped
        Assert.False(Storage.TryProbeFetch(Kernel, out _)); // no segment
        Assert.Equal(0ul, space.Table.Read(slot).R & 0x180);
        Assert.Equal((1ul, 0u), (State.Dar, State.Dsisr));
        Load(Data);
        Assert.True(Storage.TryProbeFetch(Data + 0x124, out ulong host));
        Assert.Equal(_machine.DataMemory.HostOffset, host);
    }

    [Fact]
    public void Probe_fails_where_a_fetch_is_not_allowed()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data, AddressSpace.NoExecute | AddressSpace.Referenced);
        space.Map(Data + 0x1000, 0x7000_0000, AddressSpace.Referenced); // no memory
        Assert.False(Storage.TryProbeFetch(Data, out _));
        Assert.False(Storage.TryProbeFetch(Data + 0x1000, out _));
    }

    [Fact]
    public void Probe_goes_by_real_addresses_when_IR_is_off()
    {
        Assert.True(Storage.TryProbeFetch(TestMachine.Code, out ulong host));
        Assert.Equal(_machine.CodeMemory.HostOffset + TestMachine.Code, host);
        Assert.False(Storage.TryProbeFetch(0x7000_0000, out _));
    }

    [Fact]
    public void The_fetch_epoch_moves_with_dropped_instructions_and_not_with_data()
    {
        AddressSpace space = Prepare();
        ulong code = space.Map(Data + 0x3000, Data + 0x3000);
        _machine.Load("addi r5,r5,1", Data + 0x3000);
        RunAt(Data + 0x3000);
        Load(Data);
        ulong before = Epoch;
        Storage.FlushPage(Data & 0x0fff_ffff); // data alone
        Assert.Equal(before, Epoch);
        space.Table.Write(code, 0, 0);
        Assert.NotEqual(before, Epoch);
        before = Epoch;
        Storage.FlushSegment(Kernel); // nothing there
        Assert.Equal(before, Epoch);
        Storage.FlushAll();
        Assert.NotEqual(before, Epoch);
    }

    [Fact]
    public void The_fetch_epoch_moves_when_one_page_takes_the_place_of_another()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        const ulong SameEntry = TestMachine.Code + (PpuContext.FetchEntries * GuestMemory.PageSize);
        space.Map(SameEntry, Data);
        _machine.Load("addi r5,r5,1");
        _machine.Load("addi r5,r5,1", Data);
        RunAt(TestMachine.Code);
        ulong before = Epoch;
        RunAt(SameEntry);
        Assert.Equal(before + 1, Epoch);
    }

    [Fact]
    public void A_breakpoint_keeps_its_page_out()
    {
        Prepare();
        _machine.Thread.SetDataBreakpoint((Data + 0x100) | 7, 3);
        Load(Data);
        Assert.False(IsCached(Data));
        State.Gpr[3] = Data + 0x100;
        _machine.Run("ld r4,0(r3)");
        Assert.Equal(0x300ul, State.Nia);
    }

    private AddressSpace Prepare()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data);
        return space;
    }

    private void Load(ulong address)
    {
        State.Gpr[3] = address;
        _machine.Run("ld r4,0(r3)");
        Assert.Equal(TestMachine.Code + 4, State.Nia);
    }

    private void RunAt(ulong address)
    {
        State.Nia = address;
        _machine.Step();
        Assert.Equal(address + 4, State.Nia);
    }

    private bool IsCached(ulong address)
    {
        _machine.Thread.SetMsr(Translated);
        TlbEntry* entry = _machine.Thread.Context->Tlb + ((address >> 12) & (PpuContext.TlbEntries - 1));
        return entry->ReadTag == (address & ~0xfffUL);
    }
}
