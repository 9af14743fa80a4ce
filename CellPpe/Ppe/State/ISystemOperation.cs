namespace CellPpe.Ppe.State;

/// <summary>An instruction that works on the whole machine state.</summary>
internal unsafe interface ISystemOperation
{
    /// <returns>The next instruction (normally <paramref name="i"/> + 1), or null with <see cref="PpuContext.Exit"/> set.</returns>
    static abstract PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i);
}
