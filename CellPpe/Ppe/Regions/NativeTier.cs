using System.Diagnostics;

using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Native;

namespace CellPpe.Ppe.Regions;

/// <summary>
/// The first tier: what has been reached some ten times becomes native code at once, a short run of instructions at a time, and
/// the runs go on to each other without coming back. Owned by the thread that runs the guest.
/// </summary>
internal sealed unsafe class NativeTier : IDisposable
{
    private const ulong PageMask = GuestMemory.PageSize - 1;

    // In the low bits of a page's owner word, which an address leaves free. Never 0, so that no page is owned by chance.
    private const uint Owned = 1;
    private const uint Is64Bit = 2;
    private const uint IsProblemState = 4;

    private readonly PpuShared _shared;
    private readonly NativeTranslator _translator;
    private readonly EngineOptions _options;
    private readonly Dictionary<ulong, NativePage> _pages = [];
    private long _ticks;

    public NativeTier(PpuShared shared, EngineOptions options)
    {
        _shared = shared;
        _options = options;
        _translator = new NativeTranslator(shared.Code);
        Code = new NativeCode(Layout, options.NativeCodeBytes);
        shared.Code.NoEntry = Code.Unlinked;
        shared.Code.AddFirstTier(Handler);
    }

    /// <summary>The code.</summary>
    public NativeCode Code { get; }

    /// <summary>What stands in the place of an interpreter's handler where there is native code.</summary>
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> Handler { get; } = &NativeDispatch.Enter;

    /// <summary>True when no more code fits: <see cref="Settle"/> drops it all.</summary>
    public bool IsFull => Code.IsFull;

    /// <summary>Runs compiled, guest instructions in them, and the time it took, so far.</summary>
    public (long Units, long Instructions, long Bytes, TimeSpan Time) Work { get; private set; }

    private static NativeLayout Layout => new()
    {
        State = PpuContextLayout.State,
        Frame = PpuContextLayout.Native,
        Tlb = PpuContextLayout.Tlb,
        TlbEntries = PpuContext.TlbEntries,
        Fetch = PpuContextLayout.Fetch,
        FetchEntries = PpuContext.FetchEntries,
        Left = PpuContextLayout.Left,
        Attention = PpuContextLayout.Attention,
        Mode = PpuContextLayout.Msr,
        PageCode = PpuContextLayout.PageBase,
        PageAddress = PpuContextLayout.PageEa,
        PageBytes = PpuContextLayout.PageHost,
        Entries = CodePages.NativeEntries,
        Owner = CodePages.NativeOwner,
        Heat = PpuContextLayout.Heat,
    };

    /// <summary>What a page's owner word must be for its native entries to be used now.</summary>
    public static ulong OwnerNow(PpuContext* c) => c->PageEa | ModeKey(c->State.Msr);

    /// <summary>True when an instruction of the current page has no compiled code of any kind, and may get native code.</summary>
    public bool Wants(PpuContext* c, PpuDecodedInsn* insn)
    {
        ulong owner = *CodePages.NativeOwnerOf(c->PageBase);
        return *CodePages.NativeEntryOf(c->PageBase, insn) == Code.Unlinked && (nint)insn->Handler != (nint)Handler
            && _shared.Code.IsInterpreted(insn)
            && (owner == 0 || owner == OwnerNow(c)) && !IsFull && c->AddressOf(insn) >= _options.LowestAddress;
    }

    /// <summary>Makes native code of an instruction of the current page and of what follows it.</summary>
    public bool TryCompile(PpuContext* c, PpuDecodedInsn* insn)
    {
        long started = Stopwatch.GetTimestamp();
        bool compiled = Compile(c, insn, out PpuDecodedInsn* behind);
        // What follows an operation that runs between blocks is not arrived at by a branch.
        for (PpuDecodedInsn* next = behind; next != null && Wants(c, next) && _shared.Code.IsDecoded(next); next = behind)
            Compile(c, next, out behind);
        _ticks += Stopwatch.GetTimestamp() - started;
        Work = Work with { Time = Stopwatch.GetElapsedTime(0, _ticks), Bytes = Code.Used };
        return compiled;
    }

    /// <summary>Whether the native code that begins at an instruction of the current page has floating point in it.</summary>
    public bool UsesFloat(PpuContext* c, PpuDecodedInsn* insn) =>
        _pages.TryGetValue((ulong)(c->PageHost - _shared.Memory.HostBase), out NativePage? page)
        && page.UsesFloat((int)(insn - c->PageBase));

    /// <summary>Better code takes an instruction's place: native code leaves for it.</summary>
    public void Yield(PpuDecodedInsn* insn, ulong address) => *CodePages.NativeEntryOf(PageOf(insn, address), insn) = Code.Refused;

    /// <summary>That code is gone: the instruction may have native code again.</summary>
    public void Unlink(PpuDecodedInsn* insn, ulong address) => *CodePages.NativeEntryOf(PageOf(insn, address), insn) = Code.Unlinked;

    /// <summary>True when some of these bytes of one page are instructions that have native code.</summary>
    public bool Covers(ulong hostOffset, ulong length) =>
        _pages.TryGetValue(hostOffset & ~PageMask, out NativePage? page) && page.Covers((int)(hostOffset & PageMask), (int)length);

    /// <summary>Bytes of one page have changed: native code made from them goes.</summary>
    public void Invalidate(ulong hostOffset, ulong length)
    {
        if (!_pages.TryGetValue(hostOffset & ~PageMask, out NativePage? page))
            return;
        foreach (nint first in page.Remove((int)(hostOffset & PageMask), (int)length))
            Forget(page.Decoded, (PpuDecodedInsn*)first);
    }

    /// <summary>Makes room when there is none. No thread may be inside native code.</summary>
    public void Settle()
    {
        if (!IsFull)
            return;
        foreach (NativePage page in _pages.Values)
        {
            foreach (nint first in page.Remove(0, (int)GuestMemory.PageSize))
                Forget(page.Decoded, (PpuDecodedInsn*)first);
            *CodePages.NativeOwnerOf(page.Decoded) = 0;
        }

        Forget();
        Code.Clear();
    }

    /// <summary>A page of decoded instructions goes, and with it the way to its native code.</summary>
    public void Forget(ulong hostPage) => _pages.Remove(hostPage);

    /// <summary>The pages of decoded instructions go.</summary>
    public void Forget() => _pages.Clear();

    public void Dispose() => Code.Dispose();

    private static uint ModeKey(ulong msr) =>
        Owned | ((msr & Msr.Sf) != 0 ? Is64Bit : 0) | ((msr & Msr.Pr) != 0 ? IsProblemState : 0);

    private static PpuDecodedInsn* PageOf(PpuDecodedInsn* insn, ulong address) => insn - (int)((address & PageMask) / 4);

    private void Forget(PpuDecodedInsn* page, PpuDecodedInsn* first)
    {
        *CodePages.NativeEntryOf(page, first) = Code.Unlinked;
        if ((nint)first->Handler == (nint)Handler)
            _shared.Code.Forget(first);
    }

    private bool Compile(PpuContext* c, PpuDecodedInsn* insn, out PpuDecodedInsn* behind)
    {
        nint* entry = CodePages.NativeEntryOf(c->PageBase, insn);
        ulong address = c->AddressOf(insn);
        IrBlock? block = _translator.Translate(c, address, Code.Unlinked);
        insn->Heat = (ushort)Math.Min(
            ushort.MaxValue, block is not null && _translator.UsesFloat ? _options.FloatThreshold : _options.Threshold);
        behind = _translator.GoesOnBehind ? insn + _translator.Instructions : null;
        if (behind - c->PageBase >= CodePages.InsnsPerPage)
            behind = null;
        nint code = 0;
        if (block is not null)
        {
            uint mask = _translator.UsesFloat ? (uint)(Msr.Fp | Msr.Fe0 | Msr.Fe1) : 0;
            code = Code.Compile(new NativeUnit(
                block, _translator.Instructions, (nint)c->PageBase, ModeKey(c->State.Msr), mask, (uint)c->State.Msr & mask));
        }

        if (code == 0)
        {
            *entry = Code.Refused;
            return false;
        }

        *CodePages.NativeOwnerOf(c->PageBase) = OwnerNow(c);
        *entry = code;
        insn->Handler = Handler;
        ulong page = (ulong)(c->PageHost - _shared.Memory.HostBase);
        if (!_pages.TryGetValue(page, out NativePage? units))
            _pages[page] = units = new NativePage(c->PageBase);
        units.Add((int)(insn - c->PageBase), _translator.Instructions, _translator.UsesFloat);
        Work = Work with { Units = Work.Units + 1, Instructions = Work.Instructions + _translator.Instructions };
        return true;
    }
}
