namespace CellPpe.Ppe.State;

/// <summary>Interrupt vectors (Book III 5.5).</summary>
internal static class Vectors
{
    public const uint MachineCheck = 0x200;
    public const uint DataStorage = 0x300;
    public const uint DataSegment = 0x380;
    public const uint InstructionStorage = 0x400;
    public const uint InstructionSegment = 0x480;
    public const uint External = 0x500;
    public const uint Alignment = 0x600;
    public const uint Program = 0x700;
    public const uint FloatingPointUnavailable = 0x800;
    public const uint Decrementer = 0x900;
    public const uint SystemCall = 0xc00;
    public const uint Trace = 0xd00;
    public const uint VectorUnavailable = 0xf20;
}

/// <summary>SRR1 bits of a program interrupt (Book III 5.5.9).</summary>
internal static class ProgramInterrupt
{
    public const ulong FloatingPointEnabled = 1UL << 20;
    public const ulong Illegal = 1UL << 19;
    public const ulong Privileged = 1UL << 18;
    public const ulong Trap = 1UL << 17;

    /// <summary>SRR0 is not the instruction that caused the exception but a later one.</summary>
    public const ulong AfterInstruction = 1UL << 16;
}
