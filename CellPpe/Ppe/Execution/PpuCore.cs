using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Core.Stops;
using CellPpe.Ppe.Execution.Regions;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.State;

using Microsoft.Extensions.Logging;

namespace CellPpe.Ppe.Execution;

/// <summary>Where a PPE gets its time and reports its progress.</summary>
public interface IPpuClock
{
    /// <summary>The shared time base.</summary>
    ulong TimeBase { get; }

    /// <summary>Instructions have been retired or tried, by any thread.</summary>
    void Retire(long instructions);
}

/// <summary>What a PPE is made of.</summary>
/// <param name="Threads">1 or 2 hardware threads.</param>
/// <param name="RealModeLimit">Bytes that are reachable with translation off, from address 0.</param>
/// <param name="CodePageLimit">Pages of decoded instructions kept; 25 KB of host memory each.</param>
/// <param name="Engine">How guest code is run.</param>
/// <param name="ExactBudgets">
/// True: a run never goes beyond its instruction budget, as the instruction clock needs. False: compiled code may finish a round.
/// </param>
/// <param name="HostThreads">Each hardware thread is run by a host thread of its own, under the rules of <see cref="MachineLock"/>.</param>
public sealed record PpuConfiguration(
    int Threads, ulong RealModeLimit, int CodePageLimit = 2048, PpuEngine Engine = PpuEngine.Auto, bool ExactBudgets = true, bool HostThreads = false)
{
    /// <summary>
    /// Where conditional stores meet the atomic commands of SPEs; null when there are none. With it, memory is shared with others that
    /// run at the same time, whatever <see cref="HostThreads"/> says.
    /// </summary>
    public ReservationTable? Reservations { get; init; }

    /// <summary>Guest instructions kept compiled at most; null: as many as usual (<see cref="EngineOptions.MostInstructions"/>).</summary>
    public long? CompiledLimit { get; init; }

    /// <summary>Overrides what <see cref="Engine"/> stands for, for tests.</summary>
    internal EngineOptions? Options { get; init; }
}

/// <summary>
/// One PPE: its hardware threads and what they share, which is memory, the page table and decoded instructions. All of it
/// belongs to whoever has <see cref="Lock"/>; with one host thread for both hardware threads that is this host thread.
/// </summary>
public sealed class PpuCore : IAddressSpaceHost, IWriteWatch, ITranslationCaches, IDisposable
{
    private readonly PpuThread[] _threads;
    private readonly TranslationWatches _watches = new();
    private bool _disposed;

    // Decoded instructions of memory that is gone: they go when no thread is inside a block.
    private bool _dropPending;

    // A program can read a register that is not there as often as it likes; once is enough to know.
    private readonly bool[] _reportedRegisters = new bool[1024];

    /// <summary>Makes the core and registers it as a watcher of <paramref name="memory"/>.</summary>
    public PpuCore(PpuConfiguration configuration, GuestMemory memory, IPpuClock clock, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfLessThan(configuration.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(configuration.Threads, 2);
        Memory = memory;
        Clock = clock;
        Logger = logger;
        EngineOptions options = configuration.Options ?? EngineOptions.Of(configuration.Engine);
        if (configuration.CompiledLimit is { } most)
            options = options with { MostInstructions = most };
        // Native runs go on to each other without a look at the lock.
        if (configuration.HostThreads)
            options = options.WithoutNative();
        ExactBudgets = configuration.ExactBudgets;
        Reservations = configuration.Reservations;
        Lock = new MachineLock(configuration.HostThreads);
        Code = new CodePages(memory, configuration.CodePageLimit, options.FirstThreshold);
        if (configuration.Engine != PpuEngine.Interpreter)
            Code.Regions = new RegionCache(this, options, logger);
        Translator = new PpuTranslator(configuration.RealModeLimit);
        _threads = [.. Enumerable.Range(0, configuration.Threads).Select(id => new PpuThread(id, this))];
        Lock.Attach(_threads);
        memory.AddWatch(this);
        memory.RegionRemoved += OnRegionRemoved;
    }

    /// <summary>The thread that has run last: only its reservation can still stand.</summary>
    internal PpuThread? LastRun { get; set; }

    /// <summary>The hardware threads.</summary>
    public IReadOnlyList<PpuThread> Threads => _threads;

    /// <summary>Who has it may touch what the hardware threads share.</summary>
    public MachineLock Lock { get; }

    /// <summary>Pages of decoded instructions now held.</summary>
    public int DecodedPages => Code.Count;

    /// <summary>What the engines have done so far.</summary>
    public unsafe EngineStatistics Statistics
    {
        get
        {
            var sum = new EngineStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero, 0);
            foreach (PpuThread thread in _threads)
            {
                PpuContext* c = thread.Context;
                sum = sum with
                {
                    Compiled = sum.Compiled + c->Compiled, Entries = sum.Entries + c->Entries, Steps = sum.Steps + c->Steps,
                    Searches = sum.Searches + c->Searches, Stops = sum.Stops + c->Stops, Refusals = sum.Refusals + c->Refusals,
                    Misses = sum.Misses + c->Misses,
                };
            }

            if (Code.Regions is not { } regions)
                return sum;
            (TimeSpan time, long instructions, long bytes, long failures) = regions.Compiler.Work;
            return sum with
            {
                Regions = regions.Count, RegionInstructions = regions.Instructions, Installed = regions.Counts.Installed,
                Dropped = regions.Counts.Dropped, InstructionsCompiled = instructions, MsilBytes = bytes, CompileTime = time, Failures = failures,
                Native = regions.Native?.Work ?? default,
                Evicted = regions.Evicted, Retired = regions.Compiler.Retired.Counts,
            };
        }
    }

    /// <summary>Budgets are kept to the instruction.</summary>
    internal bool ExactBudgets { get; }

    internal ReservationTable? Reservations { get; }

    /// <summary>Others load and store while a thread of this core runs: the other thread, or SPEs.</summary>
    internal bool SharesMemory => Lock.IsShared || Reservations is not null;

    internal GuestMemory Memory { get; }

    internal IPpuClock Clock { get; }

    internal ILogger Logger { get; }

    internal CodePages Code { get; }

    internal PpuTranslator Translator { get; }

    /// <inheritdoc/>
    public IPageTable CreatePageTable(int log2Bytes, int largePageShift0, int largePageShift1) =>
        new HashedPageTable(log2Bytes, largePageShift0, largePageShift1, Memory, this, _watches);

    /// <inheritdoc/>
    public void Select(IPageTable? table)
    {
        Translator.PageTable = (HashedPageTable?)table;
        FlushTranslations();
    }

    /// <inheritdoc/>
    public unsafe void Written(ulong hostOffset, ulong length)
    {
        Code.Invalidate(hostOffset, length);
        foreach (PpuThread thread in _threads)
        {
            ref PpuState state = ref thread.State;
            if (state.ReservationHeld != 0 && state.ReservationLine < hostOffset + length && hostOffset < state.ReservationLine + 128)
                state.ReservationHeld = 0;
        }
    }

    /// <summary>From any thread: true when instructions of this page have been decoded, so that stores to it must be told.</summary>
    public bool HoldsCode(ulong hostOffset) => Code.Holds(hostOffset);

    /// <summary>Feeds registers of all threads and the page table to a hash, in a fixed order.</summary>
    public void AppendState(IncrementalHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        foreach (PpuThread thread in _threads)
            hash.AppendData(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref thread.State, 1)));
        if (Translator.PageTable is { } table)
            hash.AppendData(MemoryMarshal.AsBytes(table.Entries));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Memory.RegionRemoved -= OnRegionRemoved;
        Memory.RemoveWatch(this);
        // The threads last: regions that go ask for the threads' attention.
        Code.Regions?.Dispose();
        Code.Dispose();
        foreach (PpuThread thread in _threads)
            thread.Free();
    }

    /// <summary>
    /// Has all threads stand between two blocks, where their states are complete, until the caller gives the machine's lock back. False:
    /// one is in the middle of a block and must go on first; try again later.
    /// </summary>
    public bool TryStandStill() => !Lock.IsShared || Lock.TryStopAllBetween();

    /// <summary>Drops every translation of every thread.</summary>
    public void FlushTranslations()
    {
        Lock.StopAll();
        foreach (PpuThread thread in _threads)
            thread.Storage.FlushAll();
    }

    void ITranslationCaches.FlushPage(ulong offsetInSegment)
    {
        foreach (PpuThread thread in _threads)
        {
            // Entries are only added under the lock: what is not there now need not be waited for.
            if (Lock.IsShared && !thread.Storage.HoldsPage(offsetInSegment))
                continue;
            Lock.Stop(thread);
            thread.Storage.FlushPage(offsetInSegment);
        }
    }

    /// <summary>True the first time a special register is asked for that is not the guest's.</summary>
    internal bool ReportOnce(int spr)
    {
        bool first = !_reportedRegisters[spr];
        _reportedRegisters[spr] = true;
        return first;
    }

    /// <summary>Has compiled code leave at its next check, on every thread.</summary>
    internal unsafe void WantAttention()
    {
        foreach (PpuThread thread in _threads)
            thread.Context->Attention = PpuContext.Wanted;
    }

    internal void ProtectHostPage(ulong hostOffset)
    {
        // When this returns no store that has not been seen can reach the page: it may be decoded.
        foreach (PpuThread thread in _threads)
        {
            if (Lock.IsShared && !thread.Storage.MayWrite(hostOffset))
                continue;
            Lock.Stop(thread);
            thread.Storage.ProtectHostPage(hostOffset);
        }
    }

    /// <summary>True when something waits for <see cref="Settle"/>.</summary>
    internal bool IsUnsettled => Code.IsFull || _dropPending || Code.Regions is { IsUnsettled: true };

    /// <summary>Drops decoded code that must go and puts compiled code in place. Only when no thread is inside a block.</summary>
    internal void Settle()
    {
        if (_dropPending)
            DropCode();
        Code.Regions?.Settle();
        if (!Code.IsFull)
            return;
        foreach (PpuThread thread in _threads)
            thread.Storage.NoteFetched();
        if (Code.TryMakeRoom())
            FlushTranslations();
        else
            DropCode();
    }

    /// <summary>Fills a decoded entry from its word in memory.</summary>
    internal unsafe void Decode(DecodedInsn* insn, byte* word)
    {
        ulong hostOffset = (ulong)(word - Memory.HostBase);
        if (Code.Wake(hostOffset))
            ProtectHostPage(hostOffset & ~(GuestMemory.PageSize - 1));
        // The other thread may have fetched the handler of the word that stood here before, and not yet the word. A word
        // of 0 has never been decoded.
        if (Lock.IsShared && insn->Word != 0 && insn->Word != BinaryPrimitives.ReverseEndianness(*(uint*)word))
            Lock.StopAll();
        Code.Decode(insn, word);
    }

    /// <summary>Breakpoints or watchpoints of a thread have changed: code is decoded, and translations are found, with them.</summary>
    internal void StopsChanged()
    {
        ulong[] words = [.. Code.Stops.All];
        Code.Stops.Clear();
        FlushTranslations();
        // What was compiled around a breakpoint was cut there, and would stay so.
        foreach (ulong page in words.Select(static word => word & ~(GuestMemory.PageSize - 1)).Distinct())
            Code.Renew(page);
        WantAttention();
    }

    /// <summary>A thread fetches from a page: puts its breakpoints there into the decoded code.</summary>
    internal void PlaceStops(StopPoints points, ulong address, ulong hostPage)
    {
        foreach (ulong word in Code.Stops.Add(points, address, hostPage))
            Code.Invalidate(word, sizeof(uint));
    }

    private void OnRegionRemoved(MemoryRegion region)
    {
        _watches.TranslationsChanged();
        if (!Lock.IsShared)
        {
            DropCode();
            return;
        }

        // The other thread may be in the middle of a block: it cannot fetch from there again, and the rest waits for its end.
        FlushTranslations();
        _dropPending = true;
        WantAttention();
    }

    /// <summary>Drops all decoded instructions. Only between blocks.</summary>
    internal void DropCode()
    {
        _dropPending = false;
        Code.Clear();
        FlushTranslations();
    }

    /// <summary>The 128-byte line of a host address, as an offset into guest memory.</summary>
    internal unsafe ulong LineOf(byte* host) => (ulong)(host - Memory.HostBase) & ~127UL;

    /// <summary>A store went past the fast path's checks: code on that page must see it.</summary>
    internal unsafe void StoredTo(byte* host, ulong length)
    {
        ulong offset = (ulong)(host - Memory.HostBase);
        if (Code.Holds(offset))
            Code.Invalidate(offset, length);
    }
}
