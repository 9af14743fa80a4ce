namespace CellPpe.Recompiler;

/// <summary>How far a barrier holds back the accesses behind it.</summary>
public enum StorageBarrier
{
    /// <summary>Accesses stay in order, but a load may still overtake an earlier store.</summary>
    Order,

    /// <summary>Every access before it is done before any behind it.</summary>
    Full,

    /// <summary>As Order, and instructions behind it are fetched anew.</summary>
    Context,
}
