using CellPpe.Core;

using SpuRuntime.Ports;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

namespace SpuRuntime.Events;

/// <summary>
/// An SPU's events (Language Extensions 4.15): what has happened, what is enabled, and when to check for what is not reported. The
/// decrementer is here because its wrap is one of them. All members expect the SPE's lock held.
/// </summary>
internal sealed class SpuEvents(
    SpeState spe, SpuSlice slice, LineReservation reservation, ReservationTable reservations, IMachineClock clock, ISpeTimer timer,
    ITimedSpe timed)
{
    // A line whose reservation-lost event the SPU waits for is compared this often with what getllar read: a plain PPE store
    // says nothing. 100 microseconds.
    private const ulong ReservationCheck = IMachineClock.Frequency / 10_000;

    private ulong _timerAt = ulong.MaxValue;

    private ref ChannelState State => ref spe.Channels;

    private ulong Now => clock.TimeBase;

    /// <summary>
    /// Events have happened. The count becomes 1 when one that is enabled was not pending before: a program that has read the
    /// status and not acknowledged does not get the same event twice.
    /// </summary>
    public void Raise(uint events)
    {
        uint fresh = events & ~State.EventPending;
        State.EventPending |= events;
        if ((fresh & State.EventMask) == 0)
            return;
        State.EventCount = 1;
        slice.CheckForInterrupt();
    }

    /// <summary>Finds events that come without a call: the decrementer's, and a reserved line changed by a plain store.</summary>
    public void Refresh()
    {
        if (State.Decrementer.TakeWrap(Now))
            Raise(SpuEvent.Decrementer);
        if (reservations.LostToPlainStore(reservation))
            Raise(SpuEvent.ReservationLost);
    }

    /// <summary>Asks the timer for a call when an event that the SPU could wait for comes by time alone.</summary>
    public void ArrangeTimer()
    {
        ulong next = ulong.MaxValue;
        if ((State.EventMask & ~State.EventPending & SpuEvent.Decrementer) != 0)
            next = State.Decrementer.NextWrap;
        bool waits = spe.Run.BlockedOn == SpuChannel.ReadEventStatus || slice.InterruptsEnabled;
        if (waits && (State.EventMask & ~State.EventPending & SpuEvent.ReservationLost) != 0 && reservation.IsHeld)
            next = Math.Min(next, Now + ReservationCheck);
        // One that is due sooner comes anyway, and arranges the next.
        if (next >= _timerAt)
            return;
        _timerAt = next;
        timer.WakeAt(next, timed);
    }

    /// <summary>The call that was asked for.</summary>
    public void TimerElapsed()
    {
        _timerAt = ulong.MaxValue;
        Refresh();
        ArrangeTimer();
    }

    /// <summary>SPU_WrEventMask.</summary>
    public void SetMask(uint mask)
    {
        Refresh();
        State.EventMask = mask & SpuEvent.All;
        CountPending();
        ArrangeTimer();
    }

    /// <summary>SPU_WrEventAck.</summary>
    public void Acknowledge(uint events)
    {
        Refresh();
        State.EventPending &= ~events;
        // Acknowledging the decrementer's event while it is disabled stops the decrementer (CBEA, SPU decrementer event).
        if ((events & ~State.EventMask & SpuEvent.Decrementer) != 0)
            State.Decrementer.Stop(Now);
        CountPending();
        ArrangeTimer();
    }

    /// <summary>SPU_RdDec.</summary>
    public uint ReadDecrementer() => State.Decrementer.Read(Now);

    /// <summary>SPU_WrDec.</summary>
    public void WriteDecrementer(uint value)
    {
        State.Decrementer.Start(value, Now, run: !spe.Mfc.IsDecrementerHalted);
        ArrangeTimer();
    }

    /// <summary>Stops the decrementer, as MFC_CNTL[Dh] does.</summary>
    public void HaltDecrementer()
    {
        Refresh();
        State.Decrementer.Stop(Now);
    }

    // An enabled event that still waits after the mask or the acknowledgement was written is announced again.
    private void CountPending()
    {
        if ((State.EventPending & State.EventMask) == 0)
            return;
        State.EventCount = 1;
        slice.CheckForInterrupt();
    }
}
