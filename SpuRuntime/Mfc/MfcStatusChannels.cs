using SpuRuntime.Events;
using SpuRuntime.State;

namespace SpuRuntime.Mfc;

/// <summary>
/// The channels by which an MFC answers its SPU: tag status, list stall, atomic status. All members expect the SPE's lock held.
/// </summary>
internal sealed class MfcStatusChannels(SpeState spe, SpuEvents events)
{
    private ref ChannelState State => ref spe.Channels;

    private uint CompleteTags => ~spe.Mfc.Spu.Tags & State.TagMask;

    /// <summary>MFC_WrTagMask.</summary>
    public void SetTagMask(uint mask)
    {
        State.TagMask = mask;
        AnswerTagQuery();
    }

    /// <summary>MFC_WrTagUpdate.</summary>
    public void StartTagQuery(uint condition)
    {
        // A new request takes the place of one that waits. An answer that has not been read stays until the new one comes: consoles keep
        // the count of MFC_RdTagStat at 1.
        State.TagQuery = TagQuery.None;
        uint complete = CompleteTags;
        if (TagQuery.IsMet(condition & 3, State.TagMask, complete))
            SetTagStatus(complete);
        else
            State.TagQuery = condition & 3;
    }

    /// <summary>Answers a tag query that waits, if its condition holds now.</summary>
    public void AnswerTagQuery()
    {
        if (State.TagQuery == TagQuery.None)
            return;
        uint complete = CompleteTags;
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
            events.Raise(SpuEvent.ListStall);
    }

    private void SetTagStatus(uint status)
    {
        State.TagStatus = status;
        bool first = State.TagStatusCount == 0;
        State.TagStatusCount = 1;
        if (first)
            events.Raise(SpuEvent.TagStatus);
    }
}
