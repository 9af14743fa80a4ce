using CellPpe.Core.Ports;

namespace CellPpe.Ppe.Mmu;

/// <summary>
/// Who keeps translations outside the PPE: the MFCs of SPEs. One list for all page tables of a core, so that memory that goes is
/// told to all of them, too. Changed and walked under the machine's lock; costs a test where there are none.
/// </summary>
internal sealed class TranslationWatches
{
    private ITranslationWatch[] _watches = [];

    public void Add(ITranslationWatch watch)
    {
        if (!_watches.Contains(watch))
            _watches = [.. _watches, watch];
    }

    public void Remove(ITranslationWatch watch) => _watches = [.. _watches.Where(other => other != watch)];

    /// <summary>On return nobody uses a translation that was made before.</summary>
    public void TranslationsChanged()
    {
        foreach (ITranslationWatch watch in _watches)
            watch.TranslationsChanged();
    }
}
