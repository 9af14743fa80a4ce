using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Mmu;

/// <summary>
/// Finds SLB entries by effective address (Book III 4.4.2): remembers the index of an ESID, and tries it first. One for
/// each thread. A cache: the entries themselves are in <see cref="PpuState"/>.
/// </summary>
internal sealed unsafe class SegmentLookup
{
    /// <summary>Number of entries of the SLB.</summary>
    public const int Entries = 64;

    /// <summary>The ESID bits of an effective address.</summary>
    public const ulong EsidMask = ~0x0fff_ffffUL;

    /// <summary>V in the ESID doubleword.</summary>
    public const ulong Valid = 0x0800_0000;

    private const int Hints = 32;

    // A hint is checked against the entry it names; entry 0 is as good a first guess as any.
    private readonly byte[] _hints = new byte[Hints];

    /// <summary>The number of the first entry that translates the address, or -1.</summary>
    public int Find(PpuState* state, ulong address)
    {
        ulong wanted = (address & EsidMask) | Valid;
        ref byte hint = ref _hints[(int)((address >> 28) ^ (address >> 60)) & (Hints - 1)];
        if (state->SlbEsid[hint] == wanted)
            return hint;
        int index = new ReadOnlySpan<ulong>(state->SlbEsid, Entries).IndexOf(wanted);
        if (index >= 0)
            hint = (byte)index;
        return index;
    }

    /// <summary>Entries have changed. Were one ESID in two entries, which is a program error, the lower would still win.</summary>
    public void Forget() => Array.Clear(_hints);
}
