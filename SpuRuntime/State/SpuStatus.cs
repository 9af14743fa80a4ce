using System.Runtime.InteropServices;

namespace SpuRuntime.State;

/// <summary>SPU_Status (CBE Public Registers 3.4.3.4).</summary>
internal static class SpuStatus
{
    public const uint Running = 0x01;
    public const uint Stopped = 0x02;
    public const uint Halted = 0x04;
    public const uint Waiting = 0x08;
    public const uint SingleStep = 0x10;
    public const uint InvalidInstruction = 0x20;
    public const uint InvalidChannel = 0x40;
    public const int StopCodeShift = 16;
}

/// <summary>Running or not, why not, and the SPU's control registers: plain data. Guarded by the SPE's lock.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)] // No padding: a fingerprint reads every byte.
internal struct RunState
{
    public const int NotBlocked = -1;

    /// <summary>Stop code and reason bits of SPU_Status; running and waiting are added when it is read.</summary>
    public uint Reason;

    public uint RunControl;

    /// <summary>The SPU is started and nothing has stopped it yet.</summary>
    public bool IsRunning;

    /// <summary>SPU_RunCntl says stop, and a host thread is still inside.</summary>
    public bool IsStopping;

    /// <summary>The channel it waits for, with no host thread inside; or <see cref="NotBlocked"/>.</summary>
    public int BlockedOn;

    /// <summary>SPU_PrivCntl: 1 single step, 2 attention event, 4 load request enable.</summary>
    public ulong PrivilegedControl;

    /// <summary>SPU_Cfg: 1 and 2, signal notification ORs.</summary>
    public ulong Configuration;

    public static RunState Reset => new() { BlockedOn = NotBlocked };
}
