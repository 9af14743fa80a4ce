using CellPpe.Core.Ports;

namespace CellPpe.Ppe.Mmu;

/// <summary>
/// The holders of translations outside the PPE: the MFCs of SPEs. There is one list for all page tables of a core, so that the removal of
/// memory reaches all of them, too. Changed and walked under the machine's lock; without SPEs it costs one test.
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

    /// <summary>On return no translation that was made before is in use.</summary>
    public void TranslationsChanged()
    {
        foreach (ITranslationWatch watch in _watches)
            watch.TranslationsChanged();
    }
}
