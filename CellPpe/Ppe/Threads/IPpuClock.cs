namespace CellPpe.Ppe.Threads;

/// <summary>Where a PPE gets its time and reports its progress.</summary>
public interface IPpuClock
{
    /// <summary>The shared time base.</summary>
    ulong TimeBase { get; }

    /// <summary>Instructions have been retired or tried, by any thread.</summary>
    void Retire(long instructions);
}
