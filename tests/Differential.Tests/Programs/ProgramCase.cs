using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;

namespace Differential.Tests.Programs;

/// <summary>A random program, the machine it runs on, and what happens to it from outside while it runs.</summary>
/// <param name="Seed">Makes the same case again.</param>
/// <param name="Words">The code pages from their start.</param>
/// <param name="Handlers">Interrupt handlers by vector.</param>
/// <param name="Pages">The page table's first contents.</param>
/// <param name="State">The registers to start with.</param>
/// <param name="Slices">What is run, one after the other.</param>
/// <param name="Options">How the compiled engine works.</param>
/// <param name="ExactBudgets">Whether the compiled engine must stop at the instruction.</param>
internal sealed record ProgramCase(
    int Seed, uint[] Words, IReadOnlyDictionary<uint, uint[]> Handlers, MappedPage[] Pages, PpuState State, Slice[] Slices,
    EngineOptions Options, bool ExactBudgets);

/// <summary>One entry of the page table.</summary>
/// <param name="Address">Effective address of the page.</param>
/// <param name="Real">Where it is.</param>
/// <param name="Attributes">PP, N, G, R and C, as they stand in the entry.</param>
/// <param name="Shift">log2 of its size: 12 or 24.</param>
internal readonly record struct MappedPage(ulong Address, ulong Real, ulong Attributes, int Shift);

/// <summary>Something from outside, then so many instructions.</summary>
/// <param name="Budget">Instructions to run.</param>
/// <param name="Event">What happens before.</param>
/// <param name="Place">Which word of code or data, or which page.</param>
/// <param name="Value">What is stored, or the page's new attributes.</param>
internal readonly record struct Slice(int Budget, OutsideEvent Event, int Place, uint Value);

/// <summary>What happens to a program from outside.</summary>
internal enum OutsideEvent
{
    None,
    RaiseInterrupt,
    LowerInterrupt,

    /// <summary>A device stores into the code.</summary>
    StoreCode,

    /// <summary>A device stores into the data.</summary>
    StoreData,

    /// <summary>A page leaves the table.</summary>
    Unmap,

    /// <summary>A page is as it was at first, but for its attributes.</summary>
    Remap,

    /// <summary>A page leads to another place.</summary>
    Move,

    /// <summary>All decoded and compiled code goes, as when a region of memory is given back.</summary>
    DropCode,
}
