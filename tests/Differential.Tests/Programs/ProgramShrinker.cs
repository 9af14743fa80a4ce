using System.Diagnostics;
using System.Globalization;
using System.Text;

using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;

using Differential.Tests.Guest;

namespace Differential.Tests.Programs;

/// <summary>Makes a failing program as small as it gets, and tells it to a person.</summary>
internal static unsafe class ProgramShrinker
{
    // Keeps every address where it is.
    private const uint Nothing = 0x6000_0000;

    /// <summary>Empties instructions, handlers, events, pages and registers as long as the case still fails and time is left.</summary>
    public static ProgramCase Shrink(ProgramCase failing, Func<ProgramCase, ProgramResult> run, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        bool Fails(ProgramCase candidate) => watch.Elapsed < patience && run(candidate).Failed;

        ProgramResult first = run(failing);
        if (first.Slice >= 0)
            failing = failing with { Slices = failing.Slices[..(first.Slice + 1)] };
        // A case that runs for a shorter time shrinks sooner.
        failing = WithFewerSlices(failing, Fails);
        failing = WithoutWords(failing, Fails);
        failing = WithFewerSlices(failing, Fails);
        failing = WithFewerPages(failing, Fails);
        failing = WithoutWords(failing, Fails);
        return WithClearRegisters(failing, Fails);
    }

    /// <summary>The case as a listing, the registers it depends on, and what went wrong.</summary>
    public static string Report(ProgramCase program, ProgramResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"seed {program.Seed}\n{result.Text}\nafter slice {result.Slice}, {result.Instructions} instructions\n{result.Statistics}\n");
        text.Append(CultureInfo.InvariantCulture, $"{program.Options}, exact {program.ExactBudgets}\n\n");
        Listing(text, ProgramLayout.Code, program.Words);
        foreach ((uint vector, uint[] words) in program.Handlers.OrderBy(static entry => entry.Key))
            Listing(text, vector, words);
        text.Append('\n').AppendJoin('\n', program.Slices).Append('\n').AppendJoin('\n', program.Pages).Append('\n');
        PpuState state = program.State;
        text.Append(CultureInfo.InvariantCulture,
            $"nia = 0x{state.Nia:x}, msr = 0x{state.Msr:x}, sprg1 = 0x{state.Sprg[1]:x}, sprg3 = 0x{state.Sprg[3]:x}\n");
        foreach (IrSlot slot in Registers.All)
        {
            byte[] bytes = new ReadOnlySpan<byte>((byte*)&state + slot.Offset, slot.Bytes).ToArray();
            Array.Reverse(bytes);
            if (bytes.Any(static part => part != 0))
                text.Append(CultureInfo.InvariantCulture, $"{PpuIrSlots.Name(slot)} = {Convert.ToHexStringLower(bytes)}\n");
        }

        return text.ToString();
    }

    private static void Listing(StringBuilder text, ulong start, uint[] words)
    {
        for (int index = 0; index < words.Length; index++)
        {
            ulong address = start + (4 * (ulong)index);
            if (words[index] != Nothing)
                text.Append(CultureInfo.InvariantCulture,
                    $"0x{address:x}  {words[index]:x8}  {PpuDisassembler.Disassemble(words[index], address)}\n");
        }
    }

    // Halves first, then ever smaller parts.
    private static ProgramCase WithoutWords(ProgramCase failing, Func<ProgramCase, bool> fails)
    {
        for (int length = failing.Words.Length / 2; length > 0; length /= 2)
        {
            for (int start = 0; start < failing.Words.Length; start += length)
            {
                uint[] words = [.. failing.Words];
                Span<uint> part = words.AsSpan(start, Math.Min(length, words.Length - start));
                if (part.IndexOfAnyExcept(Nothing) < 0)
                    continue;
                part.Fill(Nothing);
                ProgramCase emptier = failing with { Words = words };
                if (fails(emptier))
                    failing = emptier;
            }
        }

        return failing;
    }

    private static ProgramCase WithFewerSlices(ProgramCase failing, Func<ProgramCase, bool> fails)
    {
        for (int index = failing.Slices.Length - 1; index >= 0; index--)
        {
            Slice slice = failing.Slices[index];
            ProgramCase shorter = failing with { Slices = [.. failing.Slices[..index], .. failing.Slices[(index + 1)..]] };
            ProgramCase calmer = failing with
            {
                Slices = [.. failing.Slices[..index], slice with { Event = OutsideEvent.None },
                .. failing.Slices[(index + 1)..]]
            };
            if (fails(shorter))
                failing = shorter;
            else if (slice.Event != OutsideEvent.None && fails(calmer))
                failing = calmer;
        }

        for (int index = 0; index < failing.Slices.Length; index++)
        {
            for (int step = failing.Slices[index].Budget / 2; step > 0; step /= 2)
            {
                Slice slice = failing.Slices[index];
                if (slice.Budget <= step)
                    continue;
                ProgramCase shorter = failing with
                {
                    Slices = [.. failing.Slices[..index], slice with { Budget = slice.Budget - step },
                    .. failing.Slices[(index + 1)..]]
                };
                if (fails(shorter))
                    failing = shorter;
            }
        }

        return failing;
    }

    private static ProgramCase WithFewerPages(ProgramCase failing, Func<ProgramCase, bool> fails)
    {
        foreach (uint vector in failing.Handlers.Keys.ToArray())
        {
            ProgramCase without = failing with { Handlers = failing.Handlers.Where(entry => entry.Key != vector).ToDictionary() };
            if (fails(without))
                failing = without;
        }

        // Events name pages by number: only the last ones can go without moving the others.
        while (failing.Pages.Length > 0)
        {
            ProgramCase fewer = failing with { Pages = failing.Pages[..^1] };
            if (!fails(fewer))
                break;
            failing = fewer;
        }

        return failing;
    }

    private static ProgramCase WithClearRegisters(ProgramCase failing, Func<ProgramCase, bool> fails)
    {
        foreach (IrSlot slot in Registers.All.Where(static slot => slot != PpuIrSlots.Msr))
        {
            PpuState state = failing.State;
            new Span<byte>((byte*)&state + slot.Offset, slot.Bytes).Clear();
            ProgramCase simpler = failing with { State = state };
            if (fails(simpler))
                failing = simpler;
        }

        return failing;
    }
}
