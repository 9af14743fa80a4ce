using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.State;

/// <summary>Thirty-two 128-bit vector registers (see Arithmetic/Operations.cs for the layout of one).</summary>
[InlineArray(32)]
public struct VectorFile
{
    private Vector128<byte> _element0;
}

/// <summary>
/// Everything architected that one PPE hardware thread has: plain, blittable data that interpreter, compiled code,
/// debugger and snapshot share. What can be derived from it or from memory lives elsewhere.
/// </summary>
public unsafe struct PpuState
{
    public fixed ulong Gpr[32];
    public fixed ulong Fpr[32];
    public VectorFile Vr;

    /// <summary>The eight CR fields, each 0..15 (LT GT EQ SO), field 0 first.</summary>
    public fixed byte Cr[8];

    /// <summary>XER.CA, OV, SO as 0 or 1, and the byte count of XER[57:63].</summary>
    public byte XerCa;
    public byte XerOv;
    public byte XerSo;
    public byte XerCount;

    public Fpscr Fpscr;
    public Vscr Vscr;
    public uint Vrsave;

    /// <summary>Next instruction address: where the thread goes on.</summary>
    public ulong Nia;
    public ulong Lr;
    public ulong Ctr;
    public ulong Msr;
    public ulong Srr0;
    public ulong Srr1;
    public ulong Dar;
    public uint Dsisr;

    /// <summary>CTRL (SPR 136 to read, 152 to write): run latch, thread enable, which thread this is.</summary>
    public uint Ctrl;
    public fixed ulong Sprg[4];

    /// <summary>TSRL (SPR 896): thread status and priority, stored and given back.</summary>
    public ulong Tsrl;
    public ulong Dabr;
    public ulong Dabrx;
    public ulong Hid0;
    public ulong Hid1;
    public ulong Hid4;
    public ulong Hid6;

    /// <summary>Time base at which the decrementer reads 0 next; the decrementer itself is the low word of the distance.</summary>
    public ulong DecrementerZero;

    /// <summary>SLB entries: the ESID doubleword as slbmfee gives it (ESID, V) and the VSID doubleword as slbmte takes it.</summary>
    public fixed ulong SlbEsid[64];
    public fixed ulong SlbVsid[64];

    /// <summary>1 while a reservation is held, on the 128-byte line at <see cref="ReservationLine"/> (a host offset).</summary>
    public uint ReservationHeld;
    public ulong ReservationLine;

    /// <summary>The external interrupt request as lv1 drives it: a level.</summary>
    public uint ExternalInterrupt;

    /// <summary>A PpeWait: what the thread waits for after lv1_pause.</summary>
    public uint Wait;

    /// <summary>Time base at which a pause in mode 0 ends at the latest.</summary>
    public ulong PauseEnd;

    /// <summary>Instructions this thread has retired or tried.</summary>
    public ulong Instructions;

    /// <summary>The whole condition register.</summary>
    public uint CrValue
    {
        get
        {
            uint value = 0;
            for (int index = 0; index < 8; index++)
                value = (value << 4) | Cr[index];
            return value;
        }

        set
        {
            for (int index = 7; index >= 0; index--, value >>= 4)
                Cr[index] = (byte)(value & 15);
        }
    }

    /// <summary>The whole fixed-point exception register: SO OV CA and the byte count (Book I 3.2.2).</summary>
    public ulong XerValue
    {
        readonly get => ((ulong)XerSo << 31) | ((ulong)XerOv << 30) | ((ulong)XerCa << 29) | XerCount;
        set
        {
            XerSo = (byte)((value >> 31) & 1);
            XerOv = (byte)((value >> 30) & 1);
            XerCa = (byte)((value >> 29) & 1);
            XerCount = (byte)(value & 0x7f);
        }
    }
}

/// <summary>Bits of the machine state register (Book III 2.2.3).</summary>
public static class Msr
{
    public const ulong Sf = 1UL << 63;
    public const ulong Hv = 1UL << 60;
    public const ulong Vec = 1UL << 25;
    public const ulong Ee = 1UL << 15;
    public const ulong Pr = 1UL << 14;
    public const ulong Fp = 1UL << 13;
    public const ulong Me = 1UL << 12;
    public const ulong Fe0 = 1UL << 11;
    public const ulong Se = 1UL << 10;
    public const ulong Be = 1UL << 9;
    public const ulong Fe1 = 1UL << 8;
    public const ulong Ir = 1UL << 5;
    public const ulong Dr = 1UL << 4;
    public const ulong Pmm = 1UL << 2;
    public const ulong Ri = 1UL << 1;

    /// <summary>Bits a PPE has; the others read as zero. HV stays zero in a partition, and there is no LE.</summary>
    public const ulong Implemented = Sf | Vec | Ee | Pr | Fp | Me | Fe0 | Se | Be | Fe1 | Ir | Dr | Pmm | Ri;
}
