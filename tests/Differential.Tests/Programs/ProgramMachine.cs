using System.Runtime.InteropServices;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Threads;

using Differential.Tests.Guest;

using Microsoft.Extensions.Logging;

namespace Differential.Tests.Programs;

/// <summary>A machine that runs one random program on one engine.</summary>
internal sealed unsafe class ProgramMachine : IDisposable, IHypervisor
{
    private const int Log2TableBytes = 18;

    private readonly ProgramCase _case;
    private readonly Clock _clock = new();
    private readonly FailureLog _log = new();
    private readonly GuestMemory _memory = new(ProgramLayout.MemorySize);
    private readonly PpuCore _core;
    private readonly IPageTable _table;
    private readonly ulong[] _slots;
    private readonly Random _calls;

    public ProgramMachine(ProgramCase program, PpuEngine engine)
    {
        _case = program;
        _calls = new Random(program.Seed);
        Assert.NotNull(_memory.TryAddMemory(default, ProgramLayout.MemorySize, RegionAccess.ReadWrite, "memory"));
        var configuration = new PpuConfiguration(
            1, ProgramLayout.RealModeLimit, Engine: engine, ExactBudgets: program.ExactBudgets)
        { Options = program.Options };
        _core = new PpuCore(configuration, _memory, _clock, _log);
        new Random(1).NextBytes(Slice(ProgramLayout.Data, ProgramLayout.DataSize));
        Store(ProgramLayout.Code, program.Words);
        foreach ((uint vector, uint[] words) in program.Handlers)
            Store(vector, words);
        _table = _core.CreatePageTable(Log2TableBytes, largePageShift0: 24, largePageShift1: 16);
        _core.Select(_table);
        _slots = [.. program.Pages.Select(SlotFor)];
        Thread.State = program.State;
        Thread.SetMsr(program.State.Msr);
        Thread.Hypervisor = this;
    }

    public PpuThread Thread => _core.Threads[0];

    public EngineStatistics Statistics => _core.Statistics;

    /// <summary>Why a region could not be compiled, if one could not.</summary>
    public Exception? Failure => _log.Failure;

    public Span<byte> Memory => Slice(0, ProgramLayout.MemorySize);

    public ReadOnlySpan<ulong> PageTable => ((CellPpe.Ppe.Mmu.HashedPageTable)_table).Entries;

    public ReadOnlySpan<byte> State => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref Thread.State, 1));

    /// <summary>Does what happens from outside before a slice.</summary>
    public void Happen(Slice slice) => Happen(slice.Event, slice.Place, slice.Value);

    /// <summary>Does what happens from outside, and runs.</summary>
    /// <returns>Instructions run.</returns>
    public long Run(Slice slice, long budget)
    {
        Happen(slice);
        return Thread.Run(budget);
    }

    // The program's hypervisor takes interrupt requests back, and does something from outside now and then.
    Lv1Status IHypervisor.Call(ILogicalPpeThread caller, ref HypercallFrame frame)
    {
        for (int index = 0; index < 7; index++)
            frame.Out[index] = frame.In[index + 1];
        Thread.SetExternalInterrupt(false);
        int kind = _calls.Next(12);
        if (kind == 0)
            Thread.EndTurn();
        else if (kind < 4)
            Happen(OutsideEvent.Unmap + _calls.Next(3), _calls.Next(1000), (uint)_calls.Next(4));
        else if (kind < 6)
            Happen(OutsideEvent.StoreCode, _calls.Next(_case.Words.Length), _case.Words[_calls.Next(_case.Words.Length)]);
        return Lv1Status.Success;
    }

    public void Dispose()
    {
        _core.Dispose();
        _memory.Dispose();
    }

    private void Happen(OutsideEvent happens, int place, uint value)
    {
        switch (happens)
        {
            case OutsideEvent.RaiseInterrupt or OutsideEvent.LowerInterrupt:
                Thread.SetExternalInterrupt(happens == OutsideEvent.RaiseInterrupt);
                break;
            case OutsideEvent.StoreCode:
                Store(ProgramLayout.Code + (4 * (ulong)place), [value]);
                break;
            case OutsideEvent.StoreData:
                Store(ProgramLayout.Data + (4 * (ulong)place), [value]);
                break;
            case OutsideEvent.Unmap or OutsideEvent.Remap or OutsideEvent.Move when _case.Pages.Length > 0:
                Map(place % _case.Pages.Length, happens, value);
                break;
            case OutsideEvent.DropCode:
                _core.DropCode();
                break;
        }
    }

    private void Map(int number, OutsideEvent happens, uint value)
    {
        MappedPage page = _case.Pages[number];
        (ulong v, _) = Entry(page);
        if (happens == OutsideEvent.Unmap)
            v = 0;
        else if (happens == OutsideEvent.Move && page.Shift == 12)
            page = page with { Real = 0x10000 + ((ulong)(value & 7) << 12) + (page.Real & 0x10000) };
        else
            page = page with { Attributes = (page.Attributes & ~7UL) | (value & 7) };
        _table.Write(_slots[number], v, Entry(page).R);
    }

    private ulong SlotFor(MappedPage page)
    {
        ulong hash = ProgramGenerator.Vsid(page.Address) ^ ((page.Address & 0x0fff_ffff) >> page.Shift);
        ulong slot = (hash & ((1UL << (Log2TableBytes - 7)) - 1)) * 8;
        while ((_table.Read(slot).V & 1) != 0)
            slot++;
        (ulong v, ulong r) = Entry(page);
        _table.Write(slot, v, r);
        return slot;
    }

    private static (ulong V, ulong R) Entry(MappedPage page)
    {
        ulong avpn = ((ProgramGenerator.Vsid(page.Address) << 5) | ((page.Address >> 23) & 0x1f)) & ~(page.Shift == 24 ? 1UL : 0);
        return ((avpn << 7) | (page.Shift == 24 ? 4UL : 0) | 1, page.Real | page.Attributes);
    }

    private void Store(ulong address, uint[] words)
    {
        for (int index = 0; index < words.Length; index++)
            Assert.True(_memory.TryWriteUInt32(new LparAddress(address + (4 * (ulong)index)), words[index]));
    }

    private Span<byte> Slice(ulong address, ulong length) =>
        _memory.TrySlice(new LparAddress(address), length, RegionAccess.None, out Span<byte> bytes) ? bytes
        : throw new InvalidOperationException("no memory");

    // Advances with the instructions, as the instruction clock of a machine does.
    private sealed class Clock : IPpuClock
    {
        private long _retired;

        public ulong TimeBase => (ulong)_retired / 4;

        public void Retire(long instructions) => _retired += instructions;
    }

    // Keeps the first exception the compiler reports.
    private sealed class FailureLog : ILogger
    {
        public Exception? Failure { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Failure ??= exception;
    }
}
