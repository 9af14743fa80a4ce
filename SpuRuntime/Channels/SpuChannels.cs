using SpuRuntime.Engine;
using SpuRuntime.Events;
using SpuRuntime.Mfc;
using SpuRuntime.State;

namespace SpuRuntime.Channels;

/// <summary>What the SPU's channel instructions do. All members expect the SPE's lock held.</summary>
internal sealed class SpuChannels(
    SpeState spe, SpuEvents events, SpeInterrupts interrupts, MfcUnit mfc, MfcStatusChannels status, ISpuEngine engine)
{
    private ref ChannelState State => ref spe.Channels;

    /// <inheritdoc cref="ISpuChannels.CheckEvents"/>
    public bool CheckEvents()
    {
        events.Refresh();
        return State.EventCount != 0;
    }

    /// <inheritdoc cref="ISpuChannels.Read"/>
    public ChannelResult Read(int channel, out uint value)
    {
        value = 0;
        if (channel == SpuChannel.ReadEventStatus)
            events.Refresh();
        if (!ChannelCounts.IsReadable(channel))
            return ChannelResult.Invalid;
        if (ChannelCounts.Of(spe, channel) == 0)
            return ChannelResult.Blocked;
        value = Take(channel);
        return ChannelResult.Done;
    }

    /// <inheritdoc cref="ISpuChannels.Write"/>
    public ChannelResult Write(int channel, uint value)
    {
        if (!ChannelCounts.IsWritable(channel))
            return ChannelResult.Invalid;
        if (ChannelCounts.Of(spe, channel) == 0)
            return ChannelResult.Blocked;
        Put(channel, value);
        return ChannelResult.Done;
    }

    /// <inheritdoc cref="ISpuChannels.Count"/>
    public uint Count(int channel)
    {
        if (channel == SpuChannel.ReadEventStatus)
            events.Refresh();
        return ChannelCounts.Of(spe, channel);
    }

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
                return events.ReadDecrementer();
            case SpuChannel.ReadEventMask:
                return State.EventMask;
            case SpuChannel.ReadTagMask:
                return State.TagMask;
            case SpuChannel.ReadMachineStatus:
                return engine.State.InterruptEnable & 1;
            case SpuChannel.ReadSrr0:
                return engine.State.Srr0;
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
                interrupts.Update();
                return value;
        }
    }

    private void Put(int channel, uint value)
    {
        switch (channel)
        {
            case SpuChannel.WriteEventMask:
                events.SetMask(value);
                break;
            case SpuChannel.WriteEventAck:
                events.Acknowledge(value);
                break;
            case SpuChannel.WriteDecrementer:
                events.WriteDecrementer(value);
                break;
            case SpuChannel.WriteMultisourceSync:
                // Transfers are done when they are issued: there is nothing to wait for, and the count is 1 again at once.
                events.Raise(SpuEvent.MultisourceSync);
                break;
            case SpuChannel.WriteSrr0:
                engine.State.Srr0 = value & (SpuState.LocalStoreSize - 4);
                break;
            case SpuChannel.WriteTagMask:
                status.SetTagMask(value);
                break;
            case SpuChannel.WriteTagUpdate:
                status.StartTagQuery(value);
                break;
            case SpuChannel.WriteListStallAck:
                mfc.AcknowledgeStall(value);
                break;
            case SpuChannel.WriteOutMailbox:
                State.OutMailbox = value;
                State.OutMailboxCount = 0;
                break;
            case SpuChannel.WriteOutInterruptMailbox:
                State.OutInterruptMailbox = value;
                State.OutInterruptMailboxCount = 0;
                interrupts.Update();
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
                mfc.EnqueueFromSpu(command);
                break;
        }
    }

    private static uint Clear(ref uint field)
    {
        uint value = field;
        field = 0;
        return value;
    }
}
