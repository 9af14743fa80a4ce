using CellPpe.Core;

using Xunit;

namespace CellPpe.Tests.Memory;

/// <summary>
/// Memory that is allocated again reads as zeros at every alignment. Memory that is free occupies no host memory.
/// </summary>
public sealed class GuestMemoryTests
{
    private const ulong Page = GuestMemory.PageSize;
    private const ulong Large = 2 << 20;

    [Theory]
    [InlineData(Page, Page)]
    [InlineData(Page, Large)]
    [InlineData(Large - Page, 2 * Large)]
    [InlineData(3 * Page, (3 * Large) - Page)]
    [InlineData(Large, 8 * Large)]
    [InlineData(Large + Page, (16 * Large) + (3 * Page))]
    public void What_was_given_back_reads_as_zero_and_its_neighbours_are_left_alone(ulong before, ulong size)
    {
        using var memory = new GuestMemory(128 << 20);
        MemoryRegion left = Add(memory, 0, before);
        MemoryRegion middle = Add(memory, 1, size);
        MemoryRegion right = Add(memory, 2, Large + Page);
        foreach (MemoryRegion region in (MemoryRegion[])[left, middle, right])
            Bytes(memory, region).Fill(0xa5);

        memory.Remove(middle);
        MemoryRegion again = Add(memory, 3, size);

        Assert.Equal(middle.HostOffset, again.HostOffset);
        Assert.Equal(-1, Bytes(memory, again).IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, Bytes(memory, left).IndexOfAnyExcept((byte)0xa5));
        Assert.Equal(-1, Bytes(memory, right).IndexOfAnyExcept((byte)0xa5));
    }

    /// <summary>A thread in the middle of a block may still store to a region that has just been removed.</summary>
    [Fact]
    public unsafe void A_store_that_comes_late_is_not_seen_by_the_next_owner()
    {
        using var memory = new GuestMemory(128 << 20);
        MemoryRegion region = Add(memory, 0, 8 * Large);
        memory.Remove(region);
        new Span<byte>(memory.HostBase + region.HostOffset, (int)region.Size).Fill(0x5a);

        Assert.Equal(-1, Bytes(memory, Add(memory, 1, 8 * Large)).IndexOfAnyExcept((byte)0));
    }

    private static MemoryRegion Add(GuestMemory memory, ulong index, ulong size)
    {
        MemoryRegion? region = memory.TryAddMemory(new LparAddress(index << 40), size, RegionAccess.ReadWrite, "test");
        Assert.NotNull(region);
        return region;
    }

    private static Span<byte> Bytes(GuestMemory memory, MemoryRegion region)
    {
        Assert.True(memory.TrySlice(region.Start, region.Size, RegionAccess.ReadWrite, out Span<byte> bytes));
        return bytes;
    }
}
