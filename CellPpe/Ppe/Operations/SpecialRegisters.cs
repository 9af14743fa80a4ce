using CellPpe.Core.Ports;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace CellPpe.Ppe.Operations;

/// <summary>Special purpose registers by number (Book III 3.4.2; Cell's own from the PPE's register list).</summary>
internal static unsafe class SpecialRegisters
{
    public const int TimeBase = 268;
    public const int TimeBaseUpper = 269;
    public const int Decrementer = 22;

    private const int Xer = 1;
    private const int Lr = 8;
    private const int Ctr = 9;
    private const int Dsisr = 18;
    private const int Dar = 19;
    private const int Srr0 = 26;
    private const int Srr1 = 27;
    private const int CtrlRead = 136;
    private const int CtrlWrite = 152;
    private const int Vrsave = 256;
    private const int Sprg3User = 259;
    private const int Sprg0 = 272;
    private const int Sprg3 = 275;
    private const int ProcessorVersion = 287;
    private const int Tsrl = 896;
    private const int Hid0 = 1008;
    private const int Hid1 = 1009;
    private const int Hid4 = 1012;
    private const int Hid6 = 1017;
    private const int Bookmark = 1020;
    private const int ProcessorId = 1023;

    /// <summary>Cell Broadband Engine, revision 5.1: what retail consoles report.</summary>
    private const uint CellPvr = 0x0070_0501;

    /// <summary>SPR number of an mfspr, mtspr or mftb: its two halves are swapped in the word.</summary>
    public static int Number(uint word) => (int)(((word >> 16) & 31) | ((word >> 6) & 0x3e0));

    /// <summary>Numbers with bit 0x10 are privileged.</summary>
    public static bool NeedsSupervisor(int spr) => (spr & 0x10) != 0;

    /// <summary>A write changes a field of the state and nothing else: no clock, no message.</summary>
    public static bool IsStateOnly(int spr) =>
        spr is Xer or Lr or Ctr or Dsisr or Dar or Srr0 or Srr1 or CtrlWrite or Vrsave or Tsrl or (>= Sprg0 and <= Sprg3);

    public static bool TryRead(PpuContext* c, int spr, out ulong value)
    {
        ref PpuState state = ref c->State;
        value = 0;
        switch (spr)
        {
            case Xer: value = state.XerValue; break;
            case Lr: value = state.Lr; break;
            case Ctr: value = state.Ctr; break;
            case Dsisr: value = state.Dsisr; break;
            case Dar: value = state.Dar; break;
            case Decrementer: value = (uint)(state.DecrementerZero - c->Thread.Shared.Clock.TimeBase); break;
            case Srr0: value = state.Srr0; break;
            case Srr1: value = state.Srr1; break;
            case CtrlRead: value = state.Ctrl; break;
            case Vrsave: value = state.Vrsave; break;
            case Sprg3User: value = state.Sprg[3]; break;
            case TimeBase: value = c->Thread.Shared.Clock.TimeBase; break;
            case TimeBaseUpper: value = c->Thread.Shared.Clock.TimeBase >> 32; break;
            case >= Sprg0 and <= Sprg3: value = state.Sprg[spr - Sprg0]; break;
            case ProcessorVersion: value = CellPvr; break;
            case Tsrl: value = state.Tsrl; break;
            case Hid0: value = state.Hid0; break;
            case Hid1: value = state.Hid1; break;
            case Hid4: value = state.Hid4; break;
            case Hid6: value = state.Hid6; break;
            case ProcessorId: value = (ulong)c->Thread.ThreadId; break;
            default: return false;
        }

        return true;
    }

    public static bool TryWrite(PpuContext* c, int spr, ulong value)
    {
        ref PpuState state = ref c->State;
        switch (spr)
        {
            case Xer: state.XerValue = value; break;
            case Lr: state.Lr = value; break;
            case Ctr: state.Ctr = value; break;
            case Dsisr: state.Dsisr = (uint)value; break;
            case Dar: state.Dar = value; break;
            case Decrementer: c->Thread.SetDecrementer((uint)value); break;
            case Srr0: state.Srr0 = value; break;
            case Srr1: state.Srr1 = value; break;
            // Only the run latch is a guest's; thread enables and which thread this is are not (boot-protocol 8).
            case CtrlWrite: state.Ctrl = (state.Ctrl & ~1u) | ((uint)value & 1); break;
            case Vrsave: state.Vrsave = (uint)value; break;
            case >= Sprg0 and <= Sprg3: state.Sprg[spr - Sprg0] = value; break;
            case Tsrl: state.Tsrl = value; break;
            // Hypervisor resources: a partition's write changes nothing.
            case Hid0 or Hid1 or Hid4 or Hid6: c->Thread.HypervisorRegisterWrite(spr, value); break;
            // Performance-monitor bookmark: a write-only marker for a trace that is not taken.
            case Bookmark: break;
            default: return false;
        }

        return true;
    }
}
