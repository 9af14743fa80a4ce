using System.Globalization;

using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;

using Differential.Tests.Guest;

namespace Differential.Tests.Programs;

/// <summary>What came of a program on both engines.</summary>
/// <param name="Slice">The number of the slice after which they differ, or -1.</param>
/// <param name="Text">What differs.</param>
/// <param name="Instructions">Guest instructions run on each.</param>
/// <param name="Statistics">What the compiled engine did.</param>
internal sealed record ProgramResult(int Slice, string? Text, long Instructions, EngineStatistics Statistics)
{
    public bool Failed => Text is not null;
}

/// <summary>Runs programs on the interpreter and compiled, and compares everything after every slice.</summary>
internal static class ProgramComparison
{
    private const int MostLines = 12;

    public static ProgramResult Run(ProgramCase program)
    {
        using var compiled = new ProgramMachine(program, PpuEngine.Compiled);
        using var interpreted = new ProgramMachine(program, PpuEngine.Interpreter);
        long instructions = 0;
        for (int number = 0; number < program.Slices.Length; number++)
        {
            Slice slice = program.Slices[number];
            long ran = compiled.Run(slice, slice.Budget);
            // Without exactness compiled code may go on a little; what it has run then is the interpreter's budget.
            long expected = interpreted.Run(slice, Math.Max(program.ExactBudgets ? slice.Budget : ran, 1));
            instructions += ran;
            string? text = ran != expected
                ? string.Create(
                    CultureInfo.InvariantCulture, $"{ran} instructions run, expected {expected}\n{Difference(compiled, interpreted)}")
                : Difference(compiled, interpreted);
            if (text is not null)
                return new ProgramResult(number, text, instructions, compiled.Statistics);
        }

        EngineStatistics statistics = compiled.Statistics;
        return new ProgramResult(
            -1, compiled.Failure is { } failure ? $"a region could not be compiled: {failure}" : null, instructions, statistics);
    }

    /// <summary>What differs between two machines, in lines; null: nothing.</summary>
    public static string? Difference(ProgramMachine compiled, ProgramMachine interpreted)
    {
        var lines = new List<string>();
        if (!compiled.State.SequenceEqual(interpreted.State))
            lines.AddRange(StateDifferences(compiled, interpreted));
        if (compiled.Thread.Interrupts != interpreted.Thread.Interrupts)
            lines.Add($"{compiled.Thread.Interrupts} interrupts, expected {interpreted.Thread.Interrupts}");
        if (!compiled.Memory.SequenceEqual(interpreted.Memory))
        {
            int at = compiled.Memory.CommonPrefixLength(interpreted.Memory);
            lines.Add($"memory at 0x{at:x}: {compiled.Memory[at]:x2}, expected {interpreted.Memory[at]:x2}");
        }

        if (!compiled.PageTable.SequenceEqual(interpreted.PageTable))
        {
            int at = compiled.PageTable.CommonPrefixLength(interpreted.PageTable);
            lines.Add($"page table slot {at / 2}: 0x{compiled.PageTable[at]:x}, expected 0x{interpreted.PageTable[at]:x}");
        }

        return lines.Count == 0 ? null : string.Join('\n', lines.Take(MostLines));
    }

    private static List<string> StateDifferences(ProgramMachine compiled, ProgramMachine interpreted)
    {
        var lines = new List<string>();
        foreach (string name in (string[])["Nia", "Srr0", "Srr1", "Msr", "Dar"])
        {
            (ulong mine, ulong theirs) = (Field(compiled, name), Field(interpreted, name));
            if (mine != theirs)
                lines.Add($"{name}: 0x{mine:x}, expected 0x{theirs:x}");
        }

        foreach (IrSlot slot in Registers.All)
        {
            (string mine, string theirs) = (Hex(compiled.State, slot), Hex(interpreted.State, slot));
            if (mine != theirs)
                lines.Add($"{PpuIrSlots.Name(slot)}: {mine}, expected {theirs}");
        }

        int first = compiled.State.CommonPrefixLength(interpreted.State);
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"first difference in state byte {first}"));
        return lines;
    }

    private static ulong Field(ProgramMachine machine, string name) => name switch
    {
        "Nia" => machine.Thread.State.Nia,
        "Srr0" => machine.Thread.State.Srr0,
        "Srr1" => machine.Thread.State.Srr1,
        "Msr" => machine.Thread.State.Msr,
        _ => machine.Thread.State.Dar,
    };

    private static string Hex(ReadOnlySpan<byte> state, IrSlot slot)
    {
        byte[] bytes = state.Slice(slot.Offset, slot.Bytes).ToArray();
        Array.Reverse(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
