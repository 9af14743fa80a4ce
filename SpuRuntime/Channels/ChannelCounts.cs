using SpuRuntime.State;

namespace SpuRuntime.Channels;

/// <summary>Which channels there are, and how often each can be used without blocking. The SPE's lock is held.</summary>
internal static class ChannelCounts
{
    /// <summary>The count as it stands. Channels that never block have 1, channels that are not there 0.</summary>
    public static uint Of(SpeState spe, int channel)
    {
        ref ChannelState state = ref spe.Channels;
        return channel switch
        {
            SpuChannel.ReadEventStatus => state.EventCount,
            SpuChannel.ReadSignal1 => state.Signal1.Count,
            SpuChannel.ReadSignal2 => state.Signal2.Count,
            SpuChannel.WriteMultisourceSync => state.SyncCount,
            SpuChannel.MfcCommand => (uint)spe.Mfc.Spu.Free,
            SpuChannel.WriteTagUpdate => state.TagUpdateCount,
            SpuChannel.ReadTagStatus => state.TagStatusCount,
            SpuChannel.ReadListStall => state.StallCount,
            SpuChannel.ReadAtomicStatus => state.AtomicCount,
            SpuChannel.WriteOutMailbox => state.OutMailboxCount,
            SpuChannel.ReadInMailbox => state.Inbound.Count,
            SpuChannel.WriteOutInterruptMailbox => state.OutInterruptMailboxCount,
            _ => IsReadable(channel) || IsWritable(channel) ? 1u : 0,
        };
    }

    /// <summary>Whether <c>rdch</c> may name it.</summary>
    public static bool IsReadable(int channel) => channel is
        SpuChannel.ReadEventStatus or SpuChannel.ReadSignal1 or SpuChannel.ReadSignal2 or SpuChannel.ReadDecrementer
        or SpuChannel.ReadEventMask or SpuChannel.ReadTagMask or SpuChannel.ReadMachineStatus or SpuChannel.ReadSrr0
        or SpuChannel.ReadTagStatus or SpuChannel.ReadListStall or SpuChannel.ReadAtomicStatus or SpuChannel.ReadInMailbox;

    /// <summary>Whether <c>wrch</c> may name it.</summary>
    public static bool IsWritable(int channel) => channel is
        SpuChannel.WriteEventMask or SpuChannel.WriteEventAck or SpuChannel.WriteDecrementer or SpuChannel.WriteMultisourceSync
        or SpuChannel.WriteSrr0 or (>= SpuChannel.MfcLocalStoreAddress and <= SpuChannel.WriteTagUpdate)
        or SpuChannel.WriteListStallAck or SpuChannel.WriteOutMailbox or SpuChannel.WriteOutInterruptMailbox;
}
