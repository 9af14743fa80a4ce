namespace CellPpe.Ppe.State;

/// <summary>One pre-decoded instruction: its handler, and the word that its fields are extracted from.</summary>
internal unsafe struct PpuDecodedInsn
{
    /// <summary>
    /// Runs the instruction and returns the next one, or null when the loop must be left (see <see cref="PpuContext.Exit"/>).
    /// </summary>
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> Handler;
    public uint Word;

    /// <summary>Decremented each time a branch reaches the instruction; at 0 the instruction is hot.</summary>
    public ushort Heat;

    /// <summary>Which entry of the compiled region this is, when Handler is one.</summary>
    public ushort Entry;
}
