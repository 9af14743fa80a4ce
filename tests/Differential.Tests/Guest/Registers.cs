using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;

namespace Differential.Tests.Guest;

/// <summary>All registers that the intermediate representation names.</summary>
internal static class Registers
{
    public static readonly IrSlot[] All =
    [
        .. Enumerable.Range(0, 32).Select(PpuIrSlots.Gpr), .. Enumerable.Range(0, 32).Select(PpuIrSlots.Fpr),
        .. Enumerable.Range(0, 32).Select(PpuIrSlots.Vr), .. Enumerable.Range(0, 8).Select(PpuIrSlots.Cr),
        PpuIrSlots.XerCa, PpuIrSlots.XerOv, PpuIrSlots.XerSo, PpuIrSlots.XerCount, PpuIrSlots.Fpscr, PpuIrSlots.Vscr, PpuIrSlots.Vrsave,
        PpuIrSlots.Lr, PpuIrSlots.Ctr, PpuIrSlots.Msr,
    ];

    /// <summary>The same in the effect analysis' sets.</summary>
    public static PpuRegisterSet SetOf(IEnumerable<IrSlot> slots)
    {
        var set = default(PpuRegisterSet);
        foreach (IrSlot slot in slots)
        {
            int index = Array.IndexOf(All, slot);
            if (index < 32)
                set.Gpr |= 1u << index;
            else if (index < 64)
                set.Fpr |= 1u << (index - 32);
            else if (index < 96)
                set.Vr |= 1u << (index - 64);
            else if (index < 104)
                set.Cr |= (byte)(1 << (index - 96));
            else
                set.Places |= (PpuPlaces)(1 << (index - 104));
        }

        return set;
    }
}
