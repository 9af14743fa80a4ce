using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;
using CellPpe.Tests.Execution;
using Xunit;

namespace CellPpe.Tests.Storage;

/// <summary>Segment lookaside buffer, hashed page table, protection, reference and change recording (Book III 4.4 to 4.12).</summary>
public abstract unsafe class TranslationTests(PpuEngine engine) : IDisposable
{
    private const ulong Data = TestMachine.Data;
    private const ulong Kernel = 0xc000_0000_0000_0000;
    private const ulong SlbValid = 0x0800_0000;

    private readonly TestMachine _machine = new(engine);

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(12, 0ul, false)]
    [InlineData(12, 0ul, true)]
    [InlineData(16, AddressSpace.LargePages | AddressSpace.SecondLargeSize, false)]
    [InlineData(16, AddressSpace.LargePages | AddressSpace.SecondLargeSize, true)]
    [InlineData(24, AddressSpace.LargePages, false)]
    [InlineData(24, AddressSpace.LargePages, true)]
    public void Pages_of_every_size_are_found_by_either_hash(int pageShift, ulong segment, bool secondary)
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        const ulong Segment = Kernel + 0x5000_0000;
        // The last page of a segment has all bits of the hash and of the abbreviated page number set.
        ulong page = Segment + 0x1000_0000 - (1ul << pageShift);
        ulong real = pageShift == 24 ? Data & ~0xff_ffffUL : Data;
        space.Segment(Segment, segment);
        space.Map(page, real, pageShift: pageShift, secondary: secondary);
        _machine.Write64(Data + 0x128, 0x0102_0304_0506_0708);
        _machine.Write64(Data + 0xff8, 0x1112_1314_1516_1718);
        State.Gpr[3] = page;
        _machine.Run("ld r4,296(r3); ld r5,4088(r3)");
        Assert.Equal(TestMachine.Code + 8, State.Nia);
        Assert.Equal((0x0102_0304_0506_0708ul, 0x1112_1314_1516_1718ul), (State.Gpr[4], State.Gpr[5]));
    }

    [Fact]
    public void A_large_page_is_not_a_small_one()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data); // 4 KB
        space.Map(Data, Data, pageShift: 16);
        State.Gpr[3] = Data;
        _machine.Run("ld r4,0(r3)");
        Assert.Equal(0x300ul, State.Nia);
    }

    [Theory]
    // Ks or Kp of the state, PP: may load, may store (Book III 4.12.1, figure 30)
    [InlineData(false, 0ul, true, true)]
    [InlineData(false, 1ul, true, true)]
    [InlineData(false, 2ul, true, true)]
    [InlineData(false, 3ul, true, false)]
    [InlineData(true, 0ul, false, false)]
    [InlineData(true, 1ul, true, false)]
    [InlineData(true, 2ul, true, true)]
    [InlineData(true, 3ul, true, false)]
    public void Key_and_PP_say_what_an_access_may_do(bool key, ulong pp, bool load, bool store)
    {
        foreach (bool problem in (bool[])[false, true])
        {
            using var machine = new TestMachine(engine);
            AddressSpace space = AddressSpace.WithCode(machine, problem ? Msr.Pr : 0);
            ulong mine = problem ? AddressSpace.Kp : AddressSpace.Ks;
            ulong other = problem ? AddressSpace.Ks : AddressSpace.Kp;
            space.Segment(Data, key ? mine : other);
            ulong slot = space.Map(Data, Data, pp);
            machine.State.Gpr[3] = Data;

            machine.Run("lwz r4,0(r3)");
            Assert.Equal(load ? TestMachine.Code + 4 : 0x300, machine.State.Nia);
            Assert.Equal(load ? AddressSpace.Referenced : 0, space.Table.Read(slot).R & 0x180);

            machine.Thread.SetMsr(Msr.Sf | Msr.Ir | Msr.Dr | (problem ? Msr.Pr : 0));
            machine.Run("stw r4,0(r3)");
            Assert.Equal(store ? TestMachine.Code + 4 : 0x300, machine.State.Nia);
            Assert.Equal(store, (space.Table.Read(slot).R & AddressSpace.Changed) != 0);
        }
    }

    [Fact]
    public void A_load_sets_R_and_a_store_C()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        ulong loaded = space.Map(Data, Data);
        ulong stored = space.Map(Data + 0x1000, Data + 0x1000);
        ulong both = space.Map(Data + 0x2000, Data + 0x2000);
        State.Gpr[3] = Data;
        State.Gpr[4] = Data + 0x1000;
        State.Gpr[5] = Data + 0x2000;
        _machine.Run("lwz r6,0(r3); stw r6,0(r4); lwz r6,0(r5)");
        Assert.Equal(AddressSpace.Referenced, space.Table.Read(loaded).R & 0x180);
        Assert.Equal(AddressSpace.Referenced | AddressSpace.Changed, space.Table.Read(stored).R & 0x180);
        // The first store to a page that was only read so far must set its C bit.
        _machine.Run("lwz r6,0(r5); stw r6,0(r5)");
        Assert.Equal(AddressSpace.Referenced | AddressSpace.Changed, space.Table.Read(both).R & 0x180);
    }

    [Fact]
    public void A_fetch_sets_R()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        ulong slot = space.Map(Data, Data);
        _machine.Load("addi r3,r0,9", Data);
        State.Nia = Data;
        _machine.Step();
        Assert.Equal(9ul, State.Gpr[3]);
        Assert.Equal(AddressSpace.Referenced, space.Table.Read(slot).R & 0x180);
    }

    [Fact]
    public void A_changed_table_entry_counts_at_once()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        ulong slot = space.Map(Data, Data);
        _machine.Write64(Data, 1);
        _machine.Write64(Data + 0x1000, 2);
        State.Gpr[3] = Data;
        _machine.Run("ld r4,0(r3)");
        (ulong v, ulong r) = space.Table.Read(slot);
        space.Table.Write(slot, v, (r & 0xfff) | (Data + 0x1000));
        _machine.Run("ld r5,0(r3)");
        space.Table.Write(slot, 0, 0);
        _machine.Run("ld r6,0(r3)");
        Assert.Equal((1ul, 2ul, 0x300ul), (State.Gpr[4], State.Gpr[5], State.Nia));
    }

    [Fact]
    public void Slbmte_fills_any_of_64_entries_and_slbmfee_and_slbmfev_read_them()
    {
        for (ulong index = 0; index < 64; index++)
        {
            State.Gpr[3] = (0x1234_5000 + index) << 12 | AddressSpace.Kp | AddressSpace.LargePages;
            State.Gpr[4] = Kernel + (index << 28) | SlbValid | index;
            _machine.Run("slbmte r3,r4");
        }

        for (ulong index = 0; index < 64; index++)
        {
            State.Gpr[4] = index;
            _machine.Run("slbmfee r5,r4; slbmfev r6,r4");
            Assert.Equal(Kernel + (index << 28) | SlbValid, State.Gpr[5]);
            Assert.Equal((0x1234_5000 + index) << 12 | AddressSpace.Kp | AddressSpace.LargePages, State.Gpr[6]);
        }
    }

    [Fact]
    public void Slbmte_replaces_what_the_entry_translated()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data);
        State.Gpr[3] = Data;
        State.Gpr[4] = 0x77ul << 12;
        State.Gpr[5] = Kernel | SlbValid | 4; // the entry of Data's segment
        _machine.Run("lwz r6,0(r3); slbmte r4,r5; lwz r6,0(r3)");
        Assert.Equal((0x380ul, Data), (State.Nia, State.Dar));
    }

    [Fact]
    public void Slbie_drops_one_segment()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data);
        State.Gpr[3] = Data;
        State.Gpr[4] = Data | 0x0123_0000 & ~SlbValid;
        _machine.Run("lwz r6,0(r3); slbie r4; lwz r6,0(r3)");
        Assert.Equal((0x380ul, TestMachine.Code + 8), (State.Nia, State.Srr0));
        Assert.Equal(0ul, State.SlbEsid[4]);
        Assert.Equal(SlbValid, State.SlbEsid[0]); // the code's segment stays
    }

    [Fact]
    public void Slbia_leaves_entry_0()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data);
        State.Gpr[3] = Data;
        _machine.Run("lwz r6,0(r3); slbia; lwz r6,0(r3)");
        Assert.Equal((0x380ul, TestMachine.Code + 8), (State.Nia, State.Srr0));
    }

    [Fact]
    public void Supervisor_problem_state_and_real_mode_do_not_share_translations()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data, AddressSpace.Kp);
        space.Map(Data, Data + 0x1000);
        _machine.Write64(Data, 1);
        _machine.Write64(Data + 0x1000, 2);
        State.Gpr[3] = Data;
        _machine.Run("ld r4,0(r3)");
        _machine.Thread.SetMsr(Msr.Sf);
        _machine.Run("ld r5,0(r3)");
        _machine.Thread.SetMsr(Msr.Sf | Msr.Ir | Msr.Dr | Msr.Pr);
        _machine.Run("ld r6,0(r3)");
        Assert.Equal((2ul, 1ul, 0x300ul), (State.Gpr[4], State.Gpr[5], State.Nia));
    }
}
