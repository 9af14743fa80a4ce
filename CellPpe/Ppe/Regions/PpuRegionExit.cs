using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CellPpe.Ppe.Regions;

/// <summary>How compiled code leaves a region.</summary>
internal enum PpuRegionExitKind : uint
{
    /// <summary>The context says how to go on.</summary>
    Faulted,

    /// <summary>For an instruction on one of the region's pages.</summary>
    Step,

    /// <summary>For a constant address elsewhere.</summary>
    Search,

    /// <summary>For an address that was computed.</summary>
    Computed,

    /// <summary>The budget is used up, or the thread is wanted elsewhere.</summary>
    Stop,

    /// <summary>The interpreter shall run this instruction: it is not one of the simple cases.</summary>
    Interpret,

    /// <summary>To take an interrupt.</summary>
    Interrupt,

    /// <summary>For an operation that runs between blocks.</summary>
    Between,
}

/// <summary>One way out of a region, as compiled code names it: by address.</summary>
internal struct PpuRegionExit
{
    public PpuRegionExitKind Kind;

    /// <summary>
    /// Interrupt vector, instruction word, or the region's number; of a computed exit, how often it went elsewhere than the time before.
    /// </summary>
    public uint Code;

    /// <summary>The instruction's address; of a step, its page's.</summary>
    public ulong Address;

    /// <summary>Of a step: the page of decoded instructions, and its bytes.</summary>
    public nint Page;
    public nint Host;

    /// <summary>The decoded instruction, or the routine that runs between.</summary>
    public nint Insn;

    /// <summary>SRR1 bits of an interrupt; of a computed exit, how often it was taken.</summary>
    public ulong Status;

    /// <summary>Of a computed exit: where it went last.</summary>
    public ulong Target;

    /// <summary>
    /// Of a computed exit: the first places it went to, and whether there were more. Points at <see cref="BranchTargets"/> that
    /// <see cref="RegionExits"/> keeps.
    /// </summary>
    public nint Targets;

    /// <summary>Of a computed exit: notes one more.</summary>
    public unsafe void Note(ulong target)
    {
        Status++;
        if (Target == target)
            return;
        Target = target;
        Code++;
        ((BranchTargets*)Targets)->Add(target);
    }

    /// <summary>Of a computed exit: where it nearly always went; nothing when that is not known, or more than a few places.</summary>
    public readonly unsafe ReadOnlySpan<ulong> UsualTargets()
    {
        const ulong Enough = 64;
        const ulong OneIn = 8;
        if (Status < Enough)
            return [];
        return Code * OneIn <= Status ? (ulong[])[Target] : ((BranchTargets*)Targets)->All();
    }
}

/// <summary>Up to eight places that a branch has gone to.</summary>
internal struct BranchTargets
{
    private const int Most = 8;
    private const int TooMany = Most + 1;

    private Places _places;
    private int _count;

    /// <summary>Adds one, if it is new.</summary>
    public void Add(ulong target)
    {
        if (_count == TooMany || ((ReadOnlySpan<ulong>)_places)[..Math.Min(_count, Most)].Contains(target))
            return;
        if (_count < Most)
            _places[_count] = target;
        _count++;
    }

    /// <summary>All of them in the order of their coming; none when there are more than could be kept.</summary>
    public readonly ulong[] All() => _count == TooMany ? [] : ((ReadOnlySpan<ulong>)_places)[.._count].ToArray();

    [InlineArray(Most)]
    private struct Places
    {
        private ulong _first;
    }
}

/// <summary>The exits of a region, in memory that does not move.</summary>
internal sealed unsafe class RegionExits : IDisposable
{
    private const int PerPiece = 16;

    private readonly List<nint> _pieces = [];
    private readonly List<nint> _targets = [];
    private int _used = PerPiece;

    /// <summary>Keeps an exit; its address.</summary>
    public nint Add(PpuRegionExit exit)
    {
        if (_used == PerPiece)
        {
            _pieces.Add((nint)NativeMemory.Alloc(PerPiece, (nuint)sizeof(PpuRegionExit)));
            _used = 0;
        }

        PpuRegionExit* place = (PpuRegionExit*)_pieces[^1] + _used++;
        *place = exit;
        if (exit.Kind == PpuRegionExitKind.Computed)
        {
            place->Targets = (nint)NativeMemory.AllocZeroed((nuint)sizeof(BranchTargets));
            _targets.Add(place->Targets);
        }

        return (nint)place;
    }

    /// <summary>Where the computed branch at an address goes, as far as it left the region; nothing when that is not known.</summary>
    public ReadOnlySpan<ulong> TargetsOf(ulong site)
    {
        for (int index = 0; index < _pieces.Count; index++)
        {
            var exits = new ReadOnlySpan<PpuRegionExit>((void*)_pieces[index], index == _pieces.Count - 1 ? _used : PerPiece);
            foreach (ref readonly PpuRegionExit exit in exits)
            {
                if (exit.Kind == PpuRegionExitKind.Computed && exit.Address == site && exit.UsualTargets() is { IsEmpty: false } targets)
                    return targets;
            }
        }

        return [];
    }

    public void Dispose()
    {
        foreach (nint piece in _pieces)
            NativeMemory.Free((void*)piece);
        _pieces.Clear();
        foreach (nint targets in _targets)
            NativeMemory.Free((void*)targets);
        _targets.Clear();
    }
}
