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
    delegate*<PpuContext*, DecodedInsn*, DecodedInsn*> decodeAndRun,
    delegate*<PpuContext*, DecodedInsn*, DecodedInsn*> stop,
    delegate*<PpuContext*, DecodedInsn*, DecodedInsn*> nextPage)
{
    /// <summary>The handler of each instruction, by its number in the instruction table.</summary>
    public nint[] ByOperation { get; } = byOperation;

    /// <summary>Handler of an entry that is not decoded yet.</summary>
    public delegate*<PpuContext*, DecodedInsn*, DecodedInsn*> DecodeAndRun { get; } = decodeAndRun;

    /// <summary>Handler of an instruction with a breakpoint.</summary>
    public delegate*<PpuContext*, DecodedInsn*, DecodedInsn*> Stop { get; } = stop;

    /// <summary>Handler behind the last instruction of a page.</summary>
    public delegate*<PpuContext*, DecodedInsn*, DecodedInsn*> NextPage { get; } = nextPage;
}
