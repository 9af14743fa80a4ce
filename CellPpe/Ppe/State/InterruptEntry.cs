namespace CellPpe.Ppe.State;

/// <summary>What every interrupt does to the state (Book III 5.4).</summary>
internal static class InterruptEntry
{
    // SRR1 bits that describe the interrupt; all others come from MSR.
    private const ulong Srr1InterruptBits = 0x783f_0000;

    /// <summary>
    /// Return address and old MSR go to SRR0 and SRR1; the thread goes on at the vector, in 64-bit real mode with interrupts off.
    /// </summary>
    /// <returns>The new MSR, which the caller sets.</returns>
    public static ulong Enter(ref PpuState state, uint vector, ulong srr1)
    {
        state.Srr0 = state.Nia;
        state.Srr1 = (state.Msr & ~Srr1InterruptBits) | srr1;
        state.Nia = vector;
        return (state.Msr & Msr.Me) | Msr.Sf;
    }
}
