namespace CellPpe.Ppe.Mmu;

/// <summary>What an access wants to do.</summary>
internal enum AccessKind
{
    Fetch,
    Load,
    Store,
}
