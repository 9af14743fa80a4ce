using System.Runtime.InteropServices;

using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends;

namespace CellPpe.Ppe.Translation;

/// <summary>
/// A hardware thread as compiled blocks see it, and the way from a block's exit back to the thread's loop: the context is
/// left as the interpreter's loop leaves it, so that the two engines can take turns at any instruction.
/// </summary>
internal sealed unsafe class PpuIrHost : IBlockHost, IDisposable
{
    private readonly PpuContext* _c;

    // Slow paths and routines want a decoded instruction: this one stands for whichever is running.
    private readonly PpuDecodedInsn* _insn;

    public PpuIrHost(PpuContext* context)
    {
        _c = context;
        _insn = (PpuDecodedInsn*)NativeMemory.AllocZeroed((nuint)sizeof(PpuDecodedInsn));
    }

    /// <summary>Runs a block from its start. State.Nia and <see cref="PpuContext.Exit"/> say how to go on.</summary>
    /// <returns>Guest instructions retired or tried.</returns>
    public int Run(ICompiledBlock block)
    {
        BlockExit exit = block.Run((byte*)&_c->State, this);
        switch (exit.Kind)
        {
            case IrExitKind.Next:
                _c->State.Nia = exit.Target;
                _c->Exit = PpuLoopExit.Refetch;
                break;
            case IrExitKind.Interrupt:
                At(exit.Site);
                _c->Interrupt(_insn, exit.Exit!.Code, exit.Exit.Status);
                break;
            case IrExitKind.Between:
                At(exit.Site, exit.Exit!.Word);
                _c->State.Nia = exit.Site.Address;
                _c->Between = (delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)exit.Exit.Routine!.Entry;
                _c->BetweenInsn = _insn;
                _c->Exit = PpuLoopExit.Between;
                break;
        }

        return exit.Site.Instructions;
    }

    public bool TryLoad(in IrSite site, ulong address, int bytes, out ulong value) =>
        _c->Thread.Storage.Load(At(site), address, bytes, out value);

    public bool TryStore(in IrSite site, ulong address, int bytes, ulong value) =>
        _c->Thread.Storage.Store(At(site), address, bytes, value);

    public bool TryPerform(in IrSite site, IrRoutine routine, uint word) =>
        ((delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)routine.Entry)(_c, At(site, word)) != null;

    public void Dispose() => NativeMemory.Free(_insn);

    // PpuContext.AddressOf counts from the current page of decoded instructions; the thread searches for that again in any case.
    private PpuDecodedInsn* At(in IrSite site, uint word = 0)
    {
        _c->PageBase = _insn;
        _c->PageEa = site.Address;
        _insn->Word = word;
        return _insn;
    }
}
