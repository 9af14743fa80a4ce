using CellPpe.Core;

using SpuRuntime.Channels;
using SpuRuntime.Events;
using SpuRuntime.Mfc;
using SpuRuntime.RunControl;
using SpuRuntime.State;

namespace SpuRuntime.Registers;

/// <summary>
/// Privileged state 2 registers (CBE Public Registers 3.1.2): SLB, saved queues, MFC control, interrupt mailbox, the channel
/// window, and what else a kernel saves and restores. 64-bit accesses only. Takes the SPE's lock, and carries out what follows
/// when it has left it; the SLB has the translator's gate.
/// </summary>
internal sealed class Privilege2Area(
    SpeLock speLock,
    SpeState spe,
    MfcTranslator translator,
    Mailboxes mailboxes,
    ChannelWindow window,
    MfcUnit mfc,
    SpuRunControl run,
    SpeInterrupts interrupts,
    RegisterLog log) : IMmioDevice
{
    private const ulong SpuQueue = 0x2000;
    private const ulong ProxyQueue = 0x2200;
    private const ulong QueuesEnd = 0x2300;
    private const int EntrySize = 0x20;
    private const ulong Control = 0x3000;
    private const ulong InterruptMailbox = 0x4000;
    private const ulong PrivilegedControl = 0x4040;
    private const ulong LocalStoreLimit = 0x4058;
    private const ulong ChannelIndex = 0x4060;
    private const ulong ChannelCount = 0x4068;
    private const ulong ChannelData = 0x4070;
    private const ulong Configuration = 0x4078;
    private const ulong TraceTagStatus = 0x5000;
    private const ulong TagQueryState = 0x5008;
    private const ulong CommandBuffer1 = 0x5010;
    private const ulong CommandBuffer2 = 0x5018;
    private const ulong AtomicCommand = 0x5020;

    // MFC_CSR_TSQ (3.3.3.1) and MFC_CSR_CMD2 (3.3.3.3).
    private const ulong QueryValid = 4;
    private const ulong TagError = 0x20;

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size)
    {
        if (size == 8 && IsSegment(offset))
            return translator.ReadSlb(offset);

        ulong value;
        SpeActions actions;
        using (speLock.Enter())
        {
            value = ReadLocked(offset, size);
            actions = speLock.Collect();
        }

        speLock.CarryOut(actions);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ulong offset, int size, ulong value)
    {
        if (size == 8 && IsSegment(offset))
        {
            translator.WriteSlb(offset, value);
            return;
        }

        SpeActions actions;
        using (speLock.Enter())
        {
            if (size != 8 || offset % 8 != 0 || !TryWrite(offset, value))
                log.NoSuchAccess(write: true, NameOf(offset), offset, size, value);
            interrupts.Update();
            actions = speLock.Collect();
        }

        speLock.CarryOut(actions);
    }

    private static bool IsSegment(ulong offset) =>
        offset is >= SegmentRegisters.IndexOffset and <= SegmentRegisters.InvalidateAllOffset && offset % 8 == 0;

    private ulong ReadLocked(ulong offset, int size)
    {
        if (size != 8 || offset % 8 != 0)
        {
            log.NoSuchAccess(write: false, NameOf(offset), offset, size);
            return 0;
        }

        ref ChannelState channels = ref spe.Channels;
        switch (offset)
        {
            case >= SpuQueue and < ProxyQueue:
                return spe.Mfc.Spu.ReadSaved((int)(offset - SpuQueue) / EntrySize, (int)(offset % EntrySize) / 8);
            case >= ProxyQueue and < QueuesEnd:
                return spe.Mfc.Proxy.ReadSaved((int)(offset - ProxyQueue) / EntrySize, (int)(offset % EntrySize) / 8);
            case Control:
                return mfc.ReadControl();
            case InterruptMailbox:
                return mailboxes.TakeOutInterruptMailbox();
            case PrivilegedControl:
                return spe.Run.PrivilegedControl;
            case LocalStoreLimit:
                return run.LocalStoreLimit;
            case ChannelIndex:
                return (uint)window.Index;
            case ChannelCount:
                return window.ReadCount();
            case ChannelData:
                return window.ReadData();
            case Configuration:
                return spe.Run.Configuration;
            case TagQueryState:
                return channels.TagQuery == TagQuery.None ? 0 : QueryValid | channels.TagQuery;
            case CommandBuffer1:
                return ((ulong)(channels.LocalAddress & 0x3ffff) << 32) | channels.AddressHigh;
            case CommandBuffer2:
                return ((ulong)channels.AddressLow << 32) | (channels.Size << 16) | (channels.Tag & 31)
                    | (channels.Tag > 31 ? TagError : 0);
            case TraceTagStatus or AtomicCommand:
                // An atomic command that has not been carried out is in the queue like any other.
                return 0;
            default:
                log.NoSuchAccess(write: false, NameOf(offset), offset, size);
                return 0;
        }
    }

    private bool TryWrite(ulong offset, ulong value)
    {
        ref ChannelState channels = ref spe.Channels;
        switch (offset)
        {
            case >= SpuQueue and < ProxyQueue:
                spe.Mfc.Spu.WriteSaved((int)(offset - SpuQueue) / EntrySize, (int)(offset % EntrySize) / 8, value);
                return true;
            case >= ProxyQueue and < QueuesEnd:
                spe.Mfc.Proxy.WriteSaved((int)(offset - ProxyQueue) / EntrySize, (int)(offset % EntrySize) / 8, value);
                return true;
            case Control:
                mfc.WriteControl(value);
                return true;
            case PrivilegedControl:
                run.WritePrivilegedControl(value);
                return true;
            case LocalStoreLimit:
                run.LocalStoreLimit = value;
                return true;
            case ChannelIndex:
                window.Index = (int)(value & 0x7f);
                return true;
            case ChannelCount:
                window.WriteCount((uint)value & 0x1f);
                return true;
            case ChannelData:
                window.WriteData((uint)value);
                return true;
            case Configuration:
                spe.Run.Configuration = value & 3;
                return true;
            case TagQueryState:
                channels.TagQuery = (value & QueryValid) != 0 ? (uint)value & 3 : TagQuery.None;
                return true;
            case CommandBuffer1:
                channels.LocalAddress = (uint)(value >> 32) & 0x3ffff;
                channels.AddressHigh = (uint)value;
                return true;
            case CommandBuffer2:
                channels.AddressLow = (uint)(value >> 32);
                channels.Size = (uint)(value >> 16) & 0xffff;
                channels.Tag = (uint)value & (31 | (uint)TagError);
                return true;
            case TraceTagStatus or AtomicCommand:
                return true;
            default:
                return false;
        }
    }

    private static string? NameOf(ulong offset) => offset switch
    {
        >= SegmentRegisters.IndexOffset and <= SegmentRegisters.InvalidateAllOffset => "SLB",
        >= SpuQueue and < QueuesEnd => "MFC_CQ_SR",
        Control => "MFC_CNTL",
        InterruptMailbox => "SPU_OutIntrMbox",
        PrivilegedControl => "SPU_PrivCntl",
        LocalStoreLimit => "SPU_LSLR",
        ChannelIndex => "SPU_ChnlIndex",
        ChannelCount => "SPU_ChnlCnt",
        ChannelData => "SPU_ChnlData",
        Configuration => "SPU_Cfg",
        TagQueryState => "MFC_CSR_TSQ",
        CommandBuffer1 => "MFC_CSR_CMD1",
        CommandBuffer2 => "MFC_CSR_CMD2",
        AtomicCommand => "MFC_CSR_ATO",
        _ => null,
    };
}
