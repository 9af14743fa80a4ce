using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;

using Microsoft.Extensions.Logging;

namespace CellPpe.Ppe.Threads;

/// <summary>
/// What the hardware threads of a PPE share: memory, decoded code, the page table, the clock. All of it belongs to the holder of
/// <see cref="Lock"/>; with one host thread for all hardware threads that is this host thread.
/// </summary>
internal sealed class PpuShared(
    GuestMemory memory, IPpuClock clock, ILogger logger, MachineLock machineLock, CodePages code, PpuTranslator translator)
{
    // A program may read a missing register many times; one message is enough.
    private readonly bool[] _reportedRegisters = new bool[1024];

    // Decoded instructions of memory that is gone: they go when no thread is inside a block.
    private bool _dropPending;

    public GuestMemory Memory { get; } = memory;

    public IPpuClock Clock { get; } = clock;

    public ILogger Logger { get; } = logger;

    public MachineLock Lock { get; } = machineLock;

    public CodePages Code { get; } = code;

    public PpuTranslator Translator { get; } = translator;

    /// <summary>The software TLBs of all threads.</summary>
    public TranslationCaches Caches { get; } = new(machineLock);

    /// <summary>Budgets are kept to the instruction.</summary>
    public bool ExactBudgets { get; init; }

    /// <summary>Where conditional stores meet the atomic commands of SPEs; null when there are none.</summary>
    public ReservationTable? Reservations { get; init; }

    /// <summary>Others load and store while a thread of this core runs: the other thread, or SPEs.</summary>
    public bool SharesMemory => Lock.IsShared || Reservations is not null;

    /// <summary>Number of the thread that has run last, or -1: only its reservation can still stand.</summary>
    public int LastRun { get; set; } = -1;

    /// <summary>True when something waits for <see cref="Settle"/>.</summary>
    public bool IsUnsettled => Code.IsFull || _dropPending || Code.Compiled is { IsUnsettled: true };

    /// <summary>True the first time a special register is asked for that is not the guest's.</summary>
    public bool ReportOnce(int spr)
    {
        bool first = !_reportedRegisters[spr];
        _reportedRegisters[spr] = true;
        return first;
    }

    /// <summary>Drops decoded code that must go and puts compiled code in place. Only when no thread is inside a block.</summary>
    public void Settle()
    {
        if (_dropPending)
            DropCode();
        Code.Compiled?.Settle();
        if (!Code.IsFull)
            return;
        Caches.NoteFetched();
        if (Code.TryMakeRoom())
            Caches.FlushTranslations();
        else
            DropCode();
    }

    /// <summary>Fills a decoded entry from its word in memory.</summary>
    public unsafe void Decode(PpuDecodedInsn* insn, byte* word)
    {
        ulong hostOffset = (ulong)(word - Memory.HostBase);
        if (Code.Wake(hostOffset))
            Caches.ProtectHostPage(hostOffset & ~(GuestMemory.PageSize - 1));
        // The other thread may have fetched the handler of the word that stood here before, and not yet the word. A word
        // of 0 has never been decoded.
        if (Lock.IsShared && insn->Word != 0 && insn->Word != BinaryPrimitives.ReverseEndianness(*(uint*)word))
            Lock.StopAll();
        Code.Decode(insn, word);
    }

    /// <summary>Breakpoints or watchpoints of a thread have changed: code is decoded, and translations are found, with them.</summary>
    public void StopsChanged()
    {
        ulong[] words = [.. Code.Stops.All];
        Code.Stops.Clear();
        Caches.FlushTranslations();
        // What was compiled around a breakpoint was cut there, and would stay so.
        foreach (ulong page in words.Select(static word => word & ~(GuestMemory.PageSize - 1)).Distinct())
            Code.Renew(page);
        Lock.WantAttention();
    }

    /// <summary>Memory has gone: decoded instructions of it go as soon as no thread is inside a block.</summary>
    public void DropCodeSoon()
    {
        if (!Lock.IsShared)
        {
            DropCode();
            return;
        }

        // The other thread may be in the middle of a block: it cannot fetch from there again, and the rest waits for its end.
        Caches.FlushTranslations();
        _dropPending = true;
        Lock.WantAttention();
    }

    /// <summary>Drops all decoded instructions. Only when no thread is inside a block.</summary>
    public void DropCode()
    {
        _dropPending = false;
        Code.Clear();
        Caches.FlushTranslations();
    }

    /// <summary>The 128-byte line of a host address, as an offset into guest memory.</summary>
    public unsafe ulong LineOf(byte* host) => (ulong)(host - Memory.HostBase) & ~127UL;

    /// <summary>A store went past the fast path's checks: code on that page must see it.</summary>
    public unsafe void StoredTo(byte* host, ulong length)
    {
        ulong offset = (ulong)(host - Memory.HostBase);
        if (Code.Holds(offset))
            Code.Invalidate(offset, length);
    }
}
