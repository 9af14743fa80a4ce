using System.Globalization;
using System.Text;

using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Inspection;

namespace Differential.Tests.Guest;

/// <summary>Makes a failing case as small as it gets, and tells it to a person.</summary>
internal static unsafe class Shrinker
{
    /// <summary>Drops instructions and clears registers as long as the case still fails.</summary>
    public static GuestCase Shrink(GuestCase failing, Func<GuestCase, bool> fails)
    {
        bool smaller;
        do
        {
            smaller = false;
            for (int index = failing.Words.Length - 1; index >= 0 && failing.Words.Length > 1; index--)
            {
                GuestCase shorter = failing with { Words = [.. failing.Words[..index], .. failing.Words[(index + 1)..]] };
                if (!fails(shorter))
                    continue;
                failing = shorter;
                smaller = true;
            }
        }
        while (smaller);

        foreach (IrSlot slot in Registers.All.Where(static slot => slot != PpuIrSlots.Msr))
        {
            GuestCase simpler = failing with { State = Cleared(failing.State, slot) };
            if (fails(simpler))
                failing = simpler;
        }

        return failing;
    }

    /// <summary>The case as a listing, the registers it depends on, what went wrong, and the blocks.</summary>
    public static string Report(GuestCase guestCase, Comparison comparison)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"seed {guestCase.Seed}\n{comparison.Difference(guestCase)}\n\n");
        for (int index = 0; index < guestCase.Words.Length; index++)
        {
            ulong address = guestCase.State.Nia + (4 * (ulong)index);
            text.Append(CultureInfo.InvariantCulture,
                $"0x{address:x}  {guestCase.Words[index]:x8}  {PpuDisassembler.Disassemble(guestCase.Words[index], address)}\n");
        }

        text.Append('\n');
        PpuState state = guestCase.State;
        foreach (IrSlot slot in Registers.All)
        {
            var bytes = new byte[slot.Bytes];
            new ReadOnlySpan<byte>((byte*)&state + slot.Offset, slot.Bytes).CopyTo(bytes);
            Array.Reverse(bytes);
            if (bytes.Any(static part => part != 0))
                text.Append(CultureInfo.InvariantCulture, $"{PpuIrSlots.Name(slot)} = {Convert.ToHexStringLower(bytes)}\n");
        }

        text.Append("\nas built:\n").Append(IrPrinter.Print(Comparison.Built(guestCase), PpuIrSlots.Name));
        text.Append("\nafter the passes:\n").Append(IrPrinter.Print(comparison.Optimized(guestCase), PpuIrSlots.Name));
        return text.ToString();
    }

    private static PpuState Cleared(PpuState state, IrSlot slot)
    {
        new Span<byte>((byte*)&state + slot.Offset, slot.Bytes).Clear();
        return state;
    }
}
