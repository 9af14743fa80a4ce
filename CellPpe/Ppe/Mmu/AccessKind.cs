namespace CellPpe.Ppe.Mmu;

/// <summary>The kind of an access.</summary>
internal enum AccessKind
{
    Fetch,
    Load,
    Store,
}
