namespace CellPpe.Ppe.State;

/// <summary>One pre-decoded instruction: what to run, and the word its fields are cut from.</summary>
internal unsafe struct PpuDecodedInsn
{
    /// <summary>
    /// Runs the instruction and returns the next one, or null when the loop must be left (see <see cref="PpuContext.Exit"/>).
    /// </summary>
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> Handler;
    public uint Word;

    /// <summary>Counts down with every arrival by a branch; at 0 the instruction is hot.</summary>
    public ushort Heat;

    /// <summary>Which entry of the compiled region this is, when Handler is one.</summary>
    public ushort Entry;
}
