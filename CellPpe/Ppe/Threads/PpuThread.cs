using System.Runtime.InteropServices;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Core.Stops;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;

using Microsoft.Extensions.Logging;

namespace CellPpe.Ppe.Threads;

/// <summary>
/// One hardware thread of the PPE: runs guest code block by block, takes interrupts, and is what lv1 knows as a logical
/// PPE thread. Owned by the host thread that runs it; what others may do to it they do under the machine's lock.
/// </summary>
public sealed unsafe class PpuThread : ILogicalPpeThread
{
    private PpuContext* _c;
    private GCHandle _self;
    // lv1_pause(0) returns at the latest after this long: Linux may just have lost a decrementer interrupt (irq-and-time 9).
    private const ulong LongestPause = IMachineClock.Frequency / 100;

    // The hardware threads have a host thread each.
    private readonly bool _hasOwnHostThread;
    private readonly MachineLockHold _hold;
    private readonly PpuStops _stops;
    private bool _decrementerPending;

    // An exact run: see IStops.
    private bool _exactly;

    // Not 0: the turn ends. Set by others, too: see EndTurn.
    private volatile int _endTurn;

    private int _gaveWay;

    internal PpuThread(int id, PpuShared shared)
    {
        ThreadId = id;
        Shared = shared;
        _c = (PpuContext*)NativeMemory.AlignedAlloc((nuint)sizeof(PpuContext), 64);
        *_c = default;
        _self = GCHandle.Alloc(this, GCHandleType.Normal);
        _c->Owner = GCHandle.ToIntPtr(_self);
        _c->ThreadId = (uint)id;
        _hasOwnHostThread = shared.Lock.IsShared;
        _hold = new MachineLockHold(shared.Lock, _c);
        _c->Shared = shared.SharesMemory ? 1u : 0;
        Storage = new PpuStorage(_c, shared.Memory, shared.Code, shared.Translator, shared.Caches, _hold);
        _stops = new PpuStops(this);
        // Both threads are enabled and running (boot-protocol 1.2): CTRL[0:1] tell which one this is.
        _c->State.Ctrl = (id == 0 ? 0x8000_0000 : 0x4000_0000) | 0x00c0_0001;
        _c->State.DecrementerZero = shared.Clock.TimeBase + int.MaxValue;
        SetMsr(Msr.Sf);
    }

    /// <inheritdoc/>
    public int ThreadId { get; }

    /// <summary>The architected state. After changing MSR through it, call <see cref="SetMsr"/>.</summary>
    public ref PpuState State => ref _c->State;

    /// <summary>The hypervisor that <c>sc 1</c> calls.</summary>
    public IHypervisor? Hypervisor { get; set; }

    /// <summary>Exact runs, breakpoints and watchpoints of this thread.</summary>
    public IStops Stops => _stops;

    /// <summary>Hypercalls made so far.</summary>
    public ulong Hypercalls { get; private set; }

    /// <summary>Interrupts taken so far.</summary>
    public ulong Interrupts { get; private set; }

    /// <summary>Accesses that left the inlined path: TLB misses, page crossings, devices, stores to code.</summary>
    public ulong SlowAccesses => Storage.SlowAccesses;

    /// <summary>TLB entries filled so far.</summary>
    public ulong TlbFills => Storage.TlbFills;

    /// <summary>True while the thread waits in lv1_pause.</summary>
    public bool IsPaused => _c->State.Wait != 0;

    /// <summary>DEC's sign bit: the decrementer's exception condition (Book III 6.3).</summary>
    public bool DecrementerNegative => (int)(uint)(_c->State.DecrementerZero - Shared.Clock.TimeBase) < 0;

    /// <summary>Time base at which DEC will next turn negative.</summary>
    public ulong DecrementerDue
    {
        get
        {
            // DEC is modulo 2^32: long after it was set it turns negative again.
            ulong now = Shared.Clock.TimeBase;
            int decrementer = (int)(uint)(_c->State.DecrementerZero - now);
            return decrementer < 0 ? 0 : now + (ulong)decrementer + 1;
        }
    }

    /// <summary>Time base at which a pause in mode 0 ends at the latest.</summary>
    public ulong PauseEnd => _c->State.PauseEnd;

    /// <summary>Calls of lv1_pause so far, in both modes.</summary>
    public ulong Pauses { get; private set; }

    /// <summary>Calls of lv1_pause(1), which a guest that has given up makes again and again.</summary>
    public ulong EndlessPauses { get; private set; }

    /// <summary>What it shares with the other hardware thread.</summary>
    internal PpuShared Shared { get; }

    internal PpuStorage Storage { get; }

    /// <summary>Its breakpoints and watchpoints; null when there are none.</summary>
    internal StopPoints? Points { get; private set; }

    internal PpuContext* Context => _c;

    /// <inheritdoc/>
    public void SetExternalInterrupt(bool asserted)
    {
        _c->State.ExternalInterrupt = asserted ? 1u : 0;
        if (!asserted)
            return;
        _c->State.Wait = 0;
        if (_hasOwnHostThread)
        {
            _c->Attention = PpuContext.Wanted;
            Shared.Lock.Announce();
        }
    }

    /// <inheritdoc/>
    public void Pause(PpeWait wait)
    {
        Pauses++;
        if (wait == PpeWait.Interrupt)
            EndlessPauses++;
        if (_c->State.ExternalInterrupt != 0)
            return;
        _c->State.Wait = (uint)wait;
        _c->State.PauseEnd = Shared.Clock.TimeBase + LongestPause;
    }

    /// <summary>
    /// Ends the turn after this instruction, so that the machine checks time and threads again; between two turns, the next
    /// one before its first instruction. From any thread.
    /// </summary>
    public void EndTurn()
    {
        _endTurn = 1;
        _c->Attention = PpuContext.Wanted;
    }

    /// <summary>Ends a pause that nothing else ended.</summary>
    public void Wake() => _c->State.Wait = 0;

    /// <inheritdoc/>
    public void SetDataBreakpoint(ulong dabr, ulong dabrx)
    {
        _c->State.Dabr = dabr;
        _c->State.Dabrx = dabrx;
        // Pages hold direct entries only while no breakpoint lies on them.
        Storage.FlushAll();
    }

    /// <summary>Sets MSR, cut to the bits a PPE has, and everything that is chosen by it.</summary>
    public void SetMsr(ulong value)
    {
        _c->State.Msr = value & Msr.Implemented;
        Storage.SelectMode();
    }

    /// <summary>The other hardware thread may get on: its turn comes at once, or this host thread steps back a little.</summary>
    internal void YieldTurn()
    {
        if (!_hasOwnHostThread)
        {
            EndTurn();
            return;
        }

        // A thread that spins for long may wait for one that the host has not scheduled.
        if ((++_gaveWay & 63) == 0)
            Thread.Yield();
        else
            Thread.SpinWait(10);
    }

    /// <summary>Begins to run guest code on this host thread: takes the machine's lock. Only with host threads for each.</summary>
    public void Attach() => Hold(ThreadActivity.BetweenBlocks);

    /// <summary>Releases the lock, whatever state an exception has left the thread in.</summary>
    public void Detach()
    {
        _hold.ReleaseAll();
    }

    /// <summary>
    /// Runs until the budget is used up, the thread pauses, or something the machine must see has happened. With a host thread
    /// for each hardware thread the caller has the machine's lock (<see cref="Attach"/>), and has it again afterwards.
    /// </summary>
    /// <returns>Instructions retired or tried.</returns>
    public long Run(long budget)
    {
        // The other thread may have stored to the line meanwhile. A reservation may be lost for any reason (Book II 1.7.3.1).
        // Between two exact runs of the same thread no other thread has run: a lwarx/stwcx. loop ends also when it is single-stepped.
        if (!_exactly || Shared.LastRun != ThreadId)
            _c->State.ReservationHeld = 0;
        Shared.LastRun = ThreadId;
        Points?.Begin();
        _decrementerPending = DecrementerNegative;
        long left = budget;
        Release();
        while (left > 0 && _endTurn == 0 && _c->State.Wait == 0)
        {
            // In 32-bit mode the next instruction's address is cut to its low word (Book I 1.12.2).
            _c->State.Nia &= _c->ModeMask;
            TakePendingInterrupt();
            if (_c->Attention != 0 || Shared.IsUnsettled)
            {
                Settle();
                // A request sets the flag first and the attention word second, so the flag is checked after the attention word was cleared.
                if (_endTurn != 0)
                    break;
            }

            PpuDecodedInsn* next = PpuLoop.Lookup(_c, _c->State.Nia);
            if (next == null)
            {
                // A fetch that faults counts, so that a guest without handlers cannot hold the host.
                if (!Storage.TryFetch(_c->State.Nia))
                {
                    TakeInterrupt(_c->ExitVector, _c->ExitSrr1);
                    left--;
                    Count(1);
                }

                continue;
            }

            left -= RunBlock(next, left);
        }

        // Before the machine handles what was posted: a request that comes later than this counts for the next turn.
        Interlocked.Exchange(ref _endTurn, 0);
        Hold(ThreadActivity.BetweenBlocks);
        Points?.End(budget - left);
        return budget - left;
    }

    /// <summary>Like <see cref="Run"/>, and not an instruction more than the budget, however the core was configured.</summary>
    internal long RunTurnExactly(long budget)
    {
        _exactly = true;
        try
        {
            return Run(budget);
        }
        finally
        {
            _exactly = false;
        }
    }

    /// <summary>Other points, or none. Not while the thread runs.</summary>
    internal void SetPoints(StopPoints? points)
    {
        Points = Storage.Points = points;
        Shared.StopsChanged();
    }

    /// <summary>Gives the unmanaged state back. Called once, by the core.</summary>
    internal void Free()
    {
        Storage.Dispose();
        if (_self.IsAllocated)
            _self.Free();
        NativeMemory.AlignedFree(_c);
        // A later use of this thread fails loudly.
        _c = null;
    }

    internal void SetDecrementer(uint value)
    {
        _c->State.DecrementerZero = Shared.Clock.TimeBase + (ulong)(long)(int)value;
        // The machine planned the turn for the old value.
        _endTurn = 1;
    }

    internal void Hypercall()
    {
        Hypercalls++;
        var frame = default(HypercallFrame);
        frame.Number = _c->State.Gpr[11];
        for (int index = 0; index < 8; index++)
            frame.In[index] = _c->State.Gpr[3 + index];
        Hold(ThreadActivity.BetweenBlocks);
        Lv1Status status = Hypervisor?.Call(this, ref frame)
            ?? throw new InvalidOperationException($"hypercall {frame.Number} at 0x{_c->State.Nia - 4:x}, and no hypervisor is attached");
        Release();
        _c->State.Gpr[3] = (ulong)(long)status;
        for (int index = 0; index < 7; index++)
            _c->State.Gpr[4 + index] = frame.Out[index];
        // SRR0 and SRR1 stay as they are: kernels from 5.14 on rely on it (lv1-calls 1.2).
    }

    /// <summary>Takes the machine's lock, if there is one to take, so that others may change what this thread uses.</summary>
    internal void Hold(ThreadActivity activity) => _hold.Take(activity);

    /// <summary>Gives it back: what the thread finds in its caches stays there until it takes the lock again.</summary>
    internal void Release() => _hold.Release();

    /// <summary>A conditional store has gone past the checks: code on that page must see it.</summary>
    internal void StoredTo(byte* host, ulong length)
    {
        // Decoded after the store, if it is decoded now: a page that gets decoded waits for this thread first.
        if (!Shared.Code.Holds((ulong)(host - Shared.Memory.HostBase)))
            return;
        Hold(ThreadActivity.InBlock);
        Shared.StoredTo(host, length);
        Release();
    }

    internal PpuDecodedInsn* UnknownSpecialRegister(PpuDecodedInsn* i, int spr, bool write)
    {
        if (Shared.ReportOnce(spr))
        {
            Shared.Logger.LogWarning(
                "thread {Thread}: {Access} special register {Spr}, which a PPE does not have, at 0x{Address:x}",
                ThreadId, write ? "write to" : "read of", spr, _c->AddressOf(i));
        }

        return _c->Interrupt(i, Vectors.Program, ProgramInterrupt.Illegal);
    }

    internal void HypervisorRegisterWrite(int spr, ulong value)
    {
        if (Shared.ReportOnce(spr))
            Shared.Logger.LogWarning("thread {Thread}: write of 0x{Value:x} to hypervisor register {Spr} ignored", ThreadId, value, spr);
    }

    // Between blocks: this thread is where the holder of the lock asked it to be. Does the work that must wait for that.
    private void Settle()
    {
        Hold(ThreadActivity.BetweenBlocks);
        while (Shared.IsUnsettled)
        {
            if (!_hasOwnHostThread || Shared.Lock.TryStopAllBetween())
            {
                Shared.Settle();
                break;
            }

            // The other thread is inside a block and waits for the lock: let it come out.
            Shared.Lock.Wait(TimeSpan.FromMilliseconds(1));
        }

        Interlocked.Exchange(ref _c->Attention, 0);
        if (_hasOwnHostThread)
            Shared.Lock.Announce();
        Release();
    }

    private long RunBlock(PpuDecodedInsn* next, long left)
    {
        bool step = (_c->State.Msr & (Msr.Se | Msr.Be)) != 0;
        // What was reported is done by itself, so that nothing behind it goes unreported.
        bool over = Points is { } points && points.ResumesAt(_c->State.Nia, _c->State.Instructions);
        if (over)
            Points!.IsSteppingOver = true;
        long chunk = step || over ? 1 : left;
        _c->Left = chunk;
        _c->Exact = step || over || _exactly || Shared.ExactBudgets ? -1 : 0;
        PpuLoop.Run(_c, next);
        long executed = chunk - _c->Left;
        if (_c->Exit == PpuLoopExit.Replay && !TryReplay())
            executed--;
        if (_c->Exit == PpuLoopExit.Stop)
            executed--;
        Count(executed);
        if (over)
            Points!.IsSteppingOver = false;
        // Read now: an operation between blocks may drop decoded code.
        uint traced = step ? next->Word : 0;
        bool completed = true;
        switch (_c->Exit)
        {
            case PpuLoopExit.Interrupt:
                TakeInterrupt(_c->ExitVector, _c->ExitSrr1);
                completed = false;
                break;
            case PpuLoopExit.Between when _c->Between(_c, _c->BetweenInsn) == null:
                TakeInterrupt(_c->ExitVector, _c->ExitSrr1);
                completed = false;
                break;
            case PpuLoopExit.Stop:
                Points!.Reported(_c->State.Instructions);
                _endTurn = 1;
                completed = false;
                break;
        }

        if (step && completed && executed > 0)
            Trace(traced);
        return executed;
    }

    // Compiled code has counted the instruction it left before. False: its page must be found again first, which happens where the
    // guest has invalidated the translation and not yet synchronised.
    private bool TryReplay()
    {
        PpuDecodedInsn* insn = PpuLoop.Lookup(_c, _c->State.Nia);
        if (insn == null)
            return false;
        PpuDecodedInsn* next = Shared.Code.IsDecoded(insn) ? Shared.Code.HandlerOf(insn)(_c, insn) : insn->Handler(_c, insn);
        if (next == null)
            return true;
        _c->State.Nia = _c->AddressOf(next);
        _c->Exit = PpuLoopExit.Budget;
        return true;
    }

    // Single step after every instruction but rfid and sc, branch trace after every branch, taken or not (Book III 5.5.14).
    // What turns tracing on is not traced itself, because the MSR of before decides whether this is asked.
    private void Trace(uint word)
    {
        uint extended = (word >> 1) & 0x3ff;
        (bool branch, bool untraced) = (word >> 26) switch
        {
            16 or 18 => (true, false), // bc, b
            17 => (false, true), // sc that was a hypercall
            19 => (extended is 16 or 528, extended == 18), // bclr, bcctr; rfid
            _ => (false, false),
        };
        bool single = (_c->State.Msr & Msr.Se) != 0 && !untraced;
        bool branched = (_c->State.Msr & Msr.Be) != 0 && branch;
        if (single || branched)
            TakeInterrupt(Vectors.Trace, 0);
    }

    private void Count(long executed)
    {
        _c->State.Instructions += (ulong)executed;
        Shared.Clock.Retire(executed);
    }

    private void TakePendingInterrupt()
    {
        if ((_c->State.Msr & Msr.Ee) == 0)
            return;
        if (_c->State.ExternalInterrupt != 0)
            TakeInterrupt(Vectors.External, 0);
        else if (_decrementerPending && DecrementerNegative)
            TakeInterrupt(Vectors.Decrementer, 0);
    }

    private void TakeInterrupt(uint vector, ulong srr1)
    {
        Interrupts++;
        SetMsr(InterruptEntry.Enter(ref _c->State, vector, srr1));
    }
}
