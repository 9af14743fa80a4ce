using CellPpe.Core.Ports;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.Mmu;

namespace CellPpe.Ppe.Storage;

/// <summary>The software TLBs of all hardware threads, changed under the machine's lock while their threads stand still.</summary>
internal sealed class TranslationCaches(MachineLock machineLock) : ITranslationCaches
{
    private SoftTlb[] _tlbs = [];

    /// <summary>Those of the threads there are.</summary>
    public void Attach(SoftTlb[] tlbs) => _tlbs = tlbs;

    /// <inheritdoc/>
    public void FlushTranslations()
    {
        machineLock.StopAll();
        foreach (SoftTlb tlb in _tlbs)
            tlb.FlushAll();
    }

    /// <inheritdoc/>
    public unsafe void FlushPage(ulong offsetInSegment)
    {
        foreach (SoftTlb tlb in _tlbs)
        {
            // Entries are only added under the lock: what is not there now need not be waited for.
            if (machineLock.IsShared && !tlb.HoldsPage(offsetInSegment))
                continue;
            machineLock.Stop(tlb.Context);
            tlb.FlushPage(offsetInSegment);
        }
    }

    /// <summary>Makes stores to one page of host memory take the slow path: it may be decoded when this returns.</summary>
    public unsafe void ProtectHostPage(ulong hostOffset)
    {
        foreach (SoftTlb tlb in _tlbs)
        {
            if (machineLock.IsShared && !tlb.MayWrite(hostOffset))
                continue;
            machineLock.Stop(tlb.Context);
            tlb.ProtectHostPage(hostOffset);
        }
    }

    /// <summary>Tells the decoded pages that some fetch cache holds that they are in use.</summary>
    public void NoteFetched()
    {
        foreach (SoftTlb tlb in _tlbs)
            tlb.NoteFetched();
    }
}
