using SpuRuntime.Channels;
using SpuRuntime.Engine;
using SpuRuntime.Events;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

namespace SpuRuntime.RunControl;

/// <summary>What follows when a host thread has come out of the instructions.</summary>
internal enum SliceEnd
{
    /// <summary>The slice ends.</summary>
    Over,

    /// <summary>The SPU has only been asked to check something, or need not wait any more: it goes on.</summary>
    GoOn,

    /// <summary>It waits inside the slice for a time.</summary>
    WaitInside,
}

/// <summary>
/// Starts and stops an SPU: SPU_RunCntl, SPU_Status, SPU_NPC, single step, and taking SPU interrupts. All members expect the SPE's
/// lock held.
/// </summary>
internal sealed class SpuRunControl(SpeState state, SpuEvents events, SpeInterrupts interrupts, SpuSlice slice, ISpuEngine engine)
{
    private const ulong SingleStepMode = 1;
    private const ulong AttentionEvent = 2;
    private const uint SmallestLimit = 0x7fff;

    // The scheduler is to be told, if the SPU can run when the lock is left.
    private bool _wake;

    // It is at a breakpoint or a watched access. Not part of the SPE's state: no register shows it, and the SPU counts as running.
    private bool _isAtStop;

    public SpuSlice Slice => slice;

    public bool IsRunnable =>
        Run.IsRunning && !Run.IsStopping && Run.BlockedOn == RunState.NotBlocked && state.IsEnabled && state.HasMasterRunControl
        && !_isAtStop;

    /// <summary>It stays where it is until <see cref="LeaveStop"/>: a run has ended at a stop. From any thread, without the lock.</summary>
    public bool IsAtStop => Volatile.Read(ref _isAtStop);

    public bool IsRunning => Run.IsRunning;

    /// <summary>It runs, and waits at a channel.</summary>
    public bool IsBlocked => Run.IsRunning && Run.BlockedOn != RunState.NotBlocked;

    /// <summary>It has been told to stop, and a host thread is still inside.</summary>
    public bool IsStopping => Run.IsStopping;

    public uint Status
    {
        get
        {
            uint status = Run.Reason;
            if (Run.IsRunning)
                status |= SpuStatus.Running;
            if (IsBlocked)
                status |= SpuStatus.Waiting;
            return status;
        }
    }

    /// <summary>SPU_NPC. While the SPU runs it reads 0 and ignores writes (CBE Public Registers 3.4.3.5).</summary>
    public uint NextProgramCounter
    {
        get => Run.IsRunning ? 0 : engine.State.Pc | (engine.State.InterruptEnable & 1);
        set
        {
            if (Run.IsRunning)
                return;
            engine.State.Pc = value & (SpuState.LocalStoreSize - 4);
            engine.State.InterruptEnable = value & 1;
        }
    }

    /// <summary>SPU_LSLR. Its last 15 bits are wired (CBE Public Registers 3.3.2.2); it changes only while the SPU is stopped.</summary>
    public ulong LocalStoreLimit
    {
        get => engine.State.LocalStoreLimit;
        set
        {
            if (!Run.IsRunning)
                engine.State.LocalStoreLimit = ((uint)value & (SpuState.LocalStoreSize - 1)) | SmallestLimit;
        }
    }

    private ref RunState Run => ref state.Run;

    public void WriteRunControl(uint value)
    {
        Run.RunControl = value & 3;
        // 2 and 3 load and leave isolation, which this machine refuses: nothing starts, and the isolation bits never show.
        if ((value & 3) == 1)
            Start();
        else if ((value & 3) == 0)
            Stop();
    }

    public void WritePrivilegedControl(ulong value)
    {
        bool attention = (value & ~Run.PrivilegedControl & AttentionEvent) != 0;
        Run.PrivilegedControl = value & 7;
        if (attention)
            events.Raise(SpuEvent.Attention);
    }

    /// <summary>Starts the SPU where it stands. Ignored while it runs.</summary>
    public void Start()
    {
        if (Run.IsRunning || !state.IsEnabled)
            return;
        Run.RunControl = 1;
        Run.Reason = 0;
        Run.IsRunning = true;
        Run.IsStopping = false;
        Run.BlockedOn = RunState.NotBlocked;
        engine.CodeMayHaveChanged();
        _wake = true;
    }

    /// <summary>Stops the SPU: at once if no host thread is inside, else when it has come out.</summary>
    public void Stop()
    {
        if (!Run.IsRunning)
            return;
        if (slice.IsInside)
        {
            Run.IsStopping = true;
            slice.AskToLeave();
            return;
        }

        Halt(Run.Reason);
    }

    /// <summary>It may run again, past the stop that it is at.</summary>
    public void LeaveStop()
    {
        _wake |= _isAtStop;
        Volatile.Write(ref _isAtStop, false);
    }

    /// <summary>MFC_SR1[58] has been written.</summary>
    public void SetMasterRunControl(bool mayRun)
    {
        state.HasMasterRunControl = mayRun;
        if (mayRun)
            _wake = true;
        else
            slice.Interrupt();
    }

    /// <summary>
    /// Asked as the last thing before the lock is left: whether the scheduler must be told that the SPU can run. Not if it goes on inside a
    /// slice in which it waits.
    /// </summary>
    public bool TakeWake()
    {
        bool wake = (TryUnblock() | _wake) && IsRunnable;
        _wake = false;
        return wake && !slice.TryGoOn();
    }

    /// <summary>A host thread would execute instructions.</summary>
    /// <param name="budget">How many; becomes 1 in single step mode.</param>
    /// <param name="exit">How the slice ends, if it does not begin; else unchanged.</param>
    public bool TryBegin(ref long budget, ref SpuExit exit)
    {
        slice.Arrive();
        if (slice.IsLeaveRequested || !IsRunnable)
        {
            slice.Refuse();
            bool blocked = Run.BlockedOn != RunState.NotBlocked;
            exit = new SpuExit(blocked ? SpuExitReason.Blocked : SpuExitReason.Attention, (uint)Math.Max(Run.BlockedOn, 0));
            return false;
        }

        events.Refresh();
        TakeInterrupt();
        slice.Begin();
        if ((Run.PrivilegedControl & SingleStepMode) != 0)
            budget = 1;
        return true;
    }

    /// <summary>The host thread has come out of the instructions.</summary>
    /// <param name="exit">Why.</param>
    /// <param name="hasTimeLeft">Its slice has instructions left.</param>
    public SliceEnd End(SpuExit exit, bool hasTimeLeft)
    {
        slice.End();
        bool step = (Run.PrivilegedControl & SingleStepMode) != 0 && exit.Reason == SpuExitReason.Budget;
        Settle(step ? new SpuExit(SpuExitReason.SingleStep) : exit);
        if (Run.IsStopping)
        {
            Run.IsStopping = false;
            if (Run.IsRunning)
                Halt(Run.Reason);
        }

        bool blocked = exit.Reason == SpuExitReason.Blocked;
        if (!Run.IsRunning || !(blocked || exit.Reason == SpuExitReason.Attention))
            return SliceEnd.Over;
        if (!blocked || Run.BlockedOn == RunState.NotBlocked)
            return SliceEnd.GoOn;
        return slice.TryWaitInside(hasTimeLeft) ? SliceEnd.WaitInside : SliceEnd.Over;
    }

    // Has what the SPU waits for come? True when it can run again.
    private bool TryUnblock()
    {
        ref RunState run = ref state.Run;
        if (run.BlockedOn == RunState.NotBlocked || !run.IsRunning)
            return false;
        // An interrupt is taken at a channel instruction that waits, too.
        bool interrupted = slice.InterruptsEnabled && state.Channels.EventCount != 0;
        if (!interrupted && ChannelCounts.Of(state, run.BlockedOn) == 0)
            return false;
        run.BlockedOn = RunState.NotBlocked;
        return true;
    }

    // What ended the instructions becomes SPU_Status and an interrupt of class 0 or 2.
    private void Settle(SpuExit exit)
    {
        switch (exit.Reason)
        {
            case SpuExitReason.Stopped:
                Halt(SpuStatus.Stopped | (exit.Argument << SpuStatus.StopCodeShift));
                interrupts.Set(SpeInterruptBits.Application, SpeInterruptBits.SpuStop);
                break;
            case SpuExitReason.Halted:
                Halt(SpuStatus.Halted);
                interrupts.Set(SpeInterruptBits.Application, SpeInterruptBits.SpuHalt);
                break;
            case SpuExitReason.SingleStep:
                Halt(SpuStatus.SingleStep);
                interrupts.Set(SpeInterruptBits.Application, SpeInterruptBits.SpuStop);
                break;
            case SpuExitReason.InvalidInstruction:
                StepOver();
                Halt(SpuStatus.InvalidInstruction);
                interrupts.Set(SpeInterruptBits.Error, SpeInterruptBits.SpuError);
                break;
            case SpuExitReason.InvalidChannel:
                StepOver();
                Halt(SpuStatus.InvalidChannel);
                interrupts.Set(SpeInterruptBits.Error, SpeInterruptBits.SpuError);
                break;
            case SpuExitReason.Blocked:
                // What it waits for may have come between the instruction and here: leaving the lock finds out.
                Run.BlockedOn = (int)exit.Argument;
                events.Refresh();
                if (!TryUnblock())
                    events.ArrangeTimer();
                break;
            case SpuExitReason.StopPoint:
                Volatile.Write(ref _isAtStop, true);
                break;
            default:
                break;
        }
    }

    // SPU_NPC is behind what could not be done. The manual calls it not valid then (3.4.3.5); consoles show this, and Linux reports a
    // fault at NPC - 4 (spufs, fault.c: SPE_EVENT_SPE_ERROR).
    private void StepOver() => engine.State.Pc = (engine.State.Pc + 4) & (SpuState.LocalStoreSize - 4);

    private void Halt(uint reason)
    {
        Run.Reason = reason;
        Run.IsRunning = false;
        Run.IsStopping = false;
        Run.BlockedOn = RunState.NotBlocked;
        // What the register shows is "the last data written"; the SPU's own stop does not change it (3.4.3.3).
    }

    // SPU ISA 12.1: an enabled interrupt goes to address 0, and SRR0 has where it came from.
    private void TakeInterrupt()
    {
        if (!slice.InterruptsEnabled || state.Channels.EventCount == 0)
            return;
        engine.State.Srr0 = engine.State.Pc;
        engine.State.Pc = 0;
        engine.State.InterruptEnable = 0;
    }
}
