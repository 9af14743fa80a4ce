using System.Runtime.InteropServices;

namespace SpuRuntime.State;

/// <summary>What an MFC remembers besides its SLB: plain data. Guarded by the SPE's lock.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)] // No padding: a fingerprint reads every byte.
internal struct MfcState()
{
    public MfcQueue Spu = new(MfcQueue.SpuCapacity);
    public MfcQueue Proxy = new(MfcQueue.ProxyCapacity);

    public bool IsSuspended;
    public bool IsPurged;

    /// <summary>A command has met an error or a fault: nothing goes on until it is restarted or purged.</summary>
    public bool IsStopped;

    public bool IsDecrementerHalted;

    public uint ProxyQueryType;
    public uint ProxyQueryMask;

    public ulong Dar;
    public ulong Dsisr;

    /// <summary>MFC_DSIPR and MFC_CER: queue (bit 32 set: the SPU's) and entry of the command that met the fault, or the error.</summary>
    public ulong FaultingCommand;
    public ulong ErringCommand;

    public ulong TransferClass;
}

/// <summary>MFC_CNTL (offset 0x3000 of privileged state 2; CBEA, and asm/spu.h has the same bits).</summary>
internal static class MfcControl
{
    public const ulong Suspend = 1UL << 0;
    public const ulong SuspendMask = 1UL << 4;
    public const ulong SuspendInProgress = 1UL << 8;
    public const ulong SuspendComplete = 3UL << 8;
    public const ulong QueuesEmpty = 1UL << 14;
    public const ulong Purge = 1UL << 15;
    public const ulong PurgeInProgress = 1UL << 24;
    public const ulong PurgeComplete = 3UL << 24;
    public const ulong Restart = 1UL << 32;
    public const ulong DecrementerHalt = 1UL << 35;
    public const ulong DecrementerRunning = 1UL << 40;
}
