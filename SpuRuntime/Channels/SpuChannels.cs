using CellPpe.Core;

using SpuRuntime.Mfc;
using SpuRuntime.State;

namespace SpuRuntime.Channels;

/// <summary>
/// An SPE's channels. The SPU's instructions come in by <see cref="ISpuChannels"/> and take the SPE's lock; the other members
/// expect it to be held.
/// </summary>
internal sealed class SpuChannels(LogicalSpe spe) : ISpuChannels
{
    // A line whose reservation-lost event somebody waits for is compared this often with what getllar read: a plain PPE store
    // says nothing. 100 microseconds.
    private const ulong ReservationCheck = IMachineClock.Frequency / 10_000;

    // Guarded by the SPE's lock.
    public ChannelState State = ChannelState.Reset;

    private ulong _timerAt = ulong.MaxValue;

    private ulong Now => spe.Environment.Clock.TimeBase;

    /// <inheritdoc/>
    public bool IsEventPending
    {
        get
        {
            using SpeScope scope = spe.Enter();
            RefreshEvents();
            return State.EventCount != 0;
        }
    }

    /// <inheritdoc/>
    public ChannelResult Read(int channel, out uint value)
    {
        using SpeScope scope = spe.Enter();
        value = 0;
        if (channel == SpuChannel.ReadEventStatus)
            RefreshEvents();
        if (!IsReadable(channel))
            return ChannelResult.Invalid;
        if (CountOf(channel) == 0)
            return ChannelResult.Blocked;
        value = Take(channel);
        return ChannelResult.Done;
    }

    /// <inheritdoc/>
    public ChannelResult Write(int channel, uint value)
    {
        using SpeScope scope = spe.Enter();
        if (!IsWritable(channel))
            return ChannelResult.Invalid;
        if (CountOf(channel) == 0)
            return ChannelResult.Blocked;
        Put(channel, value);
        return ChannelResult.Done;
    }

    /// <inheritdoc/>
    public uint Count(int channel)
    {
        using SpeScope scope = spe.Enter();
        if (channel == SpuChannel.ReadEventStatus)
            RefreshEvents();
        return CountOf(channel);
    }

    /// <summary>The count as it stands. Channels that never block have 1, channels that are not there 0.</summary>
    public uint CountOf(int channel) => channel switch
    {
        SpuChannel.ReadEventStatus => State.EventCount,
        SpuChannel.ReadSignal1 => State.Signal1.Count,
        SpuChannel.ReadSignal2 => State.Signal2.Count,
        SpuChannel.WriteMultisourceSync => State.SyncCount,
        SpuChannel.MfcCommand => (uint)spe.Mfc.State.Spu.Free,
        SpuChannel.WriteTagUpdate => State.TagUpdateCount,
        SpuChannel.ReadTagStatus => State.TagStatusCount,
        SpuChannel.ReadListStall => State.StallCount,
        SpuChannel.ReadAtomicStatus => State.AtomicCount,
        SpuChannel.WriteOutMailbox => State.OutMailboxCount,
        SpuChannel.ReadInMailbox => State.Inbound.Count,
        SpuChannel.WriteOutInterruptMailbox => State.OutInterruptMailboxCount,
        _ => IsReadable(channel) || IsWritable(channel) ? 1u : 0,
    };

    /// <summary>
    /// Events have happened. The count becomes 1 when one that is enabled was not pending before: a program that has read the
    /// status and not acknowledged is not told of the same event twice.
    /// </summary>
    public void Raise(uint events)
    {
        uint fresh = events & ~State.EventPending;
        State.EventPending |= events;
        if ((fresh & State.EventMask) == 0)
            return;
        State.EventCount = 1;
        spe.Run.LookForInterrupt();
    }

    /// <summary>Finds events that nobody reports: the decrementer's, and a reserved line changed by a plain store.</summary>
    public void RefreshEvents()
    {
        if (State.Decrementer.TakeWrap(Now))
            Raise(SpuEvent.Decrementer);
        if (spe.Environment.Reservations.LostToPlainStore(spe.Mfc.Reservation))
            Raise(SpuEvent.ReservationLost);
    }

    /// <summary>Asks for a wake-up when an event that somebody could wait for comes by time alone.</summary>
    public void ArrangeTimer()
    {
        ulong next = ulong.MaxValue;
        if ((State.EventMask & ~State.EventPending & SpuEvent.Decrementer) != 0)
            next = State.Decrementer.NextWrap;
        bool waits = spe.Run.State.BlockedOn == SpuChannel.ReadEventStatus || spe.Run.InterruptsEnabled;
        if (waits && (State.EventMask & ~State.EventPending & SpuEvent.ReservationLost) != 0 && spe.Mfc.Reservation.IsHeld)
            next = Math.Min(next, Now + ReservationCheck);
        // One that is due sooner comes anyway, and arranges the next.
        if (next >= _timerAt)
            return;
        _timerAt = next;
        spe.Environment.Timer.WakeAt(next, spe);
    }

    public void TimerElapsed()
    {
        _timerAt = ulong.MaxValue;
        RefreshEvents();
        ArrangeTimer();
    }

    /// <summary>Answers a tag query that waits, if its condition holds now.</summary>
    public void AnswerTagQuery()
    {
        if (State.TagQuery == TagQuery.None)
            return;
        uint complete = ~spe.Mfc.State.Spu.Tags & State.TagMask;
        if (!TagQuery.IsMet(State.TagQuery, State.TagMask, complete))
            return;
        State.TagQuery = TagQuery.None;
        SetTagStatus(complete);
    }

    /// <summary>An immediate atomic command is done: 0 putllc stored, 1 putllc failed, 2 putlluc, 4 getllar (table 4-116).</summary>
    public void SetAtomicStatus(uint status)
    {
        State.AtomicStatus = status;
        State.AtomicCount = 1;
    }

    /// <summary>A list command of a tag group has come to an element with the stall-and-notify bit.</summary>
    public void NotifyStall(int tag)
    {
        State.StallStatus |= 1u << tag;
        bool first = State.StallCount == 0;
        State.StallCount = 1;
        if (first)
            Raise(SpuEvent.ListStall);
    }

    public void StoreSignal(int which, uint value)
    {
        bool or = (spe.Run.State.Configuration & (1UL << (which - 1))) != 0;
        ref SignalState signal = ref which == 1 ? ref State.Signal1 : ref State.Signal2;
        if (signal.Store(value, or))
            Raise(which == 1 ? SpuEvent.Signal1 : SpuEvent.Signal2);
    }

    public void StoreInMailbox(uint value)
    {
        bool first = State.Inbound.Count == 0;
        State.Inbound.Put(value);
        spe.Interrupts.Update();
        if (first)
            Raise(SpuEvent.InMailbox);
    }

    public uint TakeOutMailbox()
    {
        if (State.OutMailboxCount == 0)
        {
            State.OutMailboxCount = 1;
            Raise(SpuEvent.OutMailbox);
        }

        return State.OutMailbox;
    }

    public uint TakeOutInterruptMailbox()
    {
        if (State.OutInterruptMailboxCount == 0)
        {
            State.OutInterruptMailboxCount = 1;
            spe.Interrupts.Update();
            Raise(SpuEvent.OutInterruptMailbox);
        }

        return State.OutInterruptMailbox;
    }

    /// <summary>Stops the decrementer, as MFC_CNTL[Dh] does.</summary>
    public void HaltDecrementer()
    {
        RefreshEvents();
        State.Decrementer.Stop(Now);
    }

    private static bool IsReadable(int channel) => channel is
        SpuChannel.ReadEventStatus or SpuChannel.ReadSignal1 or SpuChannel.ReadSignal2 or SpuChannel.ReadDecrementer
        or SpuChannel.ReadEventMask or SpuChannel.ReadTagMask or SpuChannel.ReadMachineStatus or SpuChannel.ReadSrr0
        or SpuChannel.ReadTagStatus or SpuChannel.ReadListStall or SpuChannel.ReadAtomicStatus or SpuChannel.ReadInMailbox;

    private static bool IsWritable(int channel) => channel is
        SpuChannel.WriteEventMask or SpuChannel.WriteEventAck or SpuChannel.WriteDecrementer or SpuChannel.WriteMultisourceSync
        or SpuChannel.WriteSrr0 or (>= SpuChannel.MfcLocalStoreAddress and <= SpuChannel.WriteTagUpdate)
        or SpuChannel.WriteListStallAck or SpuChannel.WriteOutMailbox or SpuChannel.WriteOutInterruptMailbox;

    private uint Take(int channel)
    {
        switch (channel)
        {
            case SpuChannel.ReadEventStatus:
                State.EventCount = 0;
                return State.EventPending & State.EventMask;
            case SpuChannel.ReadSignal1:
                return State.Signal1.Take();
            case SpuChannel.ReadSignal2:
                return State.Signal2.Take();
            case SpuChannel.ReadDecrementer:
                return State.Decrementer.Read(Now);
            case SpuChannel.ReadEventMask:
                return State.EventMask;
            case SpuChannel.ReadTagMask:
                return State.TagMask;
            case SpuChannel.ReadMachineStatus:
                return spe.Registers.InterruptEnable & 1;
            case SpuChannel.ReadSrr0:
                return spe.Registers.Srr0;
            case SpuChannel.ReadTagStatus:
                State.TagStatusCount = 0;
                return State.TagStatus;
            case SpuChannel.ReadListStall:
                State.StallCount = 0;
                return Clear(ref State.StallStatus);
            case SpuChannel.ReadAtomicStatus:
                State.AtomicCount = 0;
                return State.AtomicStatus;
            default:
                uint value = State.Inbound.Take();
                spe.Interrupts.Update();
                return value;
        }
    }

    private void Put(int channel, uint value)
    {
        switch (channel)
        {
            case SpuChannel.WriteEventMask:
                SetEventMask(value);
                break;
            case SpuChannel.WriteEventAck:
                Acknowledge(value);
                break;
            case SpuChannel.WriteDecrementer:
                State.Decrementer.Start(value, Now, run: !spe.Mfc.State.IsDecrementerHalted);
                ArrangeTimer();
                break;
            case SpuChannel.WriteMultisourceSync:
                // Transfers are done when they are issued: there is nothing to wait for, and the count is 1 again at once.
                Raise(SpuEvent.MultisourceSync);
                break;
            case SpuChannel.WriteSrr0:
                spe.Registers.Srr0 = value & (SpuState.LocalStoreSize - 4);
                break;
            case SpuChannel.WriteTagMask:
                State.TagMask = value;
                AnswerTagQuery();
                break;
            case SpuChannel.WriteTagUpdate:
                StartTagQuery(value);
                break;
            case SpuChannel.WriteListStallAck:
                spe.Mfc.AcknowledgeStall(value);
                break;
            case SpuChannel.WriteOutMailbox:
                State.OutMailbox = value;
                State.OutMailboxCount = 0;
                break;
            case SpuChannel.WriteOutInterruptMailbox:
                State.OutInterruptMailbox = value;
                State.OutInterruptMailboxCount = 0;
                spe.Interrupts.Update();
                break;
            default:
                PutCommandParameter(channel, value);
                break;
        }
    }

    private void PutCommandParameter(int channel, uint value)
    {
        switch (channel)
        {
            case SpuChannel.MfcLocalStoreAddress:
                State.LocalAddress = value;
                break;
            case SpuChannel.MfcAddressHigh:
                State.AddressHigh = value;
                break;
            case SpuChannel.MfcAddressLow:
                State.AddressLow = value;
                break;
            case SpuChannel.MfcSize:
                State.Size = value & 0xffff;
                break;
            case SpuChannel.MfcTag:
                State.Tag = value;
                break;
            default:
                MfcCommand command = new()
                {
                    Opcode = (byte)value,
                    LocalAddress = State.LocalAddress,
                    Address = ((ulong)State.AddressHigh << 32) | State.AddressLow,
                    Size = State.Size,
                    Tag = State.Tag,
                    Progress = MfcOpcode.Check(value),
                };
                // The other parameters must be written again for each command; this one may be left out, and is 0 then.
                State.AddressHigh = 0;
                spe.Mfc.EnqueueFromSpu(command);
                break;
        }
    }

    private void SetEventMask(uint mask)
    {
        RefreshEvents();
        State.EventMask = mask & SpuEvent.All;
        CountPending();
        ArrangeTimer();
    }

    private void Acknowledge(uint events)
    {
        RefreshEvents();
        State.EventPending &= ~events;
        // Acknowledging the decrementer's event while it is disabled stops the decrementer (CBEA, SPU decrementer event).
        if ((events & ~State.EventMask & SpuEvent.Decrementer) != 0)
            State.Decrementer.Stop(Now);
        CountPending();
        ArrangeTimer();
    }

    // An enabled event that still waits after the mask or the acknowledgement was written is announced again.
    private void CountPending()
    {
        if ((State.EventPending & State.EventMask) == 0)
            return;
        State.EventCount = 1;
        spe.Run.LookForInterrupt();
    }

    private void StartTagQuery(uint condition)
    {
        // A new request takes the place of one that waits. An answer that has not been read stays until the new one comes: consoles keep
        // the count of MFC_RdTagStat at 1.
        State.TagQuery = TagQuery.None;
        uint complete = ~spe.Mfc.State.Spu.Tags & State.TagMask;
        if (TagQuery.IsMet(condition & 3, State.TagMask, complete))
            SetTagStatus(complete);
        else
            State.TagQuery = condition & 3;
    }

    private void SetTagStatus(uint status)
    {
        State.TagStatus = status;
        bool first = State.TagStatusCount == 0;
        State.TagStatusCount = 1;
        if (first)
            Raise(SpuEvent.TagStatus);
    }

    private static uint Clear(ref uint field)
    {
        uint value = field;
        field = 0;
        return value;
    }
}
