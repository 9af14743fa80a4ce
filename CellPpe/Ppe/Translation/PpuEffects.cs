using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Translation;

/// <summary>Places of the state that are in no register file.</summary>
[Flags]
internal enum PpuPlaces
{
    None = 0,
    XerCa = 1 << 0,
    XerOv = 1 << 1,
    XerSo = 1 << 2,
    XerCount = 1 << 3,
    Fpscr = 1 << 4,
    Vscr = 1 << 5,
    Vrsave = 1 << 6,
    Lr = 1 << 7,
    Ctr = 1 << 8,
    Msr = 1 << 9,
}

/// <summary>What an instruction does beyond registers.</summary>
[Flags]
internal enum PpuActions
{
    None = 0,
    Load = 1 << 0,
    Store = 1 << 1,

    /// <summary>May go somewhere else than to the next instruction.</summary>
    Branch = 1 << 2,

    /// <summary>May take an interrupt, other than by an access.</summary>
    Interrupt = 1 << 3,

    /// <summary>Works on the whole state: every register may be read and written.</summary>
    WholeState = 1 << 4,

    /// <summary>Runs between blocks.</summary>
    Between = 1 << 5,
}

/// <summary>A set of registers; bit n of a mask stands for register n of its file.</summary>
internal record struct PpuRegisterSet(uint Gpr, uint Fpr, uint Vr, byte Cr, PpuPlaces Places)
{
    public static PpuRegisterSet All => new(uint.MaxValue, uint.MaxValue, uint.MaxValue, byte.MaxValue, (PpuPlaces)0x3ff);

    public readonly bool Contains(PpuRegisterSet other) =>
        (other.Gpr & ~Gpr) == 0 && (other.Fpr & ~Fpr) == 0 && (other.Vr & ~Vr) == 0 && (other.Cr & ~Cr) == 0
        && (other.Places & ~Places) == 0;
}

/// <summary>What one instruction reads, may write, and does.</summary>
internal readonly record struct PpuEffects(PpuRegisterSet Reads, PpuRegisterSet Writes, PpuActions Actions);
