using SpuRuntime.Events;
using SpuRuntime.State;

namespace SpuRuntime.Channels;

/// <summary>The outer side of mailboxes and signals: what PPEs and other SPEs do with them. The SPE's lock is held.</summary>
internal sealed class Mailboxes(SpeState spe, SpuEvents events, SpeInterrupts interrupts)
{
    private ref ChannelState State => ref spe.Channels;

    /// <summary>SPU_Mbox_Stat (CBE Public Registers 3.4.3.2).</summary>
    public uint Status =>
        (1 - State.OutMailboxCount) | ((InboundMailbox.Capacity - State.Inbound.Count) << 8) | ((1 - State.OutInterruptMailboxCount) << 16);

    /// <summary>A store to SPU_Sig_Notify_1 or 2: ORed in or not, as SPU_Cfg says.</summary>
    public void StoreSignal(int which, uint value)
    {
        bool or = (spe.Run.Configuration & (1UL << (which - 1))) != 0;
        ref SignalState signal = ref which == 1 ? ref State.Signal1 : ref State.Signal2;
        if (signal.Store(value, or))
            events.Raise(which == 1 ? SpuEvent.Signal1 : SpuEvent.Signal2);
    }

    /// <summary>A store to SPU_In_Mbox.</summary>
    public void StoreInMailbox(uint value)
    {
        bool first = State.Inbound.Count == 0;
        State.Inbound.Put(value);
        interrupts.Update();
        if (first)
            events.Raise(SpuEvent.InMailbox);
    }

    /// <summary>A load from SPU_Out_Mbox.</summary>
    public uint TakeOutMailbox()
    {
        if (State.OutMailboxCount == 0)
        {
            State.OutMailboxCount = 1;
            events.Raise(SpuEvent.OutMailbox);
        }

        return State.OutMailbox;
    }

    /// <summary>A load from SPU_OutIntrMbox.</summary>
    public uint TakeOutInterruptMailbox()
    {
        if (State.OutInterruptMailboxCount == 0)
        {
            State.OutInterruptMailboxCount = 1;
            interrupts.Update();
            events.Raise(SpuEvent.OutInterruptMailbox);
        }

        return State.OutInterruptMailbox;
    }
}
