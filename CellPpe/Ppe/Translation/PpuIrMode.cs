using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Translation;

/// <summary>
/// The MSR bits that decide what an instruction does. A block is made for one mode and may run in that mode only: MSR
/// changes between blocks, never inside one.
/// </summary>
internal readonly record struct PpuIrMode
{
    private const ulong Deciding = Msr.Sf | Msr.Pr | Msr.Fp | Msr.Vec | Msr.Fe0 | Msr.Fe1;

    private readonly ulong _bits;

    public PpuIrMode(ulong msr) => _bits = msr & Deciding;

    public bool Is64Bit => (_bits & Msr.Sf) != 0;

    public bool IsProblemState => (_bits & Msr.Pr) != 0;

    public bool HasFloatingPoint => (_bits & Msr.Fp) != 0;

    public bool HasVector => (_bits & Msr.Vec) != 0;

    /// <summary>Enabled floating-point exceptions interrupt.</summary>
    public bool InterruptsOnFloat => (_bits & (Msr.Fe0 | Msr.Fe1)) != 0;

    /// <summary>What effective addresses and CTR are cut to.</summary>
    public ulong AddressMask => Is64Bit ? ulong.MaxValue : uint.MaxValue;
}
