using CellPpe.Ppe.Isa;

namespace CellPpe.Tests.Isa;

/// <summary>Where GNU objdump 2.40 prints an instruction otherwise, and why the table is nevertheless right.</summary>
internal static class BinutilsDifferences
{
    public static bool IsKnown(InstructionInfo info, uint word, string ours, string theirs) => false;
}
