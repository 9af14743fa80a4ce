using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;
using CellPpe.Ppe.Interpreter;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;
using CellPpe.Recompiler.Backends.Msil;

namespace CellPpe.Ppe.Regions;

/// <summary>What compiled regions call: slow ways to storage, routines, and the ways out.</summary>
internal static unsafe class PpuRegionRuntime
{
    /// <summary>In the number that slow ways get, above the width: instructions that count when it faults.</summary>
    public const int RetiredShift = 8;

    private const int BytesMask = (1 << RetiredShift) - 1;

    /// <summary>A load that missed the TLB. The value is in the context.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Load(PpuContext* c, ulong site, ulong address, int access) =>
        c->Thread.Storage.Load(At(c, site, access), address, access & BytesMask, out c->SlowValue);

    /// <summary>The same for sixteen aligned bytes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool LoadVector(PpuContext* c, ulong site, ulong address, int access)
    {
        PpuStorage storage = c->Thread.Storage;
        PpuDecodedInsn* insn = At(c, site, access);
        if (!storage.Load(insn, address, 8, out ulong high) || !storage.Load(insn, address + 8, 8, out ulong low))
            return false;
        c->SlowVector = Vector128.Create(low, high).AsByte();
        return true;
    }

    /// <summary>A store that missed the TLB.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Store(PpuContext* c, ulong site, ulong address, int access, ulong value)
    {
        PpuDecodedInsn* insn = At(c, site, access);
        c->InRegion = 1;
        bool stored = c->Thread.Storage.Store(insn, address, access & BytesMask, value);
        c->InRegion = 0;
        return stored;
    }

    /// <summary>The same for sixteen aligned bytes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool StoreVector(PpuContext* c, ulong site, ulong address, int access, Vector128<byte> value)
    {
        PpuStorage storage = c->Thread.Storage;
        PpuDecodedInsn* insn = At(c, site, access);
        c->InRegion = 1;
        bool stored = storage.Store(insn, address, 8, value.AsUInt64().GetElement(1))
            && storage.Store(insn, address + 8, 8, value.AsUInt64().ToScalar());
        c->InRegion = 0;
        return stored;
    }

    /// <summary>Stores the leftmost bytes of a vector, one after the other.</summary>
    public static bool StoreBytes(PpuContext* c, ulong site, ulong address, int access, Vector128<byte> value, ulong count)
    {
        PpuStorage storage = c->Thread.Storage;
        PpuDecodedInsn* insn = At(c, site, access);
        bool stored = true;
        c->InRegion = 1;
        for (int index = 0; index < (int)count && stored; index++)
            stored = storage.Store(insn, address + (ulong)index, 1, value.GetElement(15 - index));
        c->InRegion = 0;
        return stored;
    }

    /// <summary>Runs a routine in the middle of a block. False: the region must be left, as the context says.</summary>
    public static bool Perform(PpuContext* c, ulong site, int access, uint word, nint routine)
    {
        PpuDecodedInsn* insn = At(c, site, access);
        insn->Word = word;
        c->InRegion = 1;
        bool done = ((delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)routine)(c, insn) != null;
        c->InRegion = 0;
        return done;
    }

    /// <summary>Which floating-point fast paths the present FPSCR allows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FloatMode(PpuContext* c)
    {
        uint fpscr = c->State.Fpscr.Value;
        return FloatStatus.AllowsFastPath(fpscr) ? 2 : FloatStatus.AllowsExact(fpscr) ? 1 : 0;
    }

    /// <summary>Derives the status that fast paths left for later.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void DeriveDeferredStatus(PpuContext* c, int kinds, double first, double second, double third, double converted)
    {
        const int KindMask = (1 << DeferredFloatStatus.ConversionShift) - 1;
        ref Fpscr fpscr = ref c->State.Fpscr;
        var kind = (FloatKind)(kinds & KindMask);
        int comparison = kinds >> DeferredFloatStatus.ComparisonShift;
        // The operands stand in the order of the instruction's form: b; a, b; a, c, b.
        if (kind is >= FloatKind.MultiplyAdd and <= FloatKind.NegativeMultiplySubtractSingle)
            FloatStatus.Derive(ref fpscr, kind, first, second, third);
        else if (kind >= FloatKind.SquareRoot)
            FloatStatus.Derive(ref fpscr, kind, 0, 0, first);
        else
            FloatStatus.Derive(ref fpscr, kind, first, 0, second);
        FloatStatus.Derive(ref fpscr, (FloatKind)((kinds >> DeferredFloatStatus.ConversionShift) & KindMask), 0, 0, converted);
        if (comparison != 0)
            fpscr.SetFpcc((uint)comparison);
    }

    /// <summary>Leaves a region.</summary>
    /// <param name="c">The thread.</param>
    /// <param name="left">What is left of the budget.</param>
    /// <param name="exit">How.</param>
    /// <param name="target">Where a computed exit goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PpuDecodedInsn* Depart(PpuContext* c, long left, PpuRegionExit* exit, ulong target)
    {
        c->Compiled += c->Left - left;
        c->Entries++;
        // The loop counts the region as one instruction.
        c->Left = left + 1;
        switch (exit->Kind)
        {
            case PpuRegionExitKind.Step:
                c->Steps++;
                c->PageBase = (PpuDecodedInsn*)exit->Page;
                c->PageEa = exit->Address;
                c->PageHost = (byte*)exit->Host;
                InterpreterSlowPaths.Arrive(c, (PpuDecodedInsn*)exit->Insn);
                return (PpuDecodedInsn*)exit->Insn;
            case PpuRegionExitKind.Search:
                return GoTo(c, exit->Address);
            case PpuRegionExitKind.Computed:
                exit->Note(target);
                return GoTo(c, target);
            case PpuRegionExitKind.Stop:
                c->Stops++;
                return c->Attention != 0 ? Rest(c, exit->Address) : PpuLoop.Lookup(c, exit->Address);
            case PpuRegionExitKind.Interpret:
                Interpret(c, exit);
                return null;
            case PpuRegionExitKind.Interrupt:
                return Interrupt(c, exit->Address, exit->Code, exit->Status);
            case PpuRegionExitKind.Between:
                Between(c, exit->Address, exit->Code, exit->Insn);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Leaves a region and materialises its deferred floating-point status.</summary>
    public static PpuDecodedInsn* DepartWithDeferredStatus(
        PpuContext* c, long left, PpuRegionExit* exit, ulong target, int kinds, double first, double second, double third, double converted)
    {
        DeriveDeferredStatus(c, kinds, first, second, third, converted);
        return Depart(c, left, exit, target);
    }

    /// <summary>Runs one instruction by the interpreter, where a region begins that may not be entered now.</summary>
    public static PpuDecodedInsn* Refuse(PpuContext* c, PpuDecodedInsn* i)
    {
        // Too little of the budget is left, or the mode is another one: then it may be worth another region.
        c->Refusals++;
        InterpreterSlowPaths.Arrive(c, i);
        return c->Thread.Shared.Code.HandlerOf(i)(c, i);
    }

    // Back to the thread, which sees to what it is wanted for: the region would only stop here again and again.
    private static PpuDecodedInsn* Rest(PpuContext* c, ulong address)
    {
        c->State.Nia = address;
        c->Exit = PpuLoopExit.Refetch;
        return null;
    }

    private static PpuDecodedInsn* GoTo(PpuContext* c, ulong address)
    {
        c->Searches++;
        PpuDecodedInsn* next = PpuLoop.Lookup(c, address);
        if (next != null)
            InterpreterSlowPaths.Arrive(c, next);
        return next;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Interpret(PpuContext* c, PpuRegionExit* exit)
    {
        c->SideExits++;
        c->State.Nia = exit->Address;
        c->Exit = PpuLoopExit.Replay;
        // Counting is the cache's, and may take the region away: the other thread must not be in it at the same time.
        PpuThread thread = c->Thread;
        thread.Hold(ThreadActivity.InBlock);
        RegionCache.Of(c)?.CountSideExit(c, (int)exit->Code);
        thread.Release();
    }

    /// <summary>Notes an interrupt at an instruction.</summary>
    /// <returns>Null, for a handler to return.</returns>
    public static PpuDecodedInsn* Interrupt(PpuContext* c, ulong site, uint vector, ulong status) =>
        c->Interrupt(At(c, site), vector, status);

    /// <summary>Notes an operation that runs when compiled code has been left.</summary>
    public static void Between(PpuContext* c, ulong site, uint word, nint routine)
    {
        At(c, site)->Word = word;
        c->State.Nia = site;
        c->Between = (delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)routine;
        c->BetweenInsn = &c->Scratch;
        c->Exit = PpuLoopExit.Between;
    }

    /// <summary>Whether every page of a region is still where it was when its code was made.</summary>
    public static bool Revalidate(PpuContext* c, int number)
    {
        PpuThread thread = c->Thread;
        thread.Hold(ThreadActivity.InBlock);
        bool inPlace = RegionCache.Of(c)!.Revalidate(c, number);
        thread.Release();
        return inPlace;
    }

    /// <summary>Keeps accesses in order, but for a load that overtakes a store: no instruction at all on a host with x86's order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OrderBarrier() => HostBarrier.Order();

    /// <summary>Waits until every access before it is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FullBarrier() => HostBarrier.Full();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Reverse(Vector128<byte> value) =>
        Vector128.Shuffle(value, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    // PpuContext.AddressOf counts from the current page of decoded instructions; who goes on sets that anew.
    private static PpuDecodedInsn* At(PpuContext* c, ulong site, int access = 0)
    {
        c->FaultRetired = access >> RetiredShift;
        c->PageBase = &c->Scratch;
        c->PageEa = site;
        return &c->Scratch;
    }
}
