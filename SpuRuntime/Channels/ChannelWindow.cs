using SpuRuntime.Events;
using SpuRuntime.State;

namespace SpuRuntime.Channels;

/// <summary>
/// The privileged way to channel data and counts: SPU_ChnlIndex, SPU_ChnlCnt, SPU_ChnlData (CBE Public Registers 3.3.2.3). It
/// moves raw state and has none of the channels' effects. The SPE's lock is held.
/// </summary>
internal sealed class ChannelWindow(SpeState spe, SpuEvents events)
{
    /// <summary>SPU_ChnlIndex: the channel that the others are about.</summary>
    public int Index { get; set; }

    /// <summary>A load from SPU_ChnlCnt.</summary>
    public uint ReadCount() => ChannelCounts.Of(spe, Index);

    /// <summary>A store to SPU_ChnlCnt.</summary>
    public void WriteCount(uint count)
    {
        ref ChannelState state = ref spe.Channels;
        uint one = Math.Min(count, 1);
        switch (Index)
        {
            case SpuChannel.ReadEventStatus:
                state.EventCount = one;
                break;
            case SpuChannel.ReadSignal1:
                state.Signal1.Count = one;
                break;
            case SpuChannel.ReadSignal2:
                state.Signal2.Count = one;
                break;
            case SpuChannel.WriteMultisourceSync:
                state.SyncCount = one;
                break;
            case SpuChannel.WriteTagUpdate:
                state.TagUpdateCount = one;
                break;
            case SpuChannel.ReadTagStatus:
                state.TagStatusCount = one;
                break;
            case SpuChannel.ReadListStall:
                state.StallCount = one;
                break;
            case SpuChannel.ReadAtomicStatus:
                state.AtomicCount = one;
                break;
            case SpuChannel.WriteOutMailbox:
                state.OutMailboxCount = one;
                break;
            case SpuChannel.WriteOutInterruptMailbox:
                state.OutInterruptMailboxCount = one;
                break;
            case SpuChannel.ReadInMailbox:
                state.Inbound.Count = Math.Min(count, InboundMailbox.Capacity);
                break;
            default:
                // The count of the command channel is how much room its queue has; software restores the queue itself.
                break;
        }
    }

    /// <summary>A load from SPU_ChnlData.</summary>
    public uint ReadData()
    {
        ref ChannelState state = ref spe.Channels;
        if (Index == SpuChannel.ReadEventStatus)
            events.Refresh();
        return Index switch
        {
            SpuChannel.ReadEventStatus => state.EventPending,
            SpuChannel.WriteEventMask or SpuChannel.ReadEventMask => state.EventMask,
            SpuChannel.ReadSignal1 => state.Signal1.Value,
            SpuChannel.ReadSignal2 => state.Signal2.Value,
            SpuChannel.WriteTagMask or SpuChannel.ReadTagMask => state.TagMask,
            SpuChannel.ReadTagStatus => state.TagStatus,
            SpuChannel.ReadListStall => state.StallStatus,
            SpuChannel.ReadAtomicStatus => state.AtomicStatus,
            SpuChannel.WriteOutMailbox => state.OutMailbox,
            SpuChannel.WriteOutInterruptMailbox => state.OutInterruptMailbox,
            SpuChannel.ReadInMailbox => state.Inbound.Rotate(),
            _ => 0,
        };
    }

    /// <summary>A store to SPU_ChnlData.</summary>
    public void WriteData(uint value)
    {
        ref ChannelState state = ref spe.Channels;
        switch (Index)
        {
            case SpuChannel.ReadEventStatus:
                state.EventPending = value & SpuEvent.All;
                break;
            case SpuChannel.WriteEventMask:
                state.EventMask = value & SpuEvent.All;
                break;
            case SpuChannel.ReadSignal1:
                state.Signal1.Value = value;
                break;
            case SpuChannel.ReadSignal2:
                state.Signal2.Value = value;
                break;
            case SpuChannel.WriteTagMask:
                state.TagMask = value;
                break;
            case SpuChannel.ReadTagStatus:
                state.TagStatus = value;
                break;
            case SpuChannel.ReadListStall:
                state.StallStatus = value;
                break;
            case SpuChannel.ReadAtomicStatus:
                state.AtomicStatus = value;
                break;
            case SpuChannel.WriteOutMailbox:
                state.OutMailbox = value;
                break;
            case SpuChannel.WriteOutInterruptMailbox:
                state.OutInterruptMailbox = value;
                break;
            case SpuChannel.ReadInMailbox:
                state.Inbound.Rotate(value);
                break;
            default:
                break;
        }
    }
}
