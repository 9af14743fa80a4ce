using System.Runtime.CompilerServices;

namespace CellPpe.Ppe.Execution;

/// <summary>The interpreter's loop and the slow paths its handlers call.</summary>
internal static unsafe class PpuInterpreter
{
    /// <summary>Runs from <paramref name="i"/> until the budget in the context is used up, a handler leaves, or the thread is wanted elsewhere.</summary>
    /// <remarks><see cref="PpuContext.Left"/> is what is left; <see cref="PpuContext.Exit"/> says why, State.Nia where.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Loop(PpuContext* c, DecodedInsn* i)
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

    /// <summary>Counts an arrival at an instruction by a branch that may close a loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Arrive(PpuContext* c, DecodedInsn* i)
    {
        if (--i->Heat == 0)
            Hot(c, i);
    }

    /// <summary>The decoded instruction at an address, through the fetch cache; null (and Refetch) when it is not there.</summary>
    public static DecodedInsn* Lookup(PpuContext* c, ulong address)
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

    /// <summary>Handler of an entry that is not decoded yet.</summary>
    public static DecodedInsn* DecodeAndRun(PpuContext* c, DecodedInsn* i)
    {
        PpuThread thread = c->Thread;
        thread.Hold(Standing.InBlock);
        // The other thread may have come first.
        if (!thread.Core.Code.IsDecoded(i))
            thread.Core.Decode(i, c->PageHost + ((byte*)i - (byte*)c->PageBase) / 4);
        thread.Release();
        return i->Handler(c, i);
    }

    /// <summary>Handler behind the last instruction of a page: goes on in the next one without counting as an instruction.</summary>
    public static DecodedInsn* NextPage(PpuContext* c, DecodedInsn* i)
    {
        DecodedInsn* next = Lookup(c, (c->PageEa + 0x1000) & c->ModeMask);
        if (next != null)
            return next->Handler(c, next);
        // The loop will count one instruction though none has run.
        c->Left++;
        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Hot(PpuContext* c, DecodedInsn* i)
    {
        PpuThread thread = c->Thread;
        PpuCore core = thread.Core;
        if (core.Code.Regions is not { } regions)
            return;
        thread.Hold(Standing.InBlock);
        // An instruction that was never run is not decoded; it will come again.
        if (core.Code.IsDecoded(i))
            regions.Request(c, i);
        thread.Release();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool LoadSlow(PpuContext* c, DecodedInsn* i, ulong address, int size, out ulong value) =>
        c->Thread.Storage.Load(i, address, size, out value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool StoreSlow(PpuContext* c, DecodedInsn* i, ulong address, int size, ulong value) =>
        c->Thread.Storage.Store(i, address, size, value);
}
