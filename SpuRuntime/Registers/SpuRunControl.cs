using SpuRuntime.Channels;
using SpuRuntime.Execution;
using SpuRuntime.Mfc;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

namespace SpuRuntime.Registers;

/// <summary>
/// Starts, stops and runs an SPU: SPU_RunCntl, SPU_Status, SPU_NPC, single step, and taking SPU interrupts. All members but
/// <see cref="RunSlice"/> and <see cref="Interrupt"/> expect the SPE's lock held.
/// </summary>
internal sealed class SpuRunControl(LogicalSpe spe)
{
    private const ulong SingleStepMode = 1;
    private const ulong AttentionEvent = 2;

    // Guarded by the SPE's lock.
    public RunState State = RunState.Reset;

    // A host thread is inside RunSlice. Guarded by the lock.
    private bool _inSlice;

    // Interrupt was called: end the slice. From any thread.
    private bool _leave;

    // The host thread waits inside RunSlice for what the SPU is blocked on. Guarded by the lock.
    private bool _lingers;

    // What it looks at then.
    private readonly Linger _linger = new();

    public bool IsRunnable =>
        State.IsRunning && !State.IsStopping && State.BlockedOn == RunState.NotBlocked && spe.IsEnabled && spe.HasMasterRunControl;

    public bool InterruptsEnabled => spe.Registers.InterruptEnable != 0;

    public bool IsRunning => State.IsRunning;

    public uint Status
    {
        get
        {
            uint status = State.Reason;
            if (State.IsRunning)
                status |= SpuStatus.Running;
            if (State.IsRunning && State.BlockedOn != RunState.NotBlocked)
                status |= SpuStatus.Waiting;
            return status;
        }
    }

    /// <summary>SPU_NPC. While the SPU runs it reads 0 and ignores writes (CBE Public Registers 3.4.3.5).</summary>
    public uint NextProgramCounter
    {
        get => State.IsRunning ? 0 : spe.Registers.Pc | (spe.Registers.InterruptEnable & 1);
        set
        {
            if (State.IsRunning)
                return;
            spe.Registers.Pc = value & (SpuState.LocalStoreSize - 4);
            spe.Registers.InterruptEnable = value & 1;
        }
    }

    public void WriteRunControl(uint value)
    {
        State.RunControl = value & 3;
        // 2 and 3 load and leave isolation, which this machine refuses: nothing starts, and the isolation bits never show.
        if ((value & 3) == 1)
            Start();
        else if ((value & 3) == 0)
            Stop();
    }

    public void WritePrivilegedControl(ulong value)
    {
        bool attention = (value & ~State.PrivilegedControl & AttentionEvent) != 0;
        State.PrivilegedControl = value & 7;
        if (attention)
            spe.Channels.Raise(SpuEvent.Attention);
    }

    /// <summary>Starts the SPU where it stands. Ignored while it runs.</summary>
    public void Start()
    {
        if (State.IsRunning || !spe.IsEnabled)
            return;
        State.RunControl = 1;
        State.Reason = 0;
        State.IsRunning = true;
        State.IsStopping = false;
        State.BlockedOn = RunState.NotBlocked;
        spe.Engine.CodeMayHaveChanged();
        spe.RequestWake();
    }

    /// <summary>Stops the SPU: at once if no host thread is inside, else when it has come out.</summary>
    public void Stop()
    {
        if (!State.IsRunning)
            return;
        if (_inSlice)
        {
            State.IsStopping = true;
            AskToLeave();
            return;
        }

        Halt(State.Reason);
    }

    /// <summary>
    /// Returns when an SPU that was told to stop has come out. A PPE that stops one polls SPU_Status next, on a host core that the SPE's own
    /// thread may need to get that far. Without the lock, and not from an SPE's thread.
    /// </summary>
    public void AwaitStop()
    {
        bool stopping;
        using (SpeScope scope = spe.Enter(drive: false))
            stopping = State.IsStopping;
        if (stopping)
            spe.Environment.Scheduler.Suspend(spe);
    }

    /// <summary>An event has become countable: an SPU that is running with interrupts enabled must look at it.</summary>
    public void LookForInterrupt()
    {
        if (_inSlice)
            AskToLeave();
    }

    /// <summary>Called before the lock is left: has what the SPU waits for come?</summary>
    /// <returns>True when it can run again.</returns>
    public bool TryUnblock()
    {
        if (State.BlockedOn == RunState.NotBlocked || !State.IsRunning)
            return false;
        // An interrupt is taken at a channel instruction that waits, too.
        bool interrupted = InterruptsEnabled && spe.Channels.State.EventCount != 0;
        if (!interrupted && spe.Channels.CountOf(State.BlockedOn) == 0)
            return false;
        State.BlockedOn = RunState.NotBlocked;
        return true;
    }

    /// <summary>Has a slice end soon. From any thread.</summary>
    public void Interrupt()
    {
        Volatile.Write(ref _leave, true);
        AskToLeave();
        _linger.End();
    }

    /// <summary>Called before the lock is left, when the SPU can run again: goes on inside its slice, if it waits there.</summary>
    /// <returns>False: it does not, and the scheduler must be told.</returns>
    public bool TryGoOn()
    {
        if (!_lingers)
            return false;
        _lingers = false;
        _linger.End();
        return true;
    }

    /// <summary>Runs instructions; see <see cref="Scheduling.ISchedulableSpe.RunSlice"/>.</summary>
    public SpuExit RunSlice(long instructions)
    {
        SpuExit exit = new(SpuExitReason.Attention);
        long left = instructions;
        while (left > 0)
        {
            long budget = left;
            using (SpeScope scope = spe.Enter())
            {
                _lingers = false;
                // With a fence: whoever says it after this is seen by the instructions, whoever said it before has set _leave before.
                Interlocked.Exchange(ref spe.Registers.Attention, 0);
                if (Volatile.Read(ref _leave) || !IsRunnable)
                {
                    Volatile.Write(ref _leave, false);
                    exit = new SpuExit(State.BlockedOn != RunState.NotBlocked ? SpuExitReason.Blocked : SpuExitReason.Attention, (uint)Math.Max(State.BlockedOn, 0));
                    break;
                }

                spe.Channels.RefreshEvents();
                TakeInterrupt();
                _inSlice = true;
                if ((State.PrivilegedControl & SingleStepMode) != 0)
                    budget = 1;
            }

            ulong before = spe.Registers.Instructions;
            exit = spe.Engine.Run(budget);
            left -= Math.Max(1, (long)(spe.Registers.Instructions - before));

            using (SpeScope scope = spe.Enter())
            {
                _inSlice = false;
                bool step = (State.PrivilegedControl & SingleStepMode) != 0 && exit.Reason == SpuExitReason.Budget;
                Settle(step ? new SpuExit(SpuExitReason.SingleStep) : exit);
                if (State.IsStopping)
                {
                    State.IsStopping = false;
                    if (State.IsRunning)
                        Halt(State.Reason);
                }

                // An SPU that wanted to wait and need not any more, or was only asked to look up, goes on.
                bool blocked = exit.Reason == SpuExitReason.Blocked;
                if (!State.IsRunning || !(blocked || exit.Reason == SpuExitReason.Attention))
                    break;
                if (!blocked || State.BlockedOn == RunState.NotBlocked)
                    continue;
                // Begun before it looks: who interrupts it after that finds it begun.
                _linger.Begin();
                if (left <= 0 || Volatile.Read(ref _leave))
                    break;
                _lingers = true;
            }

            // If it is in vain, the slice ends where it looks again.
            spe.Environment.Scheduler.AwaitInside(spe, _linger);
        }

        return exit;
    }

    // What ended the instructions becomes SPU_Status and an interrupt of class 0 or 2.
    private void Settle(SpuExit exit)
    {
        switch (exit.Reason)
        {
            case SpuExitReason.Stopped:
                Halt(SpuStatus.Stopped | (exit.Argument << SpuStatus.StopCodeShift));
                spe.Interrupts.Set(SpeInterruptBits.Application, SpeInterruptBits.SpuStop);
                break;
            case SpuExitReason.Halted:
                Halt(SpuStatus.Halted);
                spe.Interrupts.Set(SpeInterruptBits.Application, SpeInterruptBits.SpuHalt);
                break;
            case SpuExitReason.SingleStep:
                Halt(SpuStatus.SingleStep);
                spe.Interrupts.Set(SpeInterruptBits.Application, SpeInterruptBits.SpuStop);
                break;
            case SpuExitReason.InvalidInstruction:
                StepOver();
                Halt(SpuStatus.InvalidInstruction);
                spe.Interrupts.Set(SpeInterruptBits.Error, SpeInterruptBits.SpuError);
                break;
            case SpuExitReason.InvalidChannel:
                StepOver();
                Halt(SpuStatus.InvalidChannel);
                spe.Interrupts.Set(SpeInterruptBits.Error, SpeInterruptBits.SpuError);
                break;
            case SpuExitReason.Blocked:
                // What it waits for may have come between the instruction and here: leaving the lock finds out.
                State.BlockedOn = (int)exit.Argument;
                spe.Channels.RefreshEvents();
                if (!TryUnblock())
                    spe.Channels.ArrangeTimer();
                break;
            default:
                break;
        }
    }

    // SPU_NPC is behind what could not be done. The manual calls it not valid then (3.4.3.5); consoles show this, and Linux reports a
    // fault at NPC - 4 (spufs, fault.c: SPE_EVENT_SPE_ERROR).
    private void StepOver() => spe.Registers.Pc = (spe.Registers.Pc + 4) & (SpuState.LocalStoreSize - 4);

    private void Halt(uint reason)
    {
        State.Reason = reason;
        State.IsRunning = false;
        State.IsStopping = false;
        State.BlockedOn = RunState.NotBlocked;
        // What the register shows is "the last data written"; the SPU's own stop does not change it (3.4.3.3).
    }

    // From any thread. Other bits of it are the engine's own.
    private void AskToLeave() => Interlocked.Or(ref spe.Registers.Attention, SpuAttention.Leave);

    // SPU ISA 12.1: an enabled interrupt goes to address 0, and SRR0 has where it came from.
    private void TakeInterrupt()
    {
        if (!InterruptsEnabled || spe.Channels.State.EventCount == 0)
            return;
        spe.Registers.Srr0 = spe.Registers.Pc;
        spe.Registers.Pc = 0;
        spe.Registers.InterruptEnable = 0;
    }
}
