using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.Operations;
using CellPpe.Ppe.Semantics;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace CellPpe.Ppe.Cycles;

/// <summary>
/// A copy of a thread's state that is stepped with nothing outside it changing: no memory, TLB entry, R or C bit, device, clock
/// or decoded code. It stops at the first instruction whose result is not the copy's and unchanging memory's alone.
/// </summary>
internal sealed unsafe class CycleRun : IDisposable
{
    // The kernel sees lv1_pause return LV1_SUCCESS and nothing else (lv1-calls 5).
    private const int FirstResult = 3;
    private const int LastResult = 10;

    private readonly PpuThread _thread;
    private readonly PpuShared _shared;
    private readonly CycleConditions _conditions;
    private PpuContext* _c;

    public CycleRun(PpuThread thread, CycleConditions conditions)
    {
        _thread = thread;
        _shared = thread.Shared;
        _conditions = conditions;
        _c = (PpuContext*)NativeMemory.AlignedAlloc((nuint)sizeof(PpuContext), 64);
        *_c = default;
        _c->State = thread.State;
        _c->Owner = thread.Context->Owner;
        _c->ThreadId = thread.Context->ThreadId;
        _c->PageBase = &_c->Scratch;
        SetMsr(_c->State.Msr);
        // They are the thread's environment, not its own, and nothing the copy does can see or change them.
        _c->State.Wait = 0;
        _c->State.PauseEnd = 0;
        _c->State.ExternalInterrupt = 0;
    }

    /// <summary>Why the run has stopped, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The state after the last step.</summary>
    public ref PpuState State => ref _c->State;

    /// <summary>Calls of lv1_pause so far.</summary>
    public int Pauses { get; private set; }

    /// <summary>Addresses loaded from in the last steps; null: not kept.</summary>
    public SortedSet<ulong>? Loads { get; set; }

    /// <summary>Addresses that got the value again which they had; null: not kept.</summary>
    public SortedSet<ulong>? Stores { get; set; }

    /// <summary>Runs one instruction. False: it is one that cannot be judged (<see cref="Refusal"/>).</summary>
    public bool Step()
    {
        if ((_c->State.Msr & (Msr.Ee | Msr.Se | Msr.Be)) != 0)
            return Refuse("interrupts or tracing are on");
        if ((_c->State.Dabr & 3) != 0)
            return Refuse("a data address breakpoint is set");
        ulong address = _c->State.Nia & _c->ModeMask;
        _c->State.Nia = address;
        if (!TryFind(address, sizeof(uint), AccessKind.Fetch, out LparAddress real) || !_shared.Memory.TryReadUInt32(real, out uint word))
            return Refuse(Refusal ?? $"its code at 0x{address:x} cannot be fetched");
        _c->PageEa = address;
        _c->Scratch.Word = word;
        _c->Exit = PpuLoopExit.Budget;

        var machine = new CycleMachine(this, _c, &_c->Scratch);
        if (!PpuDispatch<CycleMachine, ulong, Vector128<byte>>.Execute(ref machine, PpuDecoder.Decode(word), word))
            machine.IllegalInstruction();
        if (Refusal is not null)
            return false;
        if (_c->Exit == PpuLoopExit.Interrupt)
            SetMsr(InterruptEntry.Enter(ref _c->State, _c->ExitVector, _c->ExitSrr1));
        else
            _c->State.Nia = (machine.Target ?? address + 4) & _c->ModeMask;
        return true;
    }

    /// <summary>Loads from memory that nothing but the threads can change.</summary>
    public bool TryLoad(ulong address, int size, out ulong value)
    {
        value = 0;
        address &= _c->ModeMask;
        if (!TryFind(address, size, AccessKind.Load, out LparAddress real))
            return false;
        Loads?.Add(address);
        value = Read(real, size);
        return true;
    }

    /// <summary>Lets a store pass that leaves memory as it is.</summary>
    public bool TryStore(ulong address, int size, ulong value)
    {
        address &= _c->ModeMask;
        if (!TryFind(address, size, AccessKind.Store, out LparAddress real))
            return false;
        if (Read(real, size) != (value & (ulong.MaxValue >> (64 - (8 * size)))))
            return Refuse($"it stores a new value to 0x{address:x}");
        Stores?.Add(address);
        return true;
    }

    /// <summary>Runs an operation on the whole state, if it is one that only the copy sees.</summary>
    public void Operate(Type operation, uint word)
    {
        int spr = SpecialRegisters.Number(word);
        bool problem = (_c->State.Msr & Msr.Pr) != 0;
        bool isMove = operation == typeof(MoveFromSpecialRegister) || operation == typeof(MoveToSpecialRegister);
        if (operation == typeof(LowerThreadPriority))
            return;
        if (operation == typeof(LoadReserve))
            LoadReserved();
        else if (operation == typeof(SystemCallOperation))
            Hypercall(word, problem);
        else if (operation == typeof(MoveToMsr))
            SetMachineState(word, problem);
        else if (operation == typeof(MoveToSpecialRegister) && spr == SpecialRegisters.Decrementer && !problem)
            return; // Seen by what reads it, which is refused, and by an interrupt that is never taken.
        else if (operation == typeof(MoveFromTimeBase)
            || (isMove && spr is (SpecialRegisters.TimeBase or SpecialRegisters.TimeBaseUpper or SpecialRegisters.Decrementer)))
            Refuse("it uses the time base or the decrementer");
        else if (operation == typeof(MoveFromSpecialRegister) && !(problem && SpecialRegisters.NeedsSupervisor(spr))
            && SpecialRegisters.TryRead(_c, spr, out ulong value))
            _c->State.Gpr[(word >> 21) & 31] = value;
        else if (operation == typeof(MoveToSpecialRegister) && !problem && SpecialRegisters.IsStateOnly(spr))
            SpecialRegisters.TryWrite(_c, spr, _c->State.Gpr[(word >> 21) & 31]);
        else
            Refuse($"it uses {PpuDisassembler.Disassemble(word, _c->PageEa)}");
    }

    /// <summary>Ends the run.</summary>
    /// <returns>False.</returns>
    public bool Refuse(string reason)
    {
        Refusal ??= reason;
        return false;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_c);
        _c = null;
    }

    private void LoadReserved()
    {
        var access = new Reservation(_c, _c->Scratch.Word);
        // The reservation itself shows only in a conditional store, which is refused.
        if (!access.Aligned)
            Refuse("it reserves at an address that is not aligned");
        else if (TryLoad(access.Address, (int)access.Bytes, out ulong value))
            _c->State.Gpr[access.Register] = value;
    }

    private void Hypercall(uint word, bool problem)
    {
        bool hypercall = ((word >> 5) & 1) != 0;
        if (!hypercall || problem || _c->State.Gpr[11] != _conditions.PauseCall || _c->State.Gpr[FirstResult] > 1)
        {
            Refuse(hypercall ? $"it makes hypercall {_c->State.Gpr[11]}" : "it makes a system call");
            return;
        }

        Pauses++;
        for (int register = FirstResult; register <= LastResult; register++)
            _c->State.Gpr[register] = 0;
    }

    // mtmsrd with L = 1, which changes EE and RI, may set them to what leaves interrupts off; anything else must change nothing.
    private void SetMachineState(uint word, bool problem)
    {
        const ulong EeAndRi = Msr.Ee | Msr.Ri;
        ulong old = _c->State.Msr;
        ulong value = _c->State.Gpr[(word >> 21) & 31];
        bool onlyEeAndRi = (word & 0x10000) != 0;
        ulong changed = onlyEeAndRi ? EeAndRi : Msr.Implemented & ~Msr.Me;
        bool doubleword = ((word >> 1) & 0x3ff) == 178;
        if (!doubleword)
            changed &= uint.MaxValue;
        ulong msr = (old & ~changed) | (value & changed);
        if (problem || (msr & Msr.Ee) != 0)
            Refuse("it turns interrupts on");
        else if (!onlyEeAndRi && msr != old)
            Refuse("it changes the machine state register");
        else
            SetMsr(msr);
    }

    private ulong Read(LparAddress real, int size)
    {
        ulong value = 0;
        Span<byte> bytes = stackalloc byte[size];
        if (!_shared.Memory.TryRead(real, bytes))
            Refuse($"memory at 0x{real.Value:x} cannot be read");
        foreach (byte part in bytes)
            value = (value << 8) | part;
        return value;
    }

    // The real address of an access that neither faults nor changes the page table, in memory that nothing else stores to.
    private bool TryFind(ulong address, int size, AccessKind kind, out LparAddress real)
    {
        real = default;
        if ((address & (GuestMemory.PageSize - 1)) + (ulong)size > GuestMemory.PageSize)
            return Refuse($"its access at 0x{address:x} crosses a page");
        if (!_thread.Storage.TryProbe(ref _c->State, address, kind, out real, out MemoryRegion? region))
            return Refuse($"its access at 0x{address:x} would fault");
        if (region.Device is not null)
            return Refuse($"it uses the device \"{region.Name}\" at 0x{address:x}");
        if (kind == AccessKind.Store && (region.Access & RegionAccess.Write) == 0)
            return Refuse($"its store at 0x{address:x} would fault");
        foreach (IMemoryWriter writer in _conditions.Writers)
        {
            if (writer.MayStore(real, (ulong)size))
                return Refuse($"{writer.Name} may change what it reads at 0x{address:x}");
        }

        return true;
    }

    private void SetMsr(ulong value)
    {
        _c->State.Msr = value & Msr.Implemented;
        _c->ModeMask = (value & Msr.Sf) != 0 ? ulong.MaxValue : uint.MaxValue;
    }
}
