using CellPpe.Core;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Translation;

namespace CellPpe.Ppe.Regions;

/// <summary>A page of guest code that a region has instructions on.</summary>
/// <param name="Address">Its effective address.</param>
/// <param name="HostOffset">Where its bytes are in guest memory's host block.</param>
/// <param name="Decoded">Its decoded instructions.</param>
/// <param name="Host">Its bytes.</param>
internal readonly record struct RegionPage(ulong Address, ulong HostOffset, nint Decoded, nint Host);

/// <summary>A straight run of instructions that becomes one block.</summary>
/// <param name="Address">Effective address of the first.</param>
/// <param name="Words">The instructions as they were when the plan was made.</param>
internal sealed record PpuPlannedBlock(ulong Address, uint[] Words);

/// <summary>
/// What shall be compiled: made on the thread that runs the guest, from what it has executed; read only from then on.
/// </summary>
internal sealed class PpuRegionPlan
{
    /// <summary>Its blocks, by ascending address.</summary>
    public required PpuPlannedBlock[] Blocks { get; init; }

    /// <summary>Numbers of the blocks where it may be entered; the first is the one that was hot.</summary>
    public required int[] Entries { get; init; }

    /// <summary>Numbers of the blocks behind calls that stay inside.</summary>
    public required int[] Returns { get; init; }

    /// <summary>For blocks that end in a branch by CTR: the blocks it is likely to go to, none where nothing is known.</summary>
    public IReadOnlyDictionary<int, int[]> Targets { get; init; } = new Dictionary<int, int[]>();

    /// <summary>The pages its instructions are on.</summary>
    public required RegionPage[] Pages { get; init; }

    /// <summary>The mode it is made for.</summary>
    public required PpuIrMode Mode { get; init; }

    /// <summary>MSR bits that must be as in <see cref="MsrValue"/> for it to run.</summary>
    public required ulong MsrMask { get; init; }

    /// <summary>See <see cref="MsrMask"/>.</summary>
    public required ulong MsrValue { get; init; }

    /// <summary>Which generation of decoded code its page pointers are of.</summary>
    public required ulong Generation { get; init; }

    /// <summary>True when the other hardware thread runs on a host thread of its own: barriers have a meaning.</summary>
    public bool IsShared { get; init; }

    /// <summary>Guest instructions in it.</summary>
    public int Instructions => Blocks.Sum(static block => block.Words.Length);

    /// <summary>The page an address is on, if the region has it.</summary>
    public bool TryPage(ulong address, out RegionPage page)
    {
        foreach (RegionPage candidate in Pages)
        {
            if (candidate.Address == (address & ~(GuestMemory.PageSize - 1)))
            {
                page = candidate;
                return true;
            }
        }

        page = default;
        return false;
    }

    /// <summary>The decoded instruction at an address on one of its pages.</summary>
    public unsafe PpuDecodedInsn* InsnAt(ulong address) =>
        TryPage(address, out RegionPage page)
            ? (PpuDecodedInsn*)page.Decoded + ((address & (GuestMemory.PageSize - 1)) / 4)
            : throw new ArgumentOutOfRangeException(nameof(address), address, "on none of the region's pages");
}
