using System.Runtime.CompilerServices;

using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Operations;

namespace CellPpe.Ppe.Semantics;

/// <summary>
/// System linkage, special registers, segment and translation lookaside buffers (Book I 2.4.2, Book II 4, Book III).
/// What changes the machine's mode or reads the clock runs between blocks: <c>CallBetween</c>.
/// </summary>
internal readonly struct PpuSystemSemantics<TMachine, T, TVector> : IPpuSystemSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    private const int SprXer = 1;
    private const int SprLr = 8;
    private const int SprCtr = 9;
    private const int SprVrsave = 256;

    public static void Sc(ref TMachine m, SCForm i) => m.CallBetween<SystemCallOperation>();

    public static void Rfid(ref TMachine m, XsyncForm i) => m.CallBetween<ReturnFromInterrupt>();

    // A hypervisor resource: a partition gets the privileged-instruction interrupt (Book III 2.3.1).
    public static void Hrfid(ref TMachine m, XsyncForm i) => m.CallBetween<HypervisorInstruction>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mfspr(ref TMachine m, XFXForm i)
    {
        if (i.Spr == SprLr)
            m.SetGpr(i.Rt, m.Read(PpuRegister.Lr));
        else if (i.Spr == SprCtr)
            m.SetGpr(i.Rt, m.Read(PpuRegister.Ctr));
        else if (i.Spr == SprXer)
            m.SetGpr(i.Rt, m.Xer());
        else if (i.Spr == SprVrsave)
            m.SetGpr(i.Rt, m.Read(PpuRegister.Vrsave));
        else
            m.CallBetween<MoveFromSpecialRegister>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mtspr(ref TMachine m, XFXsForm i)
    {
        if (i.Spr == SprLr)
            m.Write(PpuRegister.Lr, m.Gpr(i.Rs));
        else if (i.Spr == SprCtr)
            m.Write(PpuRegister.Ctr, m.Gpr(i.Rs));
        else if (i.Spr == SprXer)
            m.SetXer(m.Gpr(i.Rs));
        else if (i.Spr == SprVrsave)
            m.Write(PpuRegister.Vrsave, m.Gpr(i.Rs));
        else
            m.CallBetween<MoveToSpecialRegister>();
    }

    public static void Mftb(ref TMachine m, XFXForm i) => m.CallBetween<MoveFromTimeBase>();

    public static void Mfmsr(ref TMachine m, XForm i) => m.SetGpr(i.Rt, m.Read(PpuRegister.Msr));

    public static void Mtmsr(ref TMachine m, XmsrForm i) => m.CallBetween<MoveToMsr>();

    public static void Mtmsrd(ref TMachine m, XmsrForm i) => m.CallBetween<MoveToMsr>();

    public static void Slbie(ref TMachine m, XslbForm i) => m.CallBetween<SegmentLookaside>();

    public static void Slbia(ref TMachine m, XslbForm i) => m.CallBetween<SegmentLookaside>();

    public static void Slbmte(ref TMachine m, XslbForm i) => m.CallBetween<SegmentLookaside>();

    public static void Slbmfev(ref TMachine m, XsltForm i) => m.CallBetween<SegmentLookaside>();

    public static void Slbmfee(ref TMachine m, XsltForm i) => m.CallBetween<SegmentLookaside>();

    public static void Tlbie(ref TMachine m, XtlbForm i) => m.CallBetween<TranslationInvalidate>();

    public static void Tlbiel(ref TMachine m, XtlbForm i) => m.CallBetween<TranslationInvalidate>();

    public static void Tlbsync(ref TMachine m, XtlbForm i)
    {
    }
}
