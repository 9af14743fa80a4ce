using System.Globalization;

using CellPpe.Ppe.State;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Translation;

/// <summary>Where the fields of <see cref="PpuState"/> stand, for the intermediate representation.</summary>
internal static unsafe class PpuIrSlots
{
    private static readonly int GprOffset;
    private static readonly int FprOffset;
    private static readonly int VrOffset;
    private static readonly int CrOffset;

    static PpuIrSlots()
    {
        PpuState state = default;
        PpuState* s = &state;
        GprOffset = Offset(s, s->Gpr);
        FprOffset = Offset(s, s->Fpr);
        VrOffset = Offset(s, &s->Vr);
        CrOffset = Offset(s, s->Cr);
        XerCa = new IrSlot(Offset(s, &s->XerCa), 1, 1);
        XerOv = new IrSlot(Offset(s, &s->XerOv), 1, 1);
        XerSo = new IrSlot(Offset(s, &s->XerSo), 1, 1);
        XerCount = new IrSlot(Offset(s, &s->XerCount), 1, 7);
        Fpscr = new IrSlot(Offset(s, &s->Fpscr), 4);
        Vscr = new IrSlot(Offset(s, &s->Vscr), 4);
        Vrsave = new IrSlot(Offset(s, &s->Vrsave), 4);
        Lr = new IrSlot(Offset(s, &s->Lr), 8);
        Ctr = new IrSlot(Offset(s, &s->Ctr), 8);
        Msr = new IrSlot(Offset(s, &s->Msr), 8);
    }

    public static IrSlot XerCa { get; }

    public static IrSlot XerOv { get; }

    public static IrSlot XerSo { get; }

    public static IrSlot XerCount { get; }

    public static IrSlot Fpscr { get; }

    public static IrSlot Vscr { get; }

    public static IrSlot Vrsave { get; }

    public static IrSlot Lr { get; }

    public static IrSlot Ctr { get; }

    public static IrSlot Msr { get; }

    public static IrSlot Gpr(int index) => new(GprOffset + (8 * index), 8);

    public static IrSlot Fpr(int index) => new(FprOffset + (8 * index), 8);

    public static IrSlot Vr(int index) => new(VrOffset + (16 * index), 16);

    public static IrSlot Cr(int field) => new(CrOffset + field, 1, 4);

    /// <summary>The register's name, for listings.</summary>
    public static string Name(IrSlot slot)
    {
        if (FileName(slot, "gpr", Gpr(0), 32) is { } gpr)
            return gpr;
        if (FileName(slot, "fpr", Fpr(0), 32) is { } fpr)
            return fpr;
        if (FileName(slot, "vr", Vr(0), 32) is { } vr)
            return vr;
        if (FileName(slot, "cr", Cr(0), 8) is { } cr)
            return cr;
        (IrSlot Slot, string Name)[] single =
        [
            (XerCa, "xer.ca"), (XerOv, "xer.ov"), (XerSo, "xer.so"), (XerCount, "xer.count"), (Fpscr, "fpscr"),
            (Vscr, "vscr"), (Vrsave, "vrsave"), (Lr, "lr"), (Ctr, "ctr"), (Msr, "msr"),
        ];
        return Array.Find(single, entry => entry.Slot == slot).Name
            ?? throw new ArgumentOutOfRangeException(nameof(slot), slot, "no register stands there");
    }

    private static string? FileName(IrSlot slot, string name, IrSlot first, int count)
    {
        int distance = slot.Offset - first.Offset;
        return slot.Bytes == first.Bytes && distance >= 0 && distance < count * first.Bytes && distance % first.Bytes == 0
            ? name + (distance / first.Bytes).ToString(CultureInfo.InvariantCulture)
            : null;
    }

    private static int Offset(PpuState* state, void* field) => (int)((byte*)field - (byte*)state);
}
