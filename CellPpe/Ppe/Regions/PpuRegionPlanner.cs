using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;
using CellPpe.Ppe.Translation;

namespace CellPpe.Ppe.Regions;

/// <summary>
/// Finds what belongs together around a hot instruction: what can be reached from it by branches and calls, as far as it has
/// been executed before, up to a size. Runs on the thread that runs the guest.
/// </summary>
internal sealed unsafe class PpuRegionPlanner(PpuShared shared, RegionCache regions)
{
    private const ulong PageMask = GuestMemory.PageSize - 1;

    private static readonly OpTraits[] Traits = [.. PpuTable.Instructions.Select(TraitsOf)];

    private readonly Dictionary<ulong, uint> _words = [];
    private readonly HashSet<ulong> _leaders = [];
    private readonly HashSet<ulong> _entries = [];
    private readonly HashSet<ulong> _returns = [];

    // Branches by CTR, and where they go; nowhere where nothing is known.
    private readonly Dictionary<ulong, ulong[]> _targets = [];
    private readonly Dictionary<ulong, RegionPage> _pages = [];
    private readonly Queue<ulong> _near = new();
    private readonly Queue<(ulong Callee, ulong Return)> _calls = new();
    private PpuRegionLimits _limits = PpuRegionLimits.Small;
    private PpuContext* _c;
    private ulong _start;
    private ulong _mask;

    /// <summary>Plans a region around an instruction of the current page, or gives up where there is nothing to compile.</summary>
    public PpuRegionPlan? Plan(PpuContext* c, PpuDecodedInsn* insn, PpuRegionLimits limits)
    {
        Reset(c);
        _limits = limits;
        ulong start = _start = c->AddressOf(insn);
        _entries.Add(start);
        _near.Enqueue(start);
        while (_words.Count < _limits.Instructions)
        {
            if (_near.TryDequeue(out ulong address))
                Follow(address);
            else if (_calls.TryDequeue(out (ulong Callee, ulong Return) call))
                FollowCall(call.Callee, call.Return);
            else
                break;
        }

        return _words.ContainsKey(start) ? Make(start) : null;
    }

    private void Reset(PpuContext* c)
    {
        _c = c;
        _mask = Msr.Sf;
        _words.Clear();
        _leaders.Clear();
        _entries.Clear();
        _returns.Clear();
        _targets.Clear();
        _pages.Clear();
        _near.Clear();
        _calls.Clear();
    }

    // A call whose target stays outside comes back as an entry: what follows it is hot as well.
    private void FollowCall(ulong callee, ulong back)
    {
        Follow(callee);
        if (_words.ContainsKey(callee))
            _returns.Add(back);
        else
            _entries.Add(back);
        Follow(back);
    }

    private void Follow(ulong address)
    {
        if (!IsKnown(address, out _) || IsTaken(address))
            return;
        _leaders.Add(address);
        for (; !_words.ContainsKey(address) && _words.Count < _limits.Instructions; address = (address + 4) & _c->ModeMask)
        {
            if (!IsKnown(address, out uint word) || IsTaken(address))
                return;
            PpuOp op = PpuDecoder.Decode(word);
            if (!Admits(op))
                return;
            _words.Add(address, word);
            if (Ends(op, word))
            {
                FollowEnd(address, op, word);
                return;
            }
        }

        // The code of another block begins here, or there is no room: it must begin a block of its own.
        _leaders.Add(address);
    }

    private void FollowEnd(ulong address, PpuOp op, uint word)
    {
        ulong next = (address + 4) & _c->ModeMask;
        bool link = (word & 1) != 0;
        switch (op)
        {
            case PpuOp.B or PpuOp.Bl or PpuOp.Ba or PpuOp.Bla:
                var i = new IForm(word);
                FollowBranch((((word & 2) != 0 ? 0 : address) + (ulong)(long)i.Li) & _c->ModeMask, next, link, conditional: false);
                break;
            case PpuOp.Bc or PpuOp.Bcl or PpuOp.Bca or PpuOp.Bcla:
                var b = new BForm(word);
                FollowBranch((((word & 2) != 0 ? 0 : address) + (ulong)(long)b.Bd) & _c->ModeMask, next, link, (b.Bo & 0x14) != 0x14);
                break;
            case PpuOp.Bcctr or PpuOp.Bcctrl when TargetsOf(address) is { Length: > 0 } targets:
                foreach (ulong target in targets)
                    FollowBranch(target, next, link, (new XLbForm(word).Bo & 0x14) != 0x14);
                break;
            case PpuOp.Bclr or PpuOp.Bclrl or PpuOp.Bcctr or PpuOp.Bcctrl:
                if (link)
                    ComesBack(next);
                else if ((new XLbForm(word).Bo & 0x14) != 0x14)
                    _near.Enqueue(next);
                break;
            case PpuOp.Isync:
                _near.Enqueue(next);
                break;
            case PpuOp.Rfid:
                break;
            default:
                // What runs between blocks comes back here.
                ComesBack(next);
                break;
        }
    }

    // Only what has been compiled once, and stays hot, is followed through pointers.
    private ulong[] TargetsOf(ulong branch)
    {
        ulong[] targets = _limits.FollowsRegions ? regions.TargetsOf(_pages[branch & ~PageMask], branch).ToArray() : [];
        _targets[branch] = targets;
        return targets;
    }

    private void FollowBranch(ulong target, ulong next, bool link, bool conditional)
    {
        if (link && target != next)
        {
            _calls.Enqueue((target, next));
        }
        else
        {
            _near.Enqueue(target);
            if (conditional)
                _near.Enqueue(next);
        }
    }

    private void ComesBack(ulong next)
    {
        if (!IsKnown(next, out _))
            return;
        _entries.Add(next);
        _near.Enqueue(next);
    }

    private static ulong EndOf(PpuPlannedBlock block) => block.Address + (4 * ((ulong)block.Words.Length - 1));

    private static int[] Numbers(ulong[] starts, ulong[] addresses) =>
        [.. addresses.Select(address => Array.IndexOf(starts, address)).Where(static number => number >= 0)];

    private static bool Ends(PpuOp op, uint word) => (Traits[(int)op] & OpTraits.End) != 0
        || (op is PpuOp.Mfspr or PpuOp.Mtspr or PpuOp.Mftb && (EffectMachine.Of(word).Actions & PpuActions.Between) != 0);

    private static OpTraits TraitsOf(PpuInstructionInfo info) =>
        (info.Has("end") ? OpTraits.End : 0)
        | (info.Has("privileged") ? OpTraits.Privileged : 0)
        | (info.Has("fp") ? OpTraits.Float : 0)
        | (info.Has("vmx") ? OpTraits.Vector : 0);

    // Interrupts for unavailable floating point or vectors are for the interpreter; with the bit on it is another region.
    private bool Admits(PpuOp op)
    {
        OpTraits traits = Traits[(int)op];
        ulong msr = _c->State.Msr;
        if (op == PpuOp.Invalid || ((traits & OpTraits.Privileged) != 0 && (msr & Msr.Pr) != 0))
            return false;
        if ((traits & OpTraits.Privileged) != 0)
            _mask |= Msr.Pr;
        if ((traits & OpTraits.Float) != 0)
        {
            _mask |= Msr.Fp | Msr.Fe0 | Msr.Fe1;
            return (msr & Msr.Fp) != 0;
        }

        if ((traits & OpTraits.Vector) != 0)
        {
            _mask |= Msr.Vec;
            return (msr & Msr.Vec) != 0;
        }

        return true;
    }

    // Another region begins here: its code is not made twice, unless this one is to be a large one.
    private bool IsTaken(ulong address) =>
        !_limits.FollowsRegions && address != _start && _pages.TryGetValue(address & ~PageMask, out RegionPage page)
        && !shared.Code.IsInterpreted((PpuDecodedInsn*)page.Decoded + ((address & PageMask) / 4));

    // Executed before, and on a page that the fetch cache has or may have.
    private bool IsKnown(ulong address, out uint word)
    {
        word = 0;
        ulong pageAddress = address & ~PageMask;
        if (!_pages.TryGetValue(pageAddress, out RegionPage page))
        {
            if (_pages.Count >= _limits.Pages || !TryPage(pageAddress, out page))
                return false;
            _pages.Add(pageAddress, page);
        }

        PpuDecodedInsn* insn = (PpuDecodedInsn*)page.Decoded + ((address & PageMask) / 4);
        if (!shared.Code.IsDecoded(insn))
            return false;
        word = BinaryPrimitives.ReverseEndianness(*(uint*)((byte*)page.Host + (address & PageMask)));
        return true;
    }

    private bool TryPage(ulong address, out RegionPage page)
    {
        page = default;
        if (!_c->Thread.Storage.TryProbeFetch(address, out ulong hostOffset) || !shared.Code.Holds(hostOffset))
            return false;
        PpuDecodedInsn* decoded = shared.Code.GetOrAdd(hostOffset, out _);
        page = new RegionPage(address, hostOffset, (nint)decoded, (nint)(shared.Memory.HostBase + hostOffset));
        return true;
    }

    private PpuRegionPlan Make(ulong start)
    {
        var blocks = new List<PpuPlannedBlock>();
        var words = new List<uint>();
        ulong first = 0;
        ulong expected = 0;
        bool ended = false;
        foreach ((ulong address, uint word) in _words.OrderBy(static entry => entry.Key))
        {
            if (words.Count > 0 && (ended || address != expected || (address & PageMask) == 0 || _leaders.Contains(address)
                || words.Count == _limits.BlockInstructions))
            {
                blocks.Add(new PpuPlannedBlock(first, [.. words]));
                words.Clear();
            }

            if (words.Count == 0)
                first = address;
            words.Add(word);
            expected = address + 4;
            ended = Ends(PpuDecoder.Decode(word), word);
        }

        blocks.Add(new PpuPlannedBlock(first, [.. words]));
        RegionPage[] pages = [.. _pages.Values.Where(page => blocks.Exists(block => (block.Address & ~PageMask) == page.Address))];
        // Which page is where depends on the mode; being on a page says enough of that one.
        if (pages.Length > 1)
            _mask |= Msr.Ir | Msr.Pr;
        ulong[] starts = [.. blocks.Select(static block => block.Address)];
        int[] entries = [.. _entries.Where(_words.ContainsKey).OrderBy(entry => entry != start)
            .Select(entry => Array.IndexOf(starts, entry)).Where(static number => number >= 0)];
        return new PpuRegionPlan
        {
            Blocks = [.. blocks],
            Entries = entries,
            Returns = [.. _returns.Select(address => Array.IndexOf(starts, address)).Where(static number => number >= 0)],
            Targets = _targets.Where(entry => blocks.Exists(block => EndOf(block) == entry.Key))
                .ToDictionary(entry => blocks.FindIndex(block => EndOf(block) == entry.Key), entry => Numbers(starts, entry.Value)),
            Pages = pages,
            Mode = new PpuIrMode(_c->State.Msr),
            IsShared = shared.SharesMemory,
            MsrMask = _mask,
            MsrValue = _c->State.Msr & _mask,
            Generation = shared.Code.Generation,
        };
    }
}

/// <summary>What the planner must know of an operation, without asking the table each time.</summary>
[Flags]
internal enum OpTraits : byte
{
    None = 0,
    End = 1,
    Privileged = 2,
    Float = 4,
    Vector = 8,
}
