using CellPpe.Core;

namespace CellPpe.Ppe.Mmu;

/// <summary>The result of a translation.</summary>
/// <param name="Vector">0, or the interrupt to take.</param>
/// <param name="Status">DSISR bits for a data storage interrupt, SRR1 bits for an instruction storage interrupt.</param>
/// <param name="Real">The partition address.</param>
/// <param name="Writable">Stores need no further table walk: allowed, and C is set.</param>
/// <param name="CachingInhibited">The I bit of WIMG is set.</param>
internal readonly record struct AddressTranslation(uint Vector, uint Status, LparAddress Real, bool Writable, bool CachingInhibited)
{
    public bool Faulted => Vector != 0;
}
