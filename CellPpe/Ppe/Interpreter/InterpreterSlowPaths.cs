using System.Runtime.CompilerServices;

using CellPpe.Ppe.Locking;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;

namespace CellPpe.Ppe.Interpreter;

/// <summary>The slow paths that the interpreter's handlers call.</summary>
internal static unsafe class InterpreterSlowPaths
{
    /// <summary>Counts an arrival at an instruction by a branch that may close a loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Arrive(PpuContext* c, PpuDecodedInsn* i)
    {
        if (--i->Heat == 0)
            Hot(c, i);
    }

    /// <summary>Handler of an entry that is not decoded yet.</summary>
    public static PpuDecodedInsn* DecodeAndRun(PpuContext* c, PpuDecodedInsn* i)
    {
        PpuThread thread = c->Thread;
        thread.Hold(ThreadActivity.InBlock);
        // The other thread may have come first.
        if (!thread.Shared.Code.IsDecoded(i))
            thread.Shared.Decode(i, c->PageHost + ((byte*)i - (byte*)c->PageBase) / 4);
        thread.Release();
        return i->Handler(c, i);
    }

    /// <summary>An instruction has been reached so often that it may be worth compiling.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Hot(PpuContext* c, PpuDecodedInsn* i)
    {
        PpuThread thread = c->Thread;
        CodePages code = thread.Shared.Code;
        if (code.Compiled is not { } compiled)
            return;
        thread.Hold(ThreadActivity.InBlock);
        // An instruction that was never run is not decoded; it will come again.
        if (code.IsDecoded(i))
            compiled.Request(c, i);
        thread.Release();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool LoadSlow(PpuContext* c, PpuDecodedInsn* i, ulong address, int size, out ulong value) =>
        c->Thread.Storage.Load(i, address, size, out value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool StoreSlow(PpuContext* c, PpuDecodedInsn* i, ulong address, int size, ulong value) =>
        c->Thread.Storage.Store(i, address, size, value);
}
