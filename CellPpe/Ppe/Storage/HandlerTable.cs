using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Storage;

/// <summary>
/// Addresses of the interpreter's handlers. Taken once: what a method's address is must not depend on when it is asked for.
/// </summary>
/// <param name="byOperation">The handler of each instruction, by its number in the instruction table.</param>
/// <param name="decodeAndRun">Handler of an entry that is not decoded yet.</param>
/// <param name="stop">Handler of an instruction with a breakpoint.</param>
/// <param name="nextPage">Handler behind the last instruction of a page.</param>
internal sealed unsafe class HandlerTable(
    nint[] byOperation,
    delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> decodeAndRun,
    delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> stop,
    delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> nextPage)
{
    /// <summary>The handler of each instruction, by its number in the instruction table.</summary>
    public nint[] ByOperation { get; } = byOperation;

    /// <summary>Handler of an entry that is not decoded yet.</summary>
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> DecodeAndRun { get; } = decodeAndRun;

    /// <summary>Handler of an instruction with a breakpoint.</summary>
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> Stop { get; } = stop;

    /// <summary>Handler behind the last instruction of a page.</summary>
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> NextPage { get; } = nextPage;
}
