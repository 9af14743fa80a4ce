using System.Reflection;
using System.Reflection.Emit;

using CellPpe.Recompiler.Backends.Msil.Emit;

namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>
/// The guest core's part in compiled regions: how a region is entered and left, and how guest memory is reached. A region is
/// a static method over two pointers, the guest's context (argument 0) and the guest instruction it is entered at (argument 1);
/// it returns the guest instruction to go on with, or null when the context says how to go on.
/// </summary>
/// <remarks>Every method appends code to <see cref="RegionCode.Il"/>. Slow ways belong behind <see cref="RegionCode.Later"/>.</remarks>
public abstract class RegionGuest
{
    /// <summary>The module whose internals the code may use.</summary>
    public abstract Module Module { get; }

    /// <summary>Bytes from the context to the architected state struct.</summary>
    public abstract int StateOffset { get; }

    /// <summary>False: the slot always lives in the state struct, because helpers work on it there.</summary>
    public abstract bool IsCached(IrSlot slot);

    /// <summary>
    /// How many vectors the host has registers for. A region with more of them leaves those that it only reads, or only writes, in
    /// the state struct: in locals they would take registers from what changes, to be loaded or stored all the same.
    /// </summary>
    public virtual int VectorsKept => int.MaxValue;

    /// <summary>
    /// Whether the host can hold four vectors in one register and the guest has operations for that (<see cref="IrHelper.Four"/>). Only for
    /// a guest whose loads never fault.
    /// </summary>
    public virtual bool PacksVectors => false;

    /// <summary>True when the slot holds a double's image: its local is a double.</summary>
    public abstract bool IsFloat(IrSlot slot);

    /// <summary>True when the slot is the status that quick floating-point forms owe something to.</summary>
    public abstract bool IsFloatStatus(IrSlot slot);

    /// <summary>False: no access faults, every load is a simple one, and a store that is not is always left to the interpreter.</summary>
    public virtual bool Faults => true;

    /// <summary>Appends code that leaves on the stack how quick forms may be used now: 2 always, 1 when exact, 0 never.</summary>
    public abstract void EmitFloatMode(RegionCode code);

    /// <summary>Appends the payment of what is owed to the floating-point status, after which nothing is.</summary>
    public abstract void EmitDeferredStatus(RegionCode code, DeferredFloatStatus deferred);

    /// <summary>
    /// Appends what must hold before the region runs: goes to <paramref name="refuse"/> where it may not, and fills
    /// <see cref="RegionCode.Left"/> from the instructions that may still run.
    /// </summary>
    /// <param name="code">The region.</param>
    /// <param name="longestPath">Most instructions that run from one check of the budget to the next.</param>
    /// <param name="refuse">Where to go when the region may not be entered.</param>
    public abstract void EmitEnter(RegionCode code, int longestPath, Label refuse);

    /// <summary>Appends the choice of the entry, and what must hold there.</summary>
    public abstract void EmitSelectEntry(RegionCode code, IReadOnlyList<(ulong Address, Label Label)> entries, Label refuse);

    /// <summary>Appends, at <paramref name="refuse"/>, the return of an entry that was refused.</summary>
    public abstract void EmitRefuse(RegionCode code, Label refuse);

    /// <summary>
    /// Appends, at <paramref name="unfit"/>, the return of an entry where slots do not hold what is assumed
    /// (<see cref="IrRegion.Assumed"/>).
    /// </summary>
    public virtual void EmitUnfit(RegionCode code, Label unfit) => throw new InvalidOperationException("the guest assumes nothing");

    /// <summary>Appends a jump to <paramref name="stop"/> if the budget is used up or somebody asks for the thread's attention.</summary>
    public abstract void EmitCheck(RegionCode code, Label stop);

    /// <summary>
    /// Appends the return from the region; every slot is up to date in the state struct. <see cref="RegionCode.Next"/> holds the
    /// exit, <see cref="RegionCode.Target"/> where a computed one goes, <see cref="RegionCode.Left"/> what is left of the budget.
    /// </summary>
    /// <param name="code">The region.</param>
    /// <param name="deferred">The deferred floating-point status that is materialised now, or null.</param>
    public abstract void EmitReturn(RegionCode code, DeferredFloatStatus? deferred);

    /// <summary>The exit to a constant address.</summary>
    public abstract nint ExitTo(ulong address);

    /// <summary>The exit to a computed address.</summary>
    public abstract nint ExitComputed(IrSite site);

    /// <summary>The exit at a block whose check found the budget used up or somebody waiting.</summary>
    public abstract nint ExitToStop(ulong address);

    /// <summary>The exit to the interpreter, which runs the instruction at the address once more.</summary>
    public abstract nint ExitToInterpret(ulong address);

    /// <summary>The exit behind an access or routine that has noted how to go on.</summary>
    public abstract nint ExitFaulted();

    /// <summary>An exit of any kind but <see cref="IrExitKind.Next"/>.</summary>
    public abstract nint ExitNoted(IrSite site, IrExit exit);

    /// <summary>Appends the look that serves several accesses of one page.</summary>
    /// <param name="code">The region.</param>
    /// <param name="address">A local with the first byte's address.</param>
    /// <param name="bytes">How far they reach.</param>
    /// <param name="stores">Some are stores.</param>
    /// <param name="miss">Where to go when one of them is not a simple access.</param>
    /// <returns>The local that holds the first byte's host address.</returns>
    public abstract LocalBuilder EmitReach(RegionCode code, LocalBuilder address, int bytes, bool stores, Label miss);

    /// <summary>Appends a load.</summary>
    /// <param name="code">The region.</param>
    /// <param name="insn">The access.</param>
    /// <param name="access">Where, and where to go when it faults.</param>
    /// <param name="asDouble">Give the double with the number's image.</param>
    /// <returns>The local that holds the value.</returns>
    public abstract LocalBuilder EmitLoad(RegionCode code, in IrInstruction insn, AccessPlace access, bool asDouble);

    /// <summary>Appends a load of four vectors, one behind the other; returns the local that holds them as they are in memory.</summary>
    public virtual LocalBuilder EmitLoadPack(RegionCode code, AccessPlace access) => throw NoPacks();

    /// <summary>The same of one vector four times.</summary>
    public virtual LocalBuilder EmitLoadBroadcast(RegionCode code, AccessPlace access) => throw NoPacks();

    /// <summary>Makes vectors of what a local holds as it was in memory; returns the local that holds the pack.</summary>
    public virtual LocalBuilder EmitOfLoaded(RegionCode code, LocalBuilder loaded) => throw NoPacks();

    /// <summary>The same of one vector, on the stack.</summary>
    public virtual void EmitOfLoaded(RegionCode code) => throw NoPacks();

    /// <summary>Appends a store of what a local holds.</summary>
    public abstract void EmitStore(RegionCode code, in IrInstruction insn, AccessPlace access, LocalBuilder value);

    /// <summary>Appends a store of the leftmost bytes of a vector.</summary>
    public abstract void EmitStoreBytes(RegionCode code, in IrInstruction insn, AccessPlace access, Action emitVector, Action emitCount);

    /// <summary>Appends a barrier.</summary>
    public abstract void EmitBarrier(RegionCode code, StorageBarrier kind);

    /// <summary>Appends a routine's call; every slot it reads is up to date in the state struct.</summary>
    public abstract void EmitPerform(RegionCode code, in IrInstruction insn, AccessPlace access);

    /// <summary>Appends a load of how many instructions the access that faulted had retired.</summary>
    public abstract void EmitFaultRetired(RegionCode code);

    private static InvalidOperationException NoPacks() => new("the guest has no packs");
}

/// <summary>An access of a region.</summary>
/// <param name="Address">A local with its address; null for a routine, which knows its own, and where <see cref="Host"/> is given.</param>
/// <param name="Fault">Where to go when it faults, once the context says how to go on.</param>
/// <param name="Retired">Instructions to be counted then; the slow way puts the number where <see cref="RegionGuest.EmitFaultRetired"/>
/// finds it.</param>
public readonly record struct AccessPlace(LocalBuilder? Address, Label Fault, int Retired)
{
    /// <summary>Where to go when the access is not a simple one; null: do it the slow way and come back.</summary>
    public Label? SideExit { get; init; }

    /// <summary>What <see cref="RegionGuest.EmitReach"/> returned for this access and others, or null.</summary>
    public LocalBuilder? Host { get; init; }

    /// <summary>How many bytes behind that.</summary>
    public int HostOffset { get; init; }
}

/// <summary>A region being compiled, as the guest's part sees it.</summary>
public sealed class RegionCode
{
    private readonly Queue<Action> _later = new();
    private readonly LocalPool _locals;
    private readonly List<LocalBuilder> _taken = [];

    internal RegionCode(ILGenerator il, HelperPlans plans)
    {
        Il = il;
        _locals = new LocalPool(il);
        Helpers = new HelperEmitter(il, plans);
        Left = il.DeclareLocal(typeof(long));
        Next = il.DeclareLocal(typeof(nint));
        Target = il.DeclareLocal(typeof(ulong));
    }

    /// <summary>Where code is appended.</summary>
    public ILGenerator Il { get; }

    /// <summary>Appends what a helper does, whose arguments are on the stack.</summary>
    public void Call(MethodInfo helper) => Helpers.Emit(helper);

    /// <summary>Guest instructions that may still run, counted from wherever the guest's part likes.</summary>
    public LocalBuilder Left { get; }

    /// <summary>The exit it leaves by.</summary>
    public LocalBuilder Next { get; }

    /// <summary>Where a computed exit goes.</summary>
    public LocalBuilder Target { get; }

    /// <summary>Locals that the guest's part keeps for the whole region, by name.</summary>
    public Dictionary<string, LocalBuilder> Kept { get; } = [];

    /// <summary>Appends something behind the straight code: slow ways and exits.</summary>
    public void Later(Action emit) => _later.Enqueue(emit);

    /// <summary>A local for one value of the present block; not for what is emitted later.</summary>
    public LocalBuilder Temporary(Type type)
    {
        LocalBuilder local = _locals.Take(type);
        _taken.Add(local);
        return local;
    }

    internal HelperEmitter Helpers { get; }

    internal void EndBlock()
    {
        _locals.Give(_taken);
        _taken.Clear();
    }

    internal void EmitLater()
    {
        while (_later.TryDequeue(out Action? emit))
            emit();
    }
}
