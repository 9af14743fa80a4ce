namespace CellPpe.Ppe.Mmu;

/// <summary>A cache of translations made from a page table.</summary>
internal interface ITranslationCaches
{
    /// <summary>Drops all translations.</summary>
    void FlushTranslations();

    /// <summary>Drops translations of the 4 KB page at this offset of any 256 MB segment.</summary>
    void FlushPage(ulong offsetInSegment);

    /// <summary>Drops translations of a large page at this offset of any segment.</summary>
    void FlushLargePage(ulong offsetInSegment, int pageShift)
    {
        // The largest pages are a sixteenth of a segment: searching for each 4 KB of one costs more than filling the cache again.
        if (pageShift > 16)
        {
            FlushTranslations();
            return;
        }

        for (ulong offset = 0; offset < 1UL << pageShift; offset += 0x1000)
            FlushPage(offsetInSegment + offset);
    }
}
