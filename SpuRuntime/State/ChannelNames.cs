namespace SpuRuntime.State;

/// <summary>What the manuals call the channels (C/C++ Language Extensions 2.6, tables 2-95 and 2-96), by number.</summary>
public static class ChannelNames
{
    private static readonly string?[] Names =
    [
        "SPU_RdEventStat", "SPU_WrEventMask", "SPU_WrEventAck", "SPU_RdSigNotify1", "SPU_RdSigNotify2", null, null, "SPU_WrDec",
        "SPU_RdDec", "MFC_WrMSSyncReq", null, "SPU_RdEventMask", "MFC_RdTagMask", "SPU_RdMachStat", "SPU_WrSRR0", "SPU_RdSRR0",
        "MFC_LSA", "MFC_EAH", "MFC_EAL", "MFC_Size", "MFC_TagID", "MFC_Cmd", "MFC_WrTagMask", "MFC_WrTagUpdate",
        "MFC_RdTagStat", "MFC_RdListStallStat", "MFC_WrListStallAck", "MFC_RdAtomicStat", "SPU_WrOutMbox", "SPU_RdInMbox",
        "SPU_WrOutIntrMbox",
    ];

    /// <summary>The name, or <c>channel n</c> for one that has none.</summary>
    public static string Of(uint channel) => (channel < Names.Length ? Names[channel] : null) ?? $"channel {channel}";
}
