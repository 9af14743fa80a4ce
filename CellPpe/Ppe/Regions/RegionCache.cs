using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;
using CellPpe.Recompiler;

using Microsoft.Extensions.Logging;

namespace CellPpe.Ppe.Regions;

/// <summary>
/// The compiled regions of a core: plans what is hot, puts compiled code in the place of interpreter handlers, and takes it
/// away when guest code changes, when its pages go, or when there is too much. Owned by the holder of the machine's lock.
/// </summary>
internal sealed unsafe class RegionCache : ICompiledCode
{
    private const int Again = 16;

    private readonly PpuShared _shared;
    private readonly PpuRegionPlanner _planner;
    private readonly RegionCompiler _compiler;
    private readonly EngineOptions _options;
    private readonly Dictionary<int, PpuRegion> _installed = [];
    private readonly EvictionOrder<PpuRegion> _order = new(static region => region.TakeUse());
    private readonly Dictionary<ulong, List<PpuRegion>> _byPage = [];

    // Removed while some thread may still be inside: they go when no thread is.
    private readonly List<PpuRegion> _leaving = [];

    // Instructions that a plan is being compiled for, and those where speculation failed: by their address in decoded pages.
    private readonly HashSet<nint> _wanted = [];
    private readonly HashSet<nint> _notSpeculative = [];
    private int _numbers;
    private long _instructions;

    public RegionCache(PpuShared shared, EngineOptions options, ILogger logger)
    {
        _shared = shared;
        _options = options;
        _planner = new PpuRegionPlanner(shared, this);
        _compiler = new RegionCompiler(options.Synchronous, logger);
        if (options.UsesNative)
            Native = new NativeTier(shared, options);
    }

    /// <summary>The regions of a thread's core; null where nothing is compiled.</summary>
    public static RegionCache? Of(PpuContext* c) => (RegionCache?)c->Thread.Shared.Code.Compiled;

    /// <summary>The first tier, where there is one.</summary>
    public NativeTier? Native { get; }

    /// <summary>Regions put in place, and taken away again, so far.</summary>
    public (long Installed, long Dropped) Counts { get; private set; }

    /// <summary>Of the regions taken away, those that went because there were too many.</summary>
    public long Evicted { get; private set; }

    /// <summary>Instructions noted as such that a region should not leave to the interpreter.</summary>
    public int NotSpeculative => _notSpeculative.Count;

    /// <summary>Guest instructions in the regions now in place.</summary>
    public long Instructions => _instructions;

    /// <summary>Regions now in place, in no order.</summary>
    public IReadOnlyCollection<PpuRegion> InPlace => _installed.Values;

    /// <summary>How many there are.</summary>
    public int Count => _installed.Count;

    private ushort HeatAgain => (ushort)Math.Min(ushort.MaxValue, Again * _options.Threshold);

    /// <summary>What the compiler has done.</summary>
    public RegionCompiler Compiler => _compiler;

    /// <summary>Where the computed branch at an address goes, as far as regions that have it know.</summary>
    public ReadOnlySpan<ulong> TargetsOf(RegionPage page, ulong site)
    {
        if (!_byPage.TryGetValue(page.HostOffset, out List<PpuRegion>? regions))
            return [];
        foreach (PpuRegion region in regions)
        {
            if (region.Exits.TargetsOf(site) is { IsEmpty: false } targets)
                return targets;
        }

        return [];
    }

    /// <summary>An instruction is hot: plans a region around it and asks for its code.</summary>
    public void Request(PpuContext* c, PpuDecodedInsn* insn)
    {
        if (Native is not null && Native.Wants(c, insn))
        {
            Native.TryCompile(c, insn);
            return;
        }

        // Where it fails, or the mode is another one next time, it shall ask again, but not soon.
        insn->Heat = HeatAgain;
        if (c->AddressOf(insn) < _options.LowestAddress || _compiler.IsBusy || _wanted.Contains((nint)insn))
            return;
        PpuRegion? here = Find(c, insn);
        bool fits = here is not null && (c->State.Msr & here.Plan.MsrMask) == here.Plan.MsrValue
            && here.Plan.TryPage(c->AddressOf(insn), out _);
        if (fits && here!.IsLarge)
            return;
        if (_planner.Plan(c, insn, fits ? _options.Large : _options.Small) is not { } plan)
            return;
        var region = new PpuRegion(_numbers++, plan) { IsLarge = fits, IsSpeculative = !_notSpeculative.Contains((nint)insn) };
        if (_compiler.TryAdd(region))
            _wanted.Add((nint)insn);
        else
            region.Dispose();
    }

    /// <summary>
    /// A region has left an instruction to the interpreter. Where that happens often, for what it runs, another one takes its
    /// place that does such things itself.
    /// </summary>
    public void CountSideExit(PpuContext* c, int number)
    {
        const uint Few = 256;
        const long Worth = 3000;
        if (!_installed.TryGetValue(number, out PpuRegion? region))
            return;
        uint count = region.SideExits.Count + 1;
        region.SideExits = (count, region.SideExits.Compiled);
        if (count % Few != 0)
            return;
        bool often = count > Few && c->Compiled - region.SideExits.Compiled < Few * Worth;
        region.SideExits = (count, c->Compiled);
        if (!often)
            return;
        // Forgotten, they are found out once more.
        if (_notSpeculative.Count >= _options.MostNotSpeculative)
            _notSpeculative.Clear();
        foreach (int entry in region.Plan.Entries)
            _notSpeculative.Add((nint)region.Plan.InsnAt(region.Plan.Blocks[entry].Address));
        Remove(region);
    }

    /// <summary>Puts in place what has been compiled. Only when no thread is inside a region.</summary>
    public void Settle()
    {
        foreach (PpuRegion region in _leaving)
        {
            if (region.Code is { } code)
                _compiler.Retired.Add(code);
            region.Dispose();
        }

        _leaving.Clear();
        Native?.Settle();
        while (_compiler.TryTake(out PpuRegion? region))
            Install(region!);
        while (_instructions > _options.MostInstructions && _order.TakeVictim() is { } victim)
            Evict(victim);
    }

    /// <summary>True when <see cref="Settle"/> has something to do.</summary>
    public bool IsUnsettled => _compiler.HasReady || _leaving.Count > 0 || Native is { IsFull: true };

    /// <summary>True when some of these bytes are instructions of a region.</summary>
    public bool Covers(ulong hostOffset, ulong length)
    {
        if (Native is not null && Native.Covers(hostOffset, length))
            return true;
        if (!_byPage.TryGetValue(hostOffset & ~(GuestMemory.PageSize - 1), out List<PpuRegion>? regions))
            return false;
        foreach (PpuRegion region in regions)
        {
            if (Covers(region.Plan, hostOffset, length))
                return true;
        }

        return false;
    }

    /// <summary>True when regions have instructions on a page.</summary>
    public bool AreOn(ulong hostPage) => _byPage.ContainsKey(hostPage);

    /// <summary>A page of decoded instructions goes, on which there is no region.</summary>
    public void Forget(ulong hostPage)
    {
        Native?.Forget(hostPage);
        _notSpeculative.Clear();
    }

    /// <summary>Bytes of one page have changed: regions made from them go.</summary>
    public void Invalidate(ulong hostOffset, ulong length)
    {
        Native?.Invalidate(hostOffset, length);
        if (!_byPage.TryGetValue(hostOffset & ~(GuestMemory.PageSize - 1), out List<PpuRegion>? regions))
            return;
        foreach (PpuRegion region in regions.ToArray())
        {
            if (Covers(region.Plan, hostOffset, length))
                Remove(region);
        }
    }

    /// <summary>Whether every page of a region is where it was; if so, notes it until translations change.</summary>
    public bool Revalidate(PpuContext* c, int number)
    {
        if (!_installed.TryGetValue(number, out PpuRegion? region))
            return false;
        PpuStorage storage = c->Thread.Storage;
        foreach (RegionPage page in region.Plan.Pages)
        {
            // Only what the fetch cache holds moves the epoch when it goes.
            if (!storage.TryProbeFetch(page.Address, out ulong hostOffset) || hostOffset != page.HostOffset
                || !(storage.IsFetchCached(page.Address) || storage.TryFetch(page.Address)))
            {
                return false;
            }
        }

        foreach (RegionPage page in region.Plan.Pages)
        {
            if (!storage.IsFetchCached(page.Address))
                return false;
        }

        // A page that was fetched may have a breakpoint.
        if (!_installed.ContainsKey(number))
            return false;

        region.Epochs[c->ThreadId] = c->FetchEpochs[SoftTlb.FetchModeOf(c->State.Msr)];
        return true;
    }

    /// <summary>Drops everything, with the decoded pages. No thread may be inside a region.</summary>
    public void Clear()
    {
        foreach (PpuRegion region in _installed.Values.ToArray())
            Remove(region);
        Native?.Forget();
        _order.Clear();
        _wanted.Clear();
        _notSpeculative.Clear();
    }

    public void Dispose()
    {
        _compiler.Dispose();
        while (_compiler.TryTake(out PpuRegion? region))
            region!.Dispose();
        Clear();
        foreach (PpuRegion region in _leaving)
            region.Dispose();
        Native?.Dispose();
    }

    // The region that stands at an instruction of the current page.
    private PpuRegion? Find(PpuContext* c, PpuDecodedInsn* insn)
    {
        if (_shared.Code.IsInterpreted(insn)
            || !_byPage.TryGetValue((ulong)(c->PageHost - _shared.Memory.HostBase), out List<PpuRegion>? regions))
            return null;
        return regions.Find(region => region.Code!.Entry == (nint)insn->Handler);
    }

    private void Install(PpuRegion region)
    {
        PpuRegionPlan plan = region.Plan;
        if (plan.Generation == _shared.Code.Generation)
            _wanted.Remove((nint)plan.InsnAt(plan.Blocks[plan.Entries[0]].Address));
        if (region.Code is null || plan.Generation != _shared.Code.Generation || !IsUnchanged(plan))
        {
            region.Dispose();
            return;
        }

        for (int entry = 0; entry < plan.Entries.Length; entry++)
        {
            PpuDecodedInsn* insn = plan.InsnAt(plan.Blocks[plan.Entries[entry]].Address);
            // A side entry does not displace a region that begins here.
            if (entry > 0 && !_shared.Code.IsInterpreted(insn))
                continue;
            insn->Entry = (ushort)entry;
            Native?.Yield(insn, plan.Blocks[plan.Entries[entry]].Address);
            insn->Handler = region.Handler;
            insn->Heat = region.IsLarge ? ushort.MaxValue : (ushort)_options.LargeThreshold;
        }

        foreach (RegionPage page in plan.Pages)
        {
            if (!_byPage.TryGetValue(page.HostOffset, out List<PpuRegion>? regions))
                _byPage[page.HostOffset] = regions = [];
            regions.Add(region);
        }

        _installed.Add(region.Number, region);
        _order.Add(region);
        region.TakeUse();
        _instructions += plan.Instructions;
        Counts = (Counts.Installed + 1, Counts.Dropped);
    }

    // What is evicted though it is warm would soon be hot again, and drive out the next one: it must be reached more often to come back.
    // Where there is native code it gets that first, and must be reached as often as what was never compiled.
    private void Evict(PpuRegion region)
    {
        Remove(region);
        Evicted++;
        if (Native is not null)
            return;
        foreach (int entry in region.Plan.Entries)
        {
            PpuDecodedInsn* insn = region.Plan.InsnAt(region.Plan.Blocks[entry].Address);
            if (_shared.Code.IsInterpreted(insn))
                insn->Heat = HeatAgain;
        }
    }

    private void Remove(PpuRegion region)
    {
        if (!_installed.Remove(region.Number))
            return;
        _order.Remove(region);
        foreach (int entry in region.Plan.Entries)
        {
            PpuDecodedInsn* insn = region.Plan.InsnAt(region.Plan.Blocks[entry].Address);
            if ((nint)insn->Handler != region.Code!.Entry)
                continue;
            _shared.Code.Forget(insn);
            Native?.Unlink(insn, region.Plan.Blocks[entry].Address);
        }

        foreach (RegionPage page in region.Plan.Pages)
        {
            if (_byPage.TryGetValue(page.HostOffset, out List<PpuRegion>? regions) && regions.Remove(region) && regions.Count == 0)
                _byPage.Remove(page.HostOffset);
        }

        _instructions -= region.Plan.Instructions;
        Counts = (Counts.Installed, Counts.Dropped + 1);
        _leaving.Add(region);
        _shared.Lock.WantAttention();
    }

    // The guest may have stored to the code while it was compiled, or a breakpoint may have been set there.
    private bool IsUnchanged(PpuRegionPlan plan)
    {
        foreach (RegionPage page in plan.Pages)
        {
            // Asleep: stores to it are not seen. Or its instructions have gone and been decoded again, elsewhere.
            if (!_shared.Code.Are(page.Decoded, page.HostOffset) || !_shared.Code.Holds(page.HostOffset))
                return false;
        }

        foreach (PpuPlannedBlock block in plan.Blocks)
        {
            plan.TryPage(block.Address, out RegionPage page);
            if (_shared.Code.Stops.HasAny(page.HostOffset + (block.Address & (GuestMemory.PageSize - 1)), block.Words.Length))
                return false;
            var words = new ReadOnlySpan<uint>((byte*)page.Host + (block.Address & (GuestMemory.PageSize - 1)), block.Words.Length);
            for (int index = 0; index < words.Length; index++)
            {
                if (BinaryPrimitives.ReverseEndianness(words[index]) != block.Words[index])
                    return false;
            }
        }

        return true;
    }

    private static bool Covers(PpuRegionPlan plan, ulong hostOffset, ulong length)
    {
        foreach (PpuPlannedBlock block in plan.Blocks)
        {
            plan.TryPage(block.Address, out RegionPage page);
            ulong start = page.HostOffset + (block.Address & (GuestMemory.PageSize - 1));
            if (start < hostOffset + length && hostOffset < start + (4 * (ulong)block.Words.Length))
                return true;
        }

        return false;
    }
}
