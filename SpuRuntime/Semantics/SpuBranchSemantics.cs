using SpuRuntime.Isa;
using SpuRuntime.State;

namespace SpuRuntime.Semantics;

/// <summary>Branches and hints (SPU ISA chapters 7 and 8).</summary>
internal readonly struct SpuBranchSemantics<TMachine, T, TVector> : ISpuBranchSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    public static void Br(ref TMachine m, RI16rForm i) => m.BranchTo(m.Cia() + (uint)i.Rel);

    public static void Bra(ref TMachine m, RI16aForm i) => m.BranchTo((uint)i.Abs);

    public static void Brsl(ref TMachine m, RI16rForm i)
    {
        m.SetGpr(i.Rt, Link(ref m));
        m.BranchTo(m.Cia() + (uint)i.Rel);
    }

    public static void Brasl(ref TMachine m, RI16aForm i)
    {
        m.SetGpr(i.Rt, Link(ref m));
        m.BranchTo((uint)i.Abs);
    }

    public static void Brnz(ref TMachine m, RI16rForm i) =>
        m.BranchToIf(m.NotEqual(Word(ref m, i.Rt), m.Constant(0)), m.Cia() + (uint)i.Rel);

    public static void Brz(ref TMachine m, RI16rForm i) => m.BranchToIf(m.Equal(Word(ref m, i.Rt), m.Constant(0)), m.Cia() + (uint)i.Rel);

    public static void Brhnz(ref TMachine m, RI16rForm i) =>
        m.BranchToIf(m.NotEqual(Halfword(ref m, i.Rt), m.Constant(0)), m.Cia() + (uint)i.Rel);

    public static void Brhz(ref TMachine m, RI16rForm i) =>
        m.BranchToIf(m.Equal(Halfword(ref m, i.Rt), m.Constant(0)), m.Cia() + (uint)i.Rel);

    public static void Bi(ref TMachine m, BIForm i, bool d, bool e) => m.Branch(Word(ref m, i.Ra), Change(d, e));

    public static void Iret(ref TMachine m, BIForm i, bool d, bool e) => m.Branch(m.Srr0(), Change(d, e));

    // The link is set whether or not the branch is taken. RA is read first: it may be RT.
    public static void Bisled(ref TMachine m, BIForm i, bool d, bool e)
    {
        T target = Word(ref m, i.Ra);
        m.SetGpr(i.Rt, Link(ref m));
        m.BranchIf(m.EventPending(), target, Change(d, e));
    }

    public static void Bisl(ref TMachine m, BIForm i, bool d, bool e)
    {
        T target = Word(ref m, i.Ra);
        m.SetGpr(i.Rt, Link(ref m));
        m.Branch(target, Change(d, e));
    }

    public static void Biz(ref TMachine m, BIForm i, bool d, bool e) =>
        m.BranchIf(m.Equal(Word(ref m, i.Rt), m.Constant(0)), Word(ref m, i.Ra), Change(d, e));

    public static void Binz(ref TMachine m, BIForm i, bool d, bool e) =>
        m.BranchIf(m.NotEqual(Word(ref m, i.Rt), m.Constant(0)), Word(ref m, i.Ra), Change(d, e));

    public static void Bihz(ref TMachine m, BIForm i, bool d, bool e) =>
        m.BranchIf(m.Equal(Halfword(ref m, i.Rt), m.Constant(0)), Word(ref m, i.Ra), Change(d, e));

    public static void Bihnz(ref TMachine m, BIForm i, bool d, bool e) =>
        m.BranchIf(m.NotEqual(Halfword(ref m, i.Rt), m.Constant(0)), Word(ref m, i.Ra), Change(d, e));

    // Chapter 8: "These instructions have no semantics."
    public static void Hbr(ref TMachine m, HBRForm i, bool p)
    {
    }

    public static void Hbra(ref TMachine m, HBRAForm i)
    {
    }

    public static void Hbrr(ref TMachine m, HBRRForm i)
    {
    }

    private static TVector Link(ref TMachine m) => m.InPreferred(m.Constant((m.Cia() + 4) & (SpuState.LocalStoreSize - 1)));

    private static T Word(ref TMachine m, int register) => m.Preferred(m.Gpr(register));

    private static T Halfword(ref TMachine m, int register) => m.And(Word(ref m, register), m.Constant(0xffff));

    // Both bits at once are undefined (table 12-1): nothing changes.
    private static InterruptChange Change(bool d, bool e) =>
        d == e ? InterruptChange.None : d ? InterruptChange.Disable : InterruptChange.Enable;
}
