using SpuRuntime.Events;
using SpuRuntime.State;
using SpuRuntime.Timeline;

namespace SpuRuntime.Mfc;

/// <summary>A command, or an element of its list, that is being carried out: a copy, and where it came from.</summary>
internal struct MfcWork
{
    /// <summary>Changes as the transfer goes on.</summary>
    public MfcCommand Command;

    /// <summary>Its entry in the queue.</summary>
    public int Place;

    /// <summary>Of the proxy queue; else of the SPU's.</summary>
    public bool IsProxy;

    /// <summary>How often the queues had been purged when it was taken.</summary>
    public int Epoch;
}

/// <summary>
/// An SPE's memory flow controller: its two command queues, and which command is next. The host thread that makes a command ready
/// (issues, restarts, resumes, acknowledges it) carries it out, when it has left the SPE's lock (<c>SpeLock.CarryOut</c>);
/// while one does so, others only leave their commands in the queues for it. All members expect the lock held.
/// </summary>
internal sealed class MfcUnit(SpeState spe, SpuEvents events, MfcStatusChannels status, SpeInterrupts interrupts, SpeTrack? track)
{
    private const ulong SpuQueue = 1UL << 31;

    // Commands may have become ready since the queues were last searched.
    private bool _mayHaveReady;
    private bool _driven;

    // Raised by a purge: what is being carried out then is no longer in a queue.
    private int _epoch;

    /// <summary>True when some thread should carry out commands after leaving the lock.</summary>
    public bool WantsDriver => _mayHaveReady && !_driven;

    /// <summary>A command is being carried out now.</summary>
    public bool IsInStep { get; private set; }

    private ref MfcState State => ref spe.Mfc;

    public void EnqueueFromSpu(MfcCommand command)
    {
        if (command.IsList)
            BeginList(ref command);
        // CBE Public Registers 3.2.4, DMAC_cmd_err: an atomic command is received while one is still pending in the queue.
        if (MfcOpcode.KindOf(command.Opcode) == MfcCommandKind.Immediate && State.Spu.HasImmediate)
            command.Progress |= MfcProgress.Error;
        int place = State.Spu.Add(command);
        if (track is not null)
            MfcTrace.Issued(track, proxy: false, place, command);
        _mayHaveReady = true;
    }

    /// <summary>From the proxy registers. There must be room.</summary>
    public void Enqueue(in MfcCommand command)
    {
        int place = State.Proxy.Add(command);
        if (track is not null)
            MfcTrace.Issued(track, proxy: true, place, command);
        _mayHaveReady = true;
    }

    /// <summary>MFC_WrListStallAck: the stalled lists of a tag group go on.</summary>
    public void AcknowledgeStall(uint tag)
    {
        State.Spu.Resume(1u << (int)(tag & 31));
        spe.Channels.StallStatus &= ~(1u << (int)(tag & 31));
        _mayHaveReady = true;
    }

    public ulong ReadControl()
    {
        ulong value = 0;
        if (State.IsSuspended)
            value |= MfcControl.Suspend | (IsInStep ? MfcControl.SuspendInProgress : MfcControl.SuspendComplete);
        if (State.IsPurged)
            value |= MfcControl.Purge | (IsInStep ? MfcControl.PurgeInProgress : MfcControl.PurgeComplete);
        if (State.Spu.IsEmpty && State.Proxy.IsEmpty)
            value |= MfcControl.QueuesEmpty;
        if (State.IsStopped)
            value |= MfcControl.Restart;
        if (State.IsDecrementerHalted)
            value |= MfcControl.DecrementerHalt;
        if (spe.Channels.Decrementer.Running != 0)
            value |= MfcControl.DecrementerRunning;
        return value;
    }

    public void WriteControl(ulong value)
    {
        if ((value & MfcControl.Restart) != 0)
            State.IsStopped = false;

        // A restart alone says nothing about the rest: software writes it without knowing whether it has suspended the queues.
        if (value != MfcControl.Restart)
        {
            if ((value & MfcControl.SuspendMask) == 0)
                SetSuspended((value & MfcControl.Suspend) != 0);
            State.IsPurged = (value & MfcControl.Purge) != 0;
            if (State.IsPurged)
                Purge();
            State.IsDecrementerHalted = (value & MfcControl.DecrementerHalt) != 0;
            // Only a write of the decrementer starts it again.
            if (State.IsDecrementerHalted)
                events.HaltDecrementer();
        }

        _mayHaveReady = true;
    }

    /// <summary>
    /// Empties the queues. Tag queries are not answered by that: software saves them and restores them with their queues.
    /// </summary>
    public void Purge()
    {
        _epoch++;
        State.Spu.Clear();
        State.Proxy.Clear();
        if (track is not null)
            MfcTrace.Purged(track);
        State.IsStopped = false;
    }

    public void WriteProxyQuery(uint type)
    {
        State.ProxyQueryType = type & 3;
        AnswerProxyQuery();
    }

    public void WriteProxyQueryMask(uint mask)
    {
        State.ProxyQueryMask = mask;
        AnswerProxyQuery();
    }

    public uint ProxyTagStatus => ~State.Proxy.Tags & State.ProxyQueryMask;

    /// <summary>Makes the calling thread the one that carries out commands, unless another is or there is nothing to do.</summary>
    public bool TryBeginDriving(out MfcWork work)
    {
        if (_driven)
        {
            work = default;
            return false;
        }

        _driven = true;
        return TryTake(out work);
    }

    /// <summary>The next step for the thread that carries out commands; with none, it is that thread no longer.</summary>
    public bool TryTake(out MfcWork work)
    {
        work = default;
        if (!State.IsSuspended && !State.IsStopped && spe.IsEnabled)
        {
            work.Place = State.Spu.Next();
            work.IsProxy = work.Place < 0;
            if (work.IsProxy)
                work.Place = State.Proxy.Next();
            if (work.Place >= 0)
            {
                work.Command = work.IsProxy ? State.Proxy[work.Place] : State.Spu[work.Place];
                work.Epoch = _epoch;
                IsInStep = true;
                return true;
            }
        }

        _driven = false;
        _mayHaveReady = false;
        return false;
    }

    /// <summary>A step has been made: its command goes on, is complete, stalls or has met a fault.</summary>
    /// <param name="work">What was taken, moved along by the transfer.</param>
    /// <param name="step">How the step has ended.</param>
    /// <param name="atomicStatus">What an immediate command answers.</param>
    /// <param name="fault">What it has met, if so.</param>
    /// <returns>True when the SPU is to be started: the command is complete, and asked for that.</returns>
    public bool Settle(in MfcWork work, MfcStep step, uint atomicStatus, in MfcFault fault)
    {
        IsInStep = false;
        // Purged meanwhile: its place may be another's already.
        if (work.Epoch != _epoch)
            return false;
        (bool proxy, int place) = (work.IsProxy, work.Place);
        ref MfcQueue queue = ref proxy ? ref State.Proxy : ref State.Spu;
        if (track is not null)
            MfcTrace.Stepped(track, proxy, place, queue[place], work.Command, step == MfcStep.Done);
        queue[place] = work.Command;
        switch (step)
        {
            case MfcStep.Done:
                return Complete(proxy, place, work.Command.Opcode, atomicStatus);
            case MfcStep.Stalled:
                queue[place].IsStalled = true;
                status.NotifyStall((int)work.Command.Tag);
                return false;
            case MfcStep.Fault:
                State.IsStopped = true;
                Report(proxy, place, fault);
                return false;
            default:
                return false;
        }
    }

    private static void BeginList(ref MfcCommand command)
    {
        command.ListAddress = (uint)command.Address & 0x3ffff;
        command.ListSize = command.Size;
        command.Size = 0;
        command.Address &= 0xffff_ffff_0000_0000;
        command.LocalAddress &= ~15u;
    }

    private void SetSuspended(bool suspended)
    {
        bool resumes = State.IsSuspended && !suspended;
        State.IsSuspended = suspended;
        if (!resumes)
            return;
        // Queries that were restored with the queues.
        status.AnswerTagQuery();
        AnswerProxyQuery();
    }

    // Returns true when the SPU is to be started: get and put commands of the proxy queue can ask for it.
    private bool Complete(bool proxy, int place, byte opcode, uint atomicStatus)
    {
        if (proxy)
        {
            State.Proxy.Remove(place);
            AnswerProxyQuery();
            return MfcOpcode.StartsSpu(opcode);
        }

        bool wasFull = State.Spu.Free == 0;
        State.Spu.Remove(place);
        if (wasFull)
            events.Raise(SpuEvent.QueueAvailable);
        if (MfcOpcode.KindOf(opcode) == MfcCommandKind.Immediate)
            status.SetAtomicStatus(atomicStatus);
        status.AnswerTagQuery();
        events.ArrangeTimer();
        return false;
    }

    private void Report(bool proxy, int place, in MfcFault fault)
    {
        ulong index = (proxy ? 0 : SpuQueue) | (uint)place;
        State.Dar = fault.Address;
        switch (fault.Kind)
        {
            case MfcFaultKind.Segment or MfcFaultKind.Storage:
                State.FaultingCommand = index;
                State.Dsisr = fault.Dsisr;
                interrupts.Set(
                    SpeInterruptBits.Translation,
                    fault.Kind == MfcFaultKind.Segment ? SpeInterruptBits.SegmentFault : SpeInterruptBits.StorageFault);
                break;
            default:
                State.ErringCommand = index;
                interrupts.Set(
                    SpeInterruptBits.Error,
                    fault.Kind == MfcFaultKind.Alignment ? SpeInterruptBits.DmaAlignment : SpeInterruptBits.InvalidDmaCommand);
                break;
        }
    }

    private void AnswerProxyQuery()
    {
        if (State.ProxyQueryType == TagQuery.None || !TagQuery.IsMet(State.ProxyQueryType, State.ProxyQueryMask, ProxyTagStatus))
            return;
        State.ProxyQueryType = TagQuery.None;
        interrupts.Set(SpeInterruptBits.Application, SpeInterruptBits.TagGroupComplete);
    }
}
