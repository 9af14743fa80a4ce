using System.Globalization;

using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;

namespace Differential.Tests.Guest;

/// <summary>Everything that must be the same on all engines after a block.</summary>
/// <param name="State">The whole state struct.</param>
/// <param name="Window">The memory window.</param>
/// <param name="Exit">Why the block was left, in words.</param>
internal sealed record Outcome(byte[] State, byte[] Window, string Exit)
{
    /// <summary>The first few differences, one a line; null when there are none.</summary>
    public string? DifferenceFrom(Outcome expected)
    {
        var lines = new List<string>();
        if (Exit != expected.Exit)
            lines.Add($"left by: {Exit}\nexpected: {expected.Exit}");
        if (!State.AsSpan().SequenceEqual(expected.State))
            lines.AddRange(StateDifferences(expected));
        if (!Window.AsSpan().SequenceEqual(expected.Window))
        {
            int at = Window.AsSpan().CommonPrefixLength(expected.Window);
            lines.Add($"memory at 0x{GuestLayout.Window + (ulong)at:x}: {Window[at]:x2}, expected {expected.Window[at]:x2}");
        }

        return lines.Count == 0 ? null : string.Join('\n', lines.Take(12));
    }

    private IEnumerable<string> StateDifferences(Outcome expected)
    {
        var seen = new HashSet<int>();
        foreach (IrSlot slot in Registers.All)
        {
            seen.UnionWith(Enumerable.Range(slot.Offset, slot.Bytes));
            string mine = Hex(State, slot);
            string theirs = Hex(expected.State, slot);
            if (mine != theirs)
                yield return $"{PpuIrSlots.Name(slot)}: {mine}, expected {theirs}";
        }

        for (int offset = 0; offset < State.Length; offset++)
        {
            if (!seen.Contains(offset) && State[offset] != expected.State[offset])
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"state byte {offset}: {State[offset]:x2}, expected {expected.State[offset]:x2}");
        }
    }

    private static string Hex(byte[] state, IrSlot slot)
    {
        byte[] bytes = state[slot.Offset..(slot.Offset + slot.Bytes)];
        Array.Reverse(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
