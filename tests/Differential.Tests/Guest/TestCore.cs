using System.Runtime.InteropServices;

using CellPpe.Core;
using CellPpe.Ppe;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Regions;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;
using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends;
using CellPpe.Recompiler.Backends.Msil;

using Microsoft.Extensions.Logging.Abstractions;

namespace Differential.Tests.Guest;

/// <summary>A PPE with a window of memory and one thread, which runs a case on the interpreter or as a block.</summary>
internal sealed unsafe class TestCore : IDisposable
{
    private const int Budget = 1000;

    private readonly GuestMemory _memory = new(GuestLayout.WindowSize + GuestLayout.CodeSize);
    private readonly PpuCore _core;
    private readonly PpuIrHost _host;
    private readonly NativeTier? _native;
    private readonly byte[] _image = new byte[GuestLayout.WindowSize];

    public TestCore()
    {
        Assert.NotNull(_memory.TryAddMemory(new LparAddress(GuestLayout.Window), GuestLayout.WindowSize, RegionAccess.ReadWrite, "window"));
        Assert.NotNull(_memory.TryAddMemory(new LparAddress(GuestLayout.Code), GuestLayout.CodeSize, RegionAccess.Read, "code"));
        _core = new PpuCore(new PpuConfiguration(1, GuestLayout.RealModeLimit), _memory, new StoppedClock(), NullLogger.Instance);
        _host = new PpuIrHost(Thread.Context);
        if (EngineOptions.Of(PpuEngine.Auto).UsesNative)
            _native = _core.Regions!.Native;
        new Random(1).NextBytes(_image);
    }

    private PpuThread Thread => _core.Threads[0];

    private PpuContext* Context => Thread.Context;

    private Span<byte> Window =>
        _memory.TrySlice(new LparAddress(GuestLayout.Window), GuestLayout.WindowSize, RegionAccess.None, out Span<byte> bytes)
        ? bytes
        : throw new InvalidOperationException("the window is gone");

    /// <summary>Runs a case as a block.</summary>
    /// <param name="guestCase">The case.</param>
    /// <param name="block">The block made of it.</param>
    /// <param name="instructions">Guest instructions run.</param>
    public Outcome RunBlock(GuestCase guestCase, IrBlock block, out int instructions)
    {
        Load(guestCase);
        instructions = _host.Run(new IrInterpreterBackend().Compile(block));
        return Observe(instructions);
    }

    /// <summary>Runs so many instructions of a case on the interpreter.</summary>
    public Outcome RunInterpreter(GuestCase guestCase, int instructions)
    {
        Load(guestCase);
        return Observe(Interpret(instructions));
    }

    /// <summary>Runs a case as a compiled region of one block.</summary>
    public Outcome RunRegion(GuestCase guestCase, IrBlock block, int length, int instructions, bool speculative)
    {
        Load(guestCase);
        ulong address = guestCase.State.Nia;
        Assert.True(Thread.Storage.TryFetch(address));
        PpuDecodedInsn* insn = PpuLoop.Lookup(Context, address);
        var page = new RegionPage(
            address & ~0xfffUL, (ulong)(Context->PageHost - _memory.HostBase), (nint)Context->PageBase, (nint)Context->PageHost);
        var plan = new PpuRegionPlan
        {
            Blocks = [new PpuPlannedBlock(address, guestCase.Words)],
            Entries = [0],
            Returns = [],
            Pages = [page],
            Mode = new PpuIrMode(guestCase.State.Msr),
            MsrMask = 0,
            MsrValue = 0,
            Generation = 0,
        };
        using var region = new PpuRegion(0, plan);
        var compiled = new MsilRegionBackend(new PpuRegionGuest(region))
            .Compile(new IrRegion([block], [length], [0], []), "case", speculative);
        Context->Left = Budget;
        Context->Exact = -1;
        insn->Entry = 0;
        PpuDecodedInsn* next = ((delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)compiled.Entry)(Context, insn);
        if (next != null)
        {
            Context->State.Nia = Context->AddressOf(next);
            Context->Exit = PpuLoopExit.Budget;
        }

        GC.KeepAlive(compiled);
        long run = Budget - Context->Left + 1;
        if (Context->Exit == PpuLoopExit.Replay)
        {
            // The interpreter goes on where hope ended.
            Context->Exit = PpuLoopExit.Budget;
            run--;
            if (run < instructions)
                run += Interpret((int)(instructions - run));
        }

        return Observe(run);
    }

    /// <summary>Runs a case as native code of the first tier, as far as that goes, and the rest on the interpreter.</summary>
    public Outcome RunNative(GuestCase guestCase, int instructions, out bool compiled)
    {
        Load(guestCase);
        compiled = false;
        ulong address = guestCase.State.Nia;
        Assert.True(Thread.Storage.TryFetch(address));
        PpuDecodedInsn* insn = PpuLoop.Lookup(Context, address);
        ulong code = (ulong)(Context->PageHost - _memory.HostBase);
        for (int index = 0; index < guestCase.Words.Length; index++)
        {
            _core.Code.Forget(insn + index);
            _core.Code.Decode(insn + index, Context->PageHost + (address & 0xfff) + (4 * (ulong)index));
        }

        _core.Code.Forget(insn + guestCase.Words.Length);
        if (_native is not null)
        {
            if (_native.IsFull)
                _native.Settle();
            *CodePages.NativeEntryOf(Context->PageBase, insn) = _native.Code.Unlinked;
            *CodePages.NativeOwnerOf(Context->PageBase) = 0;
            compiled = _native.TryCompile(Context, insn);
        }

        for (int index = 1; index < guestCase.Words.Length; index++)
        {
            // Only the first unit: others would go on past the case's end.
            *CodePages.NativeEntryOf(Context->PageBase, insn + index) = _native?.Code.Unlinked ?? 0;
            _core.Code.Decode(insn + index, Context->PageHost + (address & 0xfff) + (4 * (ulong)index));
        }

        Context->Left = Budget;
        Context->Attention = PpuContext.Wanted;
        PpuDecodedInsn* next = insn->Handler(Context, insn);
        long run = Budget - Context->Left + 1;
        Context->Attention = 0;
        if (next != null && run < instructions)
        {
            Context->Left = instructions - run;
            PpuLoop.Run(Context, next);
            run = instructions - Context->Left;
        }
        else if (next != null)
        {
            Context->State.Nia = Context->AddressOf(next);
            Context->Exit = PpuLoopExit.Budget;
        }

        _native?.Settle();
        _native?.Invalidate(code, 0x1000);
        return Observe(run);
    }

    /// <summary>Runs a program up to its system call, a few instructions at a time, each time on the engine that is asked for.</summary>
    /// <param name="program">Words[0] is where it starts; it stays inside its words.</param>
    /// <param name="asBlock">True to run a block next, false to interpret.</param>
    public (Outcome Outcome, int Instructions) RunToSystemCall(GuestCase program, Func<bool> asBlock)
    {
        const int Few = 3;
        Load(program);
        int instructions = 0;
        do
        {
            uint[] words = program.Words[(int)((Context->State.Nia - program.State.Nia) / 4)..];
            instructions += asBlock()
                ? _host.Run(new IrInterpreterBackend()
                    .Compile(PpuIrTranslation.Translate(Context->State.Nia, words, new PpuIrMode(Context->State.Msr))))
                : (int)Interpret(Few);
        }
        while (Context->Exit is PpuLoopExit.Budget or PpuLoopExit.Refetch);

        return (Observe(instructions), instructions);
    }

    public void Dispose()
    {
        _host.Dispose();
        _core.Dispose();
        _memory.Dispose();
    }

    private void Load(GuestCase guestCase)
    {
        _image.CopyTo(Window);
        for (int index = 0; index < guestCase.Words.Length; index++)
            Assert.True(_memory.TryWriteUInt32(new LparAddress(guestCase.State.Nia + (4 * (ulong)index)), guestCase.Words[index]));
        Thread.State = guestCase.State;
        Thread.SetMsr(guestCase.State.Msr);
    }

    private long Interpret(int instructions)
    {
        PpuDecodedInsn* first = PpuLoop.Lookup(Context, Context->State.Nia);
        if (first == null)
        {
            Assert.True(Thread.Storage.TryFetch(Context->State.Nia), $"no code at 0x{Context->State.Nia:x}");
            first = PpuLoop.Lookup(Context, Context->State.Nia);
        }

        Context->Left = instructions;
        PpuLoop.Run(Context, first);
        return instructions - Context->Left;
    }

    private Outcome Observe(long instructions)
    {
        PpuState state = Context->State;
        string exit = Context->Exit switch
        {
            PpuLoopExit.Interrupt => $"interrupt 0x{Context->ExitVector:x}, status 0x{Context->ExitSrr1:x}",
            PpuLoopExit.Between => $"between 0x{(nint)Context->Between:x} for word {Context->BetweenInsn->Word:x8}",
            _ => "going on",
        };
        return new Outcome(
            MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref state, 1)).ToArray(), Window.ToArray(),
            $"{exit} at 0x{state.Nia:x} after {instructions} instructions");
    }

    private sealed class StoppedClock : IPpuClock
    {
        public ulong TimeBase => 0;

        public void Retire(long instructions)
        {
            // Nothing here depends on progress.
        }
    }
}
