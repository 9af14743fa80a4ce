using SpuRuntime.Execution.Interpreter;
using SpuRuntime.Isa;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Regions;

/// <summary>
/// The regions in place in one SPE: puts compiled code in the place of interpreter handlers, and takes it away when local store
/// changes. Belongs to the thread that runs the SPU.
/// </summary>
internal sealed unsafe class SpuRegionSet(DecodedLocalStore decoded, SpuCodeCache cache) : ISpuRegions
{
    private readonly SpuContext* _c = decoded.Context;

    private const ushort SoonAgain = 64;

    private const int MostTargets = 16;

    // Notes by address outlive the program they were made of; beyond so many they are forgotten and made anew.
    private const int MostNotes = 4096;

    // By computed branch: where it has gone to when it left a region, the first first.
    private readonly Dictionary<uint, List<uint>> _targets = [];
    private readonly HashSet<uint> _starts = [];
    private readonly Dictionary<uint, SpuRegion> _byEntry = [];
    private readonly List<SpuRegion> _installed = [];

    // Taken away while the thread may still be inside: they may go when it is not.
    private readonly List<SpuRegion> _leaving = [];

    // Instructions that regions have left to the interpreter: how often, and the count of compiled instructions at the last check.
    private readonly Dictionary<uint, (int Count, long Compiled)> _sideExits = [];
    private readonly HashSet<uint> _notSpeculated = [];

    // Regions that were refused because indices of shuffles were not as they had been: how often, and by entry, what is left to be
    // taken for granted.
    private readonly Dictionary<SpuRegion, int> _unfit = [];
    private readonly Dictionary<uint, MaskTrust> _trust = [];

    private SpuRegionPlanner? _planner;
    private long _instructions;

    /// <summary>Regions in place.</summary>
    public int Count => _installed.Count;

    /// <summary>Instructions in them, counted again for each region that has them.</summary>
    public long Instructions => _instructions;

    /// <summary>Entries of the largest collection of notes about addresses, and regions noted as unfit.</summary>
    public (int Notes, int Unfit) Noted =>
        (Math.Max(Math.Max(_targets.Count, _starts.Count), Math.Max(Math.Max(_sideExits.Count, _notSpeculated.Count), _trust.Count)),
            _unfit.Count);

    /// <summary>Arrivals until an instruction that is decoded asks for the first time.</summary>
    public ushort FirstHeat => (ushort)Math.Min(cache.Options.SeekThreshold, cache.Options.Threshold);

    /// <summary>An instruction is warm: searches the cache for compiled code, or asks for it.</summary>
    public void Request(uint address)
    {
        SpuDecodedInsn* i = _c->At(address);
        // One that was never run is not decoded; it will come again.
        if (i->State == DecodedState.None)
            return;
        SpuRegion? here = _byEntry.GetValueOrDefault(address);
        i->Heat = ushort.MaxValue;
        bool speculate = !_notSpeculated.Contains(address);
        SpuRegion? region = cache.Find(address, _c, here is not null, speculate, TrustAt(address));
        if (region == here)
            region = null;
        if (region is null)
        {
            if (here is null && i->State == DecodedState.Decoded && cache.Options.Threshold > FirstHeat)
            {
                i->State = DecodedState.Sought;
                i->Heat = (ushort)(cache.Options.Threshold - FirstHeat);
                return;
            }

            region = Plan(address, here, speculate);
            if (region is null || !cache.TryAdd(region))
            {
                // What is compiled already can wait: planning costs as much as running some thousand instructions.
                i->Heat = here is null || cache.IsBusy ? (ushort)Math.Max(SoonAgain, cache.Options.Threshold) : ushort.MaxValue;
                return;
            }
        }

        if (region.Code is not null)
            Install(region);
        else if (!region.HasFailed)
            i->Heat = SoonAgain;
    }

    /// <summary>A computed branch has left a region.</summary>
    public void NoteTarget(uint branch, uint target)
    {
        if (!_targets.TryGetValue(branch, out List<uint>? known))
            _targets[branch] = known = [];
        target &= SpuState.LocalStoreSize - 4;
        if (known.Count < MostTargets && !known.Contains(target))
            known.Add(target);
    }

    /// <summary>The words of a quadword are no longer what they were.</summary>
    public void Drop(uint quadword)
    {
        for (int index = _installed.Count - 1; index >= 0; index--)
        {
            if (_installed[index].Covers(quadword))
                Remove(_installed[index]);
        }
    }

    /// <summary>The thread is in no region.</summary>
    public void Settle()
    {
        foreach (SpuRegion region in _leaving)
            cache.Release(region);
        _leaving.Clear();
        ForgetNotes();
    }

    /// <summary>
    /// A region has left an instruction to the interpreter. Where that happens often, for what it runs, another one takes its place
    /// that does such things itself.
    /// </summary>
    public void NoteSideExit(uint address)
    {
        const int Few = 128;
        const long Worth = 1000;
        (int count, long compiled) = _sideExits.GetValueOrDefault(address);
        _sideExits[address] = (count + 1, compiled);
        if ((count + 1) % Few != 0)
            return;
        _sideExits[address] = (count + 1, _c->Compiled);
        // A store into code is the interpreter's in any case.
        if (_c->Compiled - compiled > Few * Worth || SpuTable.Info(SpuDecoder.Decode(_c->At(address)->Word)).Has("store"))
            return;
        for (int index = _installed.Count - 1; index >= 0; index--)
        {
            SpuRegion region = _installed[index];
            if (!region.Plan.Speculates || !region.Covers(address >> 4))
                continue;
            foreach (uint entry in EntriesOf(region))
                _notSpeculated.Add(entry);
            Remove(region);
        }
    }

    /// <summary>A region was not entered because indices of shuffles are not as they were.</summary>
    public void NoteUnfit(uint address)
    {
        const int Enough = 16;
        if (!_byEntry.TryGetValue(address, out SpuRegion? region))
            return;
        int count = _unfit[region] = _unfit.GetValueOrDefault(region) + 1;
        if (count < Enough)
            return;
        foreach (uint entry in EntriesOf(region))
            _trust[entry] = region.Plan.Masks == MaskTrust.Constant ? MaskTrust.Plain : MaskTrust.None;
        Remove(region);
    }

    // Another one for what is hot inside a region already must have more in it.
    private SpuRegion? Plan(uint address, SpuRegion? here, bool speculate)
    {
        if (cache.IsBusy)
            return null;
        bool large = here is not null;
        _starts.Add(address);
        SpuRegionPlan? plan = (_planner ??= new SpuRegionPlanner(decoded, _targets, _starts)).Plan(
            address, large ? cache.Options.Large : cache.Options.Small, large, speculate, TrustAt(address));
        bool isNoBetter = plan is null || (here is { Plan.IsLarge: true } && here.Plan.Start == address && plan.Shape == here.Plan.Shape);
        return isNoBetter ? null : new SpuRegion(plan!);
    }

    // Code that comes from the cache was compiled for others too.
    private bool HasBreakpoint(SpuRegion region) => decoded.Points is { Breakpoints.Count: > 0 } points && points.Breakpoints.Any(
        address =>
            Array.Exists(region.Plan.Blocks, block => address >= block.Address
            && address < block.Address + (4 * (ulong)block.Words.Length)));

    private MaskTrust TrustAt(uint address) => _trust.GetValueOrDefault(address, MaskTrust.Constant);

    private static IEnumerable<uint> EntriesOf(SpuRegion region) =>
        region.Plan.Entries.Select(number => region.Plan.Blocks[number].Address);

    private void Install(SpuRegion region)
    {
        if (HasBreakpoint(region))
            return;
        // The marks are set before the comparison: a thread that writes at the same time either sees the mark, or has written before.
        foreach (ushort quadword in region.Quadwords)
            _c->Decoded[quadword] |= DecodedFlags.Compiled;
        Interlocked.MemoryBarrier();
        if (!region.Plan.Matches(_c->LocalStore))
            return;
        foreach (SpuPlannedBlock block in region.Plan.Blocks)
        {
            for (uint index = 0; index < block.Words.Length; index++)
            {
                SpuDecodedInsn* i = _c->At(block.Address + (4 * index));
                if (i->State == DecodedState.None)
                    decoded.Decode(i);
            }
        }

        foreach ((uint branch, uint target) in region.CertainTargets)
            NoteTarget(branch, target);
        _installed.Add(region);
        _instructions += region.Plan.Instructions;
        int number = 0;
        foreach (uint address in EntriesOf(region))
        {
            _byEntry.TryGetValue(address, out SpuRegion? before);
            _byEntry[address] = region;
            SpuDecodedInsn* i = _c->At(address);
            i->Handler = region.Handler;
            i->Entry = (byte)number++;
            i->Heat = (ushort)cache.Options.LargeThreshold;
            if (before is not null && !_byEntry.ContainsValue(before))
                Forget(before);
        }

        // The oldest go first; what is still hot comes back from the cache after a few arrivals.
        while (_instructions > cache.Options.MostInstructions && _installed[0] != region)
            Remove(_installed[0]);
    }

    private void Remove(SpuRegion region)
    {
        foreach (uint address in EntriesOf(region))
        {
            if (_byEntry.GetValueOrDefault(address) != region)
                continue;
            _byEntry.Remove(address);
            SpuDecodedInsn* i = _c->At(address);
            i->Handler = decoded.HandlerOf(i);
            i->Heat = FirstHeat;
        }

        Forget(region);
    }

    private void Forget(SpuRegion region)
    {
        // It may have been displaced from its last entry and be gone already.
        if (!_installed.Remove(region))
            return;
        _instructions -= region.Plan.Instructions;
        _unfit.Remove(region);
        _leaving.Add(region);
    }

    private void ForgetNotes()
    {
        if (Noted.Notes <= MostNotes)
            return;
        _targets.Clear();
        _starts.Clear();
        _sideExits.Clear();
        _notSpeculated.Clear();
        _trust.Clear();
    }
}
