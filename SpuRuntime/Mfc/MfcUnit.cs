using CellPpe.Core;

using SpuRuntime.Channels;
using SpuRuntime.Registers;
using SpuRuntime.Scheduling.Timeline;

namespace SpuRuntime.Mfc;

/// <summary>
/// An SPE's memory flow controller: its two command queues, and what drives them. Whichever host thread makes a command ready
/// (issues, restarts, resumes, acknowledges it) carries it out, at once, when it has left the SPE's lock; while one does so, others
/// only leave their commands in the queues for it. All members but <see cref="Drive"/> and <see cref="WaitForStep"/> expect the lock held.
/// </summary>
internal sealed class MfcUnit : IReservationHolder
{
    private const ulong SpuQueue = 1UL << 31;

    // Guarded by the SPE's lock.
    public MfcState State = new();

    private readonly LogicalSpe _spe;
    private readonly MfcTransfer _transfer;
    private readonly SpeTrack? _track;

    // Commands may have become ready since somebody last looked.
    private bool _poked;
    private bool _driven;
    private bool _inStep;

    // Raised by a purge: what is being carried out then is no longer in a queue.
    private int _epoch;

    public MfcUnit(LogicalSpe spe)
    {
        _spe = spe;
        _transfer = new MfcTransfer(spe);
        _track = spe.Environment.Timeline?.Track(spe.Number);
        Reservation = spe.Environment.Reservations.Add(this);
    }

    public LineReservation Reservation { get; }

    /// <summary>True when somebody should call <see cref="Drive"/> after leaving the lock.</summary>
    public bool WantsDriver => _poked && !_driven;

    public void EnqueueFromSpu(MfcCommand command)
    {
        if (command.IsList)
            BeginList(ref command);
        // CBE Public Registers 3.2.4, DMAC_cmd_err: an atomic command is received while one is still pending in the queue.
        if (MfcOpcode.KindOf(command.Opcode) == MfcCommandKind.Immediate && State.Spu.HasImmediate)
            command.Progress |= MfcProgress.Error;
        int place = State.Spu.Add(command);
        if (_track is { } track)
            MfcTrace.Issued(track, proxy: false, place, command);
        _poked = true;
    }

    /// <summary>From the proxy registers. There must be room.</summary>
    public void Enqueue(in MfcCommand command)
    {
        int place = State.Proxy.Add(command);
        if (_track is { } track)
            MfcTrace.Issued(track, proxy: true, place, command);
        _poked = true;
    }

    /// <summary>MFC_WrListStallAck: the stalled lists of a tag group go on.</summary>
    public void AcknowledgeStall(uint tag)
    {
        State.Spu.Resume(1u << (int)(tag & 31));
        _spe.Channels.State.StallStatus &= ~(1u << (int)(tag & 31));
        _poked = true;
    }

    public ulong ReadControl()
    {
        ulong value = 0;
        if (State.IsSuspended)
            value |= MfcControl.Suspend | (_inStep ? MfcControl.SuspendInProgress : MfcControl.SuspendComplete);
        if (State.IsPurged)
            value |= MfcControl.Purge | (_inStep ? MfcControl.PurgeInProgress : MfcControl.PurgeComplete);
        if (State.Spu.IsEmpty && State.Proxy.IsEmpty)
            value |= MfcControl.QueuesEmpty;
        if (State.IsStopped)
            value |= MfcControl.Restart;
        if (State.IsDecrementerHalted)
            value |= MfcControl.DecrementerHalt;
        if (_spe.Channels.State.Decrementer.Running != 0)
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
                _spe.Channels.HaltDecrementer();
        }

        _poked = true;
    }

    /// <summary>Empties the queues. Tag queries are not answered by that: software saves them and restores them with their queues.</summary>
    public void Purge()
    {
        _epoch++;
        State.Spu.Clear();
        State.Proxy.Clear();
        if (_track is { } track)
            MfcTrace.Purged(track);
        State.IsStopped = false;
    }

    /// <summary>The state after reset.</summary>
    public void Reset()
    {
        Purge();
        State = new MfcState();
        _spe.Environment.Reservations.Drop(Reservation);
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

    /// <inheritdoc/>
    public void ReservationLost()
    {
        using SpeScope scope = _spe.Enter(drive: false);
        _spe.Channels.Raise(SpuEvent.ReservationLost);
    }

    /// <summary>Carries out what can be, unless another thread already does. Without the lock.</summary>
    public void Drive()
    {
        _spe.EnterLock();
        if (_driven)
        {
            _spe.LeaveLock();
            return;
        }

        _driven = true;
        _poked = false;
        while (TryTake(out bool proxy, out int place, out MfcCommand command))
        {
            int epoch = _epoch;
            _inStep = true;
            _spe.LeaveLock();
            MfcStep step = _transfer.Step(ref command, proxy, out MfcFault fault);
            _spe.EnterLock();
            _inStep = false;

            // Purged meanwhile: its place may be another's already.
            if (epoch == _epoch)
                Settle(proxy, place, command, step, fault);
        }

        _driven = false;
        _poked = false;
        _spe.LeaveLock();
    }

    /// <summary>Returns when nothing is being copied any more. Without the lock; new steps must have been made impossible.</summary>
    public void WaitForStep()
    {
        SpinWait spin = default;
        while (true)
        {
            _spe.EnterLock();
            bool busy = _inStep;
            _spe.LeaveLock();
            if (!busy)
                return;
            spin.SpinOnce();
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
        _spe.Channels.AnswerTagQuery();
        AnswerProxyQuery();
    }

    private bool TryTake(out bool proxy, out int place, out MfcCommand command)
    {
        proxy = false;
        place = -1;
        command = default;
        if (State.IsSuspended || State.IsStopped || !_spe.IsEnabled)
            return false;
        place = State.Spu.Next();
        proxy = place < 0;
        if (proxy)
            place = State.Proxy.Next();
        if (place < 0)
            return false;
        command = proxy ? State.Proxy[place] : State.Spu[place];
        return true;
    }

    private void Settle(bool proxy, int place, in MfcCommand command, MfcStep step, in MfcFault fault)
    {
        ref MfcQueue queue = ref proxy ? ref State.Proxy : ref State.Spu;
        if (_track is { } track)
            MfcTrace.Stepped(track, proxy, place, queue[place], command, step == MfcStep.Done);
        queue[place] = command;
        switch (step)
        {
            case MfcStep.Done:
                Complete(proxy, place, command);
                break;
            case MfcStep.Stalled:
                queue[place].IsStalled = true;
                _spe.Channels.NotifyStall((int)command.Tag);
                break;
            case MfcStep.Fault:
                State.IsStopped = true;
                Report(proxy, place, fault);
                break;
            default:
                break;
        }
    }

    private void Complete(bool proxy, int place, in MfcCommand command)
    {
        if (proxy)
        {
            State.Proxy.Remove(place);
            AnswerProxyQuery();
            if (MfcOpcode.StartsSpu(command.Opcode))
                _spe.Run.Start();
            return;
        }

        bool wasFull = State.Spu.Free == 0;
        State.Spu.Remove(place);
        if (wasFull)
            _spe.Channels.Raise(SpuEvent.QueueAvailable);
        if (MfcOpcode.KindOf(command.Opcode) == MfcCommandKind.Immediate)
            _spe.Channels.SetAtomicStatus(_transfer.AtomicStatus);
        _spe.Channels.AnswerTagQuery();
        _spe.Channels.ArrangeTimer();
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
                _spe.Interrupts.Set(
                    SpeInterruptBits.Translation, fault.Kind == MfcFaultKind.Segment ? SpeInterruptBits.SegmentFault : SpeInterruptBits.StorageFault);
                break;
            default:
                State.ErringCommand = index;
                _spe.Interrupts.Set(
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
        _spe.Interrupts.Set(SpeInterruptBits.Application, SpeInterruptBits.TagGroupComplete);
    }
}
