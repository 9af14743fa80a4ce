using System.Runtime.CompilerServices;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Threads;

/// <summary>The interpreter's loop, and how it finds decoded instructions.</summary>
internal static unsafe class PpuLoop
{
    /// <summary>
    /// Runs from <paramref name="i"/> until the budget in the context is used up, a handler leaves, or the thread is wanted elsewhere.
    /// </summary>
    /// <remarks><see cref="PpuContext.Left"/> is what is left; <see cref="PpuContext.Exit"/> says why, State.Nia where.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(PpuContext* c, PpuDecodedInsn* i)
    {
        do
            i = i->Handler(c, i);
        while (--c->Left > 0 && i != null && c->Attention == 0);

        if (i != null)
        {
            c->State.Nia = c->AddressOf(i);
            c->Exit = PpuLoopExit.Budget;
        }
    }

    /// <summary>The decoded instruction at an address, through the fetch cache; null (and Refetch) when it is not there.</summary>
    public static PpuDecodedInsn* Lookup(PpuContext* c, ulong address)
    {
        FetchEntry* entry = c->Fetch + ((address >> 12) & (PpuContext.FetchEntries - 1));
        ulong page = address & ~0xfffUL;
        if (entry->Tag != page)
        {
            c->State.Nia = address;
            c->Exit = PpuLoopExit.Refetch;
            return null;
        }

        c->PageBase = entry->Page;
        c->PageEa = page;
        c->PageHost = entry->Host;
        return entry->Page + ((address & 0xfff) >> 2);
    }

    /// <summary>Handler behind the last instruction of a page: goes on in the next one without counting as an instruction.</summary>
    public static PpuDecodedInsn* NextPage(PpuContext* c, PpuDecodedInsn* i)
    {
        PpuDecodedInsn* next = Lookup(c, (c->PageEa + 0x1000) & c->ModeMask);
        if (next != null)
            return next->Handler(c, next);
        // The loop will count one instruction though none has run.
        c->Left++;
        return null;
    }
}
