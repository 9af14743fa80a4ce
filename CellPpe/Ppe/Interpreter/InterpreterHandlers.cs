using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;

namespace CellPpe.Ppe.Interpreter;

/// <summary>Makes the table of handlers that decoded pages are filled with.</summary>
internal static unsafe class InterpreterHandlers
{
    /// <summary>The generated handler of each instruction, and those for places that hold none.</summary>
    public static HandlerTable Create() =>
        new(PpuHandlers.CreateTable(), &InterpreterSlowPaths.DecodeAndRun, &PpuStopHandler.Run, &PpuLoop.NextPage);
}
