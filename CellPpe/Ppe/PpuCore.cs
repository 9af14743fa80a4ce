using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Core.Stops;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Interpreter;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.Regions;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;

using Microsoft.Extensions.Logging;

namespace CellPpe.Ppe;

/// <summary>
/// One PPE: its hardware threads and what they share, which is memory, the page table and decoded instructions. All of it
/// belongs to the holder of <see cref="Lock"/>; with one host thread for both hardware threads that is this host thread.
/// </summary>
public sealed class PpuCore : IAddressSpaceHost, IWriteWatch, IDisposable
{
    private readonly PpuThread[] _threads;
    private readonly TranslationWatches _watches = new();
    private bool _disposed;

    /// <summary>Makes the core and registers it as a watcher of <paramref name="memory"/>.</summary>
    public unsafe PpuCore(PpuConfiguration configuration, GuestMemory memory, IPpuClock clock, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfLessThan(configuration.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(configuration.Threads, 2);
        EngineOptions options = configuration.Options ?? EngineOptions.Of(configuration.Engine);
        if (configuration.CompiledLimit is { } most)
            options = options with { MostInstructions = most };
        // Native code branches from unit to unit without a check of the lock.
        if (configuration.HostThreads)
            options = options.WithoutNative();
        Lock = new MachineLock(configuration.HostThreads);
        var code = new CodePages(memory, configuration.CodePageLimit, options.FirstThreshold, InterpreterHandlers.Create());
        Shared = new PpuShared(memory, clock, logger, Lock, code, new PpuTranslator(configuration.RealModeLimit))
        {
            ExactBudgets = configuration.ExactBudgets,
            Reservations = configuration.Reservations,
        };
        if (configuration.Engine != PpuEngine.Interpreter)
            code.Compiled = Regions = new RegionCache(Shared, options, logger);
        _threads = [.. Enumerable.Range(0, configuration.Threads).Select(id => new PpuThread(id, Shared))];
        Lock.Attach(Contexts(_threads));
        Shared.Caches.Attach([.. _threads.Select(static thread => thread.Storage.Tlb)]);
        memory.AddWatch(this);
        memory.RegionRemoved += OnRegionRemoved;
    }

    /// <summary>The hardware threads.</summary>
    public IReadOnlyList<PpuThread> Threads => _threads;

    /// <summary>Its holder may change what the hardware threads share.</summary>
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
                    Compiled = sum.Compiled + c->Compiled,
                    Entries = sum.Entries + c->Entries,
                    Steps = sum.Steps + c->Steps,
                    Searches = sum.Searches + c->Searches,
                    Stops = sum.Stops + c->Stops,
                    Refusals = sum.Refusals + c->Refusals,
                    SideExits = sum.SideExits + c->SideExits,
                };
            }

            if (Regions is not { } regions)
                return sum;
            (TimeSpan time, long instructions, long bytes, long failures) = regions.Compiler.Work;
            return sum with
            {
                Regions = regions.Count,
                RegionInstructions = regions.Instructions,
                Installed = regions.Counts.Installed,
                Dropped = regions.Counts.Dropped,
                InstructionsCompiled = instructions,
                MsilBytes = bytes,
                CompileTime = time,
                Failures = failures,
                Native = regions.Native?.Work ?? default,
                Evicted = regions.Evicted,
                Retired = regions.Compiler.Retired.Counts,
            };
        }
    }

    /// <summary>What the threads share.</summary>
    internal PpuShared Shared { get; }

    /// <summary>Regions of compiled code; null where everything is interpreted.</summary>
    internal RegionCache? Regions { get; }

    /// <summary>Decoded instructions.</summary>
    internal CodePages Code => Shared.Code;

    /// <inheritdoc/>
    public IPageTable CreatePageTable(int log2Bytes, int largePageShift0, int largePageShift1) =>
        new HashedPageTable(log2Bytes, largePageShift0, largePageShift1, Shared.Memory, Shared.Caches, _watches);

    /// <inheritdoc/>
    public void Select(IPageTable? table)
    {
        Shared.Translator.PageTable = (HashedPageTable?)table;
        Shared.Caches.FlushTranslations();
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

    /// <summary>From any thread: true when instructions of this page have been decoded, so that stores to it must be reported.</summary>
    public bool HoldsCode(ulong hostOffset) => Code.Holds(hostOffset);

    /// <summary>Feeds registers of all threads and the page table to a hash, in a fixed order.</summary>
    public void AppendState(IncrementalHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        foreach (PpuThread thread in _threads)
            hash.AppendData(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref thread.State, 1)));
        if (Shared.Translator.PageTable is { } table)
            hash.AppendData(MemoryMarshal.AsBytes(table.Entries));
    }

    /// <inheritdoc/>
    public unsafe void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Shared.Memory.RegionRemoved -= OnRegionRemoved;
        Shared.Memory.RemoveWatch(this);
        // The threads are disposed of last, because removing a region requests their attention.
        Regions?.Dispose();
        Code.Dispose();
        Lock.Attach([]);
        foreach (PpuThread thread in _threads)
            thread.Free();
    }

    /// <summary>
    /// Has all threads stand between two blocks, where their states are complete, until the caller gives the machine's lock back. False:
    /// one is in the middle of a block and must go on first; try again later.
    /// </summary>
    public bool TryStandStill() => !Lock.IsShared || Lock.TryStopAllBetween();

    /// <summary>Drops all decoded instructions. Only when no thread is inside a block.</summary>
    internal void DropCode() => Shared.DropCode();

    // Pointers are no type arguments: LINQ cannot make this array.
    private static unsafe PpuContext*[] Contexts(PpuThread[] threads)
    {
        var contexts = new PpuContext*[threads.Length];
        for (int index = 0; index < contexts.Length; index++)
            contexts[index] = threads[index].Context;
        return contexts;
    }

    private void OnRegionRemoved(MemoryRegion region)
    {
        _watches.TranslationsChanged();
        Shared.DropCodeSoon();
    }
}
