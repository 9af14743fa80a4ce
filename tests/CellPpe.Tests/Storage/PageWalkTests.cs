using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Tests.Execution;
using Xunit;

namespace CellPpe.Tests.Storage;

/// <summary>
/// The page table as an SPE's MFC searches it: from another host thread, without the machine's lock (Book III 4.5, 4.10).
/// </summary>
public sealed class PageWalkTests : IDisposable
{
    private const ulong Data = TestMachine.Data;
    private const ulong Address = 0x5000_3000;
    private const ulong Accessed = AddressSpace.Referenced | AddressSpace.Changed;

    private readonly TestMachine _machine = new();
    private readonly AddressSpace _space;

    public PageWalkTests() => _space = new AddressSpace(_machine);

    private IPageTableWalker Walker => _space.Table.Walker;

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(12, false, false, false)]
    [InlineData(12, false, false, true)]
    [InlineData(16, true, true, false)]
    [InlineData(16, true, true, true)]
    [InlineData(24, true, false, false)]
    [InlineData(24, true, false, true)]
    public void Pages_of_every_size_are_found_by_either_hash(int shift, bool large, bool second, bool secondary)
    {
        ulong page = 0x5fff_ffff & ~((1UL << shift) - 1);
        ulong real = Data & ~((1UL << shift) - 1);
        _space.Map(page, real, pageShift: shift, secondary: secondary);

        PageWalkResult result = Walker.Walk(Segment(large, second), page + 0x123, store: false, out PageTranslation found);

        Assert.Equal((PageWalkResult.Found, new PageTranslation(new LparAddress(real), shift, false)), (result, found));
        Assert.Equal(PageWalkResult.NotFound, Walker.Walk(Segment(large, second), page - 1, store: false, out _));
        Assert.Equal(PageWalkResult.NotFound, Walker.Walk(Segment(large, second) with { Vsid = 1 }, page, store: false, out _));
    }

    [Theory]
    [InlineData(0, false, true, true)]
    [InlineData(1, false, true, true)]
    [InlineData(2, false, true, true)]
    [InlineData(3, false, true, false)]
    [InlineData(0, true, false, false)]
    [InlineData(1, true, true, false)]
    [InlineData(2, true, true, true)]
    [InlineData(3, true, true, false)]
    public void Protection_is_by_key_and_pp(ulong pp, bool key, bool readable, bool writable)
    {
        ulong slot = _space.Map(Address, Data, pp);
        SegmentDescriptor segment = Segment() with { Key = key };

        Assert.Equal(readable ? PageWalkResult.Found : PageWalkResult.Protected, Walker.Walk(segment, Address, store: false, out _));
        Assert.Equal(writable ? PageWalkResult.Found : PageWalkResult.Protected, Walker.Walk(segment, Address, store: true, out _));
        Assert.Equal((readable ? AddressSpace.Referenced : 0) | (writable ? Accessed : 0), _space.Table.Read(slot).R & Accessed);
    }

    [Fact]
    public void A_load_marks_the_page_referenced_and_a_store_changed()
    {
        ulong slot = _space.Map(Address, Data);
        Walker.Walk(Segment(), Address, store: false, out PageTranslation loaded);
        Assert.Equal((AddressSpace.Referenced, false), (_space.Table.Read(slot).R & Accessed, loaded.Writable));
        Walker.Walk(Segment(), Address, store: true, out PageTranslation stored);
        Assert.Equal((Accessed, true), (_space.Table.Read(slot).R & Accessed, stored.Writable));
        // Once C is set, a load may cache the page for stores too.
        Walker.Walk(Segment(), Address, store: false, out loaded);
        Assert.True(loaded.Writable);
    }

    [Fact]
    public void An_entry_that_names_no_memory_leads_nowhere()
    {
        _space.Map(Address, 0x7000_0000);
        Assert.Equal(PageWalkResult.NoMemory, Walker.Walk(Segment(), Address, store: false, out _));
        _space.Map(Address + 0x1000, Data);
        Assert.Equal(PageWalkResult.Found, Walker.Walk(Segment(), Address + 0x1000, store: true, out _));
        _machine.Memory.Remove(_machine.DataMemory);
        Assert.Equal(PageWalkResult.NoMemory, Walker.Walk(Segment(), Address + 0x1000, store: true, out _));
    }

    [Fact]
    public void Whoever_keeps_translations_hears_of_every_entry_that_goes_and_of_memory_that_goes()
    {
        var watch = new CountingWatch();
        Walker.AddWatch(watch);
        Walker.AddWatch(watch);
        ulong slot = _space.Map(Address, Data);
        Assert.Equal(0, watch.Count);
        _space.Table.Write(slot, 0, 0);
        Assert.Equal(1, watch.Count);
        _space.Table.Write(slot, 0, 0);
        Assert.Equal(1, watch.Count);
        _space.Table.Clear();
        Assert.Equal(2, watch.Count);
        _machine.Memory.Remove(_machine.DataMemory);
        Assert.Equal(3, watch.Count);
        Walker.RemoveWatch(watch);
        _space.Table.Clear();
        Assert.Equal(3, watch.Count);
    }

    [Fact]
    public void Searches_from_other_threads_see_whole_entries_only()
    {
        // Two pages take turns in one slot of the table; a third stays. A search must never mix them, and never lose the third.
        const int Rounds = 200_000;
        const ulong Other = Address + 0x1000_0000;
        ulong slot = _space.Map(Address, Data, AddressSpace.Referenced);
        (ulong v, ulong r) = _space.Table.Read(slot);
        _space.Table.Write(slot, 0, 0);
        ulong otherSlot = _space.Map(Other, Data + 0x5000, AddressSpace.Referenced);
        (ulong otherV, ulong otherR) = _space.Table.Read(otherSlot);
        ulong third = _space.Map(Address + 0x2000, Data + 0x7000);
        bool done = false;
        long wrong = 0;
        long found = 0;
        var searcher = new Thread(() =>
        {
            for (uint i = 0; !Volatile.Read(ref done); i++)
            {
                bool store = (i & 1) != 0;
                if (Walker.Walk(Segment(), Address, store, out PageTranslation page) == PageWalkResult.Found)
                {
                    found++;
                    wrong += page.Start.Value == Data ? 0 : 1;
                }

                if (Walker.Walk(Segment(), Address + 0x2000, store, out page) != PageWalkResult.Found || page.Start.Value != Data + 0x7000)
                    wrong++;
            }
        });
        searcher.Start();
        // The page's own V with its own R, then something else's V with another R in the same slot. A busy host may let the searcher wait.
        for (int i = 0; i < Rounds || (Volatile.Read(ref found) == 0 && i < 1000 * Rounds); i++)
        {
            _space.Table.Write(slot, v, r);
            _space.Table.Write(slot, otherV, otherR);
        }

        Volatile.Write(ref done, true);
        searcher.Join();
        Assert.Equal(0, wrong);
        Assert.True(found > 0);
        Assert.Equal(Accessed, _space.Table.Read(third).R & Accessed);
    }

    private static SegmentDescriptor Segment(bool large = false, bool second = false) =>
        new(AddressSpace.Vsid(Address), large, second, Key: false);

    private sealed class CountingWatch : ITranslationWatch
    {
        public int Count { get; private set; }

        public void TranslationsChanged() => Count++;
    }
}
